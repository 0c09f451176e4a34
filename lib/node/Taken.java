package lib.node;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lib.cli.Failure;

/**
 * A command's output on its way to a sink. Where the sink refuses it, whoever waits for the command learns so at once, and not
 * when the command has ended: one that prints for ever never does.
 */
public final class Taken {
    private final CompletableFuture<Object> refusal = new CompletableFuture<>();

    /** A stream that hands everything on until the sink refuses it, and drops what comes then. */
    public OutputStream by(OutputStream sink) {
        return new FilterOutputStream(sink) {
            @Override
            public void write(byte[] b, int from, int length) throws IOException {
                if (refusal.isDone()) return;
                try {
                    out.write(b, from, length);
                } catch (Failure e) {
                    refusal.complete(e);
                }
            }
        };
    }

    /**
     * Waits for the end of a command.
     *
     * @throws Failure as soon as its output is refused
     */
    public void await(CompletableFuture<?> end, Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture.anyOf(end, refusal).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        check();
    }

    /** @throws Failure if some of the output was refused */
    void check() {
        if (refusal.getNow(null) instanceof Failure failure) throw failure;
    }
}
