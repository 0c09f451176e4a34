package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Scratch;
import lib.profile.Profile;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryState;

/** HEAD, with index and work tree. */
final class WorkTree implements Line {
    private final Client client;
    private final Repository repository;
    private final Path folder;
    private final Path top;
    private final int waitSeconds;
    private final Consumer<String> say;

    /**
     * @param folder from where --results is seen
     * @param waitSeconds for another command that has the index
     * @param say told for whom is waited
     */
    WorkTree(Client client, Repository repository, Path folder, int waitSeconds, Consumer<String> say) {
        this.client = client;
        this.repository = repository;
        this.folder = folder;
        this.top = client.location().top();
        this.waitSeconds = waitSeconds;
        this.say = say;
    }

    @Override
    public String ref() {
        return Constants.HEAD;
    }

    @Override
    public String branch() throws IOException {
        return client.branch();
    }

    @Override
    public Path folder(Path results, Profile profile) {
        return folder.resolve(results);
    }

    @Override
    public String path(Path asked) throws IOException {
        Path there = folder.resolve(asked).normalize();
        Path real = Files.exists(there) ? there.toRealPath() : there;
        return real.startsWith(top) ? top.relativize(real).toString().replace('\\', '/') : null;
    }

    @Override
    public String name(Path file) {
        return file.toString();
    }

    @Override
    public Map<String, ObjectId> keep(List<Path> files) throws IOException {
        RepositoryState state = repository.getRepositoryState();
        if (state != RepositoryState.SAFE) {
            throw new Failure(Exit.GIT, "cannot commit in " + top + ": it is in the middle of something (" + state.getDescription() + ")",
                    "Finish or abort that (git status says how), then run this again.");
        }
        List<String> paths = new ArrayList<>();
        for (Path file : files) paths.add(inside(file));
        String ignored = client.ignored(paths);
        if (ignored != null) {
            throw new Failure(Exit.GIT, ignored + " is ignored by git (.gitignore, .git/info/exclude or core.excludesFile)",
                    "Remove that rule (git check-ignore -v shows it), or choose another --results.");
        }
        Map<String, ObjectId> kept = new LinkedHashMap<>();
        List<ObjectId> ids = client.blobs(paths);
        for (int i = 0; i < ids.size(); i++) kept.put(paths.get(i), ids.get(i));
        return kept;
    }

    @Override
    public Map<String, ObjectId> put(Map<String, byte[]> files) throws IOException {
        List<String> paths = new ArrayList<>();
        for (var made : files.entrySet()) {
            Path file = top.resolve(made.getKey());
            String name = file.getFileName().toString();
            boolean free = !Files.exists(file, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Results.isMade(name, Files.readAllBytes(file));
            if (!free) continue;
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), made.getValue())) {
                Scratch.replace(file, out -> out.write(made.getValue()));
            }
            if (client.ignored(List.of(made.getKey())) == null) paths.add(made.getKey()); // else it is the user's alone
        }
        Map<String, ObjectId> kept = new LinkedHashMap<>();
        if (paths.isEmpty()) return kept;
        List<ObjectId> ids = client.blobs(paths);
        for (int i = 0; i < ids.size(); i++) kept.put(paths.get(i), ids.get(i));
        return kept;
    }

    private String inside(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(top)) {
            throw new Failure(Exit.GIT, real + " is not inside the repository " + top, "Choose --results inside it, or another --repo.");
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

    @Override
    public Hooks hooks() throws IOException {
        return new Hooks(client, client.location().gitDir().resolve("COMMIT_EDITMSG"), true);
    }

    @Override
    public Held hold() throws IOException {
        return Index.lock(client, waitSeconds, say);
    }

    @Override
    public Path left(List<Path> files) {
        return files.get(0).toAbsolutePath().getParent();
    }

    @Override
    public void close() {
        // the files stay
    }
}
