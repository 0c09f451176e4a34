package lib.series;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How often chance alone makes a difference. */
final class Chances {
    private Chances() { }

    /**
     * How often chance makes a difference of so many standard deviations or more, to either side: Student's distribution, by the
     * finite series for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4).
     */
    static double twoSided(double deviations, int freedom) {
        double angle = Math.atan(Math.abs(deviations) / Math.sqrt(freedom));
        double cos = Math.cos(angle);
        boolean odd = freedom % 2 == 1;
        double term = odd ? cos : 1;
        double sum = odd && freedom == 1 ? 0 : term;
        for (int k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
            term *= cos * cos * (k - 1) / k;
            sum += term;
        }
        double within = odd ? 2 / Math.PI * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
        return Math.max(0, 1 - within);
    }

    /** So many standard deviations hold this part of all results. */
    static double deviations(double part, int freedom) {
        double low = 0;
        double high = 1000;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (1 - twoSided(middle, freedom) < part) low = middle;
            else high = middle;
        }
        return high;
    }

    /**
     * Which of several chances are so small that, in all but {@code wrong} of all cases, none of them is there by chance, although
     * so many were looked at (Holm's step-down procedure).
     */
    static boolean[] holm(double[] chances, double wrong) {
        boolean[] found = new boolean[chances.length];
        int[] order = IntStream.range(0, chances.length).boxed().sorted(Comparator.comparingDouble(i -> chances[i])).mapToInt(i -> i).toArray();
        for (int i = 0; i < order.length && chances[order[i]] <= wrong / (order.length - i); i++) found[order[i]] = true;
        return found;
    }

    /** The mean; 0 of nothing. */
    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
