package lib.history;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.attributes.Attributes;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.CheckoutConflictException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.lib.UserConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.treewalk.FileTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.WorkingTreeIterator;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/** What JGit can do where git is not installed; what it cannot it says, and refuses. */
final class JGitClient implements Client {
    private static final long LOCK_MS = 10_000;
    private static final String NEEDS_GIT = "Install git, which can; the result is there all the same.";

    private final Map<String, String> variables;
    private final Location location;
    private final Repository repository;
    private final JGitTransport transport;
    private final Config config;

    JGitClient(Map<String, String> variables, Location location, Repository repository, int timeoutSeconds) throws IOException {
        this.variables = variables;
        this.location = location;
        this.repository = repository;
        this.transport = new JGitTransport(this, repository, timeoutSeconds);
        StoredConfig shared = repository.getConfig();
        Path own = location.gitDir().resolve("config.worktree");
        FileBasedConfig all = new FileBasedConfig(shared, own.toFile(), FS.DETECTED);
        if (shared.getBoolean("extensions", "worktreeConfig", false) && Files.exists(own)) load(all);
        this.config = all;
        String hooks = path("core", null, "hooksPath");
        if (hooks != null) shared.setString("core", null, "hooksPath", hooks); // JGit takes ~ for a folder; this is not saved
    }

    /**
     * The repository that holds this folder.
     *
     * @throws Failure GIT if there is none, or it is another user's
     */
    static Location locate(Map<String, String> variables, Path folder) throws IOException {
        if (variables.containsKey("GIT_DIR")) throw needsGit("GIT_DIR is set, which is not heeded without git");
        Location location = Location.find(folder);
        if (location == null) throw Client.none(folder);
        try {
            Trust.owner(location, SystemReader.getInstance().getUserConfig(), variables);
        } catch (ConfigInvalidException e) {
            throw new IOException(e.getMessage(), e);
        }
        FileBasedConfig own = new FileBasedConfig(location.commonDir().resolve("config").toFile(), FS.DETECTED);
        load(own);
        String elsewhere = own.getString("core", null, "worktree");
        if (elsewhere != null && !location.linked()) return Location.of(location.gitDir(), location.gitDir().resolve(elsewhere));
        return own.getBoolean("core", "bare", false) && !location.linked() ? Location.of(location.gitDir(), null) : location;
    }

