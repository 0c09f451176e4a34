package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/** Two profiles of the same program laid over each other. */
public final class Difference {
    private Difference() { }

    /**
     * What became of a function. Weights are in the trees' unit, shares are of their own profile's whole, 0 to 1.
     *
     * @param name the full name
     * @param selfBefore weight in the function itself, in the earlier profile
     * @param self the same in the later one
     * @param totalBefore weight in it and in what it called, a recursive call counted once, in the earlier profile
     * @param total the same in the later one
     * @param selfShareBefore share of {@code selfBefore}
     * @param selfShare share of {@code self}
     * @param totalShareBefore share of {@code totalBefore}
     * @param totalShare share of {@code total}
     */
    public record Mover(String name, long selfBefore, long self, long totalBefore, long total,
            double selfShareBefore, double selfShare, double totalShareBefore, double totalShare) { }

    /**
     * Returns the later profile with the earlier one's weights beside its own. A path that one of them lacks is there
     * too, with weight 0. The weights stay as they were measured: whether shares or weights are compared is the
     * reader's choice.
     */
    public static StackTree of(StackTree before, StackTree after) {
        Frames frames = new Frames();
        StackTree both = new StackTree(frames);
        both.addBefore(0, 0);
        both.merge(after);
        StackTree earlier = new StackTree(frames);
        earlier.merge(before);
        int[] node = new int[earlier.size()];
        for (int i = 0; i < node.length; i++) {
            node[i] = i == 0 ? 0 : both.child(node[earlier.parent(i)], earlier.frame(i));
            both.addBefore(node[i], earlier.self(i));
        }
        return both;
    }

    /**
     * Returns the functions whose own weight changed most, largest change first; equal ones by name.
     *
     * @param tree a tree that {@link StackTree#hasBefore has} the earlier profile's weights
     * @param absolute whether weights are compared instead of shares
     * @param limit how many at most
     */
    public static List<Mover> movers(StackTree tree, boolean absolute, int limit) {
        Hottest.Functions functions = new Hottest.Functions(tree);
        long[] after = tree.totals();
        long[] before = tree.beforeTotals();
        int count = functions.names.size();
        long[][] sums = new long[4][count];
        for (int node = 1; node < tree.size(); node++) {
            int f = functions.ofNode[node];
            sums[0][f] += tree.before(node);
            sums[1][f] += tree.self(node);
            if (functions.outermost[node]) {
                sums[2][f] += before[node];
                sums[3][f] += after[node];
            }
        }
        double wholeBefore = Math.max(1, before[0]);
        double whole = Math.max(1, after[0]);
        List<Mover> movers = new ArrayList<>(count);
        for (int f = 0; f < count; f++) {
            movers.add(new Mover(functions.names.get(f), sums[0][f], sums[1][f], sums[2][f], sums[3][f],
                    sums[0][f] / wholeBefore, sums[1][f] / whole, sums[2][f] / wholeBefore, sums[3][f] / whole));
        }
        Comparator<Mover> byChange = Comparator.comparingDouble(m -> -Math.abs(absolute
                ? (double) m.self - m.selfBefore : m.selfShare - m.selfShareBefore));
        return movers.stream()
                .filter(m -> absolute ? m.self != m.selfBefore : m.selfShare != m.selfShareBefore)
                .sorted(byChange.thenComparing(Mover::name))
                .limit(limit).toList();
    }
}
