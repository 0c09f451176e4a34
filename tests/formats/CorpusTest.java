package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lib.formats.ReadOptions.Root;
import lib.stacks.Labels;
import org.junit.jupiter.api.Test;

/**
 * FlameGraph's own inputs under each of its options give its own results, but for what docs/deviations.md says. The
 * inputs are not ours to ship: FLAMEGRAPH_DIR says where a checkout of FlameGraph is.
 */
class CorpusTest {
    private static final List<String> OPTIONS = List.of("pid", "tid", "kernel", "jit", "all", "addrs");

    /** From {@code input option} to what only the golden result has and what only ours has. */
    private static Map<String, List<Integer>> deviations() throws IOException {
        Map<String, List<Integer>> deviations = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("docs/deviations.md"))) {
            String[] cells = line.split("\\s*\\|\\s*");
            if (line.startsWith("| perf-")) {
                for (String option : cells[2].equals("all six") ? OPTIONS : List.of(cells[2].split(", "))) {
                    deviations.put(cells[1] + " " + option, List.of(Integer.valueOf(cells[3]), Integer.valueOf(cells[4])));
                }
            }
        }
        return deviations;
    }

    private static String fold(Path input, String option) throws IOException {
        ReadOptions options = switch (option) {
            case "pid" -> new ReadOptions().root(Root.PROCESS);
            case "tid" -> new ReadOptions().root(Root.THREAD);
            default -> new ReadOptions();
        };
        boolean all = option.equals("all");
        Labels labels = new Labels(all || option.equals("kernel"), all || option.equals("jit"), all, option.equals("addrs"));
        return Fold.folded(StackReader.read(List.of(input), options).tree().map(labels));
    }

    static int count(List<String> lines, List<String> without) {
        List<String> rest = new ArrayList<>(lines);
        without.forEach(rest::remove);
        return rest.size();
    }

    @Test
    void goldens() throws IOException {
        String dir = System.getenv("FLAMEGRAPH_DIR");
        assumeTrue(dir != null, "FLAMEGRAPH_DIR does not say where a checkout of FlameGraph is");
        Map<String, List<Integer>> deviations = deviations();
        Map<String, List<Integer>> expected = new HashMap<>();
        Map<String, List<Integer>> found = new HashMap<>();
        try (Stream<Path> files = Files.list(Path.of(dir, "test"))) {
            for (Path input : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = input.getFileName().toString().replace(".txt", "");
                for (String option : OPTIONS) {
                    List<String> golden = Files.readAllLines(Path.of(dir, "test/results/" + name + "-collapsed-" + option + ".txt"),
                            StandardCharsets.UTF_8);
                    List<String> ours = fold(input, option).lines().toList();
                    String key = name + " " + option;
                    found.put(key, List.of(count(golden, ours), count(ours, golden)));
                    expected.put(key, deviations.getOrDefault(key, List.of(0, 0)));
                }
            }
        }
        assertTrue(found.size() >= 78, "all inputs are there");
        assertEquals(expected, found);
    }
}
