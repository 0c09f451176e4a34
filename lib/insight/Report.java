package lib.insight;

import java.util.List;
import java.util.Locale;
import lib.stacks.StackTree;

/**
 * What a profile says, in short: how much there is, which functions are hottest, which subsystems take how much.
 *
 * @param total such as {@code 72.6 s CPU (7,262 samples)}
 * @param weight of all samples, in {@code unit}
 * @param samples number of samples
 * @param unit as in {@link Amounts}
 * @param hottest functions by their own weight, the hottest first
 * @param largest functions by their weight together with what they called, the largest first
 * @param subsystems shares of the parts of the control plane
 */
public record Report(String total, long weight, long samples, String unit, List<Hottest.Function> hottest,
        List<Hottest.Function> largest, List<Subsystems.Share> subsystems) {
    private static final int BAR = 20;
    /** Eighths of a character cell, from U+258F to U+2588. */
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    /** As {@link #of(StackTree, String, int, Rules)}, with the rules for a program that has none. */
    public static Report of(StackTree tree, String unit, int functions) {
        return of(tree, unit, functions, Rules.of(null));
    }

    /**
     * @param functions how many of the hottest to list
     * @param rules of the program that was recorded
     */
    public static Report of(StackTree tree, String unit, int functions, Rules rules) {
        long weight = tree.totals()[0];
        long samples = tree.sampleTotals()[0];
        return new Report(Amounts.of(weight, samples, unit), weight, samples, unit, Hottest.bySelf(tree, functions),
            Hottest.byTotal(tree, functions),
            rules.subsystems().shares(tree).stream().sorted((a, b) -> Long.compare(b.weight(), a.weight())).toList());
    }

    /** The report as text, without a line feed at its end; on a terminal with a small bar for each share. */
    public String text(boolean bars) {
        StringBuilder text = new StringBuilder(total);
        text.append("\n\nThe hottest functions, by their own time:");
        double longest = hottest.isEmpty() ? 1 : hottest.get(0).selfShare();
        for (Hottest.Function f : hottest) line(text, f.selfShare(), longest, f.name(), bars);
        text.append("\n\nSubsystems:");
        longest = subsystems.isEmpty() ? 1 : subsystems.get(0).share();
        for (Subsystems.Share s : subsystems) line(text, s.share(), longest, s.subsystem(), bars);
        return text.toString();
    }

    /** The functions whose own share (or, absolute, weight) changed most, a line each. */
    public static String movers(StackTree tree, boolean absolute, int functions) {
        StringBuilder text = new StringBuilder("The largest changes, by functions' own time (before, after):");
        for (Difference.Mover m : Difference.movers(tree, absolute, functions)) {
            String change = absolute ? String.format(Locale.ROOT, "%+,d  (%,d, %,d)", m.self() - m.selfBefore(), m.selfBefore(), m.self())
                : String.format(Locale.ROOT, "%+6.2f points  (%s, %s)", 100 * (m.selfShare() - m.selfShareBefore()),
                    Amounts.percent(m.selfShareBefore()), Amounts.percent(m.selfShare()));
            text.append("\n  ").append(change).append("  ").append(m.name());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, double share, double longest, String name, boolean bars) {
        text.append(String.format(Locale.ROOT, "\n%8s  ", Amounts.percent(share)));
        if (bars) text.append(bar(share / Math.max(longest, 1e-9))).append("  ");
        text.append(name);
    }

    /** A bar of up to {@link #BAR} cells, drawn to an eighth of a cell. */
    static String bar(double part) {
        int eighths = (int) Math.round(Math.max(0, Math.min(1, part)) * BAR * 8);
        StringBuilder bar = new StringBuilder("█".repeat(eighths / 8));
        if (eighths % 8 > 0) bar.append(EIGHTHS.charAt(eighths % 8));
        return bar + " ".repeat(BAR - bar.length());
    }
}
