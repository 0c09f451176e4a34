package lib.formats;

import java.nio.ByteBuffer;

/**
 * Remembers the callers of stacks. Samples differ in where they were taken, and then mostly share all callers with an
 * earlier sample, byte by byte: their lines need not be looked at one by one, nor their nodes in the tree be found again.
 * The text up to the blank line is recognized by its {@link SecretHash}, as {@link LineMemo} recognizes a line.
 */
final class StackMemo {
    private static final long NEWLINES = 0x0a0a0a0a0a0a0a0aL;
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;

    private final long[] keys = SecretHash.keys();
    /** By their hash: the node in the upper half, and the number of lines. */
    private final KnownNodes nodes;

    private int end;
    private long low;
    private long high;
    /** What is known of the lines that were looked up last, in the form of an entry; 0 for nothing. */
    private long known;

    StackMemo() {
        nodes = new KnownNodes();
    }

    /** A copy, for another thread. */
    StackMemo(StackMemo other) {
        nodes = new KnownNodes(other.nodes);
    }

    /**
     * The node that the lines from {@code at} to the next blank line lead to, or 0 if that is not known. In any case
     * {@link #end} tells where the blank line begins.
     *
     * @param text little-endian, {@link Block#PADDING} bytes longer than {@code limit}
     * @param context what else the node depends on
     */
    int recognize(ByteBuffer text, int at, int limit, long context) {
        scan(text, at, limit, context);
        known = end < 0 ? 0 : nodes.get(low, high);
        return (int) (known >>> 32);
    }

    /** Where the blank line begins, or -1 if no blank line was found as far as there are keys. */
    int end() {
        return end;
    }

    /** How many lines there are up to the blank line, once they are recognized. */
    int lines() {
        return (int) known;
    }

    /** Remembers the lines that were just not recognized. */
    void add(int node, int lines) {
        nodes.add(low, high, (long) node << 32 | lines);
    }

    private void scan(ByteBuffer text, int at, int limit, long context) {
        long[] keys = this.keys;
        long a = context + keys[0];
        long b = keys[1];
        long lows = a * b;
        long highs = Math.multiplyHigh(a, b);
        long afterNewline = 0x80;
        end = -1;
        for (int i = at, key = 2; i < limit && key < keys.length; i += 16, key += 2) {
            a = text.getLong(i);
            b = text.getLong(i + 8);
            long newlinesA = newlines(a);
            long newlinesB = newlines(b);
            long blankA = newlinesA & (newlinesA << 8 | afterNewline);
            long blankB = newlinesB & (newlinesB << 8 | newlinesA >>> 56);
            afterNewline = newlinesB >>> 56;
            if ((blankA | blankB) != 0) {
                int offset = blankA != 0 ? Block.place(blankA) : 8 + Block.place(blankB);
                if (i + offset < limit) {
                    end = i + offset;
                    a = (blankA != 0 ? a & Block.through(blankA) : a) + keys[key];
                    b = (blankA != 0 ? 0 : b & Block.through(blankB)) + keys[key + 1];
                    low = lows + a * b;
                    high = highs + Math.multiplyHigh(a, b);
                }
                return;
            }
            a += keys[key];
            b += keys[key + 1];
            lows += a * b;
            highs += Math.multiplyHigh(a, b);
        }
    }

    /** The highest bit of each byte that is a newline. */
    private static long newlines(long word) {
        long unlike = word ^ NEWLINES;
        return ~((unlike & LOW_BITS) + LOW_BITS | unlike | LOW_BITS);
    }
}
