package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories in every form that people have: with the real git as the judge, worked in or left as they are. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class FormsTest {
    private static final String ONE = "2025-01-31T23:59:59Z";
    private static final String TWO = "2025-02-01T00:00:30Z";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;

    @BeforeEach
    void sandbox() throws IOException {
        box = Sandbox.judgedByGit(folder, git);
    }

    private Commit commit(Path repository, String start) throws IOException {
        List<Path> files = box.result(repository, start);
        try (GitRepo repo = box.open(repository)) {
            return repo.commit(files, "Profile\n");
        }
    }

    private Commit keep(Path repository, String start) throws IOException {
        List<Path> files = box.result(repository, start);
        try (GitRepo repo = box.open(repository)) {
            return repo.push(repo.commit(files, "Profile\n"), false);
        }
    }

    /** Refused, and the repository is as it was. */
    private Failure refused(Path repository) throws Exception {
        String before = state(repository);
        Failure failure = assertThrows(Failure.class, () -> commit(repository, ONE));
        assertEquals(Exit.GIT, failure.exitCode(), failure::getMessage);
        assertTrue(failure.next() != null, "what to do next");
        assertEquals(before, state(repository));
        assertTrue(Files.exists(repository.resolve("results/flame-20250131-235959.svg")), "the result is there all the same");
        return failure;
    }

    /** Every file of the repository's own folder, with its time and size: nothing was touched, nothing left behind. */
    private String state(Path repository) throws Exception {
        return box.ok(repository, "find", ".git", "-name", "objects", "-prune", "-o", "-type", "f", "-printf", "%p %s %T@\n");
    }

    /** The judge: nothing broken, and nothing but what was given is committed. */
    private void good(Path repository) throws Exception {
        assertEquals("", box.git(repository, "fsck", "--strict", "--no-dangling"));
        assertEquals("", box.git(repository, "status", "--porcelain"));
        for (String file : box.git(repository, "show", "--name-only", "--format=", "HEAD").split("\n")) {
            assertTrue(file.startsWith("results/"), file);
        }
    }

    // ---- what git refuses

    @Test
    void aSha256RepositoryIsLeftAlone() throws Exception {
        box.git(folder, "init", "-q", "--object-format=sha256", "r");
        String why = refused(box.root.resolve("r")).getMessage();
        assertTrue(why.contains("extensions.objectformat = sha256"), why);
    }

    @Test
    void anUnknownExtensionAndAnUnknownVersionAreLeftAlone() throws Exception {
        Path repository = box.repository("r");
        Path config = repository.resolve(".git/config");
        String before = Files.readString(config);
        Files.writeString(config, before.replace("repositoryformatversion = 0", "repositoryformatversion = 1") + "[extensions]\n\tnextThing = true\n");
        assertTrue(refused(repository).getMessage().toLowerCase(Locale.ROOT).contains("nextthing"));
        Files.writeString(config, before.replace("repositoryformatversion = 0", "repositoryformatversion = 2"));
        assertTrue(refused(repository).getMessage().contains("version"));
        Files.writeString(config, before.replace("repositoryformatversion = 0", "repositoryformatversion = 1") + "[extensions]\n\trefStorage = reftable\n");
        refused(repository);
        Files.writeString(config, before.replace("repositoryformatversion = 0", "repositoryformatversion = 1") + "[extensions]\n\tworktreeConfig = true\n\tpreciousObjects = true\n");
        commit(repository, ONE);
        good(repository);
    }

    @Test
    void anotherUsersRepositoryIsLeftAloneInEveryLanguage() throws Exception {
        assumeTrue(Sshd.USER.equals("root"), "only root can give a repository away");
        Path repository = box.repository("r");
        Sandbox.script(repository.resolve(".git/hooks/pre-commit"), "touch " + folder + "/ran");
        box.ok(folder, "chown", "-R", "12345", repository.toString());
        box.variables.put("LC_ALL", "C.UTF-8");
        box.variables.put("LANGUAGE", "de");
        String next = refused(repository).next();
        assertTrue(next.contains("git config --global --add safe.directory " + repository), next);
        assertFalse(Files.exists(folder.resolve("ran")));

        Files.writeString(box.home.resolve(".gitconfig"), Files.readString(box.home.resolve(".gitconfig")) + "[safe]\n\tdirectory = " + repository + "\n");
        commit(repository, ONE);
        assertTrue(Files.exists(folder.resolve("ran")));
        assertEquals("2", box.git(repository, "rev-list", "--count", "HEAD"));
        Files.writeString(box.home.resolve(".gitconfig"), Files.readString(box.home.resolve(".gitconfig")) + "\tdirectory =\n");
        assertThrows(Failure.class, () -> commit(repository, TWO), "an empty entry takes back what was said before");
        box.variables.put("SUDO_UID", "12345");
        commit(repository, TWO);
    }

    @Test
    void aGitFromBeforeShowScopeIsAGit() throws Exception {
        assumeTrue(git);
        Sandbox.script(box.programs.resolve("git"), "for word; do case $word in --show-scope|--absolute-git-dir|--path-format=*|--type=*|--no-write-fetch-head)"
                + " echo \"unknown option $word\" >&2; exit 129;; esac; done; exec " + Sandbox.located("git") + " \"$@\"");
        Path bare = box.bare("bare.git", box.repository("seed"));
        Path mine = box.clone("mine", bare.toString());
        Path theirs = box.clone("theirs", bare.toString());
        keep(theirs, ONE);
        assertEquals(bare.toString(), keep(mine, TWO).pushedTo());
        good(mine);
    }

    // ---- whose configuration

    @Test
    void theIdentityOfAWorktreesOwnConfiguration() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "worktree", "add", "-q", "-b", "side", folder.resolve("linked").toString());
        Path linked = folder.toRealPath().resolve("linked");
        box.git(repository, "config", "extensions.worktreeConfig", "true");
        box.git(linked, "config", "--worktree", "user.email", "linked@example.org");
        commit(linked, ONE);
        good(linked);
        commit(repository, TWO);
        assertEquals("linked@example.org", box.git(linked, "log", "-1", "--format=%ae"));
        assertEquals("sam@example.org", box.git(repository, "log", "-1", "--format=%ae"));
    }

    @Test
    void theIdentityOfAnIncludeInTheRepositorysOwnConfiguration() throws Exception {
        Path repository = box.repository("r");
        Sandbox.write(repository.resolve(".git/work.gitconfig"), "[user]\n\temail = work@example.org\n");
        box.git(repository, "config", "includeIf.gitdir:" + repository + "/.git.path", "work.gitconfig");
        if (git) {
            commit(repository, ONE);
            assertEquals("work@example.org", box.git(repository, "log", "-1", "--format=%ae"));
        } else {
            assertTrue(refused(repository).getMessage().contains("includeIf"));
        }
    }

    // ---- what is in the way

    @Test
    void namesThatAreNotUtf8StayAsTheyAre() throws Exception {
        Path repository = box.repository("r");
        box.ok(repository, "sh", "-c", "printf x > \"$(printf 'caf\\351')\"; mkdir \"$(printf 'd\\351')\" && printf y > \"$(printf 'd\\351/f')\"; git add -A; git commit -qm latin1");
        String before = box.git(repository, "ls-tree", "-r", "-z", "HEAD");
        commit(repository, ONE);
        good(repository);
        box.git(repository, "rm", "-rq", "--cached", "results");
        assertEquals(before, box.git(repository, "ls-tree", "-r", "-z", box.git(repository, "write-tree")));
        assertTrue(box.git(repository, "ls-tree", "HEAD").contains("\"caf\\351\""));
    }

    @Test
    void resultsThatAreIgnoredGloballyLeaveTheIndexAsItWas() throws Exception {
        Path repository = box.repository("r");
        Files.writeString(box.home.resolve("ignored"), "*.gz\n");
        box.git(repository, "config", "--global", "core.excludesFile", "~/ignored");
        assertTrue(refused(repository).getMessage().contains("flame-20250131-235959.folded.gz is ignored"));
    }

    @Test
    void resultsThatAreASubmoduleLeaveTheIndexAsItWas() throws Exception {
        Path repository = box.repository("r");
        Path module = box.repository("module");
        box.git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", module.toString(), "results");
        String before = state(repository);
        Failure failure = assertThrows(Failure.class, () -> commit(repository, ONE));
        assertTrue(failure.getMessage().contains("results is a repository of its own"), failure.getMessage());
        assertEquals(before, state(repository));
        box.git(repository, "commit", "-qm", "module");
        box.ok(repository, "rm", "-rf", "results/.git");
        assertTrue(refused(repository).getMessage().contains("submodule"));
    }

    // ---- how the repository is laid out

    @Test
    void aRepositoryThatIsElsewhere() throws Exception {
        Files.createDirectory(folder.resolve("elsewhere"));
        box.git(folder, "init", "-q", "--separate-git-dir", folder.resolve("elsewhere/git").toString(), "r");
        Path repository = box.root.resolve("r");
        commit(repository, ONE);
        good(repository);
    }

    @Test
    void aSplitIndex() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "config", "core.splitIndex", "true");
        box.git(repository, "update-index", "--split-index");
        if (git) {
            Sandbox.write(repository.resolve("staged.txt"), "staged\n");
            box.git(repository, "add", "staged.txt");
            commit(repository, ONE);
            assertEquals("A  staged.txt", box.git(repository, "status", "--porcelain"));
            assertEquals("", box.git(repository, "fsck", "--strict", "--no-dangling"));
        } else {
            refused(repository);
        }
    }

    @Test
    void aSparseIndex() throws Exception {
        Path seed = box.repository("seed");
        Sandbox.write(seed.resolve("a/file"), "a\n");
        Sandbox.write(seed.resolve("b/c/file"), "b\n");
        box.git(seed, "add", ".");
        box.git(seed, "commit", "-qm", "folders");
        Path bare = box.bare("bare.git", seed);
        Path mine = box.clone("mine", bare.toString());
        box.git(mine, "sparse-checkout", "set", "--cone", "--sparse-index", "a");
        if (!git) {
            refused(mine);
            return;
        }
        Path theirs = box.clone("theirs", bare.toString());
        Sandbox.write(theirs.resolve("b/c/file"), "theirs\n");
        Sandbox.write(theirs.resolve("a/file"), "theirs\n");
        box.git(theirs, "commit", "-qam", "theirs");
        box.git(theirs, "push", "-q");
        keep(mine, ONE);
        good(mine);
        assertEquals("theirs\n", Files.readString(mine.resolve("a/file")));
        assertFalse(Files.exists(mine.resolve("b")), "what the user does not want here stays away");
        assertEquals(box.git(bare, "rev-parse", "main"), box.git(mine, "rev-parse", "HEAD"));
    }

    @Test
    void partialClonesWhoseRemoteHasMoved() throws Exception {
        Path seed = box.repository("seed");
        Sandbox.write(seed.resolve("results/old.txt"), "old\n");
        box.git(seed, "add", ".");
        box.git(seed, "commit", "-qm", "folder");
        Path bare = box.bare("bare.git", seed);
        box.git(bare, "config", "uploadpack.allowFilter", "true");
        box.git(bare, "config", "uploadpack.allowAnySHA1InWant", "true");
        int day = 10;
        for (String filter : List.of("blob:none", "tree:0")) {
            Path mine = box.clone("mine-" + day, "file://" + bare, "--filter=" + filter);
            Path theirs = box.clone("theirs-" + day, bare.toString());
            keep(theirs, "2025-03-" + day++ + "T00:00:00Z");
            keep(mine, "2025-03-" + day++ + "T00:00:00Z");
            assertEquals("", box.git(mine, "status", "--porcelain"));
            assertEquals(box.git(bare, "rev-parse", "main"), box.git(mine, "rev-parse", "HEAD"));
            assertEquals("", box.git(bare, "fsck", "--strict", "--no-dangling"));
        }
    }

    @Test
    void aRepositoryThatAGroupShares() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "config", "core.sharedRepository", "group");
        if (!git) {
            assertTrue(refused(repository).getMessage().contains("core.sharedRepository"));
            return;
        }
        commit(repository, ONE);
        good(repository);
        String tree = box.git(repository, "rev-parse", "HEAD^{tree}");
        for (String file : List.of("index", "refs/heads/main", "objects/" + tree.substring(0, 2))) {
            assertTrue(Files.getPosixFilePermissions(repository.resolve(".git").resolve(file)).contains(PosixFilePermission.GROUP_WRITE), file);
        }
    }

    /** A JVM in a folder that its locale cannot name. */
    static final class Opens {
        public static void main(String... args) {
            try (GitRepo repo = GitRepo.open(Path.of("."), null, text -> { })) {
                System.out.println(repo.top());
            } catch (Failure failure) {
                System.out.println("refused: " + failure.next());
            }
        }
    }

    @Test
    void aFolderThatTheLocaleCannotNameIsNotTakenForOneAboveIt() throws Exception {
        box.repository("parent");
        Path inner = box.empty("parent/\u00e9quipe");
        String java = ProcessHandle.current().info().command().orElseThrow();
        box.variables.put("LC_ALL", "C");
        String opened = box.ok(inner, java, "-cp", System.getProperty("java.class.path"), Opens.class.getName());
        assertTrue(opened.equals(inner.toString()) || opened.startsWith("refused: ") && opened.contains("LC_ALL=C.UTF-8"), opened);
    }

    // ---- what attributes do to files

    @Test
    void whatIsTextToAllElseIsNotChangedInResults() throws Exception {
        Path repository = box.repository("r");
        Sandbox.write(repository.resolve(".gitattributes"), "* text\n");
        List<Path> files = box.result(repository, ONE);
        Files.writeString(files.get(1), "a\r\nb\r\n"); // as it may stand in compressed stacks
        try (GitRepo repo = box.open(repository)) {
            repo.commit(files, "Profile\n");
        }
        assertEquals("?? .gitattributes", box.git(repository, "status", "--porcelain"));
        assertEquals("6", box.git(repository, "cat-file", "-s", "HEAD:results/flame-20250131-235959.folded.gz"));
        box.ok(repository, "touch", files.get(1).toString());
        assertEquals("?? .gitattributes", box.git(repository, "status", "--porcelain"));

        Files.writeString(repository.resolve(".git/info/attributes"), "*.gz text\n"); // stronger than any .gitattributes
        Files.writeString(files.get(1), "c\r\nd\r\n");
        try (GitRepo repo = box.open(repository)) {
            Failure failure = assertThrows(Failure.class, () -> repo.commit(files, "Profile\n"));
            assertTrue(failure.getMessage().contains("flame-20250131-235959.folded.gz"), failure.getMessage());
        }
    }

    @Test
    void aFilterThatGivesBackWhatItTookIsUsed() throws Exception {
        Path repository = box.repository("r");
        box.git(repository, "config", "filter.shift.clean", "tr a-z b-za");
        box.git(repository, "config", "filter.shift.smudge", "tr b-za a-z");
        Sandbox.write(repository.resolve("results/.gitattributes"), "*.svg filter=shift\n");
        if (!git) {
            assertTrue(refused(repository).getMessage().contains("flame-20250131-235959.svg"));
            return;
        }
        commit(repository, ONE);
        assertTrue(box.git(repository, "show", "HEAD:results/flame-20250131-235959.svg").startsWith("<twh>"));
        box.ok(repository, "touch", repository + "/results/flame-20250131-235959.svg");
        assertEquals("?? results/.gitattributes", box.git(repository, "status", "--porcelain"));
    }
}
