package lib.formats;

import java.util.List;

/**
 * How {@link StackReader} reads. What is not said is detected, weighed by period, has command names at the root, and
 * is read by as many threads as there are processors.
 */
public final class ReadOptions {
    /** Asks for the samples of all events together, as for the two kinds of cores of a hybrid CPU. */
    public static final String ALL_EVENTS = "all";

    /** What stands at the root of each stack: the command's name, alone or with the process or the thread. */
    public enum Root {
        /** {@code java} */
        COMMAND,
        /** {@code java-25607} */
        PROCESS,
        /** {@code java-25607/25610} */
        THREAD
    }

    Format format;
    String event;
    Root root = Root.COMMAND;
    boolean countSamples;
    boolean timeOrder;
    boolean times;
    List<String> perf = List.of("perf");
    int threads = Runtime.getRuntime().availableProcessors();
    /**
     * So many blocks of text are parsed by one thread before the others begin, as until then the virtual machine's
     * compilers need the other processors.
     */
    int blocksAlone = 64;

    /** The input's format; null, to detect it, unless this is called. */
    public ReadOptions format(Format value) {
        format = value;
        return this;
    }

    /** The event whose samples are wanted, or {@link #ALL_EVENTS}; null, for the first event of the first input, unless this is called. */
    public ReadOptions event(String value) {
        event = value;
        return this;
    }

    /** What stands at the root of a stack of perf. */
    public ReadOptions root(Root value) {
        root = value;
        return this;
    }

    /** Whether each sample weighs 1, whatever its period. */
    public ReadOptions countSamples(boolean value) {
        countSamples = value;
        return this;
    }

    /** Whether samples stay in the order of time, only neighbours merged, as in a flame chart. */
    public ReadOptions timeOrder(boolean value) {
        timeOrder = value;
        return this;
    }

    /** Whether the tree is to know when its samples were taken, where the input says it. */
    public ReadOptions times(boolean value) {
        times = value;
        return this;
    }

    /** How many threads parse text at most. */
    public ReadOptions threads(int value) {
        threads = value;
        return this;
    }

    /** The command of perf, for perf.data. */
    ReadOptions perf(String... command) {
        perf = List.of(command);
        return this;
    }

    ReadOptions blocksAlone(int value) {
        blocksAlone = value;
        return this;
    }
}
