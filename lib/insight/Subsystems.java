package lib.insight;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/**
 * Which part of a program a function belongs to, by its {@link Rules}. A function that no rule fits belongs to whoever
 * called it. A subsystem is a number: its place in {@link #names}.
 */
public final class Subsystems {
    private static final String KERNEL = "kernel";
    private static final String OTHER = "other";

    /**
     * A subsystem's part of a profile. Each sample counts for one subsystem only.
     *
     * @param subsystem as in {@link #names}
     * @param weight of the samples, in the tree's unit
     * @param samples how many
     * @param share of the whole tree's weight, 0 to 1
     */
    public record Share(String subsystem, long weight, long samples, double share) { }

    private final List<String> names;
    private final Patterns patterns;
    private final int kernel;

    /** @param sections patterns by subsystem */
    Subsystems(Map<String, List<String>> sections) {
        names = new ArrayList<>(sections.keySet());
        names.add(OTHER);
        patterns = new Patterns(List.copyOf(sections.values()));
        kernel = names.contains(KERNEL) ? names.indexOf(KERNEL) : other();
    }

    /** All subsystems in the order of legends and tables, "other" last; parts are written as in "handlers: list". */
    public List<String> names() {
        return Collections.unmodifiableList(names);
    }

    /** The subsystem that holds what no rule fits. */
    public int other() {
        return names.size() - 1;
    }

    /** Returns a function's own subsystem, whoever calls it; {@link #other} where no rule fits. */
    public int of(String function, Kind kind) {
        if (kind == Kind.KERNEL) {
            return kernel;
        }
        int found = patterns.find(function);
        return found == Patterns.NONE ? other() : found;
    }

    /** Returns each node's subsystem for the samples that end there: its function's, or the nearest caller's that has one. */
    public int[] ofNodes(StackTree tree) {
        Frames frames = tree.frames();
        int[] ofFrame = new int[frames.size()];
        for (int id = 0; id < ofFrame.length; id++) {
            ofFrame[id] = of(frames.name(id), frames.kind(id));
        }
        int[] ofNode = new int[tree.size()];
        ofNode[0] = other();
        for (int node = 1; node < ofNode.length; node++) {
            int own = ofFrame[tree.frame(node)];
            ofNode[node] = own == other() ? ofNode[tree.parent(node)] : own;
        }
        return ofNode;
    }

    /** Returns how the samples divide among the subsystems, in the order of {@link #names}, empty ones left out. */
    public List<Share> shares(StackTree tree) {
        long[] weight = new long[names.size()];
        long[] samples = new long[names.size()];
        long total = 0;
        int[] ofNode = ofNodes(tree);
        for (int node = 0; node < ofNode.length; node++) {
            weight[ofNode[node]] += tree.self(node);
            samples[ofNode[node]] += tree.samples(node);
            total += tree.self(node);
        }
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < weight.length; i++) {
            if (weight[i] > 0 || samples[i] > 0) {
                shares.add(new Share(names.get(i), weight[i], samples[i], total == 0 ? 0 : (double) weight[i] / total));
            }
        }
        return shares;
    }
}
