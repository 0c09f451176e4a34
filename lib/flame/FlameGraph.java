package lib.flame;

import java.io.IOException;
import java.io.OutputStream;
import lib.insight.Subsystems;
import lib.stacks.StackTree;

/** Draws profiles. */
public final class FlameGraph {
    private FlameGraph() { }

    /**
     * Writes the profile as an SVG file in UTF-8. The bytes depend on the arguments alone. A tree with an earlier
     * profile's weights is drawn as a difference: a box is as wide as the mean of its two shares, red where the share
     * grew and blue where it shrank.
     *
     * @param tree the stacks
     * @param drawing how to draw them
     * @param out where to; it is flushed, not closed
     * @throws IOException if {@code out} fails
     */
    public static void draw(StackTree tree, Drawing drawing, OutputStream out) throws IOException {
        Subsystems subsystems = Subsystems.standard();
        new Svg(new Layout(tree, drawing), drawing, subsystems, Legend.of(tree, drawing, subsystems)).write(out);
    }
}
