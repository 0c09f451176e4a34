package lib.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Shell;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.StartedProcess;

/** This machine as the node. */
public class LocalNode implements Node {

    @Override
    public String name() {
        try {
            Path name = Path.of("/proc/sys/kernel/hostname");
            return Files.isReadable(name) ? Files.readString(name).strip() : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }

    @Override
    public String kubernetes() {
        return null;
    }

    @Override
    public Output stream(Sink sink, Input input, Duration timeout, String... words) {
        ByteArrayOutputStream err = new Bounded();
        try (OutputStream out = sink.open(); InputStream in = input == null ? null : input.open()) {
            Taken taken = new Taken();
            StartedProcess started = new ProcessExecutor(words).redirectOutput(taken.by(out)).redirectError(taken.by(err))
                    .redirectInput(in == null ? InputStream.nullInputStream() : in).destroyOnExit().start();
            int exitCode;
            try {
                taken.await(started.getProcess().onExit(), timeout);
                exitCode = started.getFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS).getExitValue();
                taken.check();
            } catch (Failure tooMuch) {
                end(started.getProcess());
                throw tooMuch;
            } catch (TimeoutException | InterruptedException e) {
                end(started.getProcess());
                if (e instanceof InterruptedException) Thread.currentThread().interrupt();
                throw new Failure(e instanceof InterruptedException ? Exit.INTERRUPTED : Exit.FAILED,
                        "'" + words[0] + "' did not end within " + timeout.toSeconds() + " s", null, e);
            }
            return new Output(exitCode, new byte[0], err.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // As a shell would say it: the command is not there.
            return new Output(127, new byte[0], words[0] + ": " + e.getMessage());
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof Failure failure) throw failure;
            throw new Failure(Exit.FAILED, "'" + words[0] + "' failed: " + e.getCause().getMessage(), null, e);
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    @Override
    public String byHand(String... words) {
        return Shell.join(words);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
