package lib.formats;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Has the {@code perf} of this machine turn a perf.data file into text. */
final class PerfData implements Closeable {
    private final Process process;
    private final Path errors;
    /** A copy of the data, where they did not come from a plain file; else null. */
    private final Path copy;

    private PerfData(Process process, Path errors, Path copy) {
        this.process = process;
        this.errors = errors;
        this.copy = copy;
    }

    /** Whether it begins with the magic number of perf.data, in either byte order. */
    static Likeness likeness(Incoming in) {
        byte[] head = in.head();
        return Likeness.sureIf(PerfHeader.startsWith(head, 0, head.length, "PERFILE2") || PerfHeader.startsWith(head, 0, head.length, "2ELIFREP"));
    }

    static Harvest read(Incoming in, ReadOptions options) throws IOException {
        try (PerfData perf = open(in.file, in.bytes(), options)) {
            Harvest harvest = PerfScript.read(in.name, perf.text(), options);
            String failure = perf.failure();
            if (failure != null && harvest.samples() == 0) {
                throw new IOException(in.name + ": " + failure);
            }
            if (failure != null) {
                harvest.notes.add(failure);
            }
            return harvest;
        }
    }

    /**
     * Starts perf.
     *
     * @param file the plain file, or null to read {@code in} instead
     */
    private static PerfData open(Path file, InputStream in, ReadOptions options) throws IOException {
        Path copy = null;
        Path errors = Files.createTempFile("perf", ".err");
        try {
            if (file == null) {
                copy = Files.createTempFile("perf", ".data");
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            // --force: the file may belong to another user; pid stands in the header only if asked for
            List<String> command = new ArrayList<>(options.perf);
            command.addAll(List.of("script", "--force", "--show-mmap-events", "-F", "+pid", "--no-inline", "-i",
                (file == null ? copy : file).toString()));
            Process process = new ProcessBuilder(command)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).redirectError(errors.toFile()).start();
            return new PerfData(process, errors, copy);
        } catch (IOException e) {
            delete(errors, copy);
            throw new IOException("perf.data needs perf on this machine: " + e.getMessage(), e);
        }
    }

    /** What perf prints. */
    private InputStream text() {
        return process.getInputStream();
    }

    /** Waits for perf to end; null if it went well, else what it said. */
    private String failure() throws IOException {
        try {
            if (process.waitFor() == 0) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while perf was running");
        }
        String said = Files.readString(errors).strip();
        return "perf script failed with " + process.exitValue() + ": " + TextBytes.printable(said.substring(said.lastIndexOf('\n') + 1));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        delete(errors, copy);
    }

    private static void delete(Path errors, Path copy) throws IOException {
        Files.deleteIfExists(errors);
        if (copy != null) {
            Files.deleteIfExists(copy);
        }
    }
}
