package lib.formats;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Unit;

/** Writes a sampled profile for speedscope, as its file-format-schema.json describes. */
public final class SpeedscopeWriter {
    private final StackTree tree;
    private final Writer out;

    private SpeedscopeWriter(StackTree tree, Writer out) {
        this.tree = tree;
        this.out = out;
    }

    /**
     * Writes the stacks, in the order of time if the tree has it, and flushes the stream.
     *
     * @param title the profile's name
     * @param unit what the weight is
     */
    public static void write(StackTree tree, String title, Unit unit, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 64 << 10);
        new SpeedscopeWriter(tree.map(Labels.PLAIN), writer).write(title, unit);
        writer.flush();
    }

    private void write(String title, Unit unit) throws IOException {
        int[] order = tree.hasTimeOrder() ? IntStream.range(1, tree.size()).toArray() : new Children(tree).preorder();
        int[] number = new int[tree.frames().size()]; // from 1, in the order of first use
        out.write("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"shared\":{\"frames\":[");
        int frames = 0;
        for (int node : order) {
            int frame = tree.frame(node);
            if (number[frame] == 0) {
                out.write(frames == 0 ? "\n{\"name\":" : ",\n{\"name\":");
                string(tree.frames().name(frame));
                out.write('}');
                number[frame] = ++frames;
            }
        }
        out.write("]},\"name\":");
        string(title);
        out.write(",\"activeProfileIndex\":0,\"profiles\":[{\"type\":\"sampled\",\"name\":");
        string(title);
        out.write(",\"unit\":\"" + (unit == Unit.COUNT ? "none" : unit) + "\",\"startValue\":0,\"endValue\":"
                + tree.totals()[0] + ",\"samples\":[");
        String comma = "\n";
        for (int node : order) {
            if (tree.self(node) > 0) {
                out.write(comma);
                stack(node, number);
                comma = ",\n";
            }
        }
        out.write("],\"weights\":[");
        comma = "";
        for (int node : order) {
            if (tree.self(node) > 0) {
                out.write(comma + tree.self(node));
                comma = ",";
            }
        }
        out.write("]}]}\n");
    }

    /** A stack's frames, root first, counted from 0. */
    private void stack(int leaf, int[] number) throws IOException {
        int depth = 0;
        for (int node = leaf; node > 0; node = tree.parent(node)) depth++;
        int[] stack = new int[depth];
        for (int node = leaf; node > 0; node = tree.parent(node)) stack[--depth] = number[tree.frame(node)] - 1;
        String comma = "[";
        for (int frame : stack) {
            out.write(comma);
            out.write(Integer.toString(frame));
            comma = ",";
        }
        out.write(']');
    }

    private void string(String text) throws IOException {
        out.write('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.write('\\');
                out.write(c);
            } else if (c < ' ' || Character.isSurrogate(c) && !isPair(text, i)) {
                out.write(String.format("\\u%04x", (int) c));
            } else {
                out.write(c);
            }
        }
        out.write('"');
    }

    /** Whether the surrogate at {@code i} has its other half beside it, without which it cannot be written as UTF-8. */
    private static boolean isPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
