package lib.flame;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/**
 * Where each box stands. Boxes are numbered callers first, from left to right; box 0 is the whole profile. Positions and
 * widths are parts of the whole, 0 to 1; depths are rows, the whole profile being row 0.
 */
final class Layout {
    final boolean difference;
    /** Whether boxes keep their place in time, so that there may be gaps between callees. */
    final boolean timeOrder;
    final Frames frames;
    final int size;
    final int rows;
    /** Of each box: its number in {@link #frames}, -1 for the whole. */
    final int[] frame;
    /** Of each box: its node in the tree. */
    final int[] node;
    final int[] depth;
    final double[] x;
    final double[] width;
    /** Of each box: weight, earlier profile's weight and samples, with everything above it. */
    final long[] weight;
    final long[] before;
    final long[] samples;
    /** The same without the callees that are drawn. */
    final long[] ownWeight;
    final long[] ownBefore;
    final long[] ownSamples;
    /** In time order: the weight between the left neighbour's end, or the caller's begin, and the box. */
    final long[] gap;

    Layout(StackTree profile, Drawing drawing) {
        this(named(profile, drawing), drawing, null);
    }

    /**
     * @param tree as {@link #named} gives it
     * @param kept nodes that have a box however narrow it is; null for none
     */
    Layout(StackTree tree, Drawing drawing, boolean[] kept) {
        frames = tree.frames();
        difference = tree.hasBefore();
        timeOrder = tree.hasTimeOrder();
        long[] totals = tree.totals();
        long[] befores = tree.beforeTotals();
        long[] counts = tree.sampleTotals();
        double[] widths = widths(totals, befores, difference, drawing.absolute());
        double narrowest = drawing.narrowest();

        int[][] children = children(tree, widths, drawing.sort());
        int capacity = tree.size();
        node = new int[capacity];
        depth = new int[capacity];
        x = new double[capacity];
        gap = new long[capacity];
        int[] next = new int[capacity];
        double[] edge = new double[capacity];
        long[] timeEdge = new long[capacity];
        int[] path = new int[capacity];
        int level = 0;
        int count = 1;
        int deepest = 0;
        x[0] = 0;
        while (level >= 0) {
            int box = path[level];
            int[] callees = children[node[box]];
            if (callees == null || next[box] == callees.length) {
                level--;
                continue;
            }
            int callee = callees[next[box]++];
            if (widths[callee] <= 0 || widths[callee] < narrowest && (kept == null || !kept[callee])) continue;
            int placed = count++;
            node[placed] = callee;
            depth[placed] = level + 1;
            if (timeOrder) {
                gap[placed] = tree.start(callee) - timeEdge[box];
                timeEdge[box] = tree.start(callee) + totals[callee];
                timeEdge[placed] = tree.start(callee);
                x[placed] = totals[0] == 0 ? 0 : (double) tree.start(callee) / totals[0];
            } else {
                x[placed] = edge[box];
            }
            edge[box] = x[placed] + widths[callee];
            edge[placed] = x[placed];
            path[++level] = placed;
            deepest = Math.max(deepest, level);
        }
        size = count;
        rows = deepest + 1;

        frame = new int[size];
        width = new double[size];
        weight = new long[size];
        before = new long[size];
        samples = new long[size];
        for (int box = 0; box < size; box++) {
            frame[box] = tree.frame(node[box]);
            width[box] = widths[node[box]];
            weight[box] = totals[node[box]];
            before[box] = befores[node[box]];
            samples[box] = counts[node[box]];
        }
        ownWeight = weight.clone();
        ownBefore = before.clone();
        ownSamples = samples.clone();
        int[] last = new int[rows];
        for (int box = 0; box < size; box++) {
            last[depth[box]] = box;
            if (box > 0) {
                int caller = last[depth[box] - 1];
                ownWeight[caller] -= weight[box];
                ownBefore[caller] -= before[box];
                ownSamples[caller] -= samples[box];
            }
        }
    }

    /** Change from the earlier profile, -1 to 1: of the share of the whole or, if absolute, of the weight. */
    double change(int box, boolean absolute) {
        return change(weight[box], before[box], absolute);
    }

