package lib.formats;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Remembers the callers of stacks. Samples differ in where they were taken, and then mostly share all callers with an
 * earlier sample, byte by byte: their lines need not be looked at one by one, nor their nodes in the tree be found again.
 * The text up to the blank line is recognized as {@link LineMemo} recognizes a line, with the same odds.
 */
final class StackMemo {
    /** Beyond that many everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MAX_ENTRIES = 1 << 18;
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;

    /** An entry is two longs: its hash, and the node with the number of lines; the node is never 0. */
    private long[] table = new long[2 * 1024];
    private int count;

    private int end;
    private long hash;
    /** What is known of the lines that were looked up last, in the form of an entry; 0 for nothing. */
    private long known;

    StackMemo() { }

    /** A copy, for another thread. */
    StackMemo(StackMemo other) {
        table = other.table.clone();
        count = other.count;
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
        known = end < 0 ? 0 : table[place(hash) + 1];
        return (int) (known >>> 32);
    }

    /** Where the blank line begins, or -1 if no blank line was found. */
    int end() {
        return end;
    }

    /** How many lines there are up to the blank line, once they are recognized. */
    int lines() {
        return (int) known;
    }

    /** Remembers the lines that were just not recognized. */
    void add(int node, int lines) {
        if (count == MAX_ENTRIES) {
            count = 0;
            Arrays.fill(table, 0);
        }
        if (4 * ++count > table.length) {
            long[] old = table;
            table = new long[2 * old.length];
            for (int i = 0; i < old.length; i += 2) {
                if (old[i + 1] != 0) {
                    put(old[i], old[i + 1]);
                }
            }
        }
        put(hash, (long) node << 32 | lines);
    }

    private void put(long key, long value) {
        int place = place(key);
        table[place] = key;
        table[place + 1] = value;
    }

    /** Where the key is, or would be. */
    private int place(long key) {
        int mask = table.length - 2;
        int place = (int) key << 1 & mask;
        while (table[place + 1] != 0 && table[place] != key) {
            place = place + 2 & mask;
        }
        return place;
    }

    /** Sixteen bytes a step, each step a multiplication that mixes them with all before. */
    private void scan(ByteBuffer text, int at, int limit, long context) {
        long factor = LineMemo.MULTIPLIER;
        long mixed = LineMemo.fold(LineMemo.SEED ^ context, factor);
        long afterNewline = 0x80;
        end = -1;
        for (int i = at; i < limit; i += 16) {
            long a = text.getLong(i);
            long b = text.getLong(i + 8);
            long newlinesA = newlines(a);
            long newlinesB = newlines(b);
            long blankA = newlinesA & (newlinesA << 8 | afterNewline);
            long blankB = newlinesB & (newlinesB << 8 | newlinesA >>> 56);
            afterNewline = newlinesB >>> 56;
            if ((blankA | blankB) != 0) {
                int offset = blankA != 0 ? Long.numberOfTrailingZeros(blankA) >> 3 : 8 + (Long.numberOfTrailingZeros(blankB) >> 3);
                if (i + offset >= limit) {
                    return;
                }
                end = i + offset;
                a &= blankA != 0 ? before(blankA) : -1;
                b &= blankA != 0 ? 0 : before(blankB);
                long last = LineMemo.fold(a ^ factor, b ^ mixed);
                hash = LineMemo.fold(last ^ factor, end - at ^ mixed);
                return;
            }
            mixed = LineMemo.fold(a ^ factor, b ^ mixed);
        }
    }

    /** The highest bit of each byte that is a newline. */
    private static long newlines(long word) {
        long unlike = word ^ LineMemo.NEWLINES;
        return ~((unlike & LOW_BITS) + LOW_BITS | unlike | LOW_BITS);
    }

    /** All bits of the bytes before the first marked one. */
    private static long before(long marks) {
        return ((marks & -marks) >>> 7) - 1;
    }
}
