package lib.history;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.api.AddCommand;
import org.eclipse.jgit.api.CommitCommand;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.LogCommand;
import org.eclipse.jgit.api.errors.AbortedByHookException;
import org.eclipse.jgit.api.errors.ConcurrentRefUpdateException;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.LockFailedException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryState;
import org.eclipse.jgit.lib.Signers;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.lib.UserConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The git repository that keeps the results. It commits the files that it is given and nothing else, whatever else
 * the user has changed or staged, and pushes to where {@code git push} would. Only one may be open in a process:
 * JGit has one view of the machine ({@link GitEnvironment}).
 */
public final class GitRepo implements AutoCloseable {
    private static final int LOCK_TRIES = 30;
    private static final long LOCK_PAUSE_MS = 100;

    /** For a connection and for each answer on it; a server that runs slow hooks sends a sign of life every 5 s. */
    int timeoutSeconds = 15;

    private final GitEnvironment environment;
    private final Repository repository;
    private final Path top;

    private GitRepo(GitEnvironment environment, Repository repository) throws IOException {
        this.environment = environment;
        this.repository = repository;
        this.top = repository.getWorkTree().toPath().toRealPath();
    }

    /**
     * Opens the repository whose work tree holds this folder; the folder itself need not be there yet.
     *
     * @throws Failure GIT if there is none, or it has no work tree, or it belongs to another user
     */
    public static GitRepo open(Path folder) {
        return open(folder, System.getenv());
    }

    static GitRepo open(Path folder, Map<String, String> variables) {
        Path there = folder.toAbsolutePath().normalize();
        while (!Files.isDirectory(there)) there = there.getParent();
        Repository repository = null;
        try {
            there = there.toRealPath();
            GitEnvironment environment = GitEnvironment.use(variables, there);
            FileRepositoryBuilder builder = new FileRepositoryBuilder().findGitDir(there.toFile());
            if (builder.getGitDir() == null) {
                throw new Failure(Exit.GIT, "no git repository at " + there,
                        "Make one (git init), or name one with --repo.");
            }
            repository = builder.setMustExist(true).build();
            if (repository.isBare()) {
                throw new Failure(Exit.GIT, repository.getDirectory() + " is a bare repository",
                        "Name a clone with a work tree (--repo).");
            }
            for (GpgConfig.GpgFormat format : GpgConfig.GpgFormat.values()) Signers.set(format, new Signing(environment));
            return new GitRepo(environment, repository);
        } catch (IOException | IllegalArgumentException | Failure e) {
            if (repository != null) repository.close();
            if (e instanceof Failure failure) throw failure;
            throw new Failure(Exit.GIT, "cannot read the git repository at " + there + ": " + Reasons.of(e), null, e);
        }
    }

    /**
     * Makes a repository to try things in: with somebody to commit as, an empty remote named origin, and the branch main.
     *
     * @param folder its work tree, a new folder
     * @param remote the remote, a new folder too
     * @throws Failure GIT if they cannot be made
     */
    public static void create(Path folder, Path remote) {
        try (Git bare = Git.init().setBare(true).setInitialBranch("main").setDirectory(remote.toFile()).call();
                Git git = Git.init().setInitialBranch("main").setDirectory(folder.toFile()).call()) {
            StoredConfig config = git.getRepository().getConfig();
            config.setString("user", null, "name", "Demo");
            config.setString("user", null, "email", "demo@example.org");
            config.setBoolean("commit", null, "gpgSign", false);
            config.save();
            git.remoteAdd().setName("origin").setUri(new URIish(bare.getRepository().getDirectory().toURI().toURL())).call();
        } catch (GitAPIException | IOException e) {
            throw new Failure(Exit.GIT, "no git repository can be made at " + folder + ": " + Reasons.of(e), null, e);
        }
    }

    /** The top of the work tree. */
    public Path top() {
        return top;
    }

    /**
     * Commits these files as they are on the disk; what else is staged stays staged. Where they are committed
     * already, nothing is done and their last commit is returned.
     *
     * @param message subject, and after an empty line a body
     * @throws Failure GIT if git has nobody's name to commit in, the files are ignored, another git command holds
     *     the index for more than three seconds, a hook refuses, or a merge or rebase is unfinished
     */
    public Commit commit(List<Path> files, String message) {
        try {
            RepositoryState state = repository.getRepositoryState();
            if (state != RepositoryState.SAFE) {
                throw new Failure(Exit.GIT, "cannot commit in " + top + ": it is in the middle of something ("
                        + state.getDescription() + ")", "Finish or abort that (git status says how), then run this again.");
            }
            List<String> paths = new ArrayList<>();
            for (Path file : files) paths.add(inside(file));
            UserConfig user = identity();
            RevCommit made = whenUnlocked(() -> addAndCommit(paths, message, user));
            String id = made == null ? lastOf(paths) : abbreviated(made);
            return new Commit(id, branch(), paths, made != null, null, null);
        } catch (Failure e) {
            throw e;
        } catch (Exception e) {
            throw new Failure(Exit.GIT, "cannot commit in " + top + ": " + Reasons.of(e),
                    "The result is there all the same; commit it by hand, or run this again.", e);
        }
    }

