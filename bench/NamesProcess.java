import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import lib.elf.Binary;
import lib.elf.ByteSource;
import lib.elf.Symbols;

/**
 * A process that names addresses all over a binary's code, as what is measured: {@code BINARY ADDRESSES}. Prints
 * milliseconds for reading the tables, for the first pass over the addresses and for a later one, and its peak memory in KiB.
 */
final class NamesProcess {
    private static final int PASSES = 31;

    private NamesProcess() { }

    public static void main(String[] args) throws IOException {
        ByteSource source = ByteSource.of(Path.of(args[0]));
        long begin = System.nanoTime();
        Binary binary = Binary.open(source);
        Symbols symbols = binary.symbols(true);
        double tables = (System.nanoTime() - begin) / 1e6;
        long[] addresses = addresses(binary, source.size(), Integer.parseInt(args[1]));
        double[] passes = new double[PASSES];
        int named = 0;
        long peak = 0;
        for (int pass = 0; pass < PASSES; pass++) {
            long start = System.nanoTime();
            for (long address : addresses) named += symbols.at(address, false, true).isEmpty() ? 0 : 1;
            passes[pass] = (System.nanoTime() - start) / 1e6;
            if (pass == 0) peak = peak();
        }
        double first = passes[0];
        Arrays.sort(passes);
        System.out.println(tables + " " + first + " " + passes[PASSES / 2] + " " + peak + " " + named / PASSES);
    }

    /** Places in the code, the same each time. */
    private static long[] addresses(Binary binary, long size, int count) {
        Random random = new Random(4711);
        long[] addresses = new long[count];
        for (int i = 0; i < count; ) {
            long address = binary.fileOffsetToVaddr((long) (random.nextDouble() * size));
            if (address >= 0 && binary.isCode(address)) addresses[i++] = address;
        }
        return addresses;
    }

    private static long peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
    }
}
