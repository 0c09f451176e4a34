package lib.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Puts records into the order of time. perf reads the processors' buffers in turns; what it finds in one turn is older than
 * all that comes after the next one, so that records wait no longer than two turns.
 */
final class PerfOrder {
    /** Bytes of records that wait at the most, however the file was made; then the older half goes on. */
    private static final int MOST = 48 << 20;

    private final ByteOrder order;
    private final PerfRecords.Taker taker;
    private byte[] bytes = new byte[1 << 16];
    private int length;
    private long[] times = new long[1024];
    private int[] places = new int[1024];
    private int count;
    private long newest;
    /** The newest time of the turn before. */
    private long limit;

    PerfOrder(ByteOrder order, PerfRecords.Taker taker) {
        this.order = order;
        this.taker = taker;
    }

    /** Lets a record wait that happened at that time. */
    void add(long time, ByteBuffer b, int at, int size) throws IOException {
        if (length + size > MOST) {
            long[] sorted = Arrays.copyOf(times, count);
            Arrays.sort(sorted);
            flush(sorted[count / 2]);
        }
        if (length + size > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(length + size, Math.min(2 * bytes.length, MOST)));
        if (count == times.length) {
            times = Arrays.copyOf(times, 2 * count);
            places = Arrays.copyOf(places, 2 * count);
        }
        System.arraycopy(b.array(), at, bytes, length, size);
        times[count] = time;
        places[count++] = length;
        length += size;
        if (Long.compareUnsigned(time, newest) > 0) newest = time;
    }

    /** A turn is over. */
    void turn() throws IOException {
        flush(limit);
        limit = newest;
    }

    /** Hands on all that waits. */
    void end() throws IOException {
        flush(-1);
    }

    /** Hands on what is not younger than that, the oldest first; of the same age, as they came. */
    private void flush(long until) throws IOException {
        int[] sorted = sorted();
        ByteBuffer b = ByteBuffer.wrap(bytes).order(order);
        int given = 0;
        for (; given < count && Long.compareUnsigned(times[sorted[given]], until) <= 0; given++) {
            int at = places[sorted[given]];
            taker.record(b.getInt(at), b, at, b.getShort(at + 6) & 0xffff);
        }
        keep(sorted, given, b);
    }

    private void keep(int[] sorted, int given, ByteBuffer b) {
        if (given == 0) return;
        byte[] kept = new byte[Math.max(1 << 16, bytes.length)];
        long[] keptTimes = new long[times.length];
        int to = 0;
        for (int i = given; i < count; i++) {
            int at = places[sorted[i]];
            int size = b.getShort(at + 6) & 0xffff;
            System.arraycopy(bytes, at, kept, to, size);
            keptTimes[i - given] = times[sorted[i]];
            sorted[i - given] = to;
            to += size;
        }
        count -= given;
        System.arraycopy(sorted, 0, places, 0, count);
        bytes = kept;
        times = keptTimes;
        length = to;
    }

    /** The numbers of the records by time: a merge of the runs that are in order already, as there are few. */
    private int[] sorted() {
        int[] from = new int[count];
        for (int i = 0; i < count; i++) from[i] = i;
        int[] to = new int[count];
        for (boolean merged = true; merged;) {
            merged = false;
            for (int begin = 0; begin < count;) {
                int middle = runEnd(from, begin);
                int end = middle < count ? runEnd(from, middle) : middle;
                merge(from, begin, middle, end, to);
                merged |= end > middle;
                begin = end;
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    private int runEnd(int[] numbers, int begin) {
        int end = begin + 1;
        while (end < count && Long.compareUnsigned(times[numbers[end - 1]], times[numbers[end]]) <= 0) end++;
        return end;
    }

    private void merge(int[] from, int begin, int middle, int end, int[] to) {
        int a = begin;
        int b = middle;
        for (int i = begin; i < end; i++) {
            boolean second = a == middle || b < end && Long.compareUnsigned(times[from[b]], times[from[a]]) < 0;
            to[i] = from[second ? b++ : a++];
        }
    }
}
