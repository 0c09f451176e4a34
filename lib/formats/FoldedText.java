package lib.formats;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/**
 * Folded stacks, a line each: {@code main;f;g 12}, root first. A second number makes the first one the count of an
 * earlier profile, as difffolded.pl prints. A fraction is rounded.
 */
final class FoldedText implements BlockParser {
    private final ReadOptions options;
    private final Harvest harvest;
    private final Harvest.Event stacks;
    private final Map<Name, Integer> frames = new HashMap<>();
    private final Name key = new Name();

    private byte[] b;
    /** The number that {@link #number} found, and where the text before it ends. */
    private long number;
    private int before;

    /** How many lines are stacks. */
    private long accepted;

    FoldedText(ReadOptions options) {
        this.options = options;
        harvest = new Harvest(options);
        stacks = harvest.event("", 0);
    }

    /** Whether most lines at its beginning end with a number. */
    static boolean looksLike(Incoming in) {
        FoldedText folded = new FoldedText(new ReadOptions());
        folded.parse(in.headBlock());
        return folded.accepted > folded.harvest.badLines;
    }

    static Harvest read(Incoming in, ReadOptions options) throws IOException {
        return TextReader.read(in.bytes, false, new FoldedText(options), options);
    }

    @Override
    public Harvest harvest() {
        return harvest;
    }

    @Override
    public BlockParser fork() {
        return new FoldedText(options);
    }

    @Override
    public long parse(Block text) {
        b = text.bytes;
        long line = 0;
        for (int from = 0, to; from < text.length; from = to + 1) {
            to = from;
            while (b[to] != '\n') {
                to++;
            }
            line++;
            int last = PerfHeader.withoutBlanks(b, from, to);
            if (last > from && !add(from, last) && b[from] != '#') {
                harvest.bad(text.number, line, b, from, to);
            }
        }
        return line;
    }

    private boolean add(int from, int to) {
        if (!number(from, to)) {
            return false;
        }
        long count = number;
        int end = before;
        boolean two = number(from, end);
        long earlier = number;
        end = two ? before : end;
        StackTree tree = stacks.tree;
        int node = 0;
        for (int i = from, next; i < end; i = next + 1) {
            next = i;
            while (next < end && b[next] != ';') {
                next++;
            }
            if (next > i) {
                node = tree.child(node, frame(i, next));
            }
        }
        if (node == 0) {
            return false;
        }
        accepted++;
        stacks.samples += count;
        tree.add(node, count, count);
        if (two) {
            tree.addBefore(node, earlier);
        }
        return true;
    }

    /** Whether {@code [from, to)} ends with a blank and a number that is not negative. */
    private boolean number(int from, int to) {
        int i = to;
        while (i > from && (b[i - 1] >= '0' && b[i - 1] <= '9' || b[i - 1] == '.')) {
            i--;
        }
        if (i == to || i <= from || !PerfHeader.isBlank(b[i - 1]) || to - i > 40) {
            return false;
        }
        int digits = i;
        long value = 0;
        while (i < to && b[i] != '.') {
            value = TextBytes.appendDigit(value, b[i++]);
        }
        if (i < to) {
            if (to - digits == 1 || TextBytes.decode(b, i + 1, to).contains(".")) {
                return false;
            }
            value += i + 1 < to && b[i + 1] >= '5' ? 1 : 0;
        }
        number = value;
        before = PerfHeader.withoutBlanks(b, from, digits);
        return true;
    }

    private int frame(int from, int to) {
        key.set(b, from, to);
        Integer known = frames.get(key);
        if (known != null) {
            return known;
        }
        int id = harvest.frames.intern(b, from, to, kind(from, to));
        frames.put(key.copy(), id);
        return id;
    }

    /** The kind by the annotation that stackcollapse-perf.pl puts at a name's end. */
    private Kind kind(int from, int to) {
        if (to - from > 4 && b[to - 4] == '_' && b[to - 3] == '[' && b[to - 1] == ']') {
            switch (b[to - 2]) {
                case 'k':
                    return Kind.KERNEL;
                case 'j':
                    return Kind.JIT;
                case 'i':
                    return Kind.INLINED;
                default:
            }
        }
        return Kind.USER;
    }

    /** A frame's bytes as a key. */
    private static final class Name {
        private byte[] bytes;
        private int from;
        private int to;
        private int hash;

        void set(byte[] source, int begin, int end) {
            bytes = source;
            from = begin;
            to = end;
            int h = 1;
            for (int i = begin; i < end; i++) {
                h = 31 * h + source[i];
            }
            hash = h;
        }

        Name copy() {
            Name copy = new Name();
            copy.bytes = Arrays.copyOfRange(bytes, from, to);
            copy.to = to - from;
            copy.hash = hash;
            return copy;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Name name && Arrays.equals(bytes, from, to, name.bytes, name.from, name.to);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
