package lib.capture;

import java.time.Instant;
import java.util.List;
import lib.profile.Ending;

/** How a recording stands. */
public sealed interface State {
    /** No recording of this target was started here. */
    record None() implements State {}

    /** Another recording of this target was started here since. */
    record Replaced() implements State {}

    /**
     * It runs.
     *
     * @param elapsed seconds since it began
     * @param seconds how long it is to run
     */
    record Running(long elapsed, long seconds) implements State {}

    /**
     * It has ended.
     *
     * @param exitCode of the program that recorded
     * @param load load averages of the node (1, 5, 15 minutes) at the end
     * @param kept whether there is data with samples
     */
    record Ended(int exitCode, Ending ending, Instant begin, Instant end, List<Double> load, boolean kept) implements State {}

    /**
     * It was killed before it could say how it ended.
     *
     * @param rebooted whether the node was started anew meanwhile
     */
    record Lost(boolean rebooted) implements State {}
}
