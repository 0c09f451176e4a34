package lib.formats;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Remembers call chains by where they led in a tree: most samples have a chain that was there before. A chain is recognized by
 * its {@link SecretHash}, as {@link LineMemo} recognizes a line.
 */
final class PerfChains {
    /** Beyond that many everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MOST = 1 << 18;
    /** An entry is three longs: its hash in two, and the node, which is never 0. */
    private static final int STRIDE = 3;

    private final long[] keys = SecretHash.keys();
    private long[] table = new long[STRIDE * 1024];
    private int count;
    private long low;
    private long high;
    private boolean tooLong;

    /**
     * The node that a chain led to, or 0 if that is not known.
     *
     * @param who what else the node depends on …
     * @param where … and in what it is looked up
     * @param length how many addresses there are
     */
    int node(long who, long where, ByteBuffer b, int at, int length) {
        tooLong = length + 5 > keys.length;
        if (tooLong) return 0;
        long first = who + keys[0];
        long second = where + keys[1];
        long lows = first * second;
        long highs = Math.multiplyHigh(first, second);
        int key = 2;
        for (int i = at, end = at + 8 * length; i < end; i += 16, key += 2) {
            first = b.getLong(i) + keys[key];
            second = (i + 8 < end ? b.getLong(i + 8) : length) + keys[key + 1];
            lows += first * second;
            highs += Math.multiplyHigh(first, second);
        }
        low = lows;
        high = highs + length;
        return (int) table[place(low, high) + 2];
    }

    /** Remembers where the chain led that was just not recognized. */
    void add(int node) {
        if (tooLong) return;
        if (count == MOST) clear();
        if (2 * STRIDE * ++count > table.length) {
            long[] old = table;
            table = new long[2 * old.length];
            for (int i = 0; i < old.length; i += STRIDE) {
                if (old[i + 2] != 0) put(old[i], old[i + 1], old[i + 2]);
            }
        }
        put(low, high, node);
    }

    void clear() {
        count = 0;
        Arrays.fill(table, 0);
    }

    private void put(long lowHalf, long highHalf, long node) {
        int place = place(lowHalf, highHalf);
        table[place] = lowHalf;
        table[place + 1] = highHalf;
        table[place + 2] = node;
    }

    /** Where the hash is, or would be. */
    private int place(long lowHalf, long highHalf) {
        int mask = table.length / STRIDE - 1;
        int slot = (int) (highHalf ^ lowHalf >>> 32) & mask;
        while (table[STRIDE * slot + 2] != 0 && (table[STRIDE * slot] != lowHalf || table[STRIDE * slot + 1] != highHalf)) slot = slot + 1 & mask;
        return STRIDE * slot;
    }
}
