package lib.insight;

import java.util.Locale;

/** What sampling leaves to chance: a share that was counted in samples is known only to its error. */
public final class Chance {
    /** So many standard deviations hold 95 of 100 results. */
    private static final double Z = 1.96;
    /** Where none of n was seen, a share of more than 3/n would have shown in 95 of 100 cases. */
    private static final double NONE_SEEN = 3;

    private Chance() { }

    /**
     * The error of a share, for 95 % of all cases (binomial): half the interval around it; where none or all of the samples
     * were seen, the share that there may be nevertheless.
     *
     * @param share 0 to 1
     * @param samples how many the whole was counted in
     * @return 0 to 1; 1 where there are no samples
     */
    public static double error(double share, long samples) {
        if (samples <= 0) return 1;
        double error = share <= 0 || share >= 1 ? NONE_SEEN / samples : Z * Math.sqrt(Math.max(0, share * (1 - share)) / samples);
        return Math.min(1, error);
    }

    /** Whether two shares of different profiles differ by more than chance does, in 95 of 100 cases. */
    public static boolean differ(double a, double errorOfA, double b, double errorOfB) {
        return Math.abs(a - b) > Math.hypot(errorOfA, errorOfB);
    }

    /** A share with its error: {@code 2.9 % ± 0.7}; {@code below 0.13 %} where no sample was seen; alone where its error is not known. */
    public static String text(double share, double error) {
        return error <= 0 ? Amounts.percent(share) : share <= 0 ? "below " + Amounts.percent(error, error < 0.01 ? 2 : 1)
                : Amounts.percent(share) + " ± " + points(error);
    }

    /** The same where it is said in a sentence: what is not larger than its error is below the two together. */
    static String claim(double share, double error) {
        return share > error || share <= 0 ? text(share, error) : text(0, share + error);
    }

    /** An error in points of a percentage, without its sign. */
    static String points(double error) {
        return String.format(Locale.ROOT, error < 0.001 ? "%.2f" : "%.1f", error * 100);
    }
}
