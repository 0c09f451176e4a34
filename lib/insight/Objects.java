package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    /** Types of {@code k8s.io/api/core/v1.(*PodList)} and their internal forms; conversions between the two. */
    private static final Pattern TYPE = Pattern.compile(
        "k8s\\.io/(?:api|kubernetes/pkg/apis)/[\\w./]*?\\.(?:\\(\\*(\\w+)\\)\\.|(?:auto)?Convert_[a-z0-9]+_(\\w+?)_To_)");

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

    private static String kind(String function) {
        if (!function.contains("k8s.io/api/") && !function.contains("/pkg/apis/")) return null;
        Matcher type = TYPE.matcher(function);
        if (!type.find()) return null;
        String name = type.group(1) != null ? type.group(1) : type.group(2);
        return name.endsWith("List") && name.length() > 4 ? name.substring(0, name.length() - 4) : name;
    }
}
