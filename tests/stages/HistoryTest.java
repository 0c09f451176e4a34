import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Json;
import lib.cli.Stage;
import lib.history.GitRepo;
import lib.series.Made;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** What the results in a real repository answer. */
@SuppressWarnings("auxiliaryclass") // a script has no package, so none can see more of it
class HistoryTest {
    @TempDir
    Path folder;
    private Path repository;
    private Path results;
    private String out;
    private String err;

    @BeforeEach
    void threeResultsAndACommitInBetween() throws Exception {
        Made.afresh();
        repository = folder.resolve("repository");
        GitRepo.create(repository, folder.resolve("remote.git"));
        results = repository.resolve("results");
        commit(new Made().at("2026-11-20T10:00:00Z"));
        commit(new Made().at("2026-11-20T11:00:00Z"));
        Files.createDirectories(repository.resolve("deploy"));
        Files.writeString(repository.resolve("deploy/app.yaml"), "lists: more\n");
        Files.writeString(repository.resolve("other.txt"), "x\n");
        git("add", "deploy");
        git("commit", "-q", "-m", "List more");
        git("add", ".");
        git("commit", "-q", "-m", "Something else");
        commit(new Made().at("2026-11-20T12:00:00Z").share(Made.LIST, 0.6));
    }

    private void commit(Made made) throws Exception {
        String name = made.keep(results);
        git("add", "results");
        git("commit", "-q", "-m", "Profile " + name);
    }

