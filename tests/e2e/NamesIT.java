package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import lib.cli.Json;
import lib.elf.Binary;
import lib.elf.ByteSource;
import lib.elf.Location;
import lib.elf.Symbols;
import lib.stacks.Profile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names in a recording of a stripped kube-apiserver, against the symbol table of the same build unstripped. */
class NamesIT {
    private static final String SERVER = "/usr/local/bin/kube-apiserver";
    private static final Pattern UNKNOWN = Pattern.compile("(?m)^\\s+([0-9a-f]+) \\[unknown] \\(" + SERVER + "\\)$");
    private static final Pattern USER = Pattern.compile("(?m)^\\s+[0-9a-f]+ .*\\((?!\\[kernel|\\[guest)/.*\\)$");

    @TempDir
    static Path folder;
    private static Path built;
    private static MiniK8s cluster;

    private record Symbol(long end, List<String> names) {}

    @BeforeAll
    static void up() throws IOException {
        cluster = new MiniK8s();
        built = Path.of(System.getProperty("user.home"), ".cache/mini-k8s/kubernetes-1.20.2/bin");
        assumeTrue(Files.exists(built.resolve("kube-apiserver.unstripped")), "no unstripped build in " + built);
        cluster.load();
    }

    @AfterAll
    static void down() {
        if (cluster != null) cluster.close();
    }

    @Test
    void allFramesHaveTheNamesOfTheUnstrippedTwin() throws Exception {
        Map<String, String> cache = Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
        Run.jbang(folder, "01a_perf_runner.java").exit(0);
        Run.jbang(folder, cache, "02_profile_apiserver.java", "-d", "30").exit(0);
        Run.jbang(folder, cache, "03_flamegraph.java").exit(0);
        Profile.Naming naming = naming();

        Path table = folder.resolve("table");
        Run.in(folder, Map.of(), "objcopy", "--dump-section", ".gopclntab=" + table, built.resolve("kube-apiserver").toString(), "/dev/null").exit(0);
        assertTrue(naming.transferredBytes() > 1 << 20 && naming.transferredBytes() <= gzipped(table),
                naming.transferredBytes() + " bytes were brought; the table alone has, compressed, " + gzipped(table));
        String text = script();
        long user = USER.matcher(text).results().count();
        assertTrue(user > 1000 && naming.unknown() * 100 <= user, naming.unknown() + " of " + user + " frames have no name");

        NavigableMap<Long, Symbol> twin = twin();
        Binary stripped = Binary.open(ByteSource.of(built.resolve("kube-apiserver")));
        Symbols symbols = stripped.symbols(false);
        TreeSet<String> addresses = new TreeSet<>();
        UNKNOWN.matcher(text).results().map((MatchResult found) -> found.group(1)).forEach(addresses::add);
        assertTrue(addresses.size() > 300, "enough to compare: " + addresses.size());
        List<String> different = new ArrayList<>();
        for (String address : addresses) {
            long vaddr = stripped.fileOffsetToVaddr(Long.parseLong(address, 16));
            Map.Entry<Long, Symbol> there = twin.floorEntry(vaddr);
            List<String> expected = there == null || vaddr >= there.getValue().end ? List.of() : there.getValue().names;
            List<Location> found = symbols.at(vaddr, false, false);
            if (found.isEmpty() ? !expected.isEmpty() : !expected.contains(found.get(0).function())) {
                different.add(address + ": " + found + " instead of " + expected);
            }
        }
        assertEquals(List.of(), different);

        Run.jbang(folder, cache, "02_profile_apiserver.java", "-d", "5").exit(0);
        Run.jbang(folder, cache, "03_flamegraph.java").exit(0);
        assertEquals(0, naming().transferredBytes(), "the second time nothing has to come");
    }

    /** Functions by their start, as binutils reads them from the unstripped build. */
    private static NavigableMap<Long, Symbol> twin() {
        NavigableMap<Long, Symbol> functions = new TreeMap<>();
        Run nm = Run.in(folder, Map.of(), "nm", "-S", built.resolve("kube-apiserver.unstripped").toString()).exit(0);
        nm.out().lines().map(line -> line.split(" ", 4)).filter(words -> words.length == 4 && words[2].equalsIgnoreCase("t")).forEach(words -> {
            long start = Long.parseLong(words[0], 16);
            functions.computeIfAbsent(start, s -> new Symbol(s + Long.parseLong(words[1], 16), new ArrayList<>())).names.add(words[3]);
        });
        return functions;
    }

    private static Profile.Naming naming() throws IOException {
        return Json.read(Files.readString(Path.of("/tmp/apiserver.profile.json")), Profile.class).naming();
    }

    private static String script() {
        return Run.in(folder, Map.of(), "perf", "script", "--no-inline", "-i", "/tmp/apiserver.perf.data").exit(0).out();
    }

    private static long gzipped(Path file) throws IOException {
        long[] size = {0};
        try (GZIPOutputStream gzip = new GZIPOutputStream(new OutputStream() {
            @Override
            public void write(int b) {
                size[0]++;
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                size[0] += length;
            }
        })) {
            Files.copy(file, gzip);
        }
        return size[0];
    }
}
