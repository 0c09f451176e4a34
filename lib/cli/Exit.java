package lib.cli;

/** The exit codes of every script: one meaning each, the same everywhere. */
public final class Exit {
    public static final int DONE = 0;
    /** Anything that went wrong in a way that none of the others names; -v shows where. */
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int UNREACHABLE = 10;
    public static final int FORBIDDEN = 11;
    public static final int POD_NOT_READY = 12;
    public static final int TARGET = 13;
    public static final int KERNEL = 14;
    public static final int RECORDING = 15;
    public static final int TRANSFER = 16;
    public static final int INPUT = 17;
    public static final int GIT = 18;
    public static final int INTERRUPTED = 130;

    private Exit() {}

    /** The lines that --help prints about exit codes. */
    static String[] help() {
        return new String[] {
            " 0:done",
            " 1:unexpected failure, -v shows where",
            " 2:wrong usage",
            "10:cluster not reachable or not authenticated",
            "11:forbidden, or refused by admission",
            "12:pod not ready",
            "13:target missing or ambiguous",
            "14:kernel refuses perf",
            "15:recording failed or empty",
            "16:transfer damaged",
            "17:input not understood",
            "18:git",
            "130:interrupted"
        };
    }
}
