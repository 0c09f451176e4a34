package tests.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessResult;

/**
 * A command that has ended.
 *
 * @param exitCode its exit code
 * @param out its standard output
 * @param err its standard error
 * @param seconds how long it took
 */
record Run(int exitCode, String out, String err, double seconds) {
    /** The checkout: the folder that holds the catalog, here or above. */
    static final Path ROOT = root();

    private static Path root() {
        for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
            if (Files.exists(path.resolve("jbang-catalog.json"))) return path;
        }
        throw new IllegalStateException("run this in the checkout");
    }

    /** Runs a command in a folder; at most ten minutes. */
    static Run in(Path folder, Map<String, String> environment, String... words) {
        var err = new java.io.ByteArrayOutputStream();
        long begin = System.nanoTime();
        try {
            ProcessResult result = new ProcessExecutor(words).directory(folder.toFile()).environment(environment)
                    .redirectError(err).readOutput(true).timeout(10, TimeUnit.MINUTES).execute();
            return new Run(result.getExitValue(), result.outputUTF8(), err.toString(), (System.nanoTime() - begin) / 1e9);
        } catch (IOException | TimeoutException | InterruptedException e) {
            throw new IllegalStateException(String.join(" ", words) + ": " + e.getMessage() + "\n" + err, e);
        }
    }

    /** Runs a script of ours by the launcher. */
    static Run jbang(Path folder, String... words) {
        return jbang(folder, Map.of(), words);
    }

    static Run jbang(Path folder, Map<String, String> environment, String... words) {
        List<String> line = new ArrayList<>(List.of(ROOT.resolve("jbang").toString()));
        line.addAll(List.of(words));
        return in(folder, environment, line.toArray(String[]::new));
    }

    /** This run, which must have ended so. */
    Run exit(int expected) {
        if (exitCode != expected) throw new AssertionError("exit code " + exitCode + " instead of " + expected + "\n" + out + err);
        return this;
    }
}
