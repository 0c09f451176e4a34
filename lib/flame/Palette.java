package lib.flame;

import java.util.List;
import lib.insight.Rules;
import lib.insight.Rules.Colour;
import lib.insight.Subsystems;
import lib.stacks.Frames.Kind;

/**
 * The colours of a picture: of a program's subsystems as its {@link Rules} say, and of changes. Light fills carry dark text
 * and dark fills light text at a contrast of 4.5 or more (WCAG 2.2, AA).
 */
final class Palette {
    /** Shades of one subsystem, so that neighbours differ. */
    static final int SHADES = 4;
    /** The class of boxes that are no function's, and of changes that are none. */
    static final String NEUTRAL = "z0";
    static final String LIGHT_PAGE = "#ffffff";
    static final String LIGHT_INK = "#10141a";
    static final String DARK_PAGE = "#15181d";
    static final String DARK_INK = "#ffffff";

    /** From how large a change of share on a box is of the first, second, … strength. */
    static final double[] STEPS = {0.001, 0.005, 0.02, 0.05};
    private static final double[] CHANGE_CHROMA = {0.045, 0.08, 0.115, 0.15};

    private final Subsystems subsystems;
    private final List<String> families;
    private final List<Colour> colours;

    Palette(Rules rules) {
        subsystems = rules.subsystems();
        families = List.copyOf(rules.colours().keySet());
        colours = List.copyOf(rules.colours().values());
    }

    /** What the families of colours are made of. */
    Subsystems subsystems() {
        return subsystems;
    }

    /** The families in the order of legends. */
    List<String> families() {
        return families;
    }

    /** A subsystem's family: what stands before the colon in its name. */
    static String family(String subsystem) {
        int colon = subsystem.indexOf(':');
        return colon < 0 ? subsystem : subsystem.substring(0, colon);
    }

    /** The class of a function's box: a letter for the family, a digit for the shade. */
    String styleOf(String function, Kind kind) {
        int shade = function.hashCode() * 0x9E3779B1 >>> 30;
        return letter(family(subsystems.names().get(subsystems.of(function, kind)))) + Integer.toString(shade);
    }

    /** The letter of a function that stands below none of a family, where it is another one then; else null. */
    String alone(String function, Kind kind) {
        int own = subsystems.of(function, kind);
        int alone = own == subsystems.other() ? subsystems.alone(function, kind) : own;
        return alone == own ? null : letter(family(subsystems.names().get(alone)));
    }

    /** The letter of what is of no kind. */
    String other() {
        return letter(families.get(families.size() - 1));
    }

    /** The letter of a family. */
    String letter(String family) {
        return String.valueOf((char) ('a' + families.indexOf(family)));
    }

    /** The fill of a class of {@link #styleOf} or {@link #changeStyle}, as #rrggbb. */
    String fill(String style, boolean dark) {
        int digit = style.charAt(1) - '0';
        if (style.charAt(0) == 'u' || style.charAt(0) == 'w') {
            double chroma = CHANGE_CHROMA[digit - 1];
            double hue = style.charAt(0) == 'u' ? 35 : 250;
            return rgb(dark ? 0.40 + 0.04 * digit - 0.02 : 0.93 - 0.06 * digit, dark ? chroma * 0.9 : chroma, hue);
        }
        if (style.charAt(0) == 'z') return dark ? rgb(0.34, 0.006, 85) : rgb(0.93, 0.004, 85);
        Colour colour = colours.get(style.charAt(0) - 'a');
        double shade = (digit - (SHADES - 1) / 2.0) * 0.016;
        return dark ? rgb(colour.darkLightness() + shade, colour.darkChroma(), colour.darkHue())
                : rgb(colour.lightness() + shade, colour.chroma(), colour.hue());
    }

    /** The class of a box of a difference: u1 to u4 for up, w1 to w4 for down, z0 for about the same. */
    static String changeStyle(double change) {
        int strength = 0;
        while (strength < STEPS.length && Math.abs(change) >= STEPS[strength]) strength++;
        return strength == 0 ? NEUTRAL : (change > 0 ? "u" : "w") + strength;
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
