package lib.insight;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/**
 * Which part of a control plane a function belongs to, by the rules of {@code subsystems.txt} beside this class.
 * A subsystem is a number: its place in {@link #names}.
 */
public final class Subsystems {
    private static final String KERNEL = "kernel";
    private static final String OTHER = "other";

    /** One line of the rules: literal pieces with anything in between, the first at the beginning of the name. */
    private record Pattern(String[] pieces, int length, int subsystem) {

        static Pattern of(String line, int subsystem) {
            return new Pattern(line.split("\\*", -1), line.length(), subsystem);
        }

        boolean fits(String name) {
            if (!name.startsWith(pieces[0])) {
                return false;
            }
            int at = pieces[0].length();
            for (int i = 1; i < pieces.length; i++) {
                int found = name.indexOf(pieces[i], at);
                if (found < 0) {
                    return false;
                }
                at = found + pieces[i].length();
            }
            return true;
        }
    }

    /**
     * A subsystem's part of a profile. Each sample counts for one subsystem only.
     *
     * @param subsystem as in {@link #names}
     * @param weight of the samples, in the tree's unit
     * @param samples how many
     * @param share of the whole tree's weight, 0 to 1
     */
    public record Share(String subsystem, long weight, long samples, double share) { }

    private final List<String> names = new ArrayList<>();
    private final List<Pattern> patterns = new ArrayList<>();
    private final int kernel;

    private Subsystems(List<String> lines) {
        for (String raw : lines) {
            String line = raw.strip();
            if (line.startsWith("[") && line.endsWith("]")) {
                names.add(line.substring(1, line.length() - 1));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                patterns.add(Pattern.of(line, names.size() - 1));
            }
        }
        // The first pattern that fits is then the longest.
        patterns.sort((a, b) -> Integer.compare(b.length, a.length));
        names.add(OTHER);
        kernel = names.contains(KERNEL) ? names.indexOf(KERNEL) : other();
    }

    /** The rules that come with this class. */
    public static Subsystems standard() {
        var resource = Objects.requireNonNull(Subsystems.class.getResourceAsStream("subsystems.txt"),
            "subsystems.txt is not on the class path beside Subsystems");
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return new Subsystems(reader.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        int vendor = function.indexOf("/vendor/");
        String name = vendor >= 0 ? function.substring(vendor + "/vendor/".length())
            : function.startsWith("vendor/") ? function.substring("vendor/".length()) : function;
        for (Pattern pattern : patterns) {
            if (pattern.fits(name)) {
                return pattern.subsystem;
            }
        }
        return other();
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
