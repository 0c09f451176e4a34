package lib.flame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lib.insight.Rules;
import lib.stacks.Frames.Kind;
import org.junit.jupiter.api.Test;

class PaletteTest {
    private static final Rules RULES = Rules.of("kube-apiserver");
    private static final Palette PALETTE = new Palette(RULES);

    private static List<String> styles() {
        List<String> styles = new ArrayList<>(List.of("z0"));
        for (String subsystem : RULES.subsystems().names()) {
            for (int shade = 0; shade < Palette.SHADES; shade++) {
                styles.add(PALETTE.letter(Palette.family(subsystem)) + shade);
            }
        }
        for (int strength = 1; strength <= Palette.STEPS.length; strength++) {
            styles.add("u" + strength);
            styles.add("w" + strength);
        }
        return styles;
    }

    /** WCAG 2.2: contrast ratio of two colours. */
    private static double contrast(String a, String b) {
        double x = luminance(a);
        double y = luminance(b);
        return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
    }

    private static double luminance(String rgb) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double v = Integer.parseInt(rgb.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            sum += weights[i] * (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    @Test
    void everyLabelCanBeReadOnEveryFillInBothSchemes() {
        for (String style : styles()) {
            String light = PALETTE.fill(style, false);
            String dark = PALETTE.fill(style, true);
            assertTrue(contrast(light, Palette.LIGHT_INK) >= 4.5, style + " " + light);
            assertTrue(contrast(dark, Palette.DARK_INK) >= 4.5, style + " " + dark + " " + contrast(dark, Palette.DARK_INK));
        }
    }

    @Test
    void theStyleSheetUsesTheSameInkAndPage() throws Exception {
        String css = new String(Svg.class.getResourceAsStream("flame.css").readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        String[] schemes = css.split("prefers-color-scheme:dark");
        String[] inks = {Palette.LIGHT_INK, Palette.DARK_INK};
        String[] pages = {Palette.LIGHT_PAGE, Palette.DARK_PAGE};
        for (int i = 0; i < 2; i++) {
            String subtle = schemes[i].split(".sub\\{fill:")[1].substring(0, 7);
            assertTrue(contrast(subtle, pages[i]) >= 4.5, subtle);
            assertTrue(schemes[i].contains(".labels text{fill:" + inks[i]), inks[i]);
            assertTrue(schemes[i].contains(".page{fill:" + pages[i]), pages[i]);
        }
    }

    @Test
    void subsystemsDiffer() {
        Set<String> letters = new HashSet<>();
        Set<String> families = new HashSet<>();
        for (String subsystem : RULES.subsystems().names()) {
            families.add(Palette.family(subsystem));
            letters.add(PALETTE.letter(Palette.family(subsystem)));
        }
        assertEquals(families.size(), letters.size(), "each has a colour of its own");
    }

    @Test
    void aColourFollowsFromTheNameAlone() {
        assertEquals("g2", PALETTE.styleOf("encoding/json.Marshal", Kind.USER), "a picture kept in git must not change its colours");
        assertEquals('d', PALETTE.styleOf("k8s.io/apiserver/pkg/endpoints/handlers.GetResource", Kind.USER).charAt(0));
        assertEquals('d', PALETTE.styleOf("k8s.io/apiserver/pkg/endpoints/handlers.ListResource", Kind.USER).charAt(0), "of one family");
        assertEquals('n', PALETTE.styleOf("encoding/json.Marshal", Kind.KERNEL).charAt(0));
        assertEquals('o', PALETTE.styleOf("main.main", Kind.USER).charAt(0));
    }

    @Test
    void redForGrowthAndBlueForLess() {
        assertEquals("z0", Palette.changeStyle(0.0009));
        assertEquals("u1", Palette.changeStyle(0.001));
        assertEquals("u4", Palette.changeStyle(1));
        assertEquals("w2", Palette.changeStyle(-0.01));
        String red = PALETTE.fill("u4", false);
        String blue = PALETTE.fill("w4", false);
        assertTrue(Integer.parseInt(red.substring(1, 3), 16) > Integer.parseInt(red.substring(5, 7), 16), red);
        assertTrue(Integer.parseInt(blue.substring(1, 3), 16) < Integer.parseInt(blue.substring(5, 7), 16), blue);
    }

    @Test
    void colourSpace() {
        assertEquals("#ffffff", Palette.rgb(1, 0, 0));
        assertEquals("#000000", Palette.rgb(0, 0, 0));
        assertEquals("#ff0000", Palette.rgb(0.627955, 0.257683, 29.2339), "sRGB red in OKLCH");
    }
}
