package lib.flame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import lib.flame.Drawing.By;
import lib.flame.Drawing.Sort;
import lib.insight.Amounts;
import lib.insight.Rules;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/** Trees for tests, from folded lines. */
final class Trees {
    private Trees() { }

    /** Lines such as {@code main;read 5}; one sample per unit of weight. */
    static StackTree of(String... lines) {
        return fill(new StackTree(new Frames()), lines);
    }

    static StackTree inTimeOrder(String... lines) {
        return fill(StackTree.inTimeOrder(new Frames()), lines);
    }

    /** Samples of one each, a time in nanoseconds and a stack in turn. */
    static StackTree at(Object... timesAndStacks) {
        StackTree tree = new StackTree(new Frames());
        for (int i = 0; i < timesAndStacks.length; i += 2) {
            int at = 0;
            for (String name : ((String) timesAndStacks[i + 1]).split(";")) at = tree.child(at, tree.frames().intern(name, Kind.USER));
            tree.addAt(at, 1, ((Number) timesAndStacks[i]).longValue());
        }
        return tree;
    }

    private static StackTree fill(StackTree tree, String... lines) {
        for (String line : lines) {
            int space = line.lastIndexOf(' ');
            int at = 0;
            for (String name : line.substring(0, space).split(";")) {
                at = tree.child(at, tree.frames().intern(name, Kind.USER));
            }
            long weight = Long.parseLong(line.substring(space + 1));
            tree.add(at, weight, weight);
        }
        return tree;
    }

    /** A tree of that many nodes and names like a large Go program's; the same for the same seed. */
    static StackTree random(int nodes, long seed) {
        Random random = new Random(seed);
        StackTree tree = new StackTree(new Frames());
        int[] depth = new int[nodes + 100];
        while (tree.size() < nodes) {
            int at = random.nextInt(tree.size());
            int length = 1 + random.nextInt(8);
            for (int i = 0; i < length && depth[at] < 60; i++) {
                int n = random.nextInt(3000);
                int child = tree.child(at, tree.frames().intern("k8s.io/kubernetes/pkg/registry/core" + n % 40 + "/part" + n % 300
                        + ".(*Type" + n % 700 + ").Method" + n, Kind.USER));
                depth[child] = depth[at] + 1;
                at = child;
            }
            tree.add(at, 1 + random.nextInt(9), 1);
        }
        return tree;
    }

    /** @param by as in {@link Drawing} */
    static Drawing drawing(double minWidth, By by) {
        return new Drawing("kube-apiserver", "60 s", Amounts.SAMPLES, 1200, minWidth, Sort.NAME, false, false, false, by, null, true);
    }

    static String draw(StackTree tree, Drawing drawing) {
        var out = new ByteArrayOutputStream();
        try {
            FlameGraph.draw(tree, drawing, Rules.of(null), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
