package lib.node;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import lib.cli.Exit;
import lib.cli.Failure;

/**
 * Where commands run: a pod on a node of a cluster, or this machine. Commands are lists of words, no shell reads
 * them; {@link #sh} is for what needs one. A command may be sent again after a broken connection, so each must be
 * one that does no harm when it runs twice.
 */
public interface Node extends AutoCloseable {
    /** What {@link #run} takes of an output, at the most. */
    int MOST_OUTPUT = 32 << 20;

    /** Bytes of a text in the work directory, at the most. */
    int MOST_TEXT = 1 << 20;

    Duration USUAL_TIMEOUT = Duration.ofSeconds(60);

    /** The node's name. */
    String name();

    /** Version of the cluster's API server, or null where the node is not reached through one. */
    String kubernetes();

    /** What tells the cluster from others; null where the node is not reached through one, or it is not known. */
    default String cluster() {
        return null;
    }

    /**
     * Runs a command, its standard input the given bytes (none where null), and hands its standard output to a sink.
     *
     * @param sink called for each try: a command that is sent again must not add to what a broken one left
     * @return exit code and standard error; no bytes
     * @throws Failure if the command could not be run to its end
     */
    Output stream(Sink sink, Input input, Duration timeout, String... words);

    /** The line that does the same by hand. */
    String byHand(String... words);

    @Override
    void close();

    /** Opens a place for a command's output, anew for each try. */
    interface Sink {
        OutputStream open();
    }

    /** Opens a command's input, anew for each try. */
    interface Input {
        InputStream open();
    }

    /** Runs a command and returns what it left. */
    default Output run(String... words) {
        return run(USUAL_TIMEOUT, words);
    }

    default Output run(Duration timeout, String... words) {
        Bounded[] last = new Bounded[1];
        Output end = stream(() -> last[0] = new Bounded(), null, timeout, words);
        return new Output(end.exitCode(), last[0].toByteArray(), end.err());
    }

    /** Runs a script by the node's sh; the arguments are its $1, $2, … */
    default Output sh(Script script, String... arguments) {
        return sh(USUAL_TIMEOUT, script, arguments);
    }

    default Output sh(Duration timeout, Script script, String... arguments) {
        return Script.accepted(this, run(timeout, script.words(arguments)));
    }

    /** Lets time go by, in milliseconds, while something goes on on the node. */
    default void pause(long ms) throws InterruptedException {
        Thread.sleep(ms);
    }

    /**
     * Looks at a work directory; makes it, and closes it to others, where it is the lab's own.
     *
     * @throws Failure if it is not there, or others could have a hand in it
     */
    default void guard(String folder) {
        sh(Script.GUARD_ALONE, folder + "/guard");
    }

    /**
     * The text of a small file in the work directory, or null where there is none.
     *
     * @throws Failure if others could have written it, or it has more than {@link #MOST_TEXT}
     */
    default String text(String path) {
        Output output = sh(Transfer.TEXT, path, Integer.toString(MOST_TEXT));
        return output.ok() ? output.text() : null;
    }

    /** Bytes in memory with an upper limit: a hostile node must not fill ours. */
    final class Bounded extends ByteArrayOutputStream {
        /** @throws Failure where they become more than {@link #MOST_OUTPUT} */
        @Override
        public synchronized void write(byte[] b, int from, int length) {
            if (length > MOST_OUTPUT - count) {
                throw new Failure(Exit.TRANSFER, "a command on the node printed more than " + (MOST_OUTPUT >> 20)
                        + " MB where little was expected", null);
            }
            super.write(b, from, length);
        }
    }
}
