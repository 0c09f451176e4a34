package lib.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** The user's cache, {@code kube-flamegraph} in {@code XDG_CACHE_HOME} or {@code ~/.cache}: {@code ./jbang} keeps its things there, too. */
public final class UserCache {
    private UserCache() {}

    /** The place of a folder of it, whether it is there or not. */
    public static Path folder(String name) {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("kube-flamegraph").resolve(name);
    }

    /**
     * Makes a folder, and those above it that are missing, for their owner only, whatever the umask: {@code ./jbang} uses no
     * cache in which others may write.
     *
     * @return the folder
     * @throws IOException if that cannot be done
     */
    public static Path make(Path folder) throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return Files.createDirectories(folder, !posix ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))});
    }
}
