package lib.flame;

import java.util.regex.Pattern;

/**
 * How a profile is drawn.
 *
 * @param title such as "kube-apiserver on mini-k8s"
 * @param subtitle such as "2026-11-21 00:10:05 UTC, 60 s at 99 Hz (cpu-clock)"; may be empty
 * @param unit what a weight counts: {@link lib.insight.Amounts#NANOSECONDS} (drawn as CPU time), {@link lib.insight.Amounts#SAMPLES},
 *     or an event's name
 * @param width of the still picture in pixels
 * @param minWidth boxes that would be narrower than so many pixels of the still picture are left out
 * @param sort the order of the callees of one function, from left to right; a tree in time order keeps its order
 * @param inverted true for an icicle graph: the root above, callees below
 * @param reverse true to begin with the functions where samples ended, their callers on top
 * @param absolute for a difference: compare weights instead of shares of the whole
 * @param by what the picture shows first; null for by call where there are calls of the Kubernetes API
 * @param merge functions to be merged into their callers, by a part of their names that it finds; null for none
 * @param time whether to show when the samples were taken, where that is known
 */
public record Drawing(String title, String subtitle, String unit, int width, double minWidth, Sort sort,
        boolean inverted, boolean reverse, boolean absolute, By by, Pattern merge, boolean time) {
    /** The order of the callees of one function. */
    public enum Sort { NAME, WIDTH, CALL }

    /** What stands at the root: what the work was done for, or where the stacks began. */
    public enum By { CALL, STACK }

    /** A flame graph 1200 pixels wide, ordered by name, with every box of a tenth of a pixel or more. */
    public static Drawing of(String title, String subtitle, String unit) {
        return new Drawing(title, subtitle, unit, 1200, 0.1, Sort.NAME, false, false, false, null, null, true);
    }

    /** @throws IllegalArgumentException for a width that leaves no room, or a minimum that is no number of pixels */
    public Drawing {
        if (width < 200 || width > 100_000) {
            throw new IllegalArgumentException("the width must be 200 to 100000 pixels, not " + width);
        }
        if (!(minWidth >= 0 && minWidth < width)) {
            throw new IllegalArgumentException("the narrowest box must be 0 pixels or more, not " + minWidth);
        }
    }

    /** The width of the narrowest box, as a part of the whole. */
    double narrowest() {
        return minWidth / (width - 2 * Svg.MARGIN);
    }
}
