package lib.flame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import lib.insight.Amounts;
import lib.insight.Subsystems.Share;

/** What the colours mean. */
record Legend(List<Entry> entries) {

    /** What the two numbers of an entry are. */
    static final String SHARES = "Kinds of code, with their own share · and that with all they call";

    /**
     * @param style a class of {@link Palette}
     * @param name a subsystem, or a range of changes
     * @param share of the samples that are its own, such as "12.3 %"; empty where there is none
     * @param total of the samples whose stacks have a box of it in the picture; empty where there is none
     * @param detail the subsystem's parts with their own shares; empty where there are none
     * @param here whether the view that is drawn first has anything of it
     */
    record Entry(String style, String name, String share, String total, String detail, boolean here) {
        /** The entry as it is shown. */
        String text() {
            return share.isEmpty() ? name : name + " " + share + " · " + total;
        }
    }

    /**
     * What each colour is that a view has, and each kind of code that has samples.
     *
     * @param shares by subsystem
     * @param styleOf the class of a view's box
     */
    static Legend of(List<Share> shares, Views views, BiFunction<Layout, Integer, String> styleOf, Palette palette) {
        Map<String, Double> own = new HashMap<>();
        Map<String, String> parts = new HashMap<>();
        for (Share share : shares) {
            String family = Palette.family(share.subsystem());
            own.merge(family, share.share(), Double::sum);
            if (!family.equals(share.subsystem())) {
                parts.merge(family, share.subsystem().substring(family.length() + 2) + " " + Amounts.percent(share.share()),
                        (a, b) -> a + ", " + b);
            }
        }
        double[] drawn = covered(views.still(), styleOf);
        double[] other = covered(views.stacks(), styleOf);
        List<Entry> entries = new ArrayList<>();
        for (String family : palette.families()) {
            int letter = palette.letter(family).charAt(0);
            double share = own.getOrDefault(family, 0.0);
            if (share == 0 && drawn[letter] == 0 && other[letter] == 0) continue;
            entries.add(new Entry(palette.letter(family) + "1", family, Amounts.percent(share),
                    Amounts.percent(Math.max(share, drawn[letter])), parts.getOrDefault(family, ""), share > 0 || drawn[letter] > 0));
        }
        entries.add(new Entry(Palette.NEUTRAL, views.byCall() == null ? "the whole" : "what it was done for", "", "", "", true));
        return new Legend(entries);
    }

    /** By the first letter of a class: the share of what stands on its boxes, nothing twice. */
    private static double[] covered(Layout view, BiFunction<Layout, Integer, String> styleOf) {
        double[] covered = new double['z' + 1];
        long[] below = new long[view.rows];
        for (int box = 0; box < view.size; box++) {
            int letter = styleOf.apply(view, box).charAt(0);
            long callers = view.depth[box] == 0 ? 0 : below[view.depth[box] - 1];
            if ((callers >> letter - 'a' & 1) == 0) covered[letter] += view.width[box];
            below[view.depth[box]] = callers | 1L << letter - 'a';
        }
        return covered;
    }

    static Legend ofChanges(Drawing drawing) {
        String of = drawing.absolute() ? " of the larger total" : "";
        List<Entry> entries = new ArrayList<>();
        for (int strength = Palette.STEPS.length; strength >= 1; strength--) {
            entries.add(new Entry("w" + strength, "−" + points(strength) + of, "", "", "", true));
        }
        entries.add(new Entry(Palette.NEUTRAL, "about the same", "", "", "", true));
        for (int strength = 1; strength <= Palette.STEPS.length; strength++) {
            entries.add(new Entry("u" + strength, "+" + points(strength) + of, "", "", "", true));
        }
        entries.add(new Entry("v0", "vanished", "", "", "", true));
        return new Legend(entries);
    }

    private static String points(int strength) {
        String from = number(Palette.STEPS[strength - 1]);
        return strength == Palette.STEPS.length ? from + " points and more" : from + " to " + number(Palette.STEPS[strength]) + " points";
    }

    private static String number(double share) {
        double points = share * 100;
        return points == Math.rint(points) ? Long.toString(Math.round(points)) : Double.toString(points);
    }
}
