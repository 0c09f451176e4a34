package lib.series;

import java.util.Locale;
import lib.insight.Amounts;

/**
 * What became of a call, a link, a subsystem or a function. Shares are of their own side, 0 to 1; errors are half the interval that
 * holds 95 of 100 cases.
 *
 * @param kind which division of the profile it is a part of
 * @param name such as "list"
 * @param samples how many of both sides
 * @param before its share before
 * @param after its share now
 * @param error of the difference of both
 * @param changed whether that is more than chance does, although so many rows were looked at
 * @param cpusBefore CPUs that were busy with it before; 0 where it is not known
 * @param cpus the same now
 * @param cpusError of the difference of both
 * @param eachBefore seconds of CPU time for each request before; null where they were not counted on both sides
 * @param each the same now
 * @param eachError of the difference of both
 */
public record Row(Kind kind, String name, long samples, double before, double after, double error, boolean changed, double cpusBefore,
        double cpus, double cpusError, Double eachBefore, Double each, Double eachError) {

    /** The divisions that are compared; functions by their own samples. */
    public enum Kind {
        CALL("Calls", ""), LINK("Links of the chain before the handler", "before the handler: "), SUBSYSTEM("Kinds of code", "code: "),
        FUNCTION("Functions, by their own time", "");

        private final String title;
        private final String before;

        Kind(String title, String before) {
            this.title = title;
            this.before = before;
        }

        /** What stands above the rows. */
        String title() {
            return title;
        }
    }

    double change() {
        return after - before;
    }

    /** {@code list 41.2 % → 53.0 % (+11.8 ± 2.0 points)}; a link or a kind of code may have the name of a call, and says what it is. */
    String words() {
        return String.format(Locale.ROOT, "%s%s %s → %s (%s points)", kind.before, name, Amounts.percent(before), Amounts.percent(after), points());
    }

    /** {@code +11.8 ± 2.0} */
    String points() {
        return String.format(Locale.ROOT, "%+.1f ± %.1f", 100 * change(), 100 * error);
    }

    /** {@code 37 → 38 ms each}; empty where it is not known. */
    String perRequest() {
        if (eachBefore == null) return "";
        double scale = Math.max(eachBefore, each) >= 0.001 ? 1e3 : 1e6;
        return String.format(Locale.ROOT, "%.2f → %.2f ± %.2f %s each", eachBefore * scale, each * scale, eachError * scale,
                scale == 1e3 ? "ms" : "µs");
    }
}
