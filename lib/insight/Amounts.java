package lib.insight;

import java.util.Locale;

/** Weights and shares as people read them; the same text in every locale. */
public final class Amounts {
    /** The unit of a weight in nanoseconds of CPU time. */
    public static final String NANOSECONDS = "ns";
    /** The unit of a weight that counts samples. */
    public static final String SAMPLES = "samples";
    private static final String TIME = "/nanoseconds";
    private static final String BYTES = "/bytes";

    private Amounts() { }

    /**
     * Weight and number of samples: {@code 72.6 s CPU (7,262 samples)}.
     *
     * @param unit {@link #NANOSECONDS}, {@link #SAMPLES}, an event's name that is counted, or one that is measured with its
     *     unit: {@code delay/nanoseconds} (no CPU time), {@code inuse_space/bytes}
     */
    public static String of(long weight, long samples, String unit) {
        if (unit.equals(SAMPLES) && samples > 0 && weight > samples) return count(samples) + " samples of " + count(weight / samples) + " each";
        return unit.equals(SAMPLES) && weight == samples ? weight(weight, unit)
                : weight(weight, unit) + " (" + weight(samples, SAMPLES) + ")";
    }

    /** A weight alone, in a unit as in {@link #of}: {@code 72.6 s CPU}, {@code 1.5 MiB inuse_space}, {@code 20 ms delay}. */
    public static String weight(long weight, String unit) {
        if (unit.equals(NANOSECONDS)) return seconds(weight) + " CPU";
        if (unit.equals(SAMPLES) && weight == 1) return "1 sample";
        if (unit.endsWith(TIME)) return seconds(weight) + " " + of(unit, TIME);
        if (unit.endsWith(BYTES)) return bytes(weight) + " " + of(unit, BYTES);
        return count(weight) + " " + unit;
    }

    private static String of(String unit, String suffix) {
        return unit.substring(0, unit.length() - suffix.length());
    }

    /** Whether a weight in that unit is as many samples as it says, so that chance tells how well a share is known. */
    static boolean isSampled(String unit) {
        return !unit.endsWith(TIME) && !unit.endsWith(BYTES);
    }

    static String bytes(long bytes) {
        double mib = bytes / 1048576.0;
        return Math.abs(mib) >= 100 ? count(Math.round(mib)) + " MiB"
                : String.format(Locale.ROOT, Math.abs(mib) >= 0.1 || bytes == 0 ? "%.1f MiB" : "%.3f MiB", mib);
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
        return percent(share, share > 0 && share < 0.001 ? 2 : 1);
    }

    static String percent(double share, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f %%", share * 100);
    }
}
