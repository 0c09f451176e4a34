package lib.profile;

import java.util.List;

/**
 * What became of a recording.
 *
 * @param start its start in UTC, ISO 8601, to the second
 * @param seconds its length
 * @param samples number of samples
 * @param lost number of samples that the kernel reported lost
 * @param load load averages of the node (1, 5, 15 minutes) when it ended
 * @param ended how it ended
 */
public record Outcome(String start, double seconds, long samples, long lost, List<Double> load, Ending ended) {
    static Outcome planned(int seconds) {
        return new Outcome(null, seconds, 0, 0, null, null);
    }

    /** Lost samples as a share of all, 0 to 1. */
    public double lostShare() {
        return lost == 0 ? 0 : (double) lost / (samples + lost);
    }
}
