package lib.formats;

import java.util.Arrays;

/** The frames of addresses that were looked up before: by the maps that they were looked up in, and whether they are exact. */
final class PerfAddresses {
    /** Beyond that many everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MOST = 1 << 20;

    private long[] addresses = new long[1024];
    /** The context with the lowest bit for an exact address, and the frame; the frame is stored plus one, so that 0 is free. */
    private long[] values = new long[1024];
    private int count;

    /** The frame, or -1 if it is not known. */
    int frame(int context, long address, boolean exact) {
        int place = place(addresses, values, context << 1 | (exact ? 1 : 0), address);
        return (int) values[place] - 1;
    }

    /** Remembers a frame that was not known. */
    void add(int context, long address, boolean exact, int frame) {
        if (count == MOST) clear();
        if (2 * ++count > addresses.length) {
            long[] oldAddresses = addresses;
            long[] oldValues = values;
            addresses = new long[2 * oldAddresses.length];
            values = new long[addresses.length];
            for (int i = 0; i < oldAddresses.length; i++) {
                if (oldValues[i] != 0) put((int) (oldValues[i] >>> 32), oldAddresses[i], oldValues[i]);
            }
        }
        int key = context << 1 | (exact ? 1 : 0);
        put(key, address, (long) key << 32 | frame + 1);
    }

    void clear() {
        count = 0;
        Arrays.fill(values, 0);
    }

    private void put(int key, long address, long value) {
        int place = place(addresses, values, key, address);
        addresses[place] = address;
        values[place] = value;
    }

    /** Where it is, or would be. */
    private static int place(long[] addresses, long[] values, int key, long address) {
        int mask = addresses.length - 1;
        long mixed = (address ^ (long) key << 40) * 0x9E3779B97F4A7C15L;
        int place = (int) (mixed >>> 32) & mask;
        while (values[place] != 0 && (addresses[place] != address || (int) (values[place] >>> 32) != key)) place = place + 1 & mask;
        return place;
    }
}
