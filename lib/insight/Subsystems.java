package lib.insight;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import lib.insight.Section.Kind;
import lib.insight.Section.Question;
import lib.stacks.Frames;
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
     * @param error of the share, see {@link Chance}
     */
    public record Share(String subsystem, long weight, long samples, double share, double error) { }

    private final Rules rules;
    private final List<String> names;
    /** By the number of a section: its subsystem, where it says one. */
    private final int[] ofSection;
    private final int kernel;

    Subsystems(Rules rules) {
        this.rules = rules;
        names = new ArrayList<>(rules.names(Kind.CODE));
        names.add(OTHER);
        ofSection = new int[rules.sections().size()];
        for (int i = 0; i < ofSection.length; i++) ofSection[i] = names.indexOf(rules.sections().get(i).name());
        kernel = names.indexOf(KERNEL);
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
    public int of(String function, Frames.Kind kind) {
        return of(rules.sectionsOf(function), kind, Question.CODE);
    }

    /** Returns the subsystem of a function whose callers have none; {@link #other} where no rule fits. */
    public int alone(String function, Frames.Kind kind) {
        return of(rules.sectionsOf(function), kind, Question.ALONE);
    }

    private int of(int[] sections, Frames.Kind frame, Question question) {
        if (frame == Frames.Kind.KERNEL && kernel >= 0) return kernel;
        int section = sections[question.ordinal()];
        return section == Patterns.NONE ? other() : ofSection[section];
    }

    /** Returns each node's subsystem for the samples that end there: its function's, or the nearest caller's that has one. */
    public int[] ofNodes(StackTree tree) {
        Frames frames = tree.frames();
        int[][] sections = rules.sectionsOf(frames);
        int[] ofNode = new int[tree.size()];
        ofNode[0] = other();
        for (int node = 1; node < ofNode.length; node++) {
            int frame = tree.frame(node);
            int own = of(sections[frame], frames.kind(frame), Question.CODE);
            if (own == other()) own = ofNode[tree.parent(node)];
            if (own == other()) own = of(sections[frame], frames.kind(frame), Question.ALONE);
            ofNode[node] = own;
        }
        return ofNode;
    }

    /** Returns how the samples divide among the subsystems, in the order of {@link #names}, empty ones left out. */
    public List<Share> shares(StackTree tree) {
        return shares(tree, Counted.of(tree, Basis.of(Amounts.SAMPLES)));
    }

    List<Share> shares(StackTree tree, Counted counted) {
        long[] weight = new long[names.size()];
        long[] samples = new long[names.size()];
        int[] ofNode = ofNodes(tree);
        for (int node = 0; node < ofNode.length; node++) {
            weight[ofNode[node]] += tree.self(node);
            samples[ofNode[node]] += tree.samples(node);
        }
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < weight.length; i++) {
            double share = counted.share(weight[i]);
            if (weight[i] > 0 || samples[i] > 0) {
                shares.add(new Share(names.get(i), weight[i], counted.samples(samples[i]), share, counted.error(share)));
            }
        }
        return shares;
    }
}
