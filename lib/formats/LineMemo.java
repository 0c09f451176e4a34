package lib.formats;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Remembers lines. Nearly all lines of {@code perf script} repeat, so that a line is understood once and then only
 * recognized, by its {@link SecretHash}. Comparing the bytes themselves takes most of the time, as they are all over the memory.
 *
 * <p>Three things make it fast: the newline is searched and the hash computed sixteen bytes at a time in one pass; the
 * line that followed the last time is tried first; and what is known of a line lies within half a cache line.
 *
 * <p>An entry is a number; 0 stands for "no line". The numbers {@link #first}, {@link #second} and {@link #flag} kept
 * with it mean what the parser wants them to.
 */
final class LineMemo {
    /** Beyond that many lines everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MAX_ENTRIES = 1 << 19;
    /** Longer lines are not remembered: two keys for each 16 bytes of them. */
    private static final int MAX_KEYS = 512;

    /** An entry is four longs: its hash in two, the parser's two numbers in one, and its flag with the entry that followed it. */
    private static final int LOW = 0, HIGH = 1, NUMBERS = 2, FLAG_AND_NEXT = 3, STRIDE = 4;
    /** The entry of the line that is too long to be remembered; the next such line takes its place. */
    private static final int TOO_LONG = STRIDE;

    private final long[] keys;
    private long[] entries = new long[STRIDE * 1024];
    private int entriesLength = 2 * STRIDE;
    private int[] table = new int[4096];

    private int previous;
    private int end;
    /** The hash of the line that was looked up last; 0, which no entry has, if it is too long. */
    private long low;
    private long high;
    private boolean tooLong;
    /** Whether that line was not recognized, and is not added yet. */
    private boolean missing;

    LineMemo() {
        this(SecretHash.keys());
    }

    LineMemo(long[] keys) {
        this.keys = keys;
    }

    /** A copy, for another thread. */
    LineMemo(LineMemo other) {
        this(other.keys);
        entries = other.entries.clone();
        entriesLength = other.entriesLength;
        table = other.table.clone();
    }

    /** Forgets which line was the last: another stack begins. */
    void restart() {
        previous = 0;
    }

    /**
     * The entry of the line that begins at {@code at}, or 0 if it was never {@link #add added}. In any case
     * {@link #end} tells where the line ends.
     *
     * @param text little-endian, with a newline after {@code at}, and then {@link Block#PADDING} bytes more
     */
    int recognize(ByteBuffer text, int at) {
        scan(text, at);
        int entry = (int) entries[previous + FLAG_AND_NEXT];
        if (entries[entry + LOW] != low || entries[entry + HIGH] != high || entry == 0) {
            entry = find();
            if (entry == 0) {
                missing = true;
                return 0;
            }
            follow(entry);
        }
        previous = entry;
        missing = false;
        return entry;
    }

    private void scan(ByteBuffer text, int at) {
        long[] keys = this.keys;
        long lows = 0;
        long highs = 0;
        int i = at;
        for (int key = 0; key < MAX_KEYS; key += 2, i += 16) {
            long a = text.getLong(i);
            long b = text.getLong(i + 8);
            long newlineA = Block.newlines(a);
            long newlineB = Block.newlines(b);
            if ((newlineA | newlineB) != 0) {
                if (newlineA != 0) {
                    end = i + Block.place(newlineA) + 1;
                    a &= Block.through(newlineA);
                    b = 0;
                } else {
                    end = i + 8 + Block.place(newlineB) + 1;
                    b &= Block.through(newlineB);
                }
                a += keys[key];
                b += keys[key + 1];
                low = lows + a * b;
                high = highs + Math.multiplyHigh(a, b);
                tooLong = false;
                return;
            }
            a += keys[key];
            b += keys[key + 1];
            lows += a * b;
            highs += Math.multiplyHigh(a, b);
        }
        end = Block.newline(text, i) + 1;
        low = 0;
        high = 0;
        tooLong = true;
    }

    private int find() {
        if (tooLong) return 0;
        int mask = table.length - 1;
        int slot = slot(low, high) & mask;
        for (int entry; (entry = table[slot]) != 0; slot = (slot + 1) & mask) {
            if (entries[entry + LOW] == low && entries[entry + HIGH] == high) return entry;
        }
        return 0;
    }

    /** The middle of the products, which depends on all of both factors. */
    private static int slot(long low, long high) {
        return (int) (high ^ low >>> 32);
    }

    /** Notes that the entry came after the previous one. */
    private void follow(int entry) {
        entries[previous + FLAG_AND_NEXT] = entries[previous + FLAG_AND_NEXT] >>> 32 << 32 | entry;
    }

    /** Where the line ends that {@link #recognize} was last asked for, its newline included. */
    int end() {
        return end;
    }

    /**
     * Remembers the line that {@link #recognize} did not know when it was last asked.
     *
     * @throws IllegalStateException if it was known, or was added already
     */
    int add(int first, int second, int flag) {
        if (!missing) throw new IllegalStateException("no line was left unrecognized");
        missing = false;
        if (tooLong) {
            set(TOO_LONG, first, second, flag);
            previous = 0;
            return TOO_LONG;
        }
        if (entriesLength == STRIDE * MAX_ENTRIES) {
            entriesLength = 2 * STRIDE;
            entries[FLAG_AND_NEXT] = 0;
            previous = 0;
            Arrays.fill(table, 0);
        }
        if (entriesLength == entries.length) entries = Arrays.copyOf(entries, 2 * entries.length);
        int entry = entriesLength;
        entriesLength += STRIDE;
        set(entry, first, second, flag);
        if (2 * (entriesLength / STRIDE) > table.length) {
            table = new int[2 * table.length];
            for (int old = 2 * STRIDE; old < entriesLength; old += STRIDE) put(old);
        } else {
            put(entry);
        }
        follow(entry);
        previous = entry;
        return entry;
    }

    private void set(int entry, int first, int second, int flag) {
        entries[entry + LOW] = low;
        entries[entry + HIGH] = high;
        entries[entry + NUMBERS] = (long) first << 32 | second;
        entries[entry + FLAG_AND_NEXT] = (long) flag << 32 | entry;
    }

    private void put(int entry) {
        int mask = table.length - 1;
        int slot = slot(entries[entry + LOW], entries[entry + HIGH]) & mask;
        while (table[slot] != 0) slot = (slot + 1) & mask;
        table[slot] = entry;
    }

    int first(int entry) {
        return (int) (entries[entry + NUMBERS] >>> 32);
    }

    int second(int entry) {
        return (int) entries[entry + NUMBERS];
    }

    int flag(int entry) {
        return (int) (entries[entry + FLAG_AND_NEXT] >>> 32);
    }
}
