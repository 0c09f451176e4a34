package lib.formats;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Has the {@code perf} of this machine turn a perf.data file into text. */
final class PerfProgram implements Closeable {
    private final Process process;
    private final Path errors;

    private PerfProgram(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /** @param reason why we do not read it ourselves */
    static Harvest read(String name, Path file, String reason, ReadOptions options) throws IOException {
        try (PerfProgram perf = open(file, reason, options)) {
            Harvest harvest = PerfScript.read(name, perf.text(), options);
            String failure = perf.failure();
            if (failure != null && harvest.samples() == 0) throw new IOException(name + ": " + failure);
            if (failure != null) harvest.notes.add(failure);
            return harvest;
        }
    }

    private static PerfProgram open(Path file, String reason, ReadOptions options) throws IOException {
        Path errors = Files.createTempFile("perf", ".err");
        try {
            // --force: the file may belong to another user; pid stands in the header only if asked for
            List<String> command = new ArrayList<>(options.perf);
            command.addAll(List.of("script", "--force", "--show-mmap-events", "-F", "+pid", "--no-inline", "-i", file.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).redirectError(errors.toFile()).start();
            return new PerfProgram(process, errors);
        } catch (IOException e) {
            Files.deleteIfExists(errors);
            throw new IOException("perf.data needs perf on this machine, for " + reason + ": " + e.getMessage(), e);
        }
    }

    /** What perf prints. */
    private InputStream text() {
        return process.getInputStream();
    }

    /** Waits for perf to end; null if it went well, else what it said. */
    private String failure() throws IOException {
        try {
            if (process.waitFor() == 0) return null;
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
        Files.deleteIfExists(errors);
    }
}