    private String git(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(words));
        Process git = new ProcessBuilder(line).directory(repository.toFile()).redirectErrorStream(true).start();
        String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, git.waitFor(), text);
        return text.strip();
    }

    private int history(String... words) {
        StringWriter printed = new StringWriter();
        StringWriter said = new StringWriter();
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(1, List.of("--repo", repository.toString()));
        int exitCode = Stage.execute(new History(), new Console(new PrintWriter(printed), new PrintWriter(said), false, false), line.toArray(String[]::new));
        out = printed.toString();
        err = said.toString();
        return exitCode;
    }

    @Test
    void theListIsOfAllTheLatestFirst() {
        assertEquals(Exit.DONE, history("list"), err);
        assertTrue(out.matches("(?s)flame-20261120-120000  kube-apiserver v1\\.31\\.2 on cp-1  1\\.01 CPUs  LIST (59|60|61) %  list \\+.*\n.*\n.*100000.*"), out);
        assertEquals(Exit.DONE, history("list", "-n", "1", "-o", "json"), err);
        assertEquals(1, out.split("\"name\"").length - 1, out);
    }

    @Test
    void resultsAreNamedInManyWays() throws Exception {
        for (String[] words : new String[][] {{}, {"120000"}, {"previous", "flame-20261120-120000"}, {"flame-20261120-120000.svg", "previous"},
            {"110000", "last"}, {"HEAD~1", "HEAD"}, {results.resolve("flame-20261120-110000.json").toString(), "last"}}) {
            List<String> line = new ArrayList<>(List.of("compare"));
            line.addAll(List.of(words));
            assertEquals(Exit.DONE, history(line.toArray(String[]::new)), err);
            assertTrue(out.startsWith("before  flame-20261120-110000 ") && out.contains("\nafter   flame-20261120-120000 "), String.join(" ", words) + ": " + out);
            assertTrue(out.contains("\nlist "), out);
        }
        assertEquals(Exit.INPUT, history("show", "no-such-thing"), err);
        assertTrue(err.contains("neither a result, nor a file, nor a revision"), err);
        Files.delete(results.resolve("flame-20261120-110000.json"));
        assertEquals(Exit.DONE, history("show", "HEAD~3"), "what git has is read from there: " + err);
    }

    @Test
    void severalAreOnEachSideOfTheDashesAndAPictureIsDrawn() throws IOException {
        Path picture = folder.resolve("diff.svg");
        assertEquals(Exit.DONE, history("compare", "100000", "110000", "--", "120000", "-o", picture.toString()), err);
        assertTrue(out.startsWith("before  flame-20261120-100000 flame-20261120-110000  (12,000 samples)\n"), out);
        assertTrue(Files.readString(picture).startsWith("<"), "an SVG");
        assertEquals(Exit.USAGE, history("compare", "100000", "110000", "120000"), err);
        assertEquals(Exit.USAGE, history("compare", "--no-such"), err);
        assertEquals(Exit.DONE, history("compare", "100000", "110000"), err);
        assertTrue(out.contains("No change of a share that these samples could show"), out);
    }

    @Test
    void aBudgetThatIsExceededNamesTheCommitsInBetween() throws Exception {
        Path budget = Files.writeString(folder.resolve("budget.yaml"), "budgets:\n  - call: list\n    growth: 5 points\n    path: deploy\n");
        Path junit = folder.resolve("junit.xml");
        Path markdown = folder.resolve("comment.md");
        assertEquals(Exit.BUDGET, history("check", "--budget", budget.toString(), "--junit", junit.toString(), "--markdown", markdown.toString()), err);
        assertTrue(out.contains("EXCEEDED  call list: "), out);
        assertTrue(out.contains("\n            " + git("log", "-1", "--format=%h", "--", "deploy") + " List more\n") || out.endsWith(" List more\n"), out);
        assertFalse(out.contains("Something else"), out);
        assertTrue(Files.readString(junit).contains("<failure "));
        assertTrue(Files.readString(markdown).contains(" List more"));
        Files.writeString(budget, Files.readString(budget).replace("    path: deploy\n", ""));
        history("check", "--budget", budget.toString());
        assertTrue(out.contains("Something else") && !out.contains("Profile flame"), out);
        assertEquals(Exit.DONE, history("check", "--budget", budget.toString(), "110000"), out + err);
        assertEquals(Exit.DONE, history("check", "--budget", budget.toString(), "--baseline", "last"), out + err);
        Files.writeString(budget, "least-samples: 10000\n" + Files.readString(budget));
        assertEquals(Exit.TOO_FEW, history("check", "--budget", budget.toString()), out + err);
    }

    @Test
    void theIndexIsMadeAndWhatTheUserWroteStays() throws Exception {
        assertEquals(Exit.DONE, history("index"), err);
        assertTrue(Files.readString(results.resolve("README.md")).contains("3 results"));
        String page = Files.readString(results.resolve("index.html"));
        assertEquals(Exit.DONE, history("index", "--anew"), err);
        assertEquals(page, Files.readString(results.resolve("index.html")));
        Files.writeString(results.resolve("README.md"), "mine\n");
        assertEquals(Exit.DONE, history("index"), err);
        assertTrue(err.contains("was not made from the results, and stays as it is"), err);
        assertEquals("mine\n", Files.readString(results.resolve("README.md")));
    }

    /** Whoever merges by hand has no conflict, and a page that can be read; the next result makes it right. */
    @Test
    void twoWhoMergeByHandHaveNoConflict() throws Exception {
        history("index");
        git("add", ".");
        git("commit", "-q", "-m", "index");
        git("branch", "other");
        new Made().at("2026-11-20T13:00:00Z").keep(results);
        history("index");
        git("add", ".");
        git("commit", "-q", "-m", "mine");
        git("checkout", "-q", "other");
        new Made().at("2026-11-20T14:00:00Z").keep(results);
        history("index");
        git("add", ".");
        git("commit", "-q", "-m", "theirs");
        git("merge", "-q", "--no-edit", "main");
        String merged = Files.readString(results.resolve("index.html"));
        String json = merged.substring(merged.indexOf("{\"rules\""), merged.indexOf("</script>", merged.indexOf("{\"rules\"")));
        assertEquals(6, ((List<?>) Json.read(json, Map.class).get("results")).size(), "five results and what ends the list");
        assertEquals(Exit.DONE, history("index"), err);
        assertTrue(Files.readString(results.resolve("README.md")).contains("5 results"));
    }

    @Test
    void pruningIsACommitAndTheHistoryKeepsAll() throws Exception {
        history("index");
        git("add", ".");
        git("commit", "-q", "-m", "index");
        String before = git("rev-parse", "HEAD");
        assertEquals(Exit.DONE, history("prune", "--keep", "day", "--dry-run"), err);
        assertEquals(before, git("rev-parse", "HEAD"));
        assertEquals(Exit.DONE, history("prune", "--keep", "day"), err);
        assertTrue(out.startsWith("flame-20261120-100000\nflame-20261120-110000\nremoved: 2 of 3 results, "), out);
        assertEquals(before, git("rev-parse", "HEAD~1"));
        assertEquals("", git("status", "--porcelain"));
        assertFalse(Files.exists(results.resolve("flame-20261120-100000.svg")));
        assertTrue(Files.exists(results.resolve("flame-20261120-120000.svg")));
        assertTrue(Files.readString(results.resolve("README.md")).contains("One result"), "the index follows");
        assertEquals(Exit.DONE, history("show", before + "~4"), "what is gone can be asked of the history: " + err);
        git("fsck", "--strict");
        assertEquals(Exit.DONE, history("prune", "--keep", "day"), err);
        assertTrue(out.startsWith("removed: 0 of 1 results"), out);
    }

    @Test
    void aFileThatIsChangedIsNotTakenAway() throws Exception {
        Files.writeString(results.resolve("flame-20261120-100000.svg"), "mine");
        String before = git("rev-parse", "HEAD");
        assertEquals(Exit.GIT, history("prune", "--keep", "day"), err);
        assertEquals(before, git("rev-parse", "HEAD"));
        assertEquals("mine", Files.readString(results.resolve("flame-20261120-100000.svg")));
    }

    @Test
    void stacksWithoutMetadataAreShownToo() throws IOException {
        Path alone = folder.resolve("x_flame-20261120-100000.folded.gz"); // as git calls it for its textconv
        Files.copy(results.resolve("flame-20261120-100000.folded.gz"), alone);
        assertEquals(Exit.DONE, history("show", alone.toString()), err);
        assertTrue(out.contains("list took "), out);
    }

    private static String page() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("jbang-catalog.json"))) root = root.getParent();
        return Files.readString(root.resolve("docs/history.md"));
    }

    /** The page's budget is read, and holds for what is here; its pipelines' commands are run, or at least understood. */
    @Test
    void whatThePageShowsWorks() throws Exception {
        Path budget = Files.writeString(folder.resolve("budget.yaml"), page().replaceFirst("(?s).*?```yaml\n(least-samples.*?)```.*", "$1"));
        assertEquals(Exit.BUDGET, history("check", "--budget", budget.toString()), out + err);
        assertTrue(out.contains("EXCEEDED  call list: ") && out.contains("ok        total: "), out);

        List<String> commands = page().lines().map(String::strip).filter(line -> line.matches("- (run: )?\\./jbang .*"))
                .map(line -> line.replaceFirst(".*?\\./jbang ", "")).toList();
        assertEquals(4, commands.size(), commands.toString());
        for (String command : commands) {
            String[] words = command.replaceFirst("\\S+ ", "").replace(" budget.", " " + folder + "/budget.").split(" ");
            if (command.startsWith("lab ")) new CommandLine(new Lab()).parseArgs(words);
            else assertEquals(Exit.BUDGET, history(words), out + err);
        }
        assertTrue(Files.readString(folder.resolve("budget.xml")).contains("<testsuite"));
        for (String yaml : page().split("```yaml\n")) {
            if (yaml.contains("jbang")) new Load(LoadSettings.builder().build()).loadFromString(yaml.replaceFirst("(?s)```.*", ""));
        }
    }
}
