package lib.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** An error that a user can act on: what failed and why, what to do next, and the exit code that says its kind. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String next;

    /**
     * @param exitCode one of {@link Exit}
     * @param what what failed and why, one line
     * @param next what to do next, one line; may be null
     */
    public Failure(int exitCode, String what, String next) {
        this(exitCode, what, next, null);
    }

    public Failure(int exitCode, String what, String next, Throwable cause) {
        super(what, cause);
        this.exitCode = exitCode;
        this.next = next;
    }

    /** Why reading or writing failed, in a few words: without the path, which the message has anyhow. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) return "permission denied";
        if (e instanceof FileSystemException f && f.getReason() != null) return f.getReason();
        String kind = e.getClass().getSimpleName().replaceFirst("Exception$", "");
        return e.getMessage() == null ? kind : e.getClass() == IOException.class ? e.getMessage() : kind + ": " + e.getMessage();
    }

    public int exitCode() {
        return exitCode;
    }

    /** What to do next; null where there is nothing to say. */
    public String next() {
        return next;
    }
}
