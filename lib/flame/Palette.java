package lib.flame;

import java.util.List;

/**
 * Colours in OKLCH (Björn Ottosson's perceptual space): lightness 0 to 1, chroma, hue in degrees. The hues were chosen
 * by a search for the largest distance between any two subsystems, as seen with usual, protanopic, deuteranopic and
 * tritanopic eyes (simulation by Machado, Oliveira and Fernandes, 2009). Light fills carry dark text and dark fills
 * light text at a contrast of 4.5 or more (WCAG 2.2, AA).
 */
final class Palette {
    /** Shades of one subsystem, so that neighbours differ. */
    static final int SHADES = 4;
    static final String LIGHT_PAGE = "#ffffff";
    static final String LIGHT_INK = "#10141a";
    static final String DARK_PAGE = "#15181d";
    static final String DARK_INK = "#ffffff";

    private record Hue(String family, double l, double c, double h, double darkL, double darkC, double darkH) { }

    private static final List<Hue> HUES = List.of(
        new Hue("authentication", 0.67, 0.081, 1, 0.53, 0.065, 338),
        new Hue("authorization", 0.66, 0.126, 310, 0.49, 0.069, 313),
        new Hue("admission", 0.68, 0.145, 274, 0.53, 0.150, 296),
        new Hue("handlers", 0.72, 0.051, 246, 0.40, 0.150, 280),
        new Hue("watch cache", 0.88, 0.139, 195, 0.50, 0.109, 245),
        new Hue("etcd client and storage", 0.90, 0.141, 142, 0.53, 0.086, 139),
        new Hue("serialization", 0.78, 0.126, 137, 0.45, 0.040, 163),
        new Hue("priority and fairness", 0.82, 0.075, 17, 0.50, 0.150, 2),
        new Hue("TLS and HTTP", 0.81, 0.072, 213, 0.53, 0.100, 226),
        new Hue("control loops", 0.77, 0.125, 306, 0.40, 0.150, 331),
        new Hue("metrics, logs and audit", 0.75, 0.149, 77, 0.53, 0.113, 70),
        new Hue("Go GC and allocation", 0.88, 0.147, 96, 0.50, 0.104, 66),
        new Hue("Go scheduler", 0.71, 0.059, 96, 0.46, 0.072, 59),
        new Hue("kernel", 0.66, 0.144, 53, 0.40, 0.150, 30),
        new Hue("other", 0.90, 0.012, 85, 0.38, 0.010, 85));

    /** From how large a change of share on a box is of the first, second, … strength. */
    static final double[] STEPS = {0.001, 0.005, 0.02, 0.05};
    private static final double[] CHANGE_CHROMA = {0.045, 0.08, 0.115, 0.15};

    private Palette() { }

    /** A subsystem's family: what stands before the colon in its name. */
    static String family(String subsystem) {
        int colon = subsystem.indexOf(':');
        return colon < 0 ? subsystem : subsystem.substring(0, colon);
    }

    /** The class of a function's box: a letter for the family, a digit for the shade. */
    static String styleOf(String function, String subsystem) {
        int shade = function.hashCode() * 0x9E3779B1 >>> 30;
        return letter(family(subsystem)) + Integer.toString(shade);
    }

    /** The letter of a family; a family without a colour of its own gets the one of "other". */
    static String letter(String family) {
        int index = HUES.size() - 1;
        for (int i = 0; i < HUES.size(); i++) {
            if (HUES.get(i).family.equals(family)) {
                index = i;
            }
        }
        return String.valueOf((char) ('a' + index));
    }

    /** The fill of a class of {@link #styleOf} or {@link #changeStyle}, as #rrggbb. */
    static String fill(String style, boolean dark) {
        int digit = style.charAt(1) - '0';
        if (style.charAt(0) == 'u' || style.charAt(0) == 'w') {
            double chroma = CHANGE_CHROMA[digit - 1];
            double hue = style.charAt(0) == 'u' ? 35 : 250;
            return rgb(dark ? 0.40 + 0.04 * digit - 0.02 : 0.93 - 0.06 * digit, dark ? chroma * 0.9 : chroma, hue);
        }
        if (style.charAt(0) == 'z') {
            return dark ? rgb(0.34, 0.006, 85) : rgb(0.93, 0.004, 85);
        }
        Hue hue = HUES.get(style.charAt(0) - 'a');
        double shade = (digit - (SHADES - 1) / 2.0) * 0.016;
        return dark ? rgb(hue.darkL + shade, hue.darkC, hue.darkH) : rgb(hue.l + shade, hue.c, hue.h);
    }

    /** The class of a box of a difference: u1 to u4 for up, w1 to w4 for down, z0 for about the same. */
    static String changeStyle(double change) {
        int strength = 0;
        while (strength < STEPS.length && Math.abs(change) >= STEPS[strength]) {
            strength++;
        }
        return strength == 0 ? "z0" : (change > 0 ? "u" : "w") + strength;
    }

    /** OKLCH to sRGB, channels clipped. StrictMath, since the bytes must be the same on every machine. */
    static String rgb(double lightness, double chroma, double degrees) {
        double angle = StrictMath.toRadians(degrees);
        double a = chroma * StrictMath.cos(angle);
        double b = chroma * StrictMath.sin(angle);
        double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return "#" + channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
            + channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
            + channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static double cube(double v) {
        return v * v * v;
    }

    private static String channel(double linear) {
        double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
        int level = (int) Math.round(255 * Math.min(1, Math.max(0, v)));
        return Integer.toHexString(0x100 | level).substring(1);
    }
}
