//DEPS org.zeroturnaround:zt-exec:1.13.0

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Shell;
import org.zeroturnaround.exec.InvalidExitValueException;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.stream.LogOutputStream;

/** Runs programs of this machine. */
final class Run {
    /** What a program answered; out and err without the last line feed. */
    record Output(int exitCode, String out, String err) {
        boolean ok() {
            return exitCode == 0;
        }

        /** The last line of what it complained about. */
        String complaint() {
            String text = err.isBlank() ? out : err;
            if (text.isBlank()) return "exit code " + exitCode;
            return text.strip().substring(text.strip().lastIndexOf('\n') + 1);
        }
    }

    private static final int TIMEOUT_SECONDS = 180;

    private Run() {}

    /** Runs it to its end and returns what it answered, whatever the exit code. */
    static Output any(String... command) {
        return any(Arrays.asList(command));
    }

    static Output any(List<String> command) {
        var out = new java.io.ByteArrayOutputStream();
        var err = new java.io.ByteArrayOutputStream();
        int code = execute(new ProcessExecutor(command).redirectOutput(out).redirectError(err)
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        return new Output(code, out.toString().stripTrailing(), err.toString().stripTrailing());
    }

    /** The same, for what has to succeed: returns its output, or throws a Failure with its complaint. */
    static String checked(String... command) {
        Output output = any(command);
        if (!output.ok()) {
            throw new Failure(Exit.FAILED, command[0] + ": " + output.complaint(),
                    "It was: " + Shell.join(command));
        }
        return output.out();
    }

    /** Runs it with its output and errors appended to a log; `line` sees each line too. Returns the exit code. */
    static int logged(Path log, Map<String, String> environment, Consumer<String> line, String... command) {
        try {
            Files.createDirectories(log.getParent());
            try (OutputStream file = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                OutputStream lines = new LogOutputStream() {
                    @Override
                    protected void processLine(String text) {
                        line.accept(text);
                        try {
                            file.write((text + "\n").getBytes());
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                };
                return execute(new ProcessExecutor(command).environment(environment).redirectOutput(lines)
                        .redirectError(lines));
            }
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write " + log + ": " + Machine.why(e), null, e);
        }
    }

    private static int execute(ProcessExecutor executor) {
        String program = executor.getCommand().get(0);
        try {
            return executor.destroyOnExit().execute().getExitValue();
        } catch (TimeoutException e) {
            throw new Failure(Exit.FAILED, program + " did not end within " + TIMEOUT_SECONDS + " s",
                    "It was: " + Shell.join(executor.getCommand()), e);
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        } catch (IOException | InvalidExitValueException e) {
            throw new Failure(Exit.FAILED, "cannot run " + program + ": " + e.getMessage(), null, e);
        }
    }

    /** Whether there is a program of this name on PATH. */
    static boolean exists(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) return true;
        }
        return false;
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }
}