    private static void load(FileBasedConfig config) throws IOException {
        try {
            config.load();
        } catch (ConfigInvalidException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Failure needsGit(String what) {
        return new Failure(Exit.GIT, what, NEEDS_GIT);
    }

    String variable(String name) {
        return variables.get(name);
    }

    @Override
    public Location location() {
        return location;
    }

    @Override
    public Config config() {
        return config;
    }

    @Override
    public Program program(String... words) {
        return new Program(variables, words).in(location.home());
    }

    @Override
    public String path(String section, String subsection, String name) {
        String path = config.getString(section, subsection, name);
        return path == null ? null : GitEnvironment.expanded(path, variables);
    }

    @Override
    public PersonIdent author() {
        UserConfig user = user();
        if (user.isAuthorNameImplicit() || user.isAuthorEmailImplicit()) throw Client.nobody();
        return new PersonIdent(user.getAuthorName(), user.getAuthorEmail());
    }

    @Override
    public PersonIdent committer() {
        UserConfig user = user();
        if (user.isCommitterNameImplicit() || user.isCommitterEmailImplicit()) throw Client.nobody();
        return new PersonIdent(user.getCommitterName(), user.getCommitterEmail());
    }

    private UserConfig user() {
        boolean told = variables.containsKey("GIT_AUTHOR_EMAIL") && variables.containsKey("GIT_COMMITTER_EMAIL");
        if (!told && config.getSections().stream().anyMatch("includeif"::equalsIgnoreCase)) {
            throw needsGit("git's configuration has an includeIf, which may name another author and is not read without git");
        }
        return config.get(UserConfig.KEY);
    }

    @Override
    public String branch() throws IOException {
        String full = repository.getFullBranch();
        return full != null && full.startsWith(Constants.R_REFS) ? full : null;
    }

    @Override
    public ObjectId tip(String ref) throws IOException {
        return repository.resolve(ref + "^{commit}");
    }

    @Override
    public Set<ObjectId> tips(Collection<String> prefixes) throws IOException {
        Set<ObjectId> found = new HashSet<>();
        for (Ref ref : repository.getRefDatabase().getRefsByPrefix(prefixes.toArray(String[]::new))) {
            if (ref.getObjectId() != null) found.add(ref.getObjectId());
        }
        return found;
    }

    @Override
    public ObjectId last(String ref, List<String> paths) throws IOException {
        List<String> names = paths.stream().map(TreeEdit::bytes).toList();
        try (ObjectReader reader = repository.newObjectReader(); RevWalk walk = new RevWalk(reader)) {
            TreeEdit trees = new TreeEdit(reader, this);
            RevCommit commit = walk.parseCommit(tip(ref));
            while (true) { // along parents that have them alike
                RevCommit alike = null;
                for (RevCommit parent : commit.getParents()) {
                    if (alike == null && trees.alike(commit.getTree(), walk.parseCommit(parent).getTree(), names)) alike = parent;
                }
                if (alike == null) return commit;
                commit = alike;
            }
        }
    }

    @Override
    public String ignored(List<String> paths) throws IOException {
        DirCache index = repository.readDirCache();
        try (TreeWalk walk = filesOf(paths)) {
            while (walk.next()) {
                boolean tracked = index.getEntry(walk.getPathString()) != null;
                if (!tracked && walk.getTree(0, WorkingTreeIterator.class).isEntryIgnored()) return walk.getPathString();
                if (walk.isSubtree()) walk.enterSubtree();
            }
            return null;
        }
    }

    private TreeWalk filesOf(List<String> paths) throws IOException {
        TreeWalk walk = new TreeWalk(repository);
        walk.setOperationType(TreeWalk.OperationType.CHECKIN_OP);
        walk.addTree(new FileTreeIterator(repository));
        walk.setFilter(PathFilterGroup.createFromStrings(paths));
        return walk;
    }

    @Override
    public List<ObjectId> blobs(List<String> paths) throws IOException {
        List<ObjectId> ids = new ArrayList<>();
        for (String path : paths) {
            byte[] content = Files.readAllBytes(location.top().resolve(path));
            try (TreeWalk walk = filesOf(List.of(path))) {
                walk.setRecursive(true);
                if (walk.next() && filters(walk.getAttributes(), content)) throw Client.filtered(path);
            }
            ids.add(write(Constants.OBJ_BLOB, content));
        }
        return ids;
    }

    /** Whether git would keep another content than this one. */
    private static boolean filters(Attributes attributes, byte[] content) {
        boolean lines = attributes.isSet("text") || attributes.isCustom("eol") && !attributes.isUnset("text");
        return attributes.isCustom("filter") || attributes.isSet("ident") || attributes.isCustom("working-tree-encoding")
                || lines && new String(content, StandardCharsets.ISO_8859_1).contains("\r\n");
    }

    @Override
    public ObjectId write(int type, byte[] content) throws IOException {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            ObjectId id = inserter.insert(type, content);
            inserter.flush();
            return id;
        }
    }

    @Override
    public boolean advance(String ref, ObjectId from, ObjectId to, String why) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOCK_MS);
        while (true) {
            RefUpdate update = repository.updateRef(ref);
            update.setNewObjectId(to);
            update.setExpectedOldObjectId(from == null ? ObjectId.zeroId() : from);
            update.setRefLogMessage(why, false);
            RefUpdate.Result result = update.forceUpdate();
            switch (result) {
                case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> {
                    return true;
                }
                case LOCK_FAILURE -> {
                    if (!Objects.equals(tip(ref), from)) return false;
                    if (System.nanoTime() > until) throw new IOException("another git command holds the lock of " + ref);
                    Waiting.pause();
                }
                default -> throw new IOException(ref + " could not be moved (" + result + ")");
            }
        }
    }

    /** Changes an index file. JGit reads no split and no sparse one: it says so. */
    private interface Change {
        void make(DirCache index) throws IOException;
    }

    private static void change(Path file, Change change) throws IOException {
        DirCache index = DirCache.lock(file.toFile(), FS.DETECTED);
        try {
            change.make(index);
        } finally {
            index.unlock();
        }
    }

    private static void save(DirCache index) throws IOException {
        index.write();
        if (!index.commit()) throw new IOException("the index cannot be written");
    }

    @Override
    public void readTree(Path file, ObjectId tree) throws IOException {
        change(file, index -> {
            DirCacheBuilder builder = index.builder();
            try (ObjectReader reader = repository.newObjectReader()) {
                builder.addTree(new byte[0], DirCacheEntry.STAGE_0, reader, tree);
            }
            builder.finish();
            save(index);
        });
    }

    @Override
    public ObjectId writeTree(Path file) throws IOException {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            ObjectId tree = DirCache.read(file.toFile(), FS.DETECTED).writeTree(inserter);
            inserter.flush();
            return tree;
        }
    }

    @Override
    public void add(Path file, List<String> paths) throws IOException {
        change(file, index -> {
            DirCacheEditor editor = index.editor();
            for (String path : paths) {
                for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
                    String folder = path.substring(0, slash);
                    if (index.getEntry(folder) != null) throw new IOException(folder + " is in the index, and no folder");
                }
                File there = location.top().resolve(path).toFile();
                ObjectId id = blobs(List.of(path)).get(0);
                editor.add(new DirCacheEditor.PathEdit(path) {
                    @Override
                    public void apply(DirCacheEntry entry) {
                        entry.setFileMode(FileMode.REGULAR_FILE);
                        entry.setObjectId(id);
                        entry.setLength(there.length());
                        entry.setLastModified(FS.DETECTED.lastModifiedInstant(there));
                    }
                });
            }
            editor.finish();
            save(index);
        });
    }

    @Override
    public void checkout(Path file, ObjectId from, ObjectId to) throws IOException {
        if (config.getBoolean("core", "sparseCheckout", false)) throw needsGit("a sparse checkout cannot be brought up to date without git");
        try (TreeWalk changed = new TreeWalk(repository)) {
            changed.addTree(from);
            changed.addTree(to);
            changed.setFilter(TreeFilter.ANY_DIFF);
            changed.setRecursive(true);
            while (changed.next()) {
                byte[] name = changed.getRawPath();
                if (!TreeEdit.bytes(changed.getPathString()).equals(TreeEdit.bytes(name))) {
                    throw needsGit(changed.getPathString() + ", which others have changed, has a name that is not UTF-8");
                }
            }
        }
        change(file, index -> {
            DirCacheCheckout checkout = new DirCacheCheckout(repository, from, index, to);
            checkout.setFailOnConflict(true);
            try {
                checkout.checkout();
            } catch (CheckoutConflictException e) {
                throw new InTheWay(e.getConflictingFiles()[0]);
            }
        });
    }

    @Override
    public List<Sent> push(Target target) throws IOException {
        return transport.push(target);
    }

    @Override
    public ObjectId fetch(Target target) throws IOException {
        return transport.fetch(target);
    }

    @Override
    public void bring(ObjectId missing) throws IOException {
        throw needsGit("object " + missing.name() + " of this partial clone is at its remote, and only git brings it");
    }
}
