package lib.cli;

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

    public int exitCode() {
        return exitCode;
    }

    /** What to do next; null where there is nothing to say. */
    public String next() {
        return next;
    }
}
