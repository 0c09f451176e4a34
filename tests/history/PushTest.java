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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushes to repositories on this machine, over file:// and by path, each checked with the real git. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class PushTest {
    private static final String ONE = "2025-01-31T23:59:59Z";
    private static final String TWO = "2025-02-01T00:00:30Z";
    private static final String SVG = "results/flame-20250131-235959.svg";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;
    private Path bare;
    private Path mine;
    private Path theirs;

    @BeforeEach
    void twoClones() throws Exception {
        box = Sandbox.judgedByGit(folder, git);
        bare = box.bare("bare.git", box.repository("seed"));
        mine = box.clone("mine", "file://" + bare);
        theirs = box.clone("theirs", bare.toString());
    }

    private Commit keep(Path clone, String start) throws IOException {
        List<Path> files = box.result(clone, start);
        try (GitRepo repo = box.open(clone)) {
            return repo.push(repo.commit(files, "Profile at " + start + "\n"), false);
        }
    }

    private Failure refused(Path clone, String start) {
        Failure failure = assertThrows(Failure.class, () -> keep(clone, start));
        assertEquals(Exit.GIT, failure.exitCode(), failure::getMessage);
        assertTrue(failure.getMessage().startsWith("committed as "), failure.getMessage());
        assertTrue(failure.next().contains("git push origin main"), failure.next());
        return failure;
    }

    private String tip(Path repository) throws Exception {
        return box.git(repository, "rev-parse", "--short=7", "main");
    }

    private void push(Path clone, String file, String text) throws Exception {
        Sandbox.write(clone.resolve(file), text);
        box.git(clone, "add", file);
        box.git(clone, "commit", "-q", "-m", "change " + file);
        box.git(clone, "push", "-q");
    }

    private void inSync(Path clone) throws Exception {
        assertEquals(tip(bare), tip(clone));
        assertEquals(tip(bare), box.git(clone, "rev-parse", "--short=7", "origin/main"));
        assertEquals("", box.git(bare, "fsck", "--strict", "--no-dangling"));
    }

    @Test
    void pushesToTheUpstreamAndASecondTimeChangesNothing() throws Exception {
        Commit commit = keep(mine, ONE);
        assertEquals("file://" + bare, commit.pushedTo());
        assertNull(commit.notPushed());
        assertEquals(tip(bare), commit.id());
        inSync(mine);
        Commit again = keep(mine, ONE);
        assertFalse(again.made());
        assertEquals(commit.id(), again.id());
        assertEquals("file://" + bare, again.pushedTo());
        assertEquals("2", box.git(bare, "rev-list", "--count", "main"));
    }

    @Test
    void anEarlierCommitThatWasNotPushedIsPushedNow() throws Exception {
        List<Path> files = box.result(theirs, ONE);
        try (GitRepo repo = box.open(theirs)) {
            repo.commit(files, "Profile\n");
        }
        assertNotEquals(tip(bare), tip(theirs));
        Commit commit = keep(theirs, ONE);
        assertFalse(commit.made());
        assertEquals(bare.toString(), commit.pushedTo());
        inSync(theirs);
    }

    @Test
    void aRemoteThatHasMovedGetsOurCommitOnTop() throws Exception {
        push(theirs, "theirs.txt", "theirs\n");
        push(theirs, "README", "a project, described\n");
        Commit commit = keep(mine, ONE);
        assertEquals(tip(bare), commit.id());
        inSync(mine);
        assertEquals("theirs\n", Files.readString(mine.resolve("theirs.txt")));
        assertEquals("a project, described\n", Files.readString(mine.resolve("README")));
        assertEquals("", box.git(mine, "status", "--porcelain"));
        assertEquals("4", box.git(bare, "rev-list", "--count", "main"));
        assertEquals("", box.git(bare, "rev-list", "--merges", "main"));
        assertEquals("Profile at " + ONE, box.git(bare, "log", "-1", "--format=%s", "main"));
        assertTrue(box.git(mine, "reflog", "-1").contains("rebase: results onto origin/main"));
    }

    @Test
    void severalResultsAreReplayedInOrder() throws Exception {
        try (GitRepo repo = box.open(mine)) {
            repo.commit(box.result(mine, ONE), "one\n");
            repo.commit(box.result(mine, TWO), "two\n");
        }
        push(theirs, "theirs.txt", "theirs\n");
        assertFalse(keep(mine, ONE).made());
        assertEquals("two\none\nchange theirs.txt\nfirst", box.git(bare, "log", "--format=%s", "main"));
        inSync(mine);
    }

    @Test
    void whatTheUserIsWorkingOnSurvivesTheRebase() throws Exception {
        Sandbox.write(mine.resolve("README"), "half a sentence\n");
        Sandbox.write(mine.resolve("staged.txt"), "staged\n");
        Sandbox.write(mine.resolve("new.txt"), "untracked\n");
        box.git(mine, "add", "staged.txt");
        push(theirs, "theirs.txt", "theirs\n");
        keep(mine, ONE);
        inSync(mine);
        assertEquals(" M README\nA  staged.txt\n?? new.txt", box.git(mine, "status", "--porcelain"));
        assertEquals("half a sentence\n", Files.readString(mine.resolve("README")));
        assertEquals("theirs\n", Files.readString(mine.resolve("theirs.txt")));
    }

    @Test
    void aChangedFileThatIsInTheWayIsNotOverwritten() throws Exception {
        push(theirs, "README", "theirs\n");
        Sandbox.write(mine.resolve("README"), "half a sentence\n");
        Failure failure = refused(mine, ONE);
        assertTrue(failure.getMessage().contains("your uncommitted change is in the way: ") && failure.getMessage().contains("README"),
                failure.getMessage());
        assertTrue(failure.next().contains("git pull --rebase"), failure.next());
        assertEquals("half a sentence\n", Files.readString(mine.resolve("README")));
        assertEquals(" M README", box.git(mine, "status", "--porcelain"));

        box.git(mine, "checkout", "-q", "README");
        assertFalse(keep(mine, ONE).made());
        inSync(mine);
    }

    @Test
    void anUntrackedFileThatIsInTheWayIsNotOverwritten() throws Exception {
        push(theirs, "notes.txt", "theirs\n");
        Sandbox.write(mine.resolve("notes.txt"), "mine, precious\n");
        Failure failure = refused(mine, ONE);
        assertTrue(failure.getMessage().contains("notes.txt"), failure.getMessage());
        assertEquals("mine, precious\n", Files.readString(mine.resolve("notes.txt")));
    }

    @Test
    void theUsersOwnCommitsAreNotRewritten() throws Exception {
        push(theirs, "theirs.txt", "theirs\n");
        Sandbox.write(mine.resolve("mine.txt"), "mine\n");
        box.git(mine, "add", "mine.txt");
        box.git(mine, "commit", "-q", "-m", "my own work");
        String own = tip(mine);
        Failure failure = refused(mine, ONE);
        assertTrue(failure.getMessage().contains(own), failure.getMessage());
        assertEquals(own, box.git(mine, "rev-parse", "--short=7", "HEAD~1"));
        box.ok(mine, "sh", "-c", failure.next().substring(failure.next().indexOf("git ")));
        inSync(mine);
    }

    @Test
    void theSameResultFromTwoClonesBecomesOneCommit() throws Exception {
        keep(theirs, ONE);
        Commit commit = keep(mine, ONE);
        assertEquals("2", box.git(bare, "rev-list", "--count", "main"));
        assertEquals(tip(bare), commit.id());
        inSync(mine);
    }

    @Test
    void twoDifferentResultsOfOneNameAreLeftToTheUser() throws Exception {
        Sandbox.write(theirs.resolve(SVG), "<svg>another cluster</svg>");
        push(theirs, SVG, "<svg>another cluster</svg>");
        String before = tip(bare);
        Failure failure = refused(mine, ONE);
        assertTrue(failure.getMessage().contains("another result of the same name"), failure.getMessage());
        assertEquals(before, tip(bare));
        assertEquals("", box.git(mine, "status", "--porcelain"));
    }

    @Test
    void aRaceThatIsLostWhileWePushIsRunAgain() throws Exception {
        // the hook runs after our push has seen the remote's branch: there another one gets in, twice
        hook(mine, "pre-push", "PATH=" + System.getenv("PATH") + "; n=$(cat " + folder + "/n 2>/dev/null || echo 0); [ $n -lt 2 ] || exit 0; "
                + "echo $((n + 1)) > " + folder + "/n; cd " + theirs + "; unset $(git rev-parse --local-env-vars); "
                + "export GIT_AUTHOR_NAME=they GIT_AUTHOR_EMAIL=they@example.org GIT_COMMITTER_NAME=they GIT_COMMITTER_EMAIL=they@example.org; "
                + "git pull -q --rebase; echo $n > other$n.txt; git add .; git commit -qm other$n; git push -q");
        Commit commit = keep(mine, ONE);
        assertEquals(tip(bare), commit.id());
        assertEquals("Profile at " + ONE + "\nother1\nother0\nfirst", box.git(bare, "log", "--format=%s", "main"));
        inSync(mine);
    }

    @Test
    void shallowClones() throws Exception {
        push(theirs, "theirs.txt", "theirs\n");
        push(theirs, "theirs.txt", "theirs again\n");
        Path shallow = box.clone("shallow", "file://" + bare, "--depth", "1");
        keep(shallow, ONE);
        assertEquals(tip(bare), tip(shallow));
        push(theirs, "unrelated.txt", "x\n", true);
        keep(shallow, TWO);
        assertEquals(tip(bare), tip(shallow));
        assertEquals("", box.git(bare, "fsck", "--strict", "--no-dangling"));
        assertEquals("true", box.git(shallow, "rev-parse", "--is-shallow-repository"));
    }

    private void push(Path clone, String file, String text, boolean pullFirst) throws Exception {
        if (pullFirst) box.git(clone, "pull", "-q", "--rebase");
        push(clone, file, text);
    }

    @Test
    void aNewRepositoryWhoseRemoteHasCommitsAlready() throws Exception {
        Path fresh = box.empty("fresh");
        box.git(fresh, "remote", "add", "somewhere", bare.toString());
        Commit commit = keep(fresh, ONE);
        assertEquals(bare.toString(), commit.pushedTo());
        assertEquals("Profile at " + ONE + "\nfirst", box.git(bare, "log", "--format=%s", "main"));
        assertEquals("a project\n", Files.readString(fresh.resolve("README")));
        assertEquals("", box.git(fresh, "status", "--porcelain"));
    }

    @Test
    void anEmptyRemote() throws Exception {
        box.git(folder, "init", "-q", "--bare", folder.resolve("new.git").toString());
        box.git(mine, "remote", "set-url", "origin", folder.resolve("new.git").toString());
        keep(mine, ONE);
        assertEquals(tip(mine), tip(folder.resolve("new.git")));
    }

    @Test
    void theUpstreamMayHaveAnotherNameAndAnotherRemote() throws Exception {
        Path fork = box.bare("fork.git", bare);
        box.git(mine, "remote", "add", "fork", fork.toString());
        box.git(mine, "push", "-q", "fork", "main:profiles");
        box.git(mine, "fetch", "-q", "fork");
        box.git(mine, "branch", "-q", "-u", "fork/profiles");
        assertEquals(fork.toString(), keep(mine, ONE).pushedTo());
        assertEquals(tip(mine), box.git(fork, "rev-parse", "--short=7", "profiles"));
        assertNotEquals(tip(mine), tip(fork));

        box.git(mine, "config", "remote.pushDefault", "origin");
        assertEquals("file://" + bare, keep(mine, TWO).pushedTo());
        inSync(mine);
    }

    @Test
    void noRemoteAndSeveralOnesWithoutAnUpstreamAreSaid() throws Exception {
        Path alone = box.repository("alone");
        Commit commit = keep(alone, ONE);
        assertTrue(commit.made());
        assertEquals("no remote", commit.notPushed());
        assertNull(commit.pushedTo());
        box.git(alone, "remote", "add", "a", bare.toString());
        box.git(alone, "remote", "add", "b", bare.toString());
        assertTrue(keep(alone, TWO).notPushed().contains("git push -u REMOTE main"));
    }

    @Test
    void aHookOfTheServerThatRefusesIsQuoted() throws Exception {
        hook(bare, "hooks", "pre-receive", "echo main is protected on Fridays >&2; exit 1");
        Failure failure = refused(theirs, ONE);
        String why = git ? "main is protected on Fridays" : "a hook that only git runs"; // JGit would pass it over
        assertTrue(failure.getMessage().contains(why), failure.getMessage());
        assertEquals("1", box.git(bare, "rev-list", "--count", "main"));
        assertEquals("2", box.git(theirs, "rev-list", "--count", "main"));
    }

    @Test
    void aHookOfOursThatRefusesIsQuoted() throws Exception {
        hook(mine, "pre-push", "echo not on this network >&2; exit 1");
        assertTrue(refused(mine, ONE).getMessage().contains("not on this network"));
    }

    @Test
    void aRemoteThatIsNotThere() throws Exception {
        box.git(mine, "remote", "set-url", "origin", "file://" + folder + "/gone.git");
        Failure failure = refused(mine, ONE);
        assertTrue(failure.getMessage().contains("gone.git"), failure.getMessage());
        assertEquals(SVG, box.git(mine, "ls-files", SVG));
    }

    private static void hook(Path clone, String name, String script) throws IOException {
        hook(clone, ".git/hooks", name, script);
    }

    private static void hook(Path repository, String where, String name, String script) throws IOException {
        Path hook = repository.resolve(where).resolve(name);
        Sandbox.write(hook, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