    /**
     * Pushes the branch of this commit to its upstream, or, where it has none, to the same name in the only remote
     * or in origin. If the remote's branch has moved, results that only we have are put on top of it first; the
     * user's changed files stay as they are.
     *
     * @return the commit with its id on the remote, or with why there is nowhere to push it to
     * @throws Failure GIT if the remote does not answer within seconds or refuses; the commit stays
     */
    public Commit push(Commit commit) {
        if (commit.branch() == null) {
            return commit.unpushed("HEAD is detached, on no branch (git switch -c NAME keeps the commit)");
        }
        try {
            return new Push(this, commit).run();
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "committed as " + commit.id() + " on " + commit.branch() + ", but not pushed: "
                    + Reasons.of(e), "Push it later: git push", e);
        }
    }

    @Override
    public void close() {
        repository.close();
    }

    Repository repository() {
        return repository;
    }

    GitEnvironment environment() {
        return environment;
    }

    ObjectId head() throws IOException {
        return repository.resolve(Constants.HEAD);
    }

    String abbreviated(AnyObjectId id) throws IOException {
        try (ObjectReader reader = repository.newObjectReader()) {
            return reader.abbreviate(id).name();
        }
    }

    /** Runs work that needs git's lock files, again and again while another git command holds one of them. */
    <T> T whenUnlocked(Callable<T> work) throws Exception {
        for (int tries = 1;; tries++) {
            try {
                return work.call();
            } catch (Exception e) {
                LockFailedException lock = Reasons.find(e, LockFailedException.class);
                if (lock == null && Reasons.find(e, ConcurrentRefUpdateException.class) == null) throw e;
                if (tries == LOCK_TRIES) {
                    String file = lock == null ? "a lock" : lock.getFile() + ".lock";
                    throw new Failure(Exit.GIT, "another git command holds " + file,
                            "Wait until it ends; if none is running, remove that file. Then run this again.", e);
                }
                Thread.sleep(LOCK_PAUSE_MS);
            }
        }
    }

    private String branch() throws IOException {
        String full = repository.getFullBranch();
        return full != null && full.startsWith(Constants.R_HEADS) ? full.substring(Constants.R_HEADS.length()) : null;
    }

    private String inside(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(top)) {
            throw new Failure(Exit.GIT, real + " is not inside the repository " + top,
                    "Choose --results inside it, or another --repo.");
        }
        return top.relativize(real).toString().replace('\\', '/');
    }

    private UserConfig identity() {
        UserConfig user = repository.getConfig().get(UserConfig.KEY);
        if (user.isAuthorNameImplicit() || user.isAuthorEmailImplicit() || user.isCommitterNameImplicit()
                || user.isCommitterEmailImplicit()) {
            throw new Failure(Exit.GIT, "git does not know who commits (no user.name or no user.email)",
                    "git config --global user.name 'Your Name'; git config --global user.email you@example.org");
        }
        return user;
    }

    PersonIdent committer() {
        UserConfig user = repository.getConfig().get(UserConfig.KEY);
        return new PersonIdent(user.getCommitterName(), user.getCommitterEmail());
    }

    /** Returns the commit, or null where there is nothing to commit. */
    private RevCommit addAndCommit(List<String> paths, String message, UserConfig user) throws Exception {
        try (Git git = new Git(repository)) {
            AddCommand add = git.add();
            paths.forEach(add::addFilepattern);
            DirCache index = add.call();
            boolean changed = false;
            for (String path : paths) {
                DirCacheEntry entry = index.getEntry(path);
                if (entry == null) {
                    throw new Failure(Exit.GIT, path + " is ignored by git (.gitignore or .git/info/exclude)",
                            "Remove that rule (git check-ignore -v shows it), or choose another --results.");
                }
                changed |= !entry.getObjectId().equals(committed(path));
            }
            if (!changed) return null;
            CommitCommand commit = git.commit().setMessage(message)
                    .setAuthor(new PersonIdent(user.getAuthorName(), user.getAuthorEmail())).setCommitter(committer());
            paths.forEach(commit::setOnly);
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream hooks = new PrintStream(said, true, StandardCharsets.UTF_8);
            try {
                return commit.setHookOutputStream(hooks).setHookErrorStream(hooks).call();
            } catch (AbortedByHookException e) {
                throw new Failure(Exit.GIT, "the " + e.getHookName() + " hook refused the commit: "
                        + Reasons.oneLine(said.toString(StandardCharsets.UTF_8), "it gave no reason"),
                        "The result is saved and added, but not committed.", e);
            }
        }
    }

    private ObjectId committed(String path) throws IOException {
        ObjectId head = head();
        if (head == null) return null;
        try (RevWalk walk = new RevWalk(repository);
                TreeWalk found = TreeWalk.forPath(repository, path, walk.parseCommit(head).getTree())) {
            return found == null ? null : found.getObjectId(0);
        }
    }

    /** The abbreviated id of the last commit that changed one of these files. */
    String lastOf(List<String> paths) throws GitAPIException, IOException {
        try (Git git = new Git(repository)) {
            LogCommand log = git.log().setMaxCount(1);
            paths.forEach(log::addPath);
            return abbreviated(log.call().iterator().next());
        }
    }
}
