package lib.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;

/**
 * The one place that writes to the user. The result goes to standard output; steps, notes and errors go to
 * standard error, so that a result can be piped. Text from a cluster is shown without its control characters:
 * a hostile name must not steer the terminal.
 */
public final class Console {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;
    private final boolean colour;
    private boolean quiet;
    private boolean verbose;

    /**
     * @param terminal whether err is a terminal: progress bars are drawn there only
     * @param colour whether to use colours and dimmed text
     */
    public Console(PrintWriter out, PrintWriter err, boolean terminal, boolean colour) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.colour = colour;
    }

    /** The process's own standard output and error; colours only on a terminal and without NO_COLOR. */
    public static Console ofProcess() {
        System.setProperty("jdk.console", "java.base"); // newer JDKs' own one is there even where there is no terminal
        String term = System.getenv("TERM");
        boolean terminal = System.console() != null && !"dumb".equals(term);
        String noColor = System.getenv("NO_COLOR");
        return new Console(writer(System.out), writer(System.err), terminal, terminal && (noColor == null || noColor.isEmpty()));
    }

    /** Where no locale is set, as in many containers, Java would write question marks; kubectl writes UTF-8 there. */
    private static PrintWriter writer(PrintStream stream) {
        Charset charset = Charset.defaultCharset();
        return new PrintWriter(new OutputStreamWriter(stream, charset.equals(US_ASCII) ? UTF_8 : charset), true);
    }

    void quiet(boolean on) {
        quiet = on;
    }

    void verbose(boolean on) {
        verbose = on;
    }

    /** Whether progress may be drawn with control codes. */
    public boolean terminal() {
        return terminal && !quiet;
    }

    /** Whether the result may be dressed with colours. */
    public boolean colour() {
        return colour;
    }

    /** Whether more is to be said than usual. */
    public boolean verbose() {
        return verbose;
    }

    public boolean quiet() {
        return quiet;
    }

    /**
     * What is being done now.
     *
     * @throws Failure after Ctrl-C: nothing new is begun then
     */
    public void step(String text) {
        Interrupts.check();
        if (!quiet) line(bold("==> ") + clean(text));
    }

    /** The shell command that does the same by hand. */
    public void command(String shell) {
        if (!quiet) line(dim("    $ " + clean(shell)));
    }

    /** What a step found. */
    public void note(String text) {
        if (!quiet) line("    " + clean(text).replace("\n", "\n    "));
    }

    /** Something the user should know even when quiet. */
    public void warn(String text) {
        line(paint("33", "warning: ") + clean(text));
    }

    /** What only -v shows. */
    public void debug(String text) {
        if (verbose) line(dim("    " + clean(text)));
    }

    /** The result: all that -q leaves. */
    public void result(String text) {
        out.println(clean(text));
        out.flush();
    }

    /** Prints an error in one or two lines, with its stack trace when verbose; returns its exit code. */
    int failed(Throwable error) {
        Failure failure = error instanceof Failure f ? f : null;
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        line(paint("31", "error: ") + clean(failure == null ? unexpected(error, message) : message));
        if (failure != null && failure.next() != null) line("       " + clean(failure.next()));
        if (verbose) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            line(dim(clean(trace.toString())));
        }
        return failure == null ? Exit.FAILED : failure.exitCode();
    }

    private String unexpected(Throwable error, String message) {
        return error.getClass().getSimpleName() + ": " + message + (verbose ? "" : " (-v shows where)");
    }

    /** Text with control characters, but for line feed and tab, made visible. */
    public static String clean(String text) {
        StringBuilder shown = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean hostile = c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0
                    || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
            if (hostile && shown == null) shown = new StringBuilder(text.length() + 8).append(text, 0, i);
            if (shown != null) shown.append(hostile ? '\ufffd' : c);
        }
        return shown == null ? text : shown.toString();
    }

    private void line(String text) {
        err.println(text);
        err.flush();
    }

    private String bold(String text) {
        return paint("1", text);
    }

    private String dim(String text) {
        return paint("2", text);
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
