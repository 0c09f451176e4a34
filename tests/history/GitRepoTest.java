package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits, each checked with the real git. */
class GitRepoTest {
    private static final String START = "2025-01-31T23:59:59Z";
    private static final String STAT = """
            results/flame-20250131-235959.folded.gz
            results/flame-20250131-235959.json
            results/flame-20250131-235959.svg""";

    @TempDir
    Path folder;
    private Sandbox box;

    @BeforeEach
    void sandbox() throws IOException {
        Sandbox.needs("git");
        box = new Sandbox(folder);
    }

    private Commit commit(Path repository, List<Path> files) {
        try (GitRepo repo = box.open(repository)) {
            return repo.commit(files, "Profile kube-apiserver\n\nhow hot it was\n");
        }
    }

    private Failure refused(Path repository, List<Path> files) {
        Failure failure = assertThrows(Failure.class, () -> commit(repository, files));
        assertEquals(Exit.GIT, failure.exitCode(), failure::getMessage);
        return failure;
    }

    private String lastFiles(Path repository) throws Exception {
        return box.git(repository, "show", "--name-only", "--format=", "HEAD");
    }

    @Test
    void commitsTheThreeFilesAndNothingElse() throws Exception {
        Path repository = box.repository("r");
        Sandbox.write(repository.resolve("staged.txt"), "staged\n");
        Sandbox.write(repository.resolve("README"), "changed\n");
        Sandbox.write(repository.resolve("untracked.txt"), "untracked\n");
        box.git(repository, "add", "staged.txt");
        Commit commit = commit(repository, box.result(repository, START));

        assertEquals(STAT, lastFiles(repository));
        assertEquals("A  staged.txt\n M README\n?? untracked.txt",
                String.join("\n", box.git(repository, "status", "--porcelain").lines().sorted(java.util.Comparator.comparing(line -> "A M ?".indexOf(line.strip().charAt(0)))).toList()));
        assertEquals("Sam Ple <sam@example.org> Sam Ple <sam@example.org>|Profile kube-apiserver|how hot it was",
                box.git(repository, "log", "-1", "--format=%an <%ae> %cn <%ce>|%s|%b"));
        assertTrue(commit.made());
        assertEquals("main", commit.branch());
        assertEquals(box.git(repository, "rev-parse", "--short=7", "HEAD"), commit.id());
        assertEquals(STAT, String.join("\n", commit.files().stream().sorted().toList()));
        assertNull(commit.pushedTo());
        assertEquals("", box.git(repository, "fsck", "--strict"));
    }

    @Test
    void committingTwiceCommitsOnce() throws Exception {
        Path repository = box.repository("r");
        List<Path> files = box.result(repository, START);
        Commit first = commit(repository, files);
        box.git(repository, "commit", "-q", "--allow-empty", "-m", "later");
        Commit second = commit(repository, files);
        assertFalse(second.made());
        assertEquals(first.id(), second.id());
        assertEquals("3", box.git(repository, "rev-list", "--count", "HEAD"));
    }
}
