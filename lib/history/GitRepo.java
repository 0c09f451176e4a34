package lib.history;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.profile.Profile;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * The git repository that keeps the results. It commits the files that it is given and nothing else, whatever else
 * the user has changed or staged, and pushes to where {@code git push} would. Only one may be open in a process:
 * JGit has one view of the machine ({@link GitEnvironment}).
 */
public final class GitRepo implements AutoCloseable {
    /** For a sign of life from a remote; a server that runs slow hooks gives one every 5 s. */
    private static final int TIMEOUT_SECONDS = 30;
    /** For another command that has the index, or moves the branch. */
    private static final int WAIT_SECONDS = 60;

    private final Client client;
    private final Repository repository;
    private final Line line;
    private final ObjectReader reader;
    private final TreeEdit trees;
    private Derived derived = folder -> Map.of();

    private GitRepo(Client client, Repository repository, Line line) {
        this.client = client;
        this.repository = repository;
        this.line = line;
        this.reader = repository.newObjectReader();
        this.trees = new TreeEdit(reader, client);
    }

    /**
     * Opens the repository that holds this folder.
     *
     * @param branch the branch to commit to, without a work tree; null for what is checked out
     * @param say told for whom is waited
     * @throws Failure GIT if there is none, or it has no work tree and no branch is named, or git would not work in
     *     it, or its form is not understood
     */
    public static GitRepo open(Path folder, String branch, Consumer<String> say) {
        return open(folder, branch, say, System.getenv(), TIMEOUT_SECONDS, WAIT_SECONDS);
    }

