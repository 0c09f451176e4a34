package lib.profile;

/** How a recording ended. Its text is what the metadata and the node's files hold. */
public enum Ending {
    COMPLETE("complete", 0),
    /** By Ctrl-C or SIGTERM; what was recorded until then is there. */
    INTERRUPTED("interrupted", 130),
    TARGET_EXITED("target exited", 0),
    /** The engine was killed or could not write; what was recorded until then is there. */
    FAILED("failed", 15);

    private final String text;
    private final int exitCode;

    Ending(String text, int exitCode) {
        this.text = text;
        this.exitCode = exitCode;
    }

    /** The exit code of a stage that recorded so, one of lib.cli.Exit's. */
    public int exitCode() {
        return exitCode;
    }

    /** @throws IllegalArgumentException for any other text */
    public static Ending of(String text) {
        for (Ending ending : values()) {
            if (ending.text.equals(text)) return ending;
        }
        throw new IllegalArgumentException("no ending of a recording: " + text);
    }

    @Override
    public String toString() {
        return text;
    }
}
