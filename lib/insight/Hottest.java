package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lib.stacks.StackTree;

/** The functions that a profile's time goes to. */
public final class Hottest {
    private Hottest() { }

    /**
     * A function, wherever it was called from. Weights are in the tree's unit.
     *
     * @param name the full name
     * @param self weight of the samples in the function itself
     * @param total weight of the samples in it or in what it called, a recursive call counted once
     * @param selfSamples how many samples in the function itself
     * @param totalSamples how many in it or in what it called
     * @param selfShare of the whole profile, 0 to 1
     * @param totalShare of the whole profile, 0 to 1
     */
    public record Function(String name, long self, long total, long selfSamples, long totalSamples,
            double selfShare, double totalShare) { }

    /** Returns the functions with the largest weight of their own, largest first; equal ones by name. */
    public static List<Function> bySelf(StackTree tree, int limit) {
        return bySelf(all(tree), limit);
    }

    /** Returns the functions with the largest weight together with what they called, largest first; equal ones by name. */
    public static List<Function> byTotal(StackTree tree, int limit) {
        return byTotal(all(tree), limit);
    }

    static List<Function> bySelf(List<Function> all, int limit) {
        return all.stream().filter(f -> f.self > 0 || f.selfSamples > 0)
                .sorted(Comparator.comparingLong(Function::self).reversed().thenComparing(Function::name)).limit(limit).toList();
    }

    static List<Function> byTotal(List<Function> all, int limit) {
        return all.stream().sorted(Comparator.comparingLong(Function::total).reversed().thenComparing(Function::name)).limit(limit).toList();
    }

    /** Returns every function of the tree, in no particular order. */
    static List<Function> all(StackTree tree) {
        Functions functions = new Functions(tree);
        long[] weight = tree.totals();
        long[] samples = tree.sampleTotals();
        int count = functions.names.size();
        long[] self = new long[count];
        long[] selfSamples = new long[count];
        long[] total = new long[count];
        long[] totalSamples = new long[count];
        for (int node = 1; node < tree.size(); node++) {
            int f = functions.ofNode[node];
            self[f] += tree.self(node);
            selfSamples[f] += tree.samples(node);
            if (functions.outermost[node]) {
                total[f] += weight[node];
                totalSamples[f] += samples[node];
            }
        }
        List<Function> all = new ArrayList<>(count);
        double whole = Math.max(1, weight[0]);
        for (int f = 0; f < count; f++) {
            all.add(new Function(functions.names.get(f), self[f], total[f], selfSamples[f], totalSamples[f],
                    self[f] / whole, total[f] / whole));
        }
        return all;
    }

    /** The tree's nodes by function: frames of one name are one function, and an inner call of itself is not outermost. */
    static final class Functions {
        final List<String> names = new ArrayList<>();
        final int[] ofNode;
        final boolean[] outermost;

        Functions(StackTree tree) {
            int[] ofFrame = new int[tree.frames().size()];
            Map<String, Integer> numbers = new HashMap<>();
            for (int id = 0; id < ofFrame.length; id++) {
                String name = tree.frames().name(id);
                Integer known = numbers.putIfAbsent(name, names.size());
                ofFrame[id] = known == null ? names.size() : known;
                if (known == null) names.add(name);
            }
            int size = tree.size();
            ofNode = new int[size];
            outermost = new boolean[size];
            int[] firstChild = new int[size];
            int[] nextSibling = new int[size];
            for (int node = size - 1; node > 0; node--) {
                ofNode[node] = ofFrame[tree.frame(node)];
                nextSibling[node] = firstChild[tree.parent(node)];
                firstChild[tree.parent(node)] = node;
            }
            // A walk down and up, without recursion since stacks may be deep, that knows which functions are on the stack.
            int[] onStack = new int[names.size()];
            int node = 0;
            boolean down = true;
            while (true) {
                if (down && node != 0) outermost[node] = onStack[ofNode[node]]++ == 0;
                if (down && firstChild[node] != 0) {
                    node = firstChild[node];
                    continue;
                }
                if (node == 0) break;
                onStack[ofNode[node]]--;
                down = nextSibling[node] != 0;
                node = down ? nextSibling[node] : tree.parent(node);
            }
        }
    }
}
