package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made from all results is right in every commit, whoever else commits meanwhile, and nobody's own file is touched. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class DerivedTest {
    /** An index of names. */
    static final Derived LIST = folder -> {
        byte[] list = (Results.MADE_FROM_RESULTS + String.join("\n", Results.names(folder)) + "\n").getBytes(StandardCharsets.UTF_8);
        return Map.of("index.html", list, "README.md", list);
    };
    private static final String FIRST = "2025-01-31T23:59:57Z";
    private static final String SECOND = "2025-01-31T23:59:58Z";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;
    private Path repository;

    @BeforeEach
    void repository() throws Exception {
        box = Sandbox.judgedByGit(folder, git);
        repository = box.repository("seed");
    }

    private Commit keep(Path where, String start, boolean index) throws Exception {
        try (GitRepo repo = box.open(where)) {
            if (index) repo.deriving(LIST);
            return repo.commit(box.result(where, start), "Profile at " + start + "\n");
        }
    }

    private Commit push(Path where, Commit commit) {
        try (GitRepo repo = box.open(where).deriving(LIST)) {
            return repo.push(commit, false);
        }
    }

    private List<String> indexed(Path where, String rev) throws Exception {
        return box.git(where, "show", rev + ":results/index.html").lines().skip(1).toList();
    }

    private List<String> changed(Path where) throws Exception {
        return box.git(where, "show", "--format=", "--name-only", "HEAD").lines().map(line -> line.replaceFirst("^results/", "")).toList();
    }

    @Test
    void itIsInTheResultsCommit() throws Exception {
        keep(repository, FIRST, true);
        Commit second = keep(repository, SECOND, true);
        assertEquals(List.of("README.md", "flame-20250131-235958.folded.gz", "flame-20250131-235958.json", "flame-20250131-235958.svg", "index.html"),
                changed(repository));
        assertEquals(List.of("flame-20250131-235957", "flame-20250131-235958"), indexed(repository, "HEAD"));
        assertEquals("", box.git(repository, "status", "--porcelain"));
        assertFalse(second.files().contains("results/index.html"), "what is made is no part of the result");
        assertEquals(box.git(repository, "rev-parse", "HEAD~1"), box.git(repository, "rev-parse", keep(repository, FIRST, true).id()), "it is found again");
        assertEquals("", box.git(repository, "fsck", "--strict", "--no-dangling"));
    }

    @Test
    void aResultThatIsNotCommittedIsNotInIt() throws Exception {
        box.result(repository, FIRST);
        keep(repository, SECOND, true);
        assertEquals(List.of("flame-20250131-235958"), indexed(repository, "HEAD"));
    }

    @Test
    void whereOthersHavePushedItIsMadeAnew() throws Exception {
        Path bare = box.bare("bare.git", repository);
        Path one = box.clone("one", bare.toString());
        Path other = box.clone("other", bare.toString());
        push(one, keep(one, FIRST, true));
        push(other, keep(other, SECOND, true));
        assertEquals(List.of("flame-20250131-235957", "flame-20250131-235958"), indexed(bare, "main"));
        assertEquals(List.of("flame-20250131-235957", "flame-20250131-235958"), Files.readAllLines(other.resolve("results/index.html")).subList(1, 3));
        assertEquals("", box.git(other, "status", "--porcelain"));
        assertEquals("2", box.git(bare, "rev-list", "--count", "main", "--", "results/*.json"));
    }

    @Test
    void whoWantsNoneLeavesTheOthers() throws Exception {
        Path bare = box.bare("bare.git", repository);
        Path one = box.clone("one", bare.toString());
        Path other = box.clone("other", bare.toString());
        push(one, keep(one, FIRST, true));
        Commit commit = keep(other, SECOND, false);
        try (GitRepo repo = box.open(other)) {
            repo.push(commit, false);
        }
        assertEquals(List.of("flame-20250131-235957"), indexed(bare, "main"));
        assertEquals(List.of("flame-20250131-235957", "flame-20250131-235958"), Results.names(Contents.of(other.resolve("results"))));
    }

    @Test
    void whatAUserWroteStays() throws Exception {
        Sandbox.write(repository.resolve("results/README.md"), "mine, and not even added\n");
        keep(repository, FIRST, true);
        assertEquals("?? results/README.md", box.git(repository, "status", "--porcelain"));
        box.git(repository, "add", ".");
        box.git(repository, "commit", "-q", "-m", "mine");
        keep(repository, SECOND, true);
        assertEquals("mine, and not even added", Files.readString(repository.resolve("results/README.md")).strip());
        assertEquals("", box.git(repository, "status", "--porcelain"));
        assertTrue(indexed(repository, "HEAD").contains("flame-20250131-235958"));
    }

    @Test
    void whatGitIgnoresIsNotCommitted() throws Exception {
        Sandbox.write(repository.resolve(".git/info/exclude"), "*.html\n");
        keep(repository, FIRST, true);
        assertFalse(changed(repository).contains("index.html"));
        assertTrue(changed(repository).contains("README.md"));
    }

    @Test
    void aCommitOfOnesOwnReadmeIsOnesOwn() throws Exception {
        Path bare = box.bare("bare.git", repository);
        Path one = box.clone("one", bare.toString());
        Sandbox.write(one.resolve("results/README.md"), "mine\n");
        box.git(one, "add", ".");
        box.git(one, "commit", "-q", "-m", "mine");
        Commit commit = keep(one, FIRST, true);
        String refused = org.junit.jupiter.api.Assertions.assertThrows(lib.cli.Failure.class, () -> push(one, commit)).getMessage();
        assertTrue(refused.contains("a commit of your own"), refused);
    }

    @Test
    void onABranchWithoutAWorkTreeToo() throws Exception {
        try (GitRepo repo = box.open(repository, "profiles").deriving(LIST)) {
            for (String start : List.of(FIRST, SECOND)) {
                Path results = repo.folder(Path.of("results"), Sandbox.profile(start, "ab".repeat(32)));
                repo.commit(box.resultIn(results, start), "Profile at " + start + "\n");
            }
            assertEquals(List.of("flame-20250131-235957", "flame-20250131-235958"), Results.names(repo.committed(Path.of("results"))));
        }
        assertEquals(List.of("flame-20250131-235957", "flame-20250131-235958"), indexed(repository, "profiles"));
    }
}
