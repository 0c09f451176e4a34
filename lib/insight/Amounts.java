package lib.insight;

import java.util.Locale;

/** Weights and shares as people read them; the same text in every locale. */
public final class Amounts {
    /** The unit of a weight in nanoseconds of CPU time. */
    public static final String NANOSECONDS = "ns";
    /** The unit of a weight that counts samples. */
    public static final String SAMPLES = "samples";

    private Amounts() { }

    /**
     * Weight and number of samples: {@code 72.6 s CPU (7,262 samples)}.
     *
     * @param unit {@link #NANOSECONDS}, {@link #SAMPLES}, or an event's name
     */
    public static String of(long weight, long samples, String unit) {
        return unit.equals(SAMPLES) ? weight(weight, unit) : weight(weight, unit) + " (" + weight(samples, SAMPLES) + ")";
    }

    /** A weight alone, in a unit as in {@link #of}: {@code 72.6 s CPU}. */
    public static String weight(long weight, String unit) {
        return unit.equals(NANOSECONDS) ? seconds(weight) + " CPU"
            : unit.equals(SAMPLES) && weight == 1 ? "1 sample" : count(weight) + " " + unit;
    }

    private static String seconds(long nanoseconds) {
        double s = nanoseconds / 1e9;
        return s >= 1000 ? count(Math.round(s)) + " s"
            : s >= 10 ? String.format(Locale.ROOT, "%.1f s", s)
            : s >= 1 ? String.format(Locale.ROOT, "%.2f s", s)
            : s >= 0.001 ? String.format(Locale.ROOT, "%.0f ms", s * 1e3)
            : nanoseconds == 0 ? "0 s" : String.format(Locale.ROOT, "%.0f µs", s * 1e6);
    }

    /** A number with commas between thousands. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A share of 0 to 1 as a percentage; two decimals where one would show nothing. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, share > 0 && share < 0.001 ? "%.2f %%" : "%.1f %%", share * 100);
    }
}
