package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits, each checked with the real git. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class GitRepoTest {
    private static final String START = "2025-01-31T23:59:59Z";
    private static final String STAT = """
            results/.gitattributes
            results/flame-20250131-235959.folded.gz
            results/flame-20250131-235959.json
            results/flame-20250131-235959.svg""";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;

    @BeforeEach
    void sandbox() throws IOException {
        Sandbox.needs("git");
        box = new Sandbox(folder);
        box.git = git;
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
        assertEquals(" M README\nA  staged.txt\n?? untracked.txt", box.git(repository, "status", "--porcelain"));
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

    @Test
    void aPictureDrawnAnewIsASecondCommitOfOneFile() throws Exception {
        Path repository = box.repository("r");
        List<Path> files = box.result(repository, START);
        commit(repository, files);
        Files.writeString(files.get(0), "<svg>better</svg>");
        Commit second = commit(repository, files);
        assertTrue(second.made());
        assertEquals("results/flame-20250131-235959.svg", lastFiles(repository));
    }

    @Test
    void whatIsStagedForTheSameFilesIsCommittedAsItIsOnTheDisk() throws Exception {
        Path repository = box.repository("r");
        List<Path> files = box.result(repository, START);
        box.git(repository, "add", "results");
        Files.writeString(files.get(0), "<svg>drawn after git add</svg>");
        commit(repository, files);
        assertEquals("", box.git(repository, "status", "--porcelain"));
        assertEquals("<svg>drawn after git add</svg>",
                box.git(repository, "show", "HEAD:results/flame-20250131-235959.svg"));
    }

    @Test
    void theFirstCommitOfAnEmptyRepository() throws Exception {
        Path repository = box.empty("r");
        Commit commit = commit(repository, box.result(repository, START));
        assertEquals("main", commit.branch());
        assertEquals(STAT, lastFiles(repository));
        assertEquals("1", box.git(repository, "rev-list", "--count", "HEAD"));
    }

    @Test
    void aFolderThatIsNotThereIsNotTakenForOneAboveIt() throws Exception {
        Path repository = box.repository("r");
        Failure failure = assertThrows(Failure.class, () -> box.open(repository.resolve("typo")).close());
        assertEquals(Exit.GIT, failure.exitCode());
        assertTrue(failure.getMessage().contains("no folder " + repository.resolve("typo")), failure.getMessage());
    }

    @Test
    void worksInASubfolderALinkedWorktreeASubmoduleAndThroughALink() throws Exception {
        Path repository = box.repository("r");
        Path lab = Files.createDirectories(repository.resolve("teams/lab"));
        assertTrue(commit(lab, box.result(lab, START)).made());
        assertTrue(lastFiles(repository).startsWith("teams/lab/results/"));

        box.git(repository, "worktree", "add", "-q", "-b", "side", folder.resolve("linked").toString());
        Path linked = folder.toRealPath().resolve("linked");
        assertEquals("side", commit(linked, box.result(linked, START)).branch());
        assertEquals(STAT, lastFiles(linked));
        assertEquals("", box.git(linked, "status", "--porcelain"));

        Path parent = box.repository("parent");
        box.git(parent, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repository.toString(), "sub");
        Path module = parent.resolve("sub");
        assertTrue(commit(module, box.result(module, START)).made());
        assertEquals(STAT, lastFiles(module));
        assertEquals("A  .gitmodules\nAM sub", box.git(parent, "status", "--porcelain"));

        Path link = Files.createSymbolicLink(folder.resolve("link"), repository);
        assertTrue(commit(link, box.result(link, "2025-02-01T00:00:00Z")).made());
    }

    @Test
    void aDetachedHeadGetsTheCommitAndNoBranchMoves() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "checkout", "-q", "--detach");
        Commit commit = commit(repository, box.result(repository, START));
        assertTrue(commit.made());
        assertNull(commit.branch());
        assertEquals(STAT, lastFiles(repository));
        assertEquals("1", box.git(repository, "rev-list", "--count", "main"));
        try (GitRepo repo = box.open(repository)) {
            assertTrue(repo.push(commit, false).notPushed().contains("detached"));
        }
    }

    @Test
    void noRepositoryAndABareOneAreRefused() throws Exception {
        Path bare = box.bare("bare.git", box.repository("r"));
        for (Path wrong : List.of(folder, bare)) {
            Failure failure = assertThrows(Failure.class, () -> box.open(wrong).close(), wrong::toString);
            assertEquals(Exit.GIT, failure.exitCode());
            assertTrue(failure.next().contains("--repo"), failure.next());
        }
    }

    @Test
    void aRepositoryOfAnotherUserIsRefusedAsGitDoes() throws Exception {
        Path repository = box.repository("r");
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a repository away");
        box.ok(folder, "chown", "-R", "12345", repository.toString());
        Failure failure = assertThrows(Failure.class, () -> box.open(repository).close());
        assertEquals(Exit.GIT, failure.exitCode());
        assertTrue(failure.next().contains("safe.directory"), failure.next());
    }

    @Test
    void filesOutsideOfTheRepositoryAreRefused() throws Exception {
        Path repository = box.repository("r");
        List<Path> elsewhere = box.result(box.root.resolve("elsewhere"), START);
        assertTrue(refused(repository, elsewhere).getMessage().contains("not inside the repository"));
    }

    @Test
    void ignoredResultsAreRefusedAndTheRuleIsNamed() throws Exception {
        Path repository = box.repository("r");
        Sandbox.write(repository.resolve(".gitignore"), "*.svg\n");
        Failure failure = refused(repository, box.result(repository, START));
        assertTrue(failure.getMessage().contains("flame-20250131-235959.svg is ignored by git"), failure.getMessage());
        assertEquals("1", box.git(repository, "rev-list", "--count", "HEAD"));
    }

    @Test
    void withoutAnIdentityNothingIsCommittedAsUserAtHost() throws Exception {
        Path repository = box.repository("r");
        Files.writeString(box.home.resolve(".gitconfig"), "");
        Failure failure = refused(repository, box.result(repository, START));
        assertTrue(failure.next().contains("git config --global user.email"), failure.next());
        assertEquals("?? results/", box.git(repository, "status", "--porcelain"));
    }

    @Test
    void theIdentityComesFromTheEnvironmentTheRepositoryOrAConditionalInclude() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "config", "user.email", "repo@example.org");
        commit(repository, box.result(repository, "2025-01-01T00:00:00Z"));
        assertEquals("Sam Ple <repo@example.org>", box.git(repository, "log", "-1", "--format=%an <%ae>"));

        box.git(repository, "config", "--unset", "user.email");
        Sandbox.write(box.home.resolve("work.gitconfig"), "[user]\n\temail = work@example.org\n");
        Files.writeString(box.home.resolve(".gitconfig"), Files.readString(box.home.resolve(".gitconfig"))
                + "[includeIf \"gitdir:" + repository + "/\"]\n\tpath = work.gitconfig\n");
        if (git) {
            commit(repository, box.result(repository, "2025-01-02T00:00:00Z"));
            assertEquals("work@example.org work@example.org", box.git(repository, "log", "-1", "--format=%ae %ce"));
        } else {
            String why = refused(repository, box.result(repository, "2025-01-02T00:00:00Z")).getMessage();
            assertTrue(why.contains("includeIf"), why);
        }

        box.variables.putAll(Map.of("GIT_AUTHOR_NAME", "Env", "GIT_AUTHOR_EMAIL", "env@example.org", "GIT_COMMITTER_EMAIL", "ci@example.org"));
        commit(repository, box.result(repository, "2025-01-03T00:00:00Z"));
        assertEquals("Env <env@example.org> ci@example.org", box.git(repository, "log", "-1", "--format=%an <%ae> %ce"));
    }

    @Test
    void aLockThatGoesIsWaitedFor() throws Exception {
        Path repository = box.repository("r");
        List<Path> files = box.result(repository, START);
        Path index = Files.createFile(repository.resolve(".git/index.lock"));
        Path branch = Files.createFile(repository.resolve(".git/refs/heads/main.lock"));
        Thread other = new Thread(() -> {
            try {
                Thread.sleep(300);
                Files.delete(index);
                Thread.sleep(300);
                Files.delete(branch);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        assertTrue(commit(repository, files).made());
        other.join();
        assertEquals(STAT, lastFiles(repository));
    }

    @Test
    void aLockThatStaysIsSaidSo() throws Exception {
        Path repository = box.repository("r");
        List<Path> files = box.result(repository, START);
        Path lock = Files.createFile(repository.resolve(".git/index.lock"));
        box.waitSeconds = 1;
        Failure failure = refused(repository, files);
        assertTrue(failure.getMessage().contains(".git/index.lock"), failure.getMessage());
        Files.delete(lock);
        assertTrue(commit(repository, files).made());
    }

    @Test
    void anUnfinishedMergeIsNotTouched() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "checkout", "-q", "-b", "side");
        Sandbox.write(repository.resolve("README"), "side\n");
        box.git(repository, "commit", "-qam", "side");
        box.git(repository, "checkout", "-q", "main");
        Sandbox.write(repository.resolve("README"), "main\n");
        box.git(repository, "commit", "-qam", "main");
        assertThrows(AssertionError.class, () -> box.git(repository, "merge", "-q", "side"));
        String before = box.git(repository, "status", "--porcelain");
        assertTrue(refused(repository, box.result(repository, START)).getMessage().contains("in the middle"));
        assertEquals(before + "\n?? results/", box.git(repository, "status", "--porcelain"));
    }
}
