package lib.stacks;

import java.util.function.IntUnaryOperator;

/**
 * Says what becomes of each frame of a tree in {@link StackTree#map}. It names addresses, expands inlined calls and
 * drops frames that the stack walker made up.
 */
@FunctionalInterface
public interface FrameMap {

    /**
     * Returns the frames that take the node's place, caller first, as numbers of {@code target}; an empty array drops
     * the frame, and its callees become callees of its caller.
     *
     * <p>It is called once for each node, parents before children. What stands around the node can be asked of
     * {@code source}: its {@link StackTree#parent parent}, and whether samples {@link StackTree#self end} in it. The
     * array is not kept, so the map may return a shared one.
     */
    int[] map(StackTree source, int node, Frames target);

    /**
     * Called once before the nodes; the answer maps them. Here a map makes what it keeps for one tree only, such as an
     * answer for each frame, or what it has to know of a node's callees: a child's number is larger than its parent's,
     * so one pass over all nodes tells.
     */
    default FrameMap begin(StackTree source, Frames target) {
        return this;
    }

    /** Maps each frame to one frame, wherever it stands, and asks for each only once. */
    static FrameMap ofEach(StackTree source, IntUnaryOperator frames) {
        int[][] known = new int[source.frames().size()][];
        return (tree, node, target) -> {
            int id = tree.frame(node);
            if (known[id] == null) known[id] = new int[] {frames.applyAsInt(id)};
            return known[id];
        };
    }
}
