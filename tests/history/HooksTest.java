package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** The user's hooks, as git commit would run them. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class HooksTest {
    private static final String START = "2025-01-31T23:59:59Z";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;
    private Path repository;

    @BeforeEach
    void sandbox() throws Exception {
        Sandbox.needs("git");
        box = new Sandbox(folder);
        box.git = git;
        repository = box.repository("r");
    }

    private void commit(Path where, String message) throws IOException {
        List<Path> files = box.result(where, START);
        try (GitRepo repo = box.open(where)) {
            repo.commit(files, message);
        }
    }

    /** @param script may call git, which those who do not have it would not */
    private void hook(String name, String script) throws IOException {
        Sandbox.script(repository.resolve(".git/hooks").resolve(name), "PATH=$PATH:" + System.getenv("PATH") + "\n" + script);
    }

    private String log(String format) throws Exception {
        return box.git(repository, "log", "-1", "--format=" + format);
    }

    private String said(String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }

    @Test
    void allOfThemRunInGitsOrder() throws Exception {
        for (String name : List.of("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit")) {
            hook(name, "echo " + name + " \"$#\" \"$2\" >> " + folder + "/ran");
        }
        commit(repository, "Profile\n");
        assertEquals("pre-commit 0 \nprepare-commit-msg 2 message\ncommit-msg 1 \npost-commit 0", said("ran"));
    }

    @Test
    void theMessageIsWhatTheyLeave() throws Exception {
        hook("prepare-commit-msg", "printf 'Prepared\\n\\n' | cat - \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"");
        hook("commit-msg", "printf '\\nReviewed-by: hook\\n\\n\\n' >> \"$1\"");
        commit(repository, "Profile\n\nhow hot it was  \n");
        assertEquals("Prepared\n\nProfile\n\nhow hot it was\n\nReviewed-by: hook", log("%B").strip());
        assertEquals("hook", log("%(trailers:key=Reviewed-by,valueonly)").strip());
    }

    @Test
    void aHookThatRefusesLeavesEverythingAsItWas() throws Exception {
        hook("commit-msg", "echo on stdout; echo no ticket number >&2; exit 1");
        Sandbox.write(repository.resolve("staged.txt"), "staged\n");
        box.git(repository, "add", "staged.txt");
        String before = box.git(repository, "ls-files", "-s");
        Failure failure = assertThrows(Failure.class, () -> commit(repository, "Profile\n"));
        assertEquals(Exit.GIT, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("the commit-msg hook refused the commit: ") && failure.getMessage().contains("no ticket number"),
                failure.getMessage());
        assertEquals(before, box.git(repository, "ls-files", "-s"));
        assertEquals("1", box.git(repository, "rev-list", "--count", "HEAD"));
        assertFalse(Files.exists(repository.resolve(".git/index.lock")));
        hook("commit-msg", ": > \"$1\"");
        assertTrue(assertThrows(Failure.class, () -> commit(repository, "Profile\n")).getMessage().contains("no commit message"));
    }

    @Test
    void theIndexThatPreCommitSeesIsOfThisCommitAlone() throws Exception {
        Sandbox.write(repository.resolve("staged.txt"), "staged\n");
        box.git(repository, "add", "staged.txt");
        hook("pre-commit", "git diff --cached --name-only > " + folder + "/seen; echo more > more.txt; git add more.txt");
        commit(repository, "Profile\n");
        assertEquals("results/.gitattributes\nresults/flame-20250131-235959.folded.gz\nresults/flame-20250131-235959.json\nresults/flame-20250131-235959.svg",
                said("seen"));
        assertTrue(box.git(repository, "show", "--name-only", "--format=", "HEAD").contains("more.txt"), "what it adds is committed, as git does");
        assertTrue(box.git(repository, "status", "--porcelain").contains("A  staged.txt"));
        assertEquals("", box.git(repository, "fsck", "--strict", "--no-dangling"));
    }

    @Test
    void hooksAreWhereTheConfigurationSays() throws Exception {
        hook("pre-commit", "exit 1");
        Sandbox.script(box.home.resolve("my hooks/post-commit"), "touch " + folder + "/ran");
        box.git(repository, "config", "core.hooksPath", "~/my hooks");
        commit(repository, "Profile\n");
        assertTrue(Files.exists(folder.resolve("ran")));
    }

    @Test
    void aLinkedWorktreeHasTheSameHooks() throws Exception {
        box.git(repository, "worktree", "add", "-q", "-b", "side", folder.resolve("linked").toString());
        hook("commit-msg", "echo seen >> \"$1\"; git rev-parse --show-toplevel > " + folder + "/top");
        commit(folder.toRealPath().resolve("linked"), "Profile\n");
        assertEquals("Profile\nseen", box.git(repository, "log", "-1", "--format=%B", "side").strip());
        assertEquals(folder.toRealPath().resolve("linked").toString(), said("top"));
    }

    @Test
    void oneThatMayNotBeExecutedIsPassedOver() throws Exception {
        hook("pre-commit", "exit 1");
        Files.setPosixFilePermissions(repository.resolve(".git/hooks/pre-commit"), PosixFilePermissions.fromString("rw-r--r--"));
        commit(repository, "Profile\n");
        assertEquals("Profile", log("%s"));
    }

    @Test
    void theMessageOfACommitOnABranchWithoutAWorkTreeIsCheckedToo() throws Exception {
        hook("pre-commit", "exit 1");
        hook("commit-msg", "echo 'Change-Id: I1' >> \"$1\"");
        try (GitRepo repo = box.open(repository, "profiles")) {
            Path results = repo.folder(Path.of("results"), Sandbox.profile(START, "ab".repeat(32)));
            repo.commit(box.resultIn(results, START), "Profile\n\nbody\n");
        }
        assertTrue(box.git(repository, "log", "-1", "--format=%B", "profiles").contains("Change-Id: I1"));
    }
}
