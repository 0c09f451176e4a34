package lib.symbols;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import lib.elf.Binary;
import lib.elf.Location;
import lib.elf.Symbols;
import lib.stacks.Stacks.Mapping;

/** A mapped file with the names of its code, and how perf's addresses turn into the file's own. */
final class Module {
    /** Enough addresses to tell how they are to be read. */
    private static final int TRIED = 2000;
    /** So many places that calls return to tell whether it is the right file. */
    private static final int ENOUGH = 8;
    /** How long all addresses of a file may take: those of a real one take a second, a crafted one can make each slow. */
    private static final long MOST_NANOS = 10_000_000_000L;

    private final Symbols symbols;
    private final String by;
    private final LongUnaryOperator toVaddr;
    private long nanos;

    private Module(Symbols symbols, String by, LongUnaryOperator toVaddr) {
        this.symbols = symbols;
        this.by = by;
        this.toVaddr = toVaddr;
    }

    /**
     * Since 5.12 perf prints, for an address without a symbol, the place in the mapped file; before, the address in the
     * process. Nothing in its output tells which: the reading under which the most addresses lie in a function is right.
     *
     * @param addresses some that perf printed for this file
     * @param mappings where the file was mapped, for processes in which it stands elsewhere than it says
     */
    static Module of(Binary binary, Symbols symbols, List<Long> addresses, List<Mapping> mappings) {
        LongUnaryOperator inFile = binary::fileOffsetToVaddr;
        LongUnaryOperator asLinked = address -> address;
        LongUnaryOperator inProcess = address -> {
            for (Mapping m : mappings) {
                if (address - m.start() >= 0 && address - m.start() < m.length()) {
                    return binary.fileOffsetToVaddr(address - m.start() + m.fileOffset());
                }
            }
            return -1;
        };
        List<LongUnaryOperator> readings = new ArrayList<>(List.of(inFile, binary.isRelocatable() ? inProcess : asLinked));
        LongUnaryOperator best = inFile;
        int most = -1;
        Module tried = new Module(symbols, null, null);
        for (LongUnaryOperator reading : readings) {
            int found = 0;
            for (long address : addresses.subList(0, Math.min(TRIED, addresses.size()))) {
                long vaddr = reading.applyAsLong(address);
                if (vaddr != -1 && !tried.find(vaddr, false, false).isEmpty()) found++;
            }
            if (found > most) {
                most = found;
                best = reading;
            }
        }
        Module module = new Module(symbols, symbols.isGo() ? "pclntab" : "symtab", best);
        module.nanos = tried.nanos;
        return module;
    }

    boolean isGo() {
        return symbols.isGo();
    }

    /** What names this module's frames. */
    String by() {
        return by;
    }

    /** As {@link Symbols#at}, for an address as perf printed it. */
    List<Location> at(long address, boolean returnAddress, boolean inline) {
        long vaddr = toVaddr.applyAsLong(address);
        return vaddr == -1 ? List.of() : find(vaddr, returnAddress, inline);
    }

    private List<Location> find(long vaddr, boolean returnAddress, boolean inline) {
        if (isTooSlow()) return List.of();
        long begin = System.nanoTime();
        List<Location> found = symbols.at(vaddr, returnAddress, inline);
        nanos += System.nanoTime() - begin;
        return found;
    }

    /** Whether its time is over: no address of it has a name any more. */
    boolean isTooSlow() {
        return nanos > MOST_NANOS;
    }

    /**
     * Whether the binary looks like another one than was recorded: calls return to what follows a call.
     *
     * @param addresses where calls return to, as perf printed them
     */
    boolean isUnlikely(Binary binary, List<Long> addresses) {
        List<Long> some = addresses.subList(0, Math.min(TRIED, addresses.size()));
        if (some.size() < ENOUGH || !binary.knowsCalls()) return false;
        int right = 0;
        for (long address : some) {
            try {
                long vaddr = toVaddr.applyAsLong(address);
                right += vaddr != -1 && binary.followsCall(vaddr) ? 1 : 0;
            } catch (IOException e) {
                continue; // at the edge of what is mapped
            }
        }
        return 2 * right < some.size();
    }

    /** As {@link Symbols#cannotReturnTo}, for an address as perf printed it. */
    boolean cannotReturnTo(long address) {
        long vaddr = toVaddr.applyAsLong(address);
        return vaddr != -1 && symbols.cannotReturnTo(vaddr);
    }
}
