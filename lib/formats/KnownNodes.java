package lib.formats;

import java.util.Arrays;

/** A hash table from a {@link SecretHash} of 128 bits to a value that is never 0. The hash is all that it keeps of a key. */
final class KnownNodes {
    /** Beyond that many everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MOST = 1 << 18;
    /** An entry is three longs: its hash in two, and the value. */
    private static final int STRIDE = 3;

    private long[] table;
    private int count;

    KnownNodes() {
        table = new long[STRIDE * 1024];
    }

    /** A copy, for another thread. */
    KnownNodes(KnownNodes other) {
        table = other.table.clone();
        count = other.count;
    }

    /** The value of the hash, or 0 where it is not known. */
    long get(long low, long high) {
        return table[place(low, high) + 2];
    }

    /** Adds a hash that is not known. */
    void add(long low, long high, long value) {
        if (count == MOST) clear();
        if (2 * STRIDE * ++count > table.length) {
            long[] old = table;
            table = new long[2 * old.length];
            for (int i = 0; i < old.length; i += STRIDE) {
                if (old[i + 2] != 0) put(old[i], old[i + 1], old[i + 2]);
            }
        }
        put(low, high, value);
    }

    void clear() {
        count = 0;
        Arrays.fill(table, 0);
    }

    private void put(long low, long high, long value) {
        int place = place(low, high);
        table[place] = low;
        table[place + 1] = high;
        table[place + 2] = value;
    }

    /** Where the hash is, or would be. */
    private int place(long low, long high) {
        int mask = table.length / STRIDE - 1;
        int slot = (int) (high ^ low >>> 32) & mask;
        int place = STRIDE * slot;
        while (table[place + 2] != 0 && (table[place] != low || table[place + 1] != high)) {
            slot = slot + 1 & mask;
            place = STRIDE * slot;
        }
        return place;
    }
}
