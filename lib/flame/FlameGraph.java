package lib.flame;

import java.io.IOException;
import java.io.OutputStream;
import lib.insight.Rules;
import lib.stacks.StackTree;

/** Draws profiles. */
public final class FlameGraph {
    private FlameGraph() { }

    /**
     * Writes the profile as an SVG file in UTF-8. The bytes depend on the arguments alone. A tree with an earlier
     * profile's weights is drawn as a difference: a box is as wide as the mean of its two shares, red where its own share
     * grew and blue where it shrank; its edge tells so of its share together with what it calls.
     * What is recorded of a kube-apiserver is drawn by call; the script shows the plain stacks, too.
     *
     * @param tree the stacks
     * @param drawing how to draw them
     * @param rules of the program that was recorded: what its functions belong to, and in which colours
     * @param out where to; it is flushed, not closed
     * @throws IOException if {@code out} fails
     */
    public static void draw(StackTree tree, Drawing drawing, Rules rules, OutputStream out) throws IOException {
        Palette palette = new Palette(rules);
        new Svg(Views.of(tree, drawing, rules), drawing, palette, palette.subsystems().shares(tree)).write(out);
    }
}
