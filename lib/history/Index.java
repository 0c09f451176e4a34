package lib.history;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.lib.ObjectId;

/**
 * A work tree's index while its lock is ours, taken as git takes it: no other command changes it, and all see it as it
 * was until the changed copy is published.
 */
final class Index implements Line.Held {
    private static final long SAY_AFTER_MS = 1000;

    private final Client client;
    private final Path file;
    private final Path lock;
    private final Path copy;
    private final FileChannel held;
    private boolean published;

    private Index(Client client, Path lock, FileChannel held) throws IOException {
        this.client = client;
        this.file = client.indexFile();
        this.lock = lock;
        this.held = held; // open, so that others see who has it
        this.copy = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
        if (Files.exists(file)) Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * @param waitSeconds how long to wait for another command
     * @param say told for whom is waited
     * @throws Failure GIT if the other one still has it then
     */
    static Index lock(Client client, int waitSeconds, Consumer<String> say) throws IOException {
        Path file = client.indexFile();
        Path top = client.location().top();
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        long since = System.nanoTime();
        for (boolean said = false;; Waiting.pause()) {
            FileChannel held;
            try {
                held = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
                if (waited > waitSeconds * 1000L) {
                    throw new Failure(Exit.GIT, Waiting.holder(lock, top) + " holds " + lock,
                            "Wait until it ends; if none is running, remove that file. Then run this again.", e);
                }
                if (!said && waited > SAY_AFTER_MS) {
                    say.accept("waiting for " + Waiting.holder(lock, top) + ", which holds " + lock);
                    said = true;
                }
                continue;
            }
            try {
                return new Index(client, lock, held);
            } catch (IOException e) {
                held.close();
                Files.delete(lock);
                throw e;
            }
        }
    }

    @Override
    public void add(List<String> paths) throws IOException {
        client.add(copy, paths);
    }

    @Override
    public void checkout(ObjectId from, ObjectId to) throws IOException {
        client.checkout(copy, from, to);
    }

    @Override
    public void publish() throws IOException {
        Files.move(copy, lock, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Files.move(lock, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        published = true;
    }

    @Override
    public void close() throws IOException {
        held.close();
        if (published) return;
        Files.deleteIfExists(copy);
        Files.deleteIfExists(lock);
    }
}