    static GitRepo open(Path folder, String branch, Consumer<String> say, Map<String, String> variables, int timeoutSeconds, int waitSeconds) {
        Path there = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(there)) {
            throw new Failure(Exit.GIT, "there is no folder " + there,
                    "Name another with --repo; if it is there, this locale cannot name it: try LC_ALL=C.UTF-8.");
        }
        Repository repository = null;
        try {
            there = there.toRealPath();
            Client git = GitClient.open(variables, there, timeoutSeconds);
            GitEnvironment.use(variables, there, git != null);
            Location location = git != null ? git.location() : JGitClient.locate(variables, there);
            Trust.form(location, git != null);
            FileRepositoryBuilder builder = new FileRepositoryBuilder().setGitDir(location.gitDir().toFile()).setMustExist(true);
            if (location.top() == null) builder.setBare();
            else builder.setWorkTree(location.top().toFile());
            repository = builder.build();
            Client client = git != null ? git : new JGitClient(variables, location, repository, timeoutSeconds);
            if (branch != null) return new GitRepo(client, repository, new ResultsBranch(client, repository, branch, there));
            if (location.top() == null) {
                throw new Failure(Exit.GIT, location.gitDir() + " has no work tree here",
                        "Name a clone that has one (--repo), or a branch that needs none (--branch).");
            }
            return new GitRepo(client, repository, new WorkTree(client, repository, there, waitSeconds, say));
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
            config.setString("remote", "origin", "url", bare.getRepository().getDirectory().getPath());
            config.setString("remote", "origin", "fetch", "+refs/heads/*:refs/remotes/origin/*");
            config.save();
        } catch (GitAPIException | IOException e) {
            throw new Failure(Exit.GIT, "no git repository can be made at " + folder + ": " + Reasons.of(e), null, e);
        }
    }

    /** Has files made from the results of a folder whenever some are committed, and again where commits of others come in between. */
    public GitRepo deriving(Derived made) {
        derived = made;
        return this;
    }

    /** The top of the work tree, or, where there is none, the repository itself. */
    public Path top() {
        return client.location().home();
    }

    /**
     * The folder in which a result is to be saved before it is committed.
     *
     * @param results where results are, seen from the folder that the repository was opened at; for a branch without
     *     a work tree, from its top
     */
    public Path folder(Path results, Profile profile) {
        try {
            return line.folder(results, profile);
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot read what is at " + line.ref() + ": " + Reasons.of(e), null, e);
        }
    }

    /** What to call a file that is to be committed: its path, or, on a branch without a work tree, what {@code git show} takes. */
    public String name(Path file) {
        return line.name(file);
    }

    /**
     * What a folder has in the branch's last commit.
     *
     * @param folder as {@link #folder} gives it
     */
    public Contents committed(Path folder) {
        try {
            ObjectId tip = tip();
            String path = line.path(folder);
            return tip == null || path == null ? contents(null, "") : contents(tree(tip), TreeEdit.bytes(path));
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot read what is at " + line.ref() + ": " + Reasons.of(e), null, e);
        }
    }

    /** The path of a folder of results from the top; null where it is not inside. */
    String path(Path results) throws IOException {
        return line.path(results);
    }

    /** The last commit that changed this file, which the branch has. */
    ObjectId last(String path) throws IOException {
        return client.last(line.ref(), List.of(path));
    }

    /**
     * Commits that files are gone.
     *
     * @param gone their paths, each with null
     * @param folder of the results
     */
    String commitWithout(Map<String, ObjectId> gone, String folder, String message) throws IOException {
        try (Line.Held held = line.hold(); RevWalk walk = new RevWalk(reader)) {
            RevCommit head = walk.parseCommit(tip());
            Hooks hooks = line.hooks();
            Hooks.Checked checked = hooks.check(withDerived(trees.with(head.getTree(), gone), folder), message);
            ObjectId commit = make(checked.tree(), head, client.author(), checked.message());
            held.checkout(head.getTree(), checked.tree());
            if (!client.advance(line.ref(), head, commit, "commit: " + checked.message().lines().findFirst().orElse(""))) {
                throw new IOException("somebody else has just moved " + line.ref());
            }
            held.publish();
            hooks.done();
            return abbreviated(commit);
        } catch (Client.InTheWay e) {
            throw new Failure(Exit.GIT, "a change of yours that is not committed is in the way: " + e.getMessage(), "Commit or undo it.", e);
        }
    }

    /** A folder of a tree. */
    Contents contents(ObjectId tree, String folder) throws IOException {
        Map<String, ObjectId> files = client.whole(() -> trees.files(tree, folder));
        return new Contents() {
            @Override
            public List<String> names() {
                return List.copyOf(files.keySet());
            }

            @Override
            public byte[] read(String name) throws IOException {
                return client.whole(() -> reader.open(files.get(name)).getBytes());
            }
        };
    }

    /**
     * Commits these files as they are on the disk; what else is staged stays staged. Where they are committed
     * already, nothing is done and their last commit is returned.
     *
     * @param message subject, and after an empty line a body
     * @throws Failure GIT if git has nobody's name to commit in, the files are ignored or not in the repository,
     *     another git command holds the index for more than a minute, a hook refuses, or a merge or rebase is
     *     unfinished; index and branch are as before then
     */
    public Commit commit(List<Path> files, String message) {
        try {
            PersonIdent author = client.author();
            Map<String, ObjectId> kept = line.keep(files);
            List<String> paths = List.copyOf(kept.keySet());
            boolean made = client.whole(() -> commit(kept, author, message));
            return new Commit(lastOf(paths), branch(), paths, made, null, null);
        } catch (Failure e) {
            String next = e.next() == null ? "" : " " + e.next();
            throw new Failure(e.exitCode(), e.getMessage(), "The result is in " + line.left(files) + "." + next, e);
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot commit in " + top() + ": " + Reasons.of(e),
                    "The result is in " + line.left(files) + "; commit it by hand, or run this again.", e);
        }
    }

    /** Returns false where there is nothing to commit. */
    private boolean commit(Map<String, ObjectId> kept, PersonIdent author, String message) throws IOException {
        Map<String, ObjectId> files = bytes(kept);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        Hooks hooks = line.hooks();
        while (true) {
            try (Line.Held held = line.hold()) {
                ObjectId head = tip();
                ObjectId before = head == null ? null : tree(head);
                ObjectId tree = trees.with(before, files);
                if (tree.equals(before)) return false;
                Map<String, ObjectId> made = line.put(derived(tree, folderOf(kept.keySet().iterator().next())));
                tree = trees.with(tree, bytes(made));
                Hooks.Checked checked = hooks.check(tree, message);
                ObjectId commit = make(checked.tree(), head, author, checked.message());
                List<String> paths = new ArrayList<>(kept.keySet());
                paths.addAll(made.keySet());
                held.add(paths);
                String why = "commit" + (head == null ? " (initial)" : "") + ": " + checked.message().lines().findFirst().orElse("");
                if (client.advance(line.ref(), head, commit, why)) {
                    held.publish();
                    break;
                }
                if (System.nanoTime() > until) throw new IOException("others move " + line.ref() + " all the time");
            }
            Waiting.pause();
        }
        hooks.done();
        return true;
    }

    private static Map<String, ObjectId> bytes(Map<String, ObjectId> files) {
        Map<String, ObjectId> bytes = new LinkedHashMap<>();
        files.forEach((path, id) -> bytes.put(TreeEdit.bytes(path), id));
        return bytes;
    }

    static String folderOf(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** What is made from the results in a folder of a tree, by paths; without what the tree has of the same name that was not made. */
    private Map<String, byte[]> derived(ObjectId tree, String folder) throws IOException {
        Contents there = contents(tree, TreeEdit.bytes(folder.replaceFirst("/$", "")));
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (var made : derived.of(there).entrySet()) {
            boolean free = !there.names().contains(made.getKey()) || Results.isMade(made.getKey(), there.read(made.getKey()));
            if (free) files.put(folder + made.getKey(), made.getValue());
        }
        return files;
    }

    /**
     * The tree with what is made from the results in it.
     *
     * @param folder of the results, as a string of bytes
     */
    ObjectId withDerived(ObjectId tree, String folder) throws IOException {
        Map<String, ObjectId> made = new LinkedHashMap<>();
        String name = new String(folder.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        for (var file : derived(tree, name).entrySet()) made.put(TreeEdit.bytes(file.getKey()), client.write(Constants.OBJ_BLOB, file.getValue()));
        return trees.with(tree, made);
    }

    /**
     * Pushes the branch of this commit to where {@code git push} would, or, where it has no upstream, to the same name
     * in the only remote or in origin. If the remote's branch has moved, results that only we have are put on top of
     * it first; the user's changed files stay as they are. Nothing is forced.
     *
     * @param all whether commits of the user's own that the remote has not may go out with it
     * @return the commit with its id on the remote, or with why there is nowhere to push it to
     * @throws Failure GIT if there are such commits, or the remote does not answer within seconds or refuses; the
     *     commit stays
     */
    public Commit push(Commit commit, boolean all) {
        try {
            Target target = Target.of(client.config(), line.branch());
            return target.nowhere() != null ? commit.unpushed(target.nowhere()) : new Push(this, client, commit, target).run(all);
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "committed as " + commit.id() + ", but not pushed: " + Reasons.of(e), "Push it later: git push", e);
        }
    }

    @Override
    public void close() {
        reader.close();
        repository.close();
        try {
            line.close();
        } catch (IOException e) {
            // a folder of ours stays among the temporary ones
        }
    }

    Repository repository() {
        return repository;
    }

    /** What the branch points to; null for a new one. */
    ObjectId tip() throws IOException {
        return client.tip(line.ref());
    }

    private ObjectId tree(AnyObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(reader)) {
            return walk.parseCommit(commit).getTree();
        }
    }

    TreeEdit trees() {
        return trees;
    }

    String abbreviated(AnyObjectId id) throws IOException {
        return reader.abbreviate(id).name();
    }

    /** Writes a commit object, signed if the configuration says so. */
    ObjectId make(ObjectId tree, ObjectId parent, PersonIdent author, String message) throws IOException {
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        if (parent != null) commit.setParentId(parent);
        commit.setAuthor(author);
        commit.setCommitter(client.committer());
        commit.setMessage(message);
        new Signing(client).sign(commit);
        return client.write(Constants.OBJ_COMMIT, commit.build());
    }

    /** Moves the branch, with index and work tree, from one commit to another; leaves all where it is if somebody else has moved it. */
    void move(RevCommit from, RevCommit to, String why) throws IOException {
        try (Line.Held held = line.hold()) {
            if (!from.equals(tip())) return;
            held.checkout(from.getTree(), to.getTree());
            if (client.advance(line.ref(), from, to, why)) held.publish();
        }
    }

    private String branch() throws IOException {
        String full = line.branch();
        return full == null ? null : Repository.shortenRefName(full);
    }

    /** The abbreviated id of the last commit that changed the files of this one. */
    String lastOf(Commit commit) throws IOException {
        return lastOf(commit.files());
    }

    private String lastOf(List<String> paths) throws IOException {
        return abbreviated(client.last(line.ref(), paths));
    }
}
