package lib.formats;

import java.util.List;

/**
 * How {@link StackReader} reads.
 *
 * @param format the input's format, or null to detect it
 * @param event the event whose samples are wanted; {@link #ALL_EVENTS}; or null for the first event of the first input
 * @param root what stands at the root of a stack of perf
 * @param countSamples weigh each sample by 1 instead of by its period
 * @param timeOrder keep the samples in the order of time, merging only neighbours, as a flame chart does
 * @param inlinedCalls for perf.data: let perf look up inlined calls, which can take minutes
 * @param perf the command of perf, for perf.data
 * @param threads how many threads parse text at most
 */
public record ReadOptions(Format format, String event, Root root, boolean countSamples, boolean timeOrder,
        boolean inlinedCalls, List<String> perf, int threads) {

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

    /** Everything detected, weighed by period, command names at the root, as many threads as there are processors. */
    public static final ReadOptions DEFAULT = new ReadOptions(null, null, Root.COMMAND, false, false, false,
        List.of("perf"), Runtime.getRuntime().availableProcessors());

    /** These options with another format, null to detect it. */
    public ReadOptions withFormat(Format other) {
        return new ReadOptions(other, event, root, countSamples, timeOrder, inlinedCalls, perf, threads);
    }

    /** These options with another event. */
    public ReadOptions withEvent(String other) {
        return new ReadOptions(format, other, root, countSamples, timeOrder, inlinedCalls, perf, threads);
    }

    /** These options with something else at the root of a stack. */
    public ReadOptions withRoot(Root other) {
        return new ReadOptions(format, event, other, countSamples, timeOrder, inlinedCalls, perf, threads);
    }

    /** These options, weighing by samples or by period. */
    public ReadOptions withCountSamples(boolean other) {
        return new ReadOptions(format, event, root, other, timeOrder, inlinedCalls, perf, threads);
    }

    /** These options, keeping the order of time or not. */
    public ReadOptions withTimeOrder(boolean other) {
        return new ReadOptions(format, event, root, countSamples, other, inlinedCalls, perf, threads);
    }

    /** These options, looking up inlined calls in perf.data or not. */
    public ReadOptions withInlinedCalls(boolean other) {
        return new ReadOptions(format, event, root, countSamples, timeOrder, other, perf, threads);
    }

    /** These options with another command for perf. */
    public ReadOptions withPerf(List<String> other) {
        return new ReadOptions(format, event, root, countSamples, timeOrder, inlinedCalls, List.copyOf(other), threads);
    }

    /** These options with at most that many threads. */
    public ReadOptions withThreads(int other) {
        return new ReadOptions(format, event, root, countSamples, timeOrder, inlinedCalls, perf, other);
    }
}
