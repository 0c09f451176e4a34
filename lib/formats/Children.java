package lib.formats;

import java.util.Arrays;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/** The children of each node of a tree, in the order of their frames' names, whatever order they were added in. */
final class Children {
    private record Named(String name, Frames.Kind kind, int id) implements Comparable<Named> {
        @Override
        public int compareTo(Named other) {
            int order = name.compareTo(other.name);
            return order != 0 ? order : kind.compareTo(other.kind);
        }
    }

    private final int[] first;
    private final int[] nodes;

    Children(StackTree tree) {
        int size = tree.size();
        Frames frames = tree.frames();
        Named[] byName = new Named[frames.size()];
        Arrays.setAll(byName, id -> new Named(frames.name(id), frames.kind(id), id));
        Arrays.sort(byName);
        int[] rank = new int[byName.length];
        for (int i = 0; i < byName.length; i++) rank[byName[i].id] = i;
        // two counting sorts, the second of which keeps the order of the first: by name, then by parent
        int[] place = new int[byName.length + 1];
        for (int node = 1; node < size; node++) place[rank[tree.frame(node)] + 1]++;
        sum(place);
        int[] nodesByName = new int[size - 1];
        for (int node = 1; node < size; node++) nodesByName[place[rank[tree.frame(node)]]++] = node;
        first = new int[size + 1];
        for (int node = 1; node < size; node++) first[tree.parent(node) + 1]++;
        sum(first);
        nodes = new int[size - 1];
        int[] next = first.clone();
        for (int node : nodesByName) nodes[next[tree.parent(node)]++] = node;
    }

    private static void sum(int[] counts) {
        for (int i = 1; i < counts.length; i++) counts[i] += counts[i - 1];
    }

    /** A node's children are those at the places from here … */
    int from(int node) {
        return first[node];
    }

    /** … to here, exclusive. */
    int to(int node) {
        return first[node + 1];
    }

    /** The child at that place. */
    int node(int place) {
        return nodes[place];
    }

    /** All nodes but the root, each before its children and after its earlier siblings' children. */
    int[] preorder() {
        int[] order = new int[nodes.length];
        int[] pending = new int[nodes.length + 1];
        int depth = 1;
        for (int count = -1; depth > 0; count++) {
            int node = pending[--depth];
            if (count >= 0) order[count] = node;
            for (int i = to(node) - 1; i >= from(node); i--) pending[depth++] = nodes[i];
        }
        return order;
    }
}
