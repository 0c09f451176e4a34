package lib.formats;

import java.nio.ByteBuffer;

/**
 * Remembers call chains by where they led in a tree: most samples have a chain that was there before. A chain is recognized by
 * its {@link SecretHash}, as {@link LineMemo} recognizes a line.
 */
final class PerfChains {
    private final long[] keys = SecretHash.keys();
    private final KnownNodes nodes = new KnownNodes();
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
        return (int) nodes.get(low, high);
    }

    /** Remembers where the chain led that was just not recognized. */
    void add(int node) {
        if (!tooLong) nodes.add(low, high, node);
    }

    void clear() {
        nodes.clear();
    }
}
