package lib.insight;

import java.util.List;
import lib.stacks.StackTree;

/**
 * What a profile says, in short: how much there is, which functions are hottest, which subsystems take how much.
 *
 * @param total such as {@code 72.6 s CPU (7,262 samples)}
 * @param weight of all samples, in {@code unit}
 * @param samples number of samples
 * @param unit as in {@link Amounts}
 * @param hottest functions by their own weight, the hottest first
 * @param subsystems shares of the parts of the control plane
 */
public record Report(String total, long weight, long samples, String unit, List<Hottest.Function> hottest,
        List<Subsystems.Share> subsystems) {
    private static final int BAR = 20;
    /** Eighths of a character cell, from U+258F to U+2588. */
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    /** @param functions how many of the hottest to list */
    public static Report of(StackTree tree, String unit, int functions) {
        long weight = tree.totals()[0];
        long samples = tree.sampleTotals()[0];
        return new Report(Amounts.of(weight, samples, unit), weight, samples, unit, Hottest.bySelf(tree, functions),
            Subsystems.standard().shares(tree).stream().sorted((a, b) -> Long.compare(b.weight(), a.weight())).toList());
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

    private static void line(StringBuilder text, double share, double longest, String name, boolean bars) {
        text.append(String.format(java.util.Locale.ROOT, "%n%8s  ", Amounts.percent(share)).replace("\r\n", "\n"));
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
