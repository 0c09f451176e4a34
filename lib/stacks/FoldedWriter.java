package lib.stacks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import lib.stacks.Frames.Kind;

/**
 * Writes folded stacks, {@code main;f;g 12}, a line for each stack, in the order of the lines' bytes. A difference has
 * two numbers, earlier and later, as difffolded.pl prints.
 *
 * <p>Names are written as they are, but for what would not be read back: a semicolon becomes a colon, a control
 * character and an empty name U+FFFD, and the blank before a number at a name's end an underscore.
 */
public final class FoldedWriter {
    private static final Pattern NUMBER_AT_END = Pattern.compile("\\s(?=[\\d.]+$)");

    private final StackTree tree;
    private final Children children;
    private final byte[][] names;
    private byte[] path = new byte[1024];
    private int length;

    private FoldedWriter(StackTree tree) {
        this.tree = tree;
        children = new Children(tree);
        names = new byte[tree.frames().size()][];
        for (int id = 0; id < names.length; id++) {
            names[id] = tree.frames().name(id).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Writes the stacks as UTF-8 and flushes the stream; frames that would be written alike are one. */
    public static void write(StackTree tree, OutputStream out) throws IOException {
        StackTree written = new StackTree(new Frames());
        written.merge(tree, FrameMap.ofEach(tree, id -> written.frames().intern(text(tree.frames().name(id)), Kind.USER)));
        OutputStream buffered = new BufferedOutputStream(out, 64 << 10);
        new FoldedWriter(written).write(buffered);
        buffered.flush();
    }

    /** A name that can stand in a folded stack. */
    private static String text(String name) {
        String text = Text.printable(name.replace(';', ':')).stripTrailing();
        if (text.isEmpty()) {
            return "\uFFFD";
        }
        char last = text.charAt(text.length() - 1);
        return last >= '0' && last <= '9' || last == '.' ? NUMBER_AT_END.matcher(text).replaceFirst("_") : text;
    }

    /** What is sorted under a parent: a line's end ({@code name count}), or what begins all lines below a child ({@code name;}). */
    private record Item(byte[] key, int child) { }

    private void write(OutputStream out) throws IOException {
        Deque<Iterator<Item>> open = new ArrayDeque<>();
        Deque<Integer> lengths = new ArrayDeque<>();
        open.push(items(0));
        lengths.push(0);
        while (!open.isEmpty()) {
            length = lengths.peek();
            if (!open.peek().hasNext()) {
                open.pop();
                lengths.pop();
                continue;
            }
            Item item = open.peek().next();
            if (item.child < 0) {
                out.write(path, 0, length);
                out.write(item.key);
                out.write('\n');
            } else {
                append(item.key);
                open.push(items(item.child));
                lengths.push(length);
            }
        }
    }

    private Iterator<Item> items(int parent) {
        List<Item> items = new ArrayList<>();
        for (int i = children.from(parent); i < children.to(parent); i++) {
            int node = children.node(i);
            byte[] name = names[tree.frame(node)];
            if (tree.self(node) > 0 || tree.before(node) > 0) {
                String counts = (tree.hasBefore() ? " " + tree.before(node) : "") + " " + tree.self(node);
                items.add(new Item(join(name, counts.getBytes(StandardCharsets.US_ASCII)), -1));
            }
            if (children.from(node) < children.to(node)) {
                items.add(new Item(join(name, new byte[] {';'}), node));
            }
        }
        items.sort((a, b) -> Arrays.compareUnsigned(a.key, b.key));
        return items.iterator();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private void append(byte[] key) {
        if (length + key.length > path.length) {
            path = Arrays.copyOf(path, Math.max(2 * path.length, length + key.length));
        }
        System.arraycopy(key, 0, path, length, key.length);
        length += key.length;
    }
}
