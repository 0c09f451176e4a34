package lib.stacks;

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
     * {@code source}: its {@link StackTree#parent parent}, and whether samples {@link StackTree#self end} in it. A map
     * that decides by callees looks at all nodes of the source once beforehand (a child's number is larger than its
     * parent's). The array is not kept, so the map may return a shared one.
     */
    int[] map(StackTree source, int node, Frames target);
}
