package lib.insight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import lib.insight.Section.Kind;
import lib.insight.Section.Question;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/**
 * Stacks rooted in what they were done for, as {@link Calls} divides them: first the call, or before the handler and the
 * link, or beside requests and what it was; then the functions of its own. What led there is left out, and functions that
 * only pass a call on are merged into their callers, with their samples.
 */
public final class ByCall {
    /** Where work stands that was done for no request. */
    private static final String BESIDE = "beside requests";
    /** A profile of which less is calls of the API is of another program. */
    private static final double SMALL = 0.01;

    /** Which callers of a place's functions are shown: none, all, or all but the command. */
    public enum Callers { NONE, ALL, FUNCTIONS }

    /**
     * Where functions stand.
     *
     * @param labels from the root on, such as "before the handler", "authentication"
     * @param callers which of their callers stand between
     */
    public record Place(List<String> labels, Callers callers) { }

    private final StackTree source;
    private final Walk walk;
    private final Rules rules;
    private final List<Place> places = new ArrayList<>();
    private final Map<Place, Integer> numbers = new HashMap<>();
    private final int[] place;
    private final boolean[] merged;

    /**
     * @param tree the stacks, with the names of functions
     * @param rules of their program
     * @param merge names of more functions that only pass a call on, by a part that it finds; null for none
     */
    public ByCall(StackTree tree, Rules rules, Pattern merge) {
        source = tree;
        this.rules = rules;
        walk = new Walk(tree, rules);
        place = new int[tree.size()];
        place[0] = -1;
        for (int node = 1; node < place.length; node++) {
            int caller = tree.parent(node);
            if (walk.row[node] != Patterns.NONE && walk.row[node] == walk.row[caller] && walk.link[node] == walk.link[caller]) {
                place[node] = place[caller];
                continue;
            }
            place[node] = numbers.computeIfAbsent(placeOf(node), added -> {
                places.add(added);
                return places.size() - 1;
            });
        }
        Frames frames = tree.frames();
        int[][] sections = rules.sectionsOf(frames);
        merged = new boolean[sections.length];
        for (int frame = 0; frame < merged.length; frame++) {
            merged[frame] = sections[frame][Question.MERGE.ordinal()] != Patterns.NONE || merge != null && merge.matcher(frames.name(frame)).find();
        }
    }

    private Place placeOf(int node) {
        int row = walk.row[node];
        if (row == Patterns.NONE) {
            String name = walk.undecided(node);
            return new Place(List.of(name), !walk.roots || name.equals(Calls.OTHER) ? Callers.ALL : Callers.FUNCTIONS);
        }
        String name = walk.rows.get(row);
        return switch (walk.kinds[row]) {
            case CALL -> new Place(List.of(isVerb(row) ? name.toUpperCase(Locale.ROOT) : name), Callers.NONE);
            case REQUEST -> new Place(List.of(name, walk.link[node] == Patterns.NONE ? Calls.OTHER : walk.links.get(walk.link[node])), Callers.NONE);
            default -> new Place(List.of(BESIDE, name), walk.roots ? Callers.FUNCTIONS : Callers.ALL);
        };
    }

    /** Whether requests of the row are counted by a verb of the API. */
    private boolean isVerb(int row) {
        return rules.sections().stream().anyMatch(section -> section.kind() == Kind.CALL && section.name().equals(walk.rows.get(row))
                && section.requests().stream().anyMatch(request -> !request.contains(" ")));
    }

    /** Whether there are calls of the Kubernetes API to speak of, so that the profile is to be shown by them. */
    public boolean isOfAnApi() {
        boolean[] verb = new boolean[walk.rows.size()];
        for (int row = 0; row < verb.length; row++) verb[row] = isVerb(row);
        double calls = 0;
        double all = 0;
        for (int node = 0; node < place.length; node++) {
            all += source.self(node);
            if (walk.row[node] != Patterns.NONE && verb[walk.row[node]]) calls += source.self(node);
        }
        return calls > SMALL * all;
    }

    /** All places; a place's number is where it stands here. */
    public List<Place> places() {
        return places;
    }

    /** The number of a node's place; -1 for the root. */
    public int place(int node) {
        return place[node];
    }

    /** Whether what leads to a node is not shown as it is: it stands at another place than its caller, or begins anew there. */
    public boolean begins(int node) {
        return node > 0 && (walk.begins[node] || place[node] != place[source.parent(node)]);
    }

    /** Whether a function's samples are its caller's. */
    public boolean isMerged(int frame) {
        return merged[frame];
    }

    /**
     * The stacks by call, of the same frames and some more.
     *
     * @param tree by nodes
     * @param labels the frames that name no function, but a place
     * @param nodes of each node of the source, where its samples are
     */
    public record Rooted(StackTree tree, Set<Integer> labels, int[] nodes) { }

    /** Builds the stacks by call. */
    public Rooted rooted() {
        Frames frames = source.frames();
        StackTree tree = new StackTree(frames);
        if (source.hasBefore()) tree.addBefore(0, 0);
        Set<Integer> labels = new HashSet<>();
        int[] roots = new int[places.size()];
        int[] nodes = new int[source.size()];
        int[] path = new int[64];
        Arrays.fill(roots, -1);
        for (int node = 0; node < nodes.length; node++) {
            if (node > 0) {
                int at = nodes[source.parent(node)];
                Place here = places.get(place[node]);
                if (begins(node)) {
                    at = roots[place[node]];
                    if (at < 0) {
                        at = 0;
                        for (String label : here.labels()) {
                            // A kind that no function of a picture has: a label is none of the functions of its name.
                            int frame = frames.intern(label, Frames.Kind.JIT);
                            labels.add(frame);
                            at = tree.child(at, frame);
                        }
                        roots[place[node]] = at;
                    }
                    if (here.callers() != Callers.NONE) {
                        int depth = 0;
                        for (int up = source.parent(node); up > 0; up = source.parent(up)) {
                            if (depth == path.length) path = Arrays.copyOf(path, 2 * depth);
                            if (isShown(up, here)) path[depth++] = source.frame(up);
                        }
                        while (depth > 0) at = tree.child(at, path[--depth]);
                    }
                }
                nodes[node] = isShown(node, here) ? tree.child(at, source.frame(node)) : at;
            }
            tree.add(nodes[node], source.self(node), source.samples(node));
            if (source.hasBefore()) tree.addBefore(nodes[node], source.before(node));
        }
        return new Rooted(tree, labels, nodes);
    }

    private boolean isShown(int node, Place at) {
        return !merged[source.frame(node)] && (at.callers() != Callers.FUNCTIONS || source.parent(node) > 0);
    }
}
