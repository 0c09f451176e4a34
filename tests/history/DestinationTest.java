package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Where results go and what goes with them: what the configuration says of pushes, and a branch of results only. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class DestinationTest {
    private static final String ONE = "2025-01-31T23:59:59Z";
    private static final String TWO = "2025-02-01T00:00:30Z";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;
    private Path bare;
    private Path mine;

    @BeforeEach
    void clones() throws Exception {
        box = Sandbox.judgedByGit(folder, git);
        bare = box.bare("bare.git", box.repository("seed"));
        mine = box.clone("mine", bare.toString());
    }

    private Commit keep(String start, boolean all) throws IOException {
        List<Path> files = box.result(mine, start);
        try (GitRepo repo = box.open(mine)) {
            return repo.push(repo.commit(files, "Profile\n"), all);
        }
    }

    private Commit keepOn(Path repository, String branch, String start) throws IOException {
        try (GitRepo repo = box.open(repository, branch)) {
            Path results = repo.folder(Path.of("results"), Sandbox.profile(start, "ab".repeat(32)));
            return repo.push(repo.commit(box.resultIn(results, start), "Profile at " + start + "\n"), false);
        }
    }

    private void config(String name, String value) throws Exception {
        box.git(mine, "config", "--add", name, value);
    }

    private String tip(Path repository, String ref) throws Exception {
        return box.git(repository, "rev-parse", "--short=7", ref);
    }

    // ---- refspecs and options

    @Test
    void aRefspecSendsItForReview() throws Exception {
        config("remote.origin.push", "+HEAD:refs/for/main");
        String before = tip(bare, "main");
        Commit commit = keep(ONE, false);
        assertEquals(bare.toString(), commit.pushedTo());
        assertEquals(commit.id(), tip(bare, "refs/for/main"));
        assertEquals(before, tip(bare, "main"));
    }

    @Test
    void aPlusInARefspecForcesNothing() throws Exception {
        config("remote.origin.push", "+refs/heads/*:refs/heads/of-sam/*");
        box.git(bare, "branch", "of-sam/main", box.git(bare, "commit-tree", "-m", "theirs", "main^{tree}"));
        String theirs = tip(bare, "of-sam/main");
        Failure failure = assertThrows(Failure.class, () -> keep(ONE, false));
        assertTrue(failure.getMessage().contains("origin/of-sam/main has moved"), failure.getMessage());
        assertEquals(theirs, tip(bare, "of-sam/main"));
    }

    @Test
    void whatIsNotToBePushedIsNot() throws Exception {
        config("push.default", "nothing");
        assertTrue(keep(ONE, false).notPushed().contains("push.default is nothing"));
        config("remote.origin.push", "refs/heads/other");
        assertTrue(keep(ONE, false).notPushed().contains("remote.origin.push names other branches than main"));
        box.git(mine, "config", "--unset-all", "remote.origin.push");
        box.git(mine, "config", "--unset-all", "push.default");
        config("remote.origin.mirror", "true");
        assertTrue(keep(ONE, false).notPushed().contains("mirror"));
        assertEquals("1", box.git(bare, "rev-list", "--count", "--all"));
    }

    @Test
    void pushDefaultCurrentTakesTheSameName() throws Exception {
        box.git(mine, "push", "-q", "origin", "main:upstream");
        box.git(mine, "branch", "-q", "-u", "origin/upstream");
        config("push.default", "current");
        Commit commit = keep(ONE, false);
        assertEquals(commit.id(), tip(bare, "main"));
        assertNotEquals(commit.id(), tip(bare, "upstream"));
    }

    @Test
    void pushOptionsReachTheServersHooks() throws Exception {
        box.git(bare, "config", "receive.advertisePushOptions", "true");
        Sandbox.script(bare.resolve("hooks/post-receive"), "echo $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1 > " + folder + "/options");
        config("push.pushOption", "ci.skip");
        config("push.pushOption", "topic=profiles");
        if (git) {
            keep(ONE, false);
            assertEquals("ci.skip topic=profiles", Files.readString(folder.resolve("options")).strip());
        } else { // JGit has them for servers only
            String why = assertThrows(Failure.class, () -> keep(ONE, false)).getMessage();
            assertTrue(why.contains("Push options not supported"), why);
        }
    }

    @Test
    void twoUrlsForOneRemote() throws Exception {
        Path second = box.bare("second.git", bare);
        config("remote.origin.pushurl", bare.toString());
        config("remote.origin.pushurl", second.toString());
        assertEquals(bare + ", " + second, keep(ONE, false).pushedTo());
        assertEquals(tip(mine, "main"), tip(bare, "main"));
        assertEquals(tip(mine, "main"), tip(second, "main"));

        box.ok(folder, "mv", second.toString(), second + ".away");
        Failure failure = assertThrows(Failure.class, () -> keep(TWO, false));
        assertTrue(failure.getMessage().contains("second.git"), failure.getMessage());
        if (git) assertEquals(tip(mine, "main"), tip(bare, "main"), "the other one has it");
    }

    @Test
    void aForkThatIsPushedToAndARemoteThatIsFetchedFrom() throws Exception {
        Path fork = box.bare("fork.git", bare);
        config("remote.origin.pushurl", fork.toString());
        Path other = box.clone("other", fork.toString());
        box.git(other, "commit", "-q", "--allow-empty", "-m", "in the fork");
        box.git(other, "push", "-q");
        assertEquals(fork.toString(), keep(ONE, false).pushedTo());
        assertEquals("Profile\nin the fork\nfirst", box.git(fork, "log", "--format=%s", "main"));
        assertEquals("1", box.git(bare, "rev-list", "--count", "main"));
    }

    // ---- the user's own commits

    @Test
    void theUsersOwnCommitsGoOutOnlyWhenAskedFor() throws Exception {
        box.git(mine, "commit", "-q", "--allow-empty", "-m", "half of my work");
        String own = tip(mine, "main");
        String before = tip(bare, "main");
        Failure failure = assertThrows(Failure.class, () -> keep(ONE, false));
        assertEquals(Exit.GIT, failure.exitCode());
        assertTrue(failure.getMessage().contains("a commit of your own, " + own + " (half of my work)"), failure.getMessage());
        assertTrue(failure.next().contains("--push-all") && failure.next().contains("--branch") && failure.next().endsWith("git push origin main"), failure.next());
        assertEquals(before, tip(bare, "main"));
        assertEquals(own, tip(mine, "HEAD~1"));

        Commit commit = keep(ONE, true);
        assertFalse(commit.made());
        assertEquals(commit.id(), tip(bare, "main"));
    }

    @Test
    void whatTheRemoteHasAlreadyIsNoCommitOfOnesOwn() throws Exception {
        box.git(mine, "commit", "-q", "--allow-empty", "-m", "pushed by its URL");
        box.git(mine, "push", "-q", bare.toString(), "main"); // origin/main does not follow
        box.git(mine, "update-ref", "refs/remotes/origin/main", "HEAD~1");
        keep(ONE, false);
        assertEquals(tip(mine, "main"), tip(bare, "main"));
        box.git(mine, "switch", "-q", "-c", "new-branch");
        keep(TWO, false);
        assertEquals(tip(mine, "new-branch"), tip(bare, "new-branch"));
    }

    // ---- a branch of results only

    @Test
    void aBranchOfResultsOnlyLeavesWorkTreeIndexAndBranchAlone() throws Exception {
        Sandbox.write(mine.resolve("README"), "half a sentence\n");
        Sandbox.write(mine.resolve("staged.txt"), "staged\n");
        box.git(mine, "add", "staged.txt");
        box.git(mine, "commit", "-q", "--allow-empty", "-m", "my own work");
        String before = box.git(mine, "status", "--porcelain") + tip(mine, "main");
        Commit commit = keepOn(mine, "profiles", ONE);
        assertTrue(commit.made());
        assertEquals("profiles", commit.branch());
        assertEquals(commit.id(), tip(bare, "profiles"));
        assertEquals("results/.gitattributes\nresults/flame-20250131-235959.folded.gz\nresults/flame-20250131-235959.json\nresults/flame-20250131-235959.svg",
                box.git(bare, "ls-tree", "-r", "--name-only", "profiles"));
        assertEquals(before, box.git(mine, "status", "--porcelain") + tip(mine, "main"));
        assertEquals("1", box.git(bare, "rev-list", "--count", "profiles"));

        assertFalse(keepOn(mine, "profiles", ONE).made());
        keepOn(mine, "profiles", TWO);
        assertEquals("2", box.git(bare, "rev-list", "--count", "profiles"));
        assertEquals("", box.git(bare, "fsck", "--strict", "--no-dangling"));
        assertTrue(box.git(mine, "reflog", "-1", "profiles").contains("commit: Profile at " + TWO));
    }

    @Test
    void theBranchNeedsNoWorkTreeAndMayHaveMovedElsewhere() throws Exception {
        Path server = box.bare("server.git", bare);
        box.git(server, "remote", "set-url", "origin", bare.toString());
        keepOn(mine, "profiles", ONE);
        Commit commit = keepOn(server, "profiles", TWO);
        assertEquals("Profile at " + TWO + "\nProfile at " + ONE, box.git(bare, "log", "--format=%s", "profiles"));
        assertEquals(commit.id(), tip(server, "profiles"));
        assertThrows(Failure.class, () -> box.open(server).close());
    }

    @Test
    void anotherRecordingOfTheSameSecondIsToldByTheBranchsMetadata() throws Exception {
        keepOn(mine, "profiles", ONE);
        try (GitRepo repo = box.open(mine, "profiles")) {
            Path results = repo.folder(Path.of("results"), Sandbox.profile(ONE, "cd".repeat(32)));
            repo.commit(box.resultIn(results, ONE, "cd".repeat(32)), "Profile\n");
        }
        assertTrue(box.git(mine, "ls-tree", "-r", "--name-only", "profiles").contains("results/flame-20250131-235959-cdcdcdcd.svg"));
    }

    @Test
    void aBranchThatIsCheckedOutAndOneThatCannotBe() throws Exception {
        box.git(mine, "worktree", "add", "-q", "-b", "side", folder.resolve("linked").toString());
        for (String branch : List.of("main", "side")) {
            Failure failure = assertThrows(Failure.class, () -> box.open(mine, branch).close());
            assertTrue(failure.getMessage().contains("branch " + branch + " is checked out"), failure.getMessage());
        }
        assertTrue(assertThrows(Failure.class, () -> box.open(mine, "no..name").close()).getMessage().contains("no name for a branch"));
    }

    @Test
    void whatCannotBeCommittedToABranchIsInResults() throws Exception {
        box.git(mine, "config", "commit.gpgsign", "true");
        box.git(mine, "config", "gpg.program", "false");
        Failure failure = assertThrows(Failure.class, () -> keepOn(mine, "profiles", ONE));
        assertTrue(failure.next().contains("The result is in " + mine + "/results"), failure.next());
        assertTrue(Files.exists(mine.resolve("results/flame-20250131-235959.json")));
        assertThrows(AssertionError.class, () -> tip(mine, "profiles"));
    }

    @Test
    void aDetachedHeadIsSaidSo() throws Exception {
        box.git(mine, "checkout", "-q", "--detach");
        Commit commit = keep(ONE, false);
        assertNull(commit.branch());
        assertTrue(commit.notPushed().contains("detached"));
    }
}