    /** The same without the callees that are drawn. */
    double ownChange(int box, boolean absolute) {
        return change(ownWeight[box], ownBefore[box], absolute);
    }

    private double change(long now, long then, boolean absolute) {
        double after = Math.max(1, weight[0]);
        double earlier = Math.max(1, before[0]);
        double larger = Math.max(after, earlier);
        return absolute ? now / larger - then / larger : now / after - then / earlier;
    }

    /** The tree that is drawn: one node per name under one caller, from the other end if that is wanted. */
    static StackTree named(StackTree profile, Drawing drawing) {
        return drawing.reverse() ? reversed(profile) : byName(profile);
    }

    /** The width of each node, as a part of the whole. */
    static double[] widths(StackTree tree, Drawing drawing) {
        return widths(tree.totals(), tree.beforeTotals(), tree.hasBefore(), drawing.absolute());
    }

    private static double[] widths(long[] totals, long[] befores, boolean difference, boolean absolute) {
        double after = totals[0];
        double before = befores[0];
        double both = after + before;
        // Each profile weighs one half of a difference; where one of them is empty the other is the whole.
        boolean shares = !absolute && after > 0 && before > 0;
        double[] widths = new double[totals.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = !difference ? totals[i] / Math.max(1, after)
                    : shares ? (totals[i] / after + befores[i] / before) / 2
                    : (totals[i] + befores[i]) / Math.max(1, both);
        }
        return widths;
    }

    /** The tree with one node per name under one caller: addresses without a name may share what is shown for them. */
    private static StackTree byName(StackTree tree) {
        Frames frames = tree.frames();
        int[] one = new int[1];
        return tree.map((source, node, target) -> {
            one[0] = named(frames, source.frame(node), target);
            return one;
        });
    }

    private static int named(Frames frames, int frame, Frames target) {
        Kind kind = frames.kind(frame) == Kind.KERNEL ? Kind.KERNEL : Kind.USER;
        return target.intern(SvgText.visible(frames.name(frame)), kind);
    }

    private static StackTree reversed(StackTree tree) {
        Frames target = new Frames();
        StackTree reversed = new StackTree(target);
        int[] names = new int[tree.frames().size()];
        for (int id = 0; id < names.length; id++) {
            names[id] = named(tree.frames(), id, target);
            target.adoptSource(names[id], tree.frames(), id);
        }
        if (tree.hasBefore()) reversed.addBefore(0, 0);
        for (int node = 0; node < tree.size(); node++) {
            if (tree.self(node) == 0 && tree.before(node) == 0 && tree.samples(node) == 0) continue;
            int at = 0;
            for (int up = node; up > 0; up = tree.parent(up)) at = reversed.child(at, names[tree.frame(up)]);
            reversed.add(at, tree.self(node), tree.samples(node));
            if (tree.hasBefore()) reversed.addBefore(at, tree.before(node));
        }
        return reversed;
    }

    private static int[][] children(StackTree tree, double[] widths, Drawing.Sort sort) {
        int[] counts = new int[tree.size()];
        for (int node = 1; node < tree.size(); node++) counts[tree.parent(node)]++;
        int[][] children = new int[tree.size()][];
        // Filled from the last one: a node's number says when it was first called.
        for (int node = tree.size() - 1; node > 0; node--) {
            int parent = tree.parent(node);
            if (children[parent] == null) children[parent] = new int[counts[parent]];
            children[parent][--counts[parent]] = node;
        }
        if (sort == Drawing.Sort.CALL || tree.hasTimeOrder()) return children;
        Frames frames = tree.frames();
        Comparator<Integer> byName = Comparator
                .comparing((Integer node) -> frames.name(tree.frame(node)))
                .thenComparing(node -> frames.kind(tree.frame(node)));
        Comparator<Integer> order = sort == Drawing.Sort.NAME ? byName
                : Comparator.comparingDouble((Integer node) -> -widths[node]).thenComparing(byName);
        for (int[] callees : children) {
            if (callees != null && callees.length > 1) {
                List<Integer> sorted = new ArrayList<>(callees.length);
                for (int callee : callees) sorted.add(callee);
                sorted.sort(order);
                for (int i = 0; i < callees.length; i++) callees[i] = sorted.get(i);
            }
        }
        return children;
    }
}
