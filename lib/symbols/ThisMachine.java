package lib.symbols;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.elf.Binary;
import lib.elf.ByteSource;

/**
 * What this machine has to name the frames of a recording by: its files, what perf keeps of files that it has recorded
 * ({@code ~/.debug}, see perf-buildid-cache(1)), separate debug symbols, its kernel and its processes. Nothing is taken that
 * is of another build than was recorded.
 */
final class ThisMachine {
    static final String VDSO = "[vdso]";
    private static final Path DEBUG = Path.of("/usr/lib/debug/.build-id");
    private static final Path PERFS = Path.of(System.getProperty("user.home"), ".debug", ".build-id");
    private static final Path KALLSYMS = Path.of("/proc/kallsyms");
    private static final Pattern PERF_MAP = Pattern.compile("/tmp/perf-(\\d+)\\.map");
    private static final int GNU_BUILD_ID = 3;
    private static final int MOST_VDSO = 1 << 20;

    private ThisMachine() { }

    /**
     * The file of that path and build.
     *
     * @param build its GNU build id; null for any
     * @param pid a process that had it mapped
     * @return null where it is not here; {@code found} then says whether another build is
     */
    static Binary file(String path, String build, int pid, boolean[] found) {
        List<Path> places = new ArrayList<>();
        try {
            if (!path.equals(VDSO)) {
                places.add(Path.of(path));
                places.add(Path.of("/proc/" + pid + "/root" + path));
            }
            if (build != null) {
                places.add(byBuild(PERFS, build).resolve("elf"));
                places.add(byBuild(PERFS, build).resolve("vdso"));
            }
        } catch (InvalidPathException e) {
            return null;
        }
        Binary own = path.equals(VDSO) ? open(vdso(), build, found) : null;
        for (int i = 0; i < places.size() && own == null; i++) {
            Path place = places.get(i);
            own = Files.isRegularFile(place) ? open(ByteSource.of(place), build, found) : null;
        }
        return own;
    }

    private static Binary open(ByteSource source, String build, boolean[] found) {
        try {
            Binary binary = source == null ? null : Binary.open(source);
            if (binary == null) return null;
            if (build == null || BuildId.same(build, binary.buildId())) return binary;
            found[0] = true;
        } catch (IOException e) {
            return null; // no ELF file that can be read
        }
        return null;
    }

    /** The separate debug symbols of a build, or null. */
    static Binary debug(String build) {
        if (build == null) return null;
        Path place = byBuild(DEBUG, build);
        place = place.resolveSibling(place.getFileName() + ".debug");
        return Files.isRegularFile(place) ? open(ByteSource.of(place), build, new boolean[1]) : null;
    }

    private static Path byBuild(Path folder, String build) {
        return folder.resolve(build.substring(0, 2)).resolve(build.substring(2));
    }

    /** The code that the kernel maps into each process, as this one sees it; null where that cannot be read. */
    private static ByteSource vdso() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (!line.endsWith(VDSO)) continue;
                String[] range = line.substring(0, line.indexOf(' ')).split("-");
                long start = Long.parseUnsignedLong(range[0], 16);
                byte[] bytes = new byte[(int) Math.min(MOST_VDSO, Long.parseUnsignedLong(range[1], 16) - start)];
                try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
                    memory.seek(start);
                    memory.readFully(bytes);
                }
                return ByteSource.of(bytes);
            }
        } catch (IOException | NumberFormatException e) {
            return null;
        }
        return null;
    }

    /**
     * The kernel's symbols, as they are now or as perf kept them.
     *
     * @param build the kernel's GNU build id, or null
     * @param release its release, or null
     * @return null where this machine's kernel is another one
     */
    static TextSymbols kernel(String build, String release) throws IOException {
        boolean same = build != null ? BuildId.same(build, kernelBuild()) : release != null && release.equals(System.getProperty("os.version"));
        Path place = same ? KALLSYMS : build == null ? null : byBuild(PERFS, build).resolve("kallsyms");
        if (place == null || !Files.isReadable(place)) return null;
        try (InputStream text = Files.newInputStream(place)) {
            return TextSymbols.kallsyms(text);
        }
    }

    private static String kernelBuild() throws IOException {
        Path notes = Path.of("/sys/kernel/notes");
        if (!Files.isReadable(notes)) return null;
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(notes)).order(ByteOrder.nativeOrder());
        for (int at = 0; at + 16 <= b.limit(); ) {
            int name = b.getInt(at);
            int size = b.getInt(at + 4);
            int content = at + 12 + (name + 3 & ~3);
            if (name < 0 || size < 0 || content < 0 || size > b.limit() - content) return null;
            if (b.getInt(at + 8) == GNU_BUILD_ID && name == 4 && b.get(at + 12) == 'G') {
                return HexFormat.of().formatHex(b.array(), content, content + size);
            }
            at = content + (size + 3 & ~3);
        }
        return null;
    }

    /** The names that a process has written down for the code that it made at run time; null where there are none. */
    static TextSymbols perfMap(String module) throws IOException {
        Matcher map = PERF_MAP.matcher(module);
        if (!map.matches()) return null;
        Path process = Path.of("/proc/" + map.group(1));
        String inside = map.group(1);
        if (Files.isReadable(process.resolve("status"))) {
            for (String line : Files.readAllLines(process.resolve("status"))) {
                if (line.startsWith("NSpid:")) inside = line.substring(line.lastIndexOf('\t') + 1);
            }
        }
        for (Path place : List.of(process.resolve("root/tmp/perf-" + inside + ".map"), Path.of(module))) {
            if (!Files.isRegularFile(place) || !Files.isReadable(place)) continue;
            try (InputStream text = Files.newInputStream(place)) {
                return TextSymbols.perfMap(text);
            }
        }
        return null;
    }
}
