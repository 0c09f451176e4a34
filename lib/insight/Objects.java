package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/**
 * Whose objects the work was on, as far as functions name a type of Kubernetes' API. Most do not: encoding by reflection, what
 * etcd returns and what is compressed has no type. So the shares are an estimate, of the samples that name one.
 *
 * @param samples how many name one
 * @param share of the whole profile, 0 to 1
 * @param kinds theirs, largest first
 */
public record Objects(long samples, double share, List<Kind> kinds) {
    /** Where the API's types are, and their internal forms. */
    private static final String[] TYPES = {"k8s.io/api/", "k8s.io/kubernetes/pkg/apis/"};
    private static final String LIST = "List";

    /**
     * A kind's part of the samples that name one.
     *
     * @param kind such as "Pod"; a list of pods is of this kind too
     * @param samples how many
     * @param share of the samples that name a kind, 0 to 1
     * @param error of the share
     */
    public record Kind(String kind, long samples, double share, double error) { }

    static Objects of(StackTree tree, Counted counted) {
        Frames frames = tree.frames();
        String[] ofFrame = new String[frames.size()];
        for (int id = 0; id < ofFrame.length; id++) ofFrame[id] = kind(frames.name(id));
        String[] ofNode = new String[tree.size()];
        Map<String, Long> samples = new TreeMap<>();
        long named = 0;
        for (int node = 1; node < ofNode.length; node++) {
            String outer = ofNode[tree.parent(node)];
            ofNode[node] = outer != null ? outer : ofFrame[tree.frame(node)];
            if (ofNode[node] != null && tree.samples(node) > 0) {
                samples.merge(ofNode[node], tree.samples(node), Long::sum);
                named += tree.samples(node);
            }
        }
        long whole = counted.samples(named);
        List<Kind> kinds = new ArrayList<>();
        for (var entry : samples.entrySet()) {
            double share = (double) entry.getValue() / named;
            kinds.add(new Kind(entry.getKey(), counted.samples(entry.getValue()), share, Chance.error(share, whole)));
        }
        kinds.sort(Comparator.comparingLong(Kind::samples).reversed());
        return new Objects(whole, counted.samples() == 0 ? 0 : (double) whole / counted.samples(), kinds);
    }

    /** Of {@code k8s.io/api/core/v1.(*PodList).Marshal} or {@code ….Convert_v1_Pod_To_core_Pod}: Pod. */
    private static String kind(String function) {
        int types = Math.max(function.indexOf(TYPES[0]), function.indexOf(TYPES[1]));
        if (types < 0) return null;
        int from = function.indexOf("(*", types) + 2;
        int to = function.indexOf(')', from);
        if (from < 2 || to < 0) {
            int conversion = function.indexOf("Convert_", types);
            from = conversion < 0 ? 0 : function.indexOf('_', conversion + "Convert_".length()) + 1;
            to = from == 0 ? -1 : function.indexOf("_To_", from);
        }
        if (to < from) return null;
        String name = function.substring(from, to);
        return name.endsWith(LIST) && name.length() > LIST.length() ? name.substring(0, name.length() - LIST.length()) : name;
    }
}
