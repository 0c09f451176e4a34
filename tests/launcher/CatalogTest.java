package launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the launcher takes for granted about the catalog and the scripts that it names. */
class CatalogTest {
    private static final Pattern ENTRY = Pattern.compile(
            "\n {4}\"([^\"]+)\": \\{\n {6}\"script-ref\": \"([^\"]+)\",\n {6}\"description\": \"[^\"]+\"\n {4}}");
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^//(SOURCES|FILES)\\s+(.+)$");

    private final Path root = Checkout.repository();

    private Map<String, String> aliases() throws IOException {
        var aliases = new TreeMap<String, String>();
        var entry = ENTRY.matcher(Files.readString(root.resolve("jbang-catalog.json")));
        while (entry.find()) aliases.put(entry.group(1), entry.group(2));
        return aliases;
    }

    @Test
    void everyAliasHasAScriptAndADescriptionAndNothingElse() throws IOException {
        // Other properties, such as arguments, would be lost: the launcher reads nothing but the script.
        String rest = ENTRY.matcher(Files.readString(root.resolve("jbang-catalog.json"))).replaceAll("");
        assertEquals("{\"aliases\":{}}", rest.replaceAll("[\\s,]", ""));
        assertTrue(aliases().keySet().containsAll(Set.of("debug-pod", "perf-runner", "profile-apiserver", "flamegraph",
                "fetch-and-commit", "lab", "mini-k8s", "test", "e2e", "bench")), aliases().toString());
    }

    @Test
    void everyScriptOfTheCatalogIsThere() throws IOException {
        for (var alias : aliases().entrySet()) {
            assertTrue(Files.exists(root.resolve(alias.getValue())), alias.toString());
        }
    }

    /** The launcher notices changes in the files that checksum() finds: nothing may come from elsewhere. */
    @Test
    void scriptsTakeInOnlyWhatTheLauncherWatches() throws IOException {
        String launcher = Files.readString(root.resolve("jbang"));
        var find = Pattern.compile("find -L \\./\\*\\.java \\./\\*\\.json ([a-z0-9 -]+) -type f").matcher(launcher);
        assertTrue(find.find(), "checksum() has changed");
        List<String> folders = List.of(find.group(1).split(" "));

        var left = new ArrayDeque<Path>();
        for (String script : aliases().values()) left.add(root.resolve(script));
        var seen = new HashSet<Path>();
        var outside = new ArrayList<String>();
        while (!left.isEmpty()) {
            Path source = left.remove();
            if (!seen.add(source) || !Files.exists(source)) continue;
            var directive = DIRECTIVE.matcher(Files.readString(source));
            while (directive.find()) {
                for (String word : directive.group(2).trim().split("\\s+")) {
                    String named = word.substring(word.indexOf('=') + 1);
                    Path path = source.getParent().resolve(named).normalize();
                    Path relative = root.relativize(path);
                    boolean watched = relative.getNameCount() == 1
                            ? named.endsWith(".java") || named.endsWith(".json")
                            : folders.contains(relative.getName(0).toString());
                    if (!watched) {
                        outside.add(root.relativize(source) + ": " + named);
                    } else if (directive.group(1).equals("SOURCES")) {
                        left.addAll(matching(path));
                    }
                }
            }
        }
        assertEquals(List.of(), outside, "not in " + folders);
        assertTrue(seen.size() > aliases().size(), "found no sources: " + seen);
    }

    /** A file beside a class is on the class path only if a //FILES line of its room says so. */
    @Test
    void everyFileBesideAClassIsOnItsClassPath() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path file : matching(root.resolve("lib/**"))) {
            if (Files.isDirectory(file) || file.toString().endsWith(".java") || file.endsWith("lib/jars.sha256")) continue;
            Path room = file.getParent();
            while (!Files.exists(room.resolve("package-info.java"))) room = room.getParent();
            String wanted = root.relativize(file) + "=" + room.relativize(file);
            boolean listed = Files.readString(room.resolve("package-info.java")).lines()
                    .anyMatch(line -> line.startsWith("//FILES ") && List.of(line.split(" ")).contains(wanted));
            if (!listed) missing.add(wanted);
        }
        assertEquals(List.of(), missing);
    }

    private List<Path> matching(Path glob) throws IOException {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(matcher::matches).toList();
        }
    }

    @Test
    void noAliasIsTakenForAnotherWordOfTheCatalog() throws IOException {
        assertFalse(aliases().containsKey("aliases"));
        assertEquals(aliases().size(), new HashSet<>(aliases().values()).size(), "two aliases for one script");
    }
}
