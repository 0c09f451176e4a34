package lib.formats;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/**
 * Writes folded stacks, {@code main;f;g 12}, a line for each stack, in the order of the lines' bytes. A difference has
 * two numbers, earlier and later, as difffolded.pl prints.
 *
 * <p>Names are written as they are, but for what would not be read back: a semicolon becomes a colon, a control
 * character and an empty name U+FFFD, and the blank before a number at a name's end an underscore, as does a {@code #} that
 * would begin the line.
 */
public final class FoldedWriter {
    private static final byte[] SEMICOLON = {';'};
    private static final Pattern NUMBER_AT_END = Pattern.compile("\\s(?=[\\d.]+([eE][-+]?\\d+)?$)");

    private final StackTree tree;
    private final Children children;
    /** By frame: its name and a semicolon. */
    private final byte[][] names;
    private byte[] path = new byte[1024];
    private int length;

    private FoldedWriter(StackTree tree, IntFunction<String> text) {
        this.tree = tree;
        children = new Children(tree);
        names = new byte[tree.frames().size()][];
        for (int id = 0; id < names.length; id++) {
            byte[] name = text.apply(id).getBytes(StandardCharsets.UTF_8);
            names[id] = join(name, name.length, SEMICOLON);
        }
    }

    /** Writes the stacks as UTF-8 and flushes the stream; frames that would be written alike are one. */
    public static void write(StackTree tree, OutputStream out) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out, 64 << 10);
        of(tree).write(buffered);
        buffered.flush();
    }

    private static FoldedWriter of(StackTree tree) {
        String[] texts = new String[tree.frames().size()];
        Arrays.setAll(texts, id -> text(tree.frames().name(id)));
        if (!tree.hasTimeOrder() && !beginsALineWithAHash(tree, texts) && new HashSet<>(Arrays.asList(texts)).size() == texts.length) {
            return new FoldedWriter(tree, id -> texts[id]);
        }
        StackTree merged = new StackTree(new Frames());
        int[] one = new int[1];
        merged.merge(tree, (source, node, target) -> {
            String text = texts[source.frame(node)];
            one[0] = target.intern(source.parent(node) == 0 && text.startsWith("#") ? "_" + text.substring(1) : text, Kind.USER);
            return one;
        });
        return new FoldedWriter(merged, merged.frames()::name);
    }

    /** A line that begins so would be a comment. */
    private static boolean beginsALineWithAHash(StackTree tree, String[] texts) {
        for (int node = 1; node < tree.size(); node++) {
            if (tree.parent(node) == 0 && texts[tree.frame(node)].startsWith("#")) return true;
        }
        return false;
    }

    /** A name that can stand in a folded stack. */
    private static String text(String name) {
        if (isFit(name)) return name;
        String text = TextBytes.printable(name.replace(';', ':')).stripTrailing();
        if (text.isEmpty()) return "\uFFFD";
        char last = text.charAt(text.length() - 1);
        return isOfNumber(last) ? NUMBER_AT_END.matcher(text).replaceFirst("_") : text;
    }

    /** Whether the name can stand there as it is: nearly all can, and that is seen quickly, before anything is compiled. */
    private static boolean isFit(String name) {
        boolean blank = false;
        byte last = ' ';
        for (byte c : name.getBytes(StandardCharsets.UTF_8)) {
            if (c < ' ' || c == ';' || c == 0x7f) return false;
            blank |= c == ' ';
            last = c;
        }
        return last != ' ' && !(blank && isOfNumber(last));
    }

    private static boolean isOfNumber(int c) {
        return c >= '0' && c <= '9' || c == '.';
    }

    /** What is sorted under a parent: a line's end ({@code name count}), or what begins all lines below a child ({@code name;}). */
    private record Item(byte[] key, int child) { }

    /** What is still to be written under a parent, whose path has that length. */
    private record Branch(Iterator<Item> items, int length) { }

    private void write(OutputStream out) throws IOException {
        Deque<Branch> open = new ArrayDeque<>();
        open.push(new Branch(items(0), 0));
        while (!open.isEmpty()) {
            Branch branch = open.peek();
            if (!branch.items.hasNext()) {
                open.pop();
                continue;
            }
            Item item = branch.items.next();
            length = branch.length;
            append(item.key);
            if (item.child < 0) {
                out.write(path, 0, length);
                out.write('\n');
            } else {
                Iterator<Item> below = items(alongOnlyChildren(item.child));
                open.push(new Branch(below, length));
            }
        }
    }

    /** Most nodes of a deep tree have one child and no samples of their own: there is nothing to sort below them. */
    private int alongOnlyChildren(int from) {
        int node = from;
        while (children.to(node) - children.from(node) == 1) {
            int only = children.node(children.from(node));
            if (hasLine(only)) break;
            append(names[tree.frame(only)]);
            node = only;
        }
        return node;
    }

    private boolean hasLine(int node) {
        return tree.self(node) > 0 || tree.before(node) > 0;
    }

    private Iterator<Item> items(int parent) {
        List<Item> items = new ArrayList<>();
        for (int i = children.from(parent); i < children.to(parent); i++) {
            int node = children.node(i);
            byte[] name = names[tree.frame(node)];
            if (hasLine(node)) {
                String counts = (tree.hasBefore() ? " " + tree.before(node) : "") + " " + tree.self(node);
                items.add(new Item(join(name, name.length - 1, counts.getBytes(StandardCharsets.US_ASCII)), -1));
            }
            if (children.from(node) < children.to(node)) items.add(new Item(name, node));
        }
        items.sort((a, b) -> Arrays.compareUnsigned(a.key, b.key));
        return items.iterator();
    }

    private static byte[] join(byte[] a, int length, byte[] b) {
        byte[] both = Arrays.copyOf(a, length + b.length);
        System.arraycopy(b, 0, both, length, b.length);
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
