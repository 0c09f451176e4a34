package lib.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

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
    /** What {@code history check} found. */
    public static final int BUDGET = 19;
    public static final int TOO_FEW = 20;
    public static final int INTERRUPTED = 130;

    private static final Map<Integer, String> MEANINGS = new TreeMap<>(Map.ofEntries(
            Map.entry(DONE, "done"), Map.entry(FAILED, "unexpected failure, -v shows where"), Map.entry(USAGE, "wrong usage"),
            Map.entry(UNREACHABLE, "cluster not reachable or not authenticated"), Map.entry(FORBIDDEN, "forbidden, or refused by admission"),
            Map.entry(POD_NOT_READY, "pod not ready"), Map.entry(TARGET, "target missing or ambiguous"),
            Map.entry(KERNEL, "kernel refuses perf"), Map.entry(RECORDING, "recording failed or empty"),
            Map.entry(TRANSFER, "transfer damaged"), Map.entry(INPUT, "input not understood"), Map.entry(GIT, "git"),
            Map.entry(BUDGET, "a budget is exceeded"), Map.entry(TOO_FEW, "too few samples to tell"),
            Map.entry(INTERRUPTED, "interrupted")));

    private Exit() {}

    /** What each means, as --help prints it. */
    static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        MEANINGS.forEach((code, meaning) -> help.put(String.format("%2d", code), meaning));
        return help;
    }
}
