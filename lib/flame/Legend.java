package lib.flame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.insight.Amounts;
import lib.insight.Subsystems.Share;
import lib.stacks.StackTree;

/** What the colours mean. */
record Legend(List<Entry> entries) {

    /**
     * @param style a class of {@link Palette}
     * @param name a subsystem, or a range of changes
     * @param share such as "12.3 %"; empty where there is none
     * @param detail the subsystem's parts with their shares; empty where there are none
     */
    record Entry(String style, String name, String share, String detail) { }

    static Legend of(StackTree tree, Drawing drawing, Palette palette) {
        return tree.hasBefore() ? changes(drawing) : shares(palette.subsystems().shares(tree), palette);
    }

    private static Legend shares(List<Share> shares, Palette palette) {
        Map<String, Double> sums = new LinkedHashMap<>();
        Map<String, String> parts = new LinkedHashMap<>();
        for (Share share : shares) {
            String family = Palette.family(share.subsystem());
            sums.merge(family, share.share(), Double::sum);
            if (!family.equals(share.subsystem())) {
                parts.merge(family, share.subsystem().substring(family.length() + 2) + " " + Amounts.percent(share.share()),
                    (a, b) -> a + ", " + b);
            }
        }
        List<Entry> entries = new ArrayList<>();
        sums.forEach((family, sum) -> entries.add(new Entry(palette.letter(family) + "1", family, Amounts.percent(sum),
            parts.getOrDefault(family, ""))));
        return new Legend(entries);
    }

    private static Legend changes(Drawing drawing) {
        String of = drawing.absolute() ? " of the larger total" : "";
        List<Entry> entries = new ArrayList<>();
        for (int strength = Palette.STEPS.length; strength >= 1; strength--) {
            entries.add(new Entry("w" + strength, "−" + points(strength) + of, "", ""));
        }
        entries.add(new Entry("z0", "about the same", "", ""));
        for (int strength = 1; strength <= Palette.STEPS.length; strength++) {
            entries.add(new Entry("u" + strength, "+" + points(strength) + of, "", ""));
        }
        entries.add(new Entry("v0", "vanished", "", ""));
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
