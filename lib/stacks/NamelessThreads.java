package lib.stacks;

import java.util.regex.Pattern;

/**
 * Puts the threads that perf knows by their number only, such as ":26745", under the process's name. A thread that
 * begins while perf attaches to its process is such a one: it was not there yet when perf read the names, and was
 * there already when perf began to listen for new ones. Only for the recording of a single process.
 */
public final class NamelessThreads implements FrameMap {
    private static final Pattern NUMBER = Pattern.compile(":\\d+");

    private final int process;

    private NamelessThreads(int process) {
        this.process = process;
    }

    /** @param tree stacks of one process, with its name as their root */
    public static StackTree named(StackTree tree) {
        long[] samples = tree.sampleTotals();
        int heaviest = 0;
        boolean nameless = false;
        for (int node = 1; node < tree.size(); node++) {
            if (tree.parent(node) != 0) continue;
            if (isNumber(tree, node)) nameless = true;
            else if (heaviest == 0 || samples[node] > samples[heaviest]) heaviest = node;
        }
        return nameless && heaviest != 0 ? tree.map(new NamelessThreads(tree.frame(heaviest))) : tree;
    }

    private static boolean isNumber(StackTree tree, int node) {
        return NUMBER.matcher(tree.frames().name(tree.frame(node))).matches();
    }

    @Override
    public int[] map(StackTree source, int node, Frames target) {
        boolean nameless = source.parent(node) == 0 && isNumber(source, node);
        return new int[] {target.adopt(source.frames(), nameless ? process : source.frame(node))};
    }
}
