package lib.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Scratch;
import lib.cli.Shell;
import lib.profile.Profile;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryState;
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

    /** For another command that has the index or the branch. */
    int waitSeconds = 60;

    private final Client client;
    private final Repository repository;
    private final Path folder;
    private final String ref;
    private final Path top;
    private final Consumer<String> say;
    /** In place of a work tree, for a branch that has none; null where the files are in the work tree. */
    private final Scratch scratch;

    private GitRepo(Client client, Repository repository, Path folder, String branch, Consumer<String> say) {
        this.client = client;
        this.repository = repository;
        this.folder = folder;
        this.say = say;
        this.scratch = branch == null ? null : new Scratch();
        this.ref = branch == null ? Constants.HEAD : Constants.R_HEADS + branch;
        this.top = branch == null ? client.location().top() : scratch.file("top");
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
        return open(folder, branch, say, System.getenv(), TIMEOUT_SECONDS);
    }

    static GitRepo open(Path folder, String branch, Consumer<String> say, Map<String, String> variables, int timeoutSeconds) {
        Path there = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(there)) {
            throw new Failure(Exit.GIT, "there is no folder " + there,
                    "Name another with --repo; if it is there, this locale cannot name it: try LC_ALL=C.UTF-8.");
        }
        Repository repository = null;
        try {
            there = there.toRealPath();
            Client program = GitClient.open(variables, there, timeoutSeconds);
            GitEnvironment.use(variables, there, program != null);
            Location location = program != null ? program.location() : JGitClient.locate(variables, there);
            Trust.form(location, program != null);
            FileRepositoryBuilder builder = new FileRepositoryBuilder().setGitDir(location.gitDir().toFile()).setMustExist(true);
            if (location.top() == null) builder.setBare();
            else builder.setWorkTree(location.top().toFile());
            repository = builder.build();
            Client client = program != null ? program : new JGitClient(variables, location, repository, timeoutSeconds);
            if (branch != null) freeBranch(client, branch);
            else if (location.top() == null) {
                throw new Failure(Exit.GIT, location.gitDir() + " has no work tree here",
                        "Name a clone that has one (--repo), or a branch that needs none (--branch).");
            }
            return new GitRepo(client, repository, there, branch, say);
        } catch (IOException | IllegalArgumentException | Failure e) {
            if (repository != null) repository.close();
            if (e instanceof Failure failure) throw failure;
            throw new Failure(Exit.GIT, "cannot read the git repository at " + there + ": " + Reasons.of(e), null, e);
        }
    }

    private static void freeBranch(Client client, String branch) throws IOException {
        if (!Repository.isValidRefName(Constants.R_HEADS + branch)) {
            throw new Failure(Exit.GIT, "'" + branch + "' is no name for a branch", "Choose another --branch.");
        }
        List<Path> heads = new ArrayList<>(List.of(client.location().commonDir().resolve("HEAD")));
        Path linked = client.location().commonDir().resolve("worktrees");
        if (Files.isDirectory(linked)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(linked)) {
                for (Path one : all) heads.add(one.resolve("HEAD"));
            }
        }
        boolean checkedOut = client.location().top() != null && (Constants.R_HEADS + branch).equals(client.branch());
        for (Path head : heads) {
            boolean bare = head.equals(heads.get(0)) && client.config().getBoolean("core", "bare", false);
            checkedOut |= !bare && Files.exists(head) && Files.readString(head).strip().equals("ref: " + Constants.R_HEADS + branch);
        }
        if (checkedOut) {
            throw new Failure(Exit.GIT, "branch " + branch + " is checked out, and its work tree would not follow",
                    "Leave out --branch to commit there, or choose another one.");
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

    static Failure none(Path folder) {
        return new Failure(Exit.GIT, "no git repository at " + folder, "Make one (git init), or name one with --repo.");
    }

    static Failure nobody() {
        return new Failure(Exit.GIT, "git does not know who commits (no user.name or no user.email)",
                "git config --global user.name 'Your Name'; git config --global user.email you@example.org");
    }

    static Failure filtered(String path) {
        return new Failure(Exit.GIT, "git's attributes would change what is in " + path + " (text, eol, ident, filter or an encoding)",
                "git check-attr -a " + Shell.quote(path) + " shows them; -text in .gitattributes or .git/info/attributes keeps it as it is.");
    }

    /** The top of the work tree; of a branch without one, the repository itself. */
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
        if (scratch == null) return folder.resolve(results);
        Path there = top.resolve(results).normalize();
        String branch = Repository.shortenRefName(ref);
        if (!there.startsWith(top)) throw new Failure(Exit.GIT, results + " is no folder in branch " + branch, "Choose a relative --results.");
        try (ObjectReader reader = repository.newObjectReader()) {
            // another recording of the same second is told from this one by its metadata
            Path known = there.resolve(Results.nameOf(profile) + ".json");
            String path = TreeEdit.bytes(top.relativize(known).toString());
            ObjectId metadata = tip() == null ? null : whole(() -> trees().at(tree(tip()), path));
            Files.createDirectories(there);
            if (metadata != null) Files.write(known, whole(() -> reader.open(metadata).getBytes()));
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot read branch " + branch + ": " + Reasons.of(e), null, e);
        }
        return there;
    }

    /** What to call a file that is to be committed: its path, or on a branch without a work tree what {@code git show} takes. */
    public String name(Path file) {
        return scratch == null ? file.toString() : Repository.shortenRefName(ref) + ":" + top.relativize(file);
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
            RepositoryState state = scratch != null ? RepositoryState.SAFE : repository.getRepositoryState();
            if (state != RepositoryState.SAFE) {
                throw new Failure(Exit.GIT, "cannot commit in " + top + ": it is in the middle of something ("
                        + state.getDescription() + ")", "Finish or abort that (git status says how), then run this again.");
            }
            PersonIdent author = client.author();
            List<String> paths = new ArrayList<>();
            for (Path file : files) paths.add(inside(file));
            String ignored = scratch != null ? null : client.ignored(paths);
            if (ignored != null) {
                throw new Failure(Exit.GIT, ignored + " is ignored by git (.gitignore, .git/info/exclude or core.excludesFile)",
                        "Remove that rule (git check-ignore -v shows it), or choose another --results.");
            }
            Map<String, ObjectId> blobs = new LinkedHashMap<>();
            List<ObjectId> ids = scratch == null ? client.blobs(paths) : asTheyAre(files);
            for (int i = 0; i < ids.size(); i++) blobs.put(TreeEdit.bytes(paths.get(i)), ids.get(i));
            boolean made = whole(() -> commit(paths, blobs, author, message));
            return new Commit(lastOf(paths), branch(), paths, made, null, null);
        } catch (IOException | Failure e) {
            String next = scratch == null ? "The result is there all the same" : "The result is in " + rescued(files);
            if (e instanceof Failure failure && scratch == null) throw failure;
            throw new Failure(Exit.GIT, e instanceof Failure ? e.getMessage() : "cannot commit in " + top() + ": " + Reasons.of(e),
                    next + "; commit it by hand, or run this again.", e);
        }
    }

    private List<ObjectId> asTheyAre(List<Path> files) throws IOException {
        List<ObjectId> ids = new ArrayList<>();
        for (Path file : files) ids.add(client.write(Constants.OBJ_BLOB, Files.readAllBytes(file)));
        return ids;
    }

    /** Copies what would go with the temporary files to where it would be with a work tree; returns that folder. */
    private Path rescued(List<Path> files) {
        Path there = folder;
        try {
            for (Path file : files) {
                Path to = folder.resolve(top.relativize(file).toString());
                there = Files.createDirectories(to.getParent());
                Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
            return there;
        } catch (IOException e) {
            throw new Failure(Exit.TRANSFER, "the result was not committed, and cannot be saved in " + there + ": " + Failure.reason(e),
                    "Check the folder's permissions and the disk, and run this again.", e);
        }
    }

    /** Returns false where there is nothing to commit. */
    private boolean commit(List<String> paths, Map<String, ObjectId> blobs, PersonIdent author, String message) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
        Hooks hooks = new Hooks(client, scratch);
        while (true) {
            try (Index index = index()) {
                ObjectId head = tip();
                ObjectId before = head == null ? null : tree(head);
                ObjectId tree = trees().with(before, blobs);
                if (tree.equals(before)) return false;
                Hooks.Checked checked = hooks.check(tree, message);
                ObjectId commit = make(checked.tree(), head, author, checked.message());
                if (index != null) client.add(index.copy(), paths);
                String why = "commit" + (head == null ? " (initial)" : "") + ": " + checked.message().lines().findFirst().orElse("");
                if (client.advance(ref, head, commit, why)) {
                    if (index != null) index.publish();
                    break;
                }
                if (System.nanoTime() > until) throw new IOException("others move " + ref + " all the time");
            }
            Waiting.pause();
        }
        hooks.done();
        return true;
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
            Target target = Target.of(client.config(), scratch == null ? client.branch() : ref);
            return target.nowhere() != null ? commit.unpushed(target.nowhere()) : new Push(this, client, commit, target).run(all);
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "committed as " + commit.id() + ", but not pushed: " + Reasons.of(e), "Push it later: git push", e);
        }
    }

    @Override
    public void close() {
        repository.close();
        try {
            if (scratch != null) scratch.close();
        } catch (IOException e) {
            // a folder of ours stays among the temporary ones
        }
    }

    Repository repository() {
        return repository;
    }

    /** What the branch points to; null for a new one. */
    ObjectId tip() throws IOException {
        return client.tip(ref);
    }

    private ObjectId tree(AnyObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.parseCommit(commit).getTree();
        }
    }

    TreeEdit trees() {
        return new TreeEdit(repository, client);
    }

    String abbreviated(AnyObjectId id) throws IOException {
        try (ObjectReader reader = repository.newObjectReader()) {
            return reader.abbreviate(id).name();
        }
    }

    /** Reads objects, and where a partial clone has not all of them, once more when they have been brought. */
    <T> T whole(Reading<T> reading) throws IOException {
        ObjectId brought = null;
        while (true) {
            try {
                return reading.read();
            } catch (MissingObjectException e) {
                if (e.getObjectId().equals(brought)) throw e;
                brought = e.getObjectId();
                client.bring(brought);
            }
        }
    }

    interface Reading<T> {
        T read() throws IOException;
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
        try (Index index = index()) {
            if (!from.equals(tip())) return;
            if (index != null) client.checkout(index.copy(), from.getTree(), to.getTree());
            if (client.advance(ref, from, to, why) && index != null) index.publish();
        }
    }

    private Index index() throws IOException {
        if (scratch != null) return null;
        return Index.lock(client.indexFile(), top, waitSeconds, say);
    }

    private String branch() throws IOException {
        String full = scratch == null ? client.branch() : ref;
        return full == null ? null : Repository.shortenRefName(full);
    }

    private String inside(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(top)) {
            throw new Failure(Exit.GIT, real + " is not inside the repository " + top,
                    "Choose --results inside it, or another --repo.");
        }
        for (Path inner = real.getParent(); !inner.equals(top); inner = inner.getParent()) {
            if (Files.exists(inner.resolve(".git"))) {
                throw new Failure(Exit.GIT, inner + " is a repository of its own, inside " + top,
                        "Name it with --repo, or choose another --results.");
            }
        }
        String path = top.relativize(real).toString().replace('\\', '/');
        if (path.contains("\n")) throw new Failure(Exit.GIT, "a path with a line break cannot be committed here", "Choose another --results.");
        return path;
    }

    /** The abbreviated id of the last commit that changed the files of this one. */
    String lastOf(Commit commit) throws IOException {
        return lastOf(commit.files());
    }

    /** The last commit that changed one of these files: followed from the branch's tip along parents that have them alike. */
    private String lastOf(List<String> paths) throws IOException {
        List<String> names = paths.stream().map(TreeEdit::bytes).toList();
        try (RevWalk walk = new RevWalk(repository)) {
            RevCommit commit = walk.parseCommit(tip());
            while (true) {
                RevCommit alike = null;
                for (RevCommit parent : commit.getParents()) {
                    if (alike == null && trees().alike(commit.getTree(), walk.parseCommit(parent).getTree(), names)) alike = parent;
                }
                if (alike == null) return abbreviated(commit);
                commit = alike;
            }
        }
    }
}
