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
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Scratch;
import lib.profile.Profile;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/** A branch that is not checked out: a temporary folder stands for its work tree while a result is committed. */
final class ResultsBranch implements Line {
    private final Client client;
    private final Repository repository;
    private final String name;
    private final Path folder;
    private final Scratch scratch = new Scratch();
    private final Path top = scratch.file("top");

    /**
     * @param name without refs/heads/
     * @param folder where files are left that could not be committed
     * @throws Failure GIT if there can be no such branch, or it is checked out somewhere
     */
    ResultsBranch(Client client, Repository repository, String name, Path folder) throws IOException {
        this.client = client;
        this.repository = repository;
        this.name = name;
        this.folder = folder;
        if (!Repository.isValidRefName(ref())) throw new Failure(Exit.GIT, "'" + name + "' is no name for a branch", "Choose another --branch.");
        if (checkedOut()) {
            throw new Failure(Exit.GIT, "branch " + name + " is checked out, and its work tree would not follow",
                    "Leave out --branch to commit there, or choose another one.");
        }
    }

    private boolean checkedOut() throws IOException {
        if (client.location().top() != null && ref().equals(client.branch())) return true;
        Path common = client.location().commonDir();
        List<Path> heads = new ArrayList<>();
        if (!client.config().getBoolean("core", "bare", false)) heads.add(common.resolve("HEAD"));
        if (Files.isDirectory(common.resolve("worktrees"))) {
            try (DirectoryStream<Path> linked = Files.newDirectoryStream(common.resolve("worktrees"))) {
                for (Path one : linked) heads.add(one.resolve("HEAD"));
            }
        }
        for (Path head : heads) if (Files.exists(head) && Files.readString(head).strip().equals("ref: " + ref())) return true;
        return false;
    }

    @Override
    public String ref() {
        return Constants.R_HEADS + name;
    }

    @Override
    public String branch() {
        return ref();
    }

    @Override
    public Path folder(Path results, Profile profile) throws IOException {
        Path there = top.resolve(results).normalize();
        if (!there.startsWith(top)) throw new Failure(Exit.GIT, results + " is no folder in branch " + name, "Choose a relative --results.");
        Files.createDirectories(there);
        Path known = there.resolve(Results.nameOf(profile) + ".json"); // tells another recording of the same second from this one
        byte[] metadata = client.whole(() -> read(TreeEdit.bytes(top.relativize(known).toString())));
        if (metadata != null) Files.write(known, metadata);
        return there;
    }

    private byte[] read(String path) throws IOException {
        ObjectId tip = client.tip(ref());
        if (tip == null) return null;
        try (ObjectReader reader = repository.newObjectReader(); RevWalk walk = new RevWalk(reader)) {
            ObjectId blob = new TreeEdit(reader, client).at(walk.parseCommit(tip).getTree(), path);
            return blob == null ? null : reader.open(blob).getBytes();
        }
    }

    @Override
    public String path(Path asked) {
        return top.relativize(top.resolve(asked).normalize()).toString().replace('\\', '/');
    }

    @Override
    public String name(Path file) {
        return name + ":" + top.relativize(file); // as git show takes it
    }

    @Override
    public Map<String, ObjectId> keep(List<Path> files) throws IOException {
        Map<String, ObjectId> kept = new LinkedHashMap<>();
        for (Path file : files) {
            kept.put(top.relativize(file).toString().replace('\\', '/'), client.write(Constants.OBJ_BLOB, Files.readAllBytes(file)));
        }
        return kept;
    }

    @Override
    public Map<String, ObjectId> put(Map<String, byte[]> files) throws IOException {
        Map<String, ObjectId> kept = new LinkedHashMap<>();
        for (var made : files.entrySet()) kept.put(made.getKey(), client.write(Constants.OBJ_BLOB, made.getValue()));
        return kept;
    }

    @Override
    public Hooks hooks() throws IOException {
        return new Hooks(client, scratch.file("COMMIT_EDITMSG"), false);
    }

    @Override
    public Held hold() {
        return NOTHING;
    }

    private static final Held NOTHING = new Held() {
        @Override
        public void add(List<String> paths) {}

        @Override
        public void checkout(ObjectId from, ObjectId to) {}

        @Override
        public void publish() {}

        @Override
        public void close() {}
    };

    @Override
    public Path left(List<Path> files) {
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

    @Override
    public void close() throws IOException {
        scratch.close();
    }
}
