package tests.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests see the jars that users have: a class path follows from the dependencies that a script and its sources declare. */
class ClassPathTest {
    private static final Set<String> JUNIT = Set.of("org.junit:junit-bom:6.1.3@pom", "org.junit.jupiter:junit-jupiter",
            "org.junit.platform:junit-platform-launcher");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (lib\\.[a-z.]+\\.[A-Z]\\w*)");
    private static List<Source> sources;

    @BeforeAll
    static void read() throws IOException {
        sources = Source.all();
    }

    private static Set<String> product() {
        Set<String> product = new TreeSet<>(Source.dependencies(sources, "lab/Lab.java"));
        sources.stream().filter(source -> source.folder().isEmpty())
                .forEach(stage -> product.addAll(Source.dependencies(sources, stage.path().toString())));
        return product;
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        Set<String> rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }

    @Test
    void theTestsHaveTheProductsJarsAndJUnit() {
        Set<String> tests = Source.dependencies(sources, "tests/AllTests.java");
        assertEquals(new TreeSet<>(JUNIT), without(tests, product()));
        assertEquals(Set.of(), without(product(), tests));
        assertTrue(product().size() > 10, "jars of the product: " + product());
    }

    @Test
    void thoseAgainstAnApiServerThatIsPlayedHaveThatOneMore() {
        assertEquals(List.of("io.fabric8:kubernetes-server-mock:7.8.0"),
                List.copyOf(without(without(Source.dependencies(sources, "tests/ServerTests.java"), product()), JUNIT)));
    }

    @Test
    void theOtherTestsHaveNoMoreEither() {
        for (String script : List.of("tests/EndToEnd.java", "tests/Fuzz.java")) {
            assertEquals(new TreeSet<>(JUNIT), without(Source.dependencies(sources, script), product()), script);
        }
    }

    /** JBang would find it out too, but only when the script is built. */
    @Test
    void aScriptTakesInAllThatItsSourcesImport() {
        List<String> missing = new ArrayList<>();
        for (Source script : sources) {
            if (!script.isScript()) continue;
            Set<Source> taken = Source.takenIn(sources, script.path().toString());
            Set<String> types = new TreeSet<>();
            taken.forEach(source -> types.add(source.packageName() + "." + source.path().getFileName().toString().replaceFirst("\\.java$", "")));
            for (Source source : taken) {
                IMPORT.matcher(source.text()).results().map(found -> found.group(1)).filter(type -> !types.contains(type))
                        .forEach(type -> missing.add(script.path() + ": " + type + ", for " + source.path()));
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void noLibraryHasTwoVersions() {
        Map<String, Set<String>> versions = new HashMap<>();
        for (Source source : sources) {
            for (String each : Source.dependencies(sources, source.path().toString())) {
                String[] words = each.split(":");
                if (words.length > 2) versions.computeIfAbsent(words[0] + ":" + words[1], name -> new TreeSet<>()).add(each);
            }
        }
        List<Set<String>> several = new ArrayList<>(versions.values());
        several.removeIf(each -> each.size() == 1);
        assertEquals(List.of(), several);
    }

    @Test
    void whatIsDeclaredIsFoundThroughAllThatAScriptTakesIn() {
        List<Source> toy = List.of(new Source(Path.of("x.java"), "//SOURCES lib/*/*.java\n//DEPS a:a:1\n"),
                new Source(Path.of("lib/one/One.java"), "//SOURCES ../../y/Y.java\n//DEPS b:b:1 c:c:1\n"),
                new Source(Path.of("y/Y.java"), "//DEPS d:d:1\n//SOURCES ../x.java\n"), new Source(Path.of("z.java"), "//DEPS e:e:1\n"));
        assertEquals(Set.of("a:a:1", "b:b:1", "c:c:1", "d:d:1"), Source.dependencies(toy, "x.java"));
    }
}
