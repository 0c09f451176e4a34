package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import lib.elf.Binary;
import lib.elf.ByteSource;
import lib.elf.Location;
import lib.elf.Symbols;
import lib.profile.Naming;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names in recordings of stripped programs, against the symbol tables of the same builds unstripped. */
@ResourceLock(MiniK8s.USUAL)
class NamesIT {
    private static final Pattern USER = Pattern.compile("(?m)^\\s+[0-9a-f]+ .*\\((?!\\[kernel|\\[guest)/.*\\)$");

    @TempDir
    static Path folder;
    private static Path built;
    private static MiniK8s cluster;

    private record Symbol(long end, List<String> names) {}

    @BeforeAll
    static void up() throws IOException {
        cluster = new MiniK8s();
        built = Path.of(Run.jbang(folder, "mini-k8s", "build", "--twins").exit(0).out().strip());
        cluster.load();
        Run.jbang(folder, "01a_perf_runner.java").exit(0);
    }

    @AfterAll
    static void down() {
        if (cluster != null) cluster.close();
    }

    @Test
    void theApiserverTakesItsTableOnce() throws Exception {
        Map<String, String> cache = Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
        Path table = folder.resolve("table");
        Run.in(folder, Map.of(), "objcopy", "--dump-section", ".gopclntab=" + table, built.resolve("kube-apiserver").toString(), "/dev/null").exit(0);
        long first = named("kube-apiserver", 20, cache).transferredBytes();
        assertTrue(first > 1 << 20 && first <= gzipped(table), first + " bytes were brought; the table alone has, compressed, " + gzipped(table));
        assertEquals(0, named("kube-apiserver", 5, cache).transferredBytes(), "the second time nothing has to come");
    }

    @Test
    void theApiserversNamesAreThoseOfItsUnstrippedTwin() throws Exception {
        asTheTwin("kube-apiserver");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kubelet", "kube-controller-manager", "kube-scheduler"})
    @Tag("long")
    void theNamesOfTheOthersAreThoseOfTheirUnstrippedTwins(String program) throws Exception {
        asTheTwin(program);
    }

    private static void asTheTwin(String program) throws Exception {
        named(program, 15, Map.of());
        String text = script(program);
        NavigableMap<Long, Symbol> twin = twin(program);
        Binary stripped = Binary.open(ByteSource.of(built.resolve(program)));
        Symbols symbols = stripped.symbols(false);
        TreeSet<String> addresses = new TreeSet<>();
        Pattern unknown = Pattern.compile("(?m)^\\s+([0-9a-f]+) \\[unknown] \\(/\\S*/" + program + "\\)$");
        unknown.matcher(text).results().map(found -> found.group(1)).forEach(addresses::add);
        assertTrue(addresses.size() > 20, "enough to compare: " + addresses.size());
        List<String> different = new ArrayList<>();
        for (String address : addresses) {
            long vaddr = stripped.fileOffsetToVaddr(Long.parseLong(address, 16));
            Map.Entry<Long, Symbol> there = twin.floorEntry(vaddr);
            List<String> expected = there == null || vaddr >= there.getValue().end ? List.of() : there.getValue().names;
            List<Location> found = symbols.at(vaddr, false, false);
            // Go's own table has no type arguments: a stripped binary does not know them.
            boolean same = found.isEmpty() ? expected.isEmpty() : expected.stream().anyMatch(name -> name.equals(found.get(0).function())
                    || name.replaceFirst("\\[.*]", "[...]").equals(found.get(0).function()));
            if (!same) different.add(address + ": " + found + " instead of " + expected);
        }
        assertEquals(List.of(), different);
    }

    @Test
    void debiansEtcdHasNamesToo() throws Exception {
        named("etcd", 10, Map.of());
    }

    /** Records and names a program; hardly a frame of it may stay without a name. */
    private static Naming named(String program, int seconds, Map<String, String> environment) throws IOException {
        Run.jbang(folder, environment, "02_profile_apiserver.java", "--target", program, "-F", "999", // some have little to do
                "-d", Integer.toString(seconds), "-o", "json").exit(0); // which takes no first look
        Run.jbang(folder, environment, "03_flamegraph.java", "--target", program).exit(0);
        Naming naming = MiniK8s.profile(base(program)).naming();
        List<String> user = USER.matcher(script(program)).results().map(MatchResult::group).toList();
        long own = user.stream().filter(line -> line.endsWith("/" + program + ")")).count();
        long others = user.size() - own; // of C programs that the kubelet runs, which are stripped of all names
        assertTrue(own > 0 && naming.unknown() <= own / 100 + others, naming.unknown() + " frames have no name; " + program + " has " + own
                + ", what it runs " + others);
        return naming;
    }

    private static String base(String program) {
        return MiniK8s.WORK + "/" + (program.equals("kube-apiserver") ? "apiserver" : program);
    }

    private static String script(String program) {
        return Run.in(folder, Map.of(), "perf", "script", "--no-inline", "-i", base(program) + ".perf.data").exit(0).out();
    }

    /** Functions by their start, as binutils reads them from the unstripped build. */
    private static NavigableMap<Long, Symbol> twin(String program) {
        NavigableMap<Long, Symbol> functions = new TreeMap<>();
        Run nm = Run.in(folder, Map.of(), "nm", "-S", built.resolve(program + ".unstripped").toString()).exit(0);
        nm.out().lines().map(line -> line.split(" ", 4)).filter(words -> words.length == 4 && words[2].equalsIgnoreCase("t")).forEach(words -> {
            long start = Long.parseLong(words[0], 16);
            functions.computeIfAbsent(start, s -> new Symbol(s + Long.parseLong(words[1], 16), new ArrayList<>())).names.add(words[3]);
        });
        return functions;
    }

    private static long gzipped(Path file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            Files.copy(file, gzip);
        }
        return packed.size();
    }
}
