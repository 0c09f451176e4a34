package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a repository is on the disk.
 *
 * @param gitDir its own folder: of a linked work tree, the one below .git/worktrees
 * @param commonDir the folder that linked work trees share; elsewhere gitDir
 * @param top the top of the work tree; null where there is none
 */
record Location(Path gitDir, Path commonDir, Path top) {
    static Location of(Path gitDir, Path top) throws IOException {
        Path real = gitDir.toRealPath();
        Path common = real.resolve("commondir");
        return new Location(real, Files.exists(common) ? real.resolve(line(common)).toRealPath() : real,
                top == null ? null : top.toRealPath());
    }

    /** The repository that holds this folder, looked for where git looks; null where there is none. */
    static Location find(Path folder) throws IOException {
        Object device = Files.getAttribute(folder, "unix:dev");
        for (Path dir = folder; dir != null && device.equals(Files.getAttribute(dir, "unix:dev")); dir = dir.getParent()) {
            Path dot = dir.resolve(".git");
            if (Files.isRegularFile(dot)) {
                String line = line(dot);
                if (!line.startsWith("gitdir: ")) throw new IOException(dot + " names no git repository");
                return of(dir.resolve(line.substring(8)), dir);
            }
            if (holdsRepository(dot)) return of(dot, dir);
            if (holdsRepository(dir)) return of(dir, null);
        }
        return null;
    }

    private static boolean holdsRepository(Path dir) {
        return Files.exists(dir.resolve("HEAD")) && (Files.exists(dir.resolve("commondir"))
                || Files.isDirectory(dir.resolve("objects")) && Files.exists(dir.resolve("refs")));
    }

    private static String line(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** Whether the work tree is not the one beside its repository. */
    boolean linked() {
        return !gitDir.equals(commonDir);
    }

    /** Where programs run that work in it. */
    Path home() {
        return top == null ? gitDir : top;
    }
}
