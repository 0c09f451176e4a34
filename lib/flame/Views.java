package lib.flame;

import lib.flame.Drawing.By;
import lib.insight.ByCall;
import lib.insight.Rules;
import lib.stacks.StackTree;

/**
 * What can be looked at: the stacks and, where there are calls, the same by call.
 *
 * @param tree the stacks by nodes
 * @param stacks the plain stacks; where there are calls, with all boxes from which the script can make those by call
 * @param byCall how that is done; null where there is one view only
 * @param still the view that is drawn first
 * @param rooted the tree of the stacks by call; null where there is one view only
 */
record Views(StackTree tree, Layout stacks, ByCall byCall, Layout still, ByCall.Rooted rooted) {

    static Views of(StackTree profile, Drawing drawing, Rules rules) {
        StackTree tree = Layout.named(profile, drawing);
        ByCall byCall = drawing.by() == By.STACK || drawing.reverse() || tree.hasTimeOrder() ? null : new ByCall(tree, rules, drawing.merge());
        if (byCall == null || drawing.by() == null && !byCall.isOfAnApi()) {
            StackTree shown = drawing.merge() == null ? tree : merged(tree, drawing);
            Layout plain = new Layout(shown, drawing, null);
            return new Views(shown, plain, null, plain, null);
        }
        ByCall.Rooted rooted = byCall.rooted();
        Layout stacks = new Layout(tree, drawing, kept(tree, byCall, rooted, drawing));
        return new Views(tree, stacks, byCall, new Layout(rooted.tree(), drawing, null), rooted);
    }

    private static StackTree merged(StackTree tree, Drawing drawing) {
        int[] none = {};
        int[] one = new int[1];
        return tree.map((source, node, target) -> {
            String name = source.frames().name(source.frame(node));
            if (drawing.merge().matcher(name).find()) return none;
            one[0] = target.intern(name, source.frames().kind(source.frame(node)));
            return one;
        });
    }

    /**
     * A box that is wide enough in one of the views has to be there, and where samples change their place in the tree, the
     * box where they do: so each box by call weighs in the script what it weighs here.
     */
    private static boolean[] kept(StackTree tree, ByCall byCall, ByCall.Rooted rooted, Drawing drawing) {
        double[] widths = Layout.widths(rooted.tree(), drawing);
        boolean[] kept = new boolean[tree.size()];
        for (int node = kept.length - 1; node > 0; node--) {
            kept[node] |= byCall.begins(node) || widths[rooted.nodes()[node]] >= drawing.narrowest();
            kept[tree.parent(node)] |= kept[node];
        }
        return kept;
    }
}
