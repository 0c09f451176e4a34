package lib.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A temporary folder of this process, readable by its user only, that goes when it is closed. */
public final class Scratch implements AutoCloseable {
    private final Path folder;

    /** @throws Failure if it cannot be made, as on a full disk */
    public Scratch() {
        try {
            folder = Files.createTempDirectory("kube-flamegraph");
        } catch (IOException e) {
            throw new Failure(Exit.TRANSFER, "no temporary folder in " + System.getProperty("java.io.tmpdir") + ": " + Failure.reason(e),
                    "Make room there, or name another place: JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR", e);
        }
    }

    /** A file's place in it. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(path);
        }
    }

    /** Content that can be written. */
    public interface Content {
        void to(OutputStream out) throws IOException;
    }

    /**
     * Writes a file whole or not at all: under a temporary name beside its place, then renamed. A file that is no
     * regular one, such as a pipe or /dev/stdout, is written to directly.
     *
     * @throws Failure if it cannot be written
     */
    public static void replace(Path file, Content content) {
        boolean special = Files.exists(file) && !Files.isRegularFile(file);
        Path part = special ? file : file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 64 << 10)) {
                content.to(out);
            }
            if (!special) Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                if (!special) Files.deleteIfExists(part);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw new Failure(Exit.TRANSFER, "cannot write " + file + ": " + Failure.reason(e), "Name another file, or make room for it.", e);
        }
    }
}
