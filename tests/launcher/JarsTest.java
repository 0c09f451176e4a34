package launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of jars that the launcher compares with is that of the dependencies. */
class JarsTest {
    private static final String ADD = "lib/jars.sha256 is of other dependencies than these. Make it anew: tests/launcher/jars.sh";

    private final Path root = Checkout.repository();
    private final List<String> list = read(root.resolve("lib/jars.sha256"));

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, String> sums() {
        var sums = new TreeMap<String, String>();
        for (String line : list) {
            if (!line.startsWith("#")) sums.put(line.substring(66), line.substring(0, 64));
        }
        return sums;
    }

    @Test
    void itIsOfTheDependenciesThatSourcesDeclare() throws IOException {
        var declared = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                read(file).stream().filter(line -> line.startsWith("//DEPS")).forEach(declared::add);
            }
        }
        assertEquals(List.copyOf(declared), list.stream().filter(line -> line.startsWith("# //DEPS")).map(line -> line.substring(2)).sorted().toList(), ADD);
    }

    @Test
    void itHasTheJarsThatTheseTestsRunWithAsTheyAre() throws Exception {
        Path compiled = Path.of(JarsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Map<String, String> sums = sums();
        var other = new ArrayList<String>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path jar = Path.of(entry);
            if (Files.isDirectory(jar) || jar.equals(compiled)) continue;
            String sum = Checkout.sha256(jar);
            if (sums.entrySet().stream().noneMatch(listed -> jar.endsWith(listed.getKey()) && sum.equals(listed.getValue()))) other.add(entry);
        }
        assertEquals(List.of(), other, ADD);
    }
}
