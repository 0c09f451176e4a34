package lib.stacks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Remembers lines by their bytes. Nearly all lines of {@code perf script} repeat, so that a line is understood once
 * and then only recognized. Two things make that fast: the line that followed the last time is tried first, and the
 * newline is searched and the hash computed eight bytes at a time, in one pass.
 *
 * <p>An entry is a number; 0 stands for "no line". The entry's numbers {@link #first}, {@link #second} and
 * {@link #flag} mean what the parser wants them to.
 */
final class LineMemo {
    /** Beyond that much text everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MAX_TEXT = 24 << 20;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long NEWLINES = '\n' * ONES;

    /** An entry is eight ints, half a cache line: where its text is, its length, hash, successor, and the parser's numbers. */
    private static final int TEXT = 0, LENGTH = 1, HASH = 2, NEXT = 3, FIRST = 4, SECOND = 5, FLAG = 6, STRIDE = 8;

    private byte[] text = new byte[64 << 10];
    private int textLength;
    private int[] entries = new int[STRIDE * 1024];
    private int entriesLength = STRIDE;
    private int[] table = new int[4096];

    private int previous;
    private int end;
    private int hash;

    /** Forgets which line was the last: another stack begins. */
    void restart() {
        previous = 0;
    }

    /** The entry of the line that begins at {@code at}, or 0 if it was never {@link #add added}. */
    int recognize(byte[] bytes, int at) {
        int entry = entries[previous + NEXT];
        int from = entries[entry + TEXT];
        int length = entries[entry + LENGTH];
        if (length == 0 || at + length > bytes.length
            || !Arrays.equals(text, from, from + length, bytes, at, at + length)) {
            entry = find(bytes, at);
            if (entry == 0) {
                return 0;
            }
            entries[previous + NEXT] = entry;
        }
        previous = entry;
        return entry;
    }

    private int find(byte[] bytes, int at) {
        scan(bytes, at);
        int mask = table.length - 1;
        int length = end - at;
        for (int slot = hash & mask, entry; (entry = table[slot]) != 0; slot = (slot + 1) & mask) {
            int from = entries[entry + TEXT];
            if (entries[entry + HASH] == hash && entries[entry + LENGTH] == length
                && Arrays.equals(text, from, from + length, bytes, at, end)) {
                return entry;
            }
        }
        return 0;
    }

    /** Finds where the line ends (the array has a newline after {@code at} and then some bytes more), and its hash. */
    private void scan(byte[] bytes, int at) {
        long mixed = 0;
        for (int i = at;; i += 8) {
            long word = (long) WORD.get(bytes, i);
            long unlike = word ^ NEWLINES;
            long newline = (unlike - ONES) & ~unlike & HIGHS;
            if (newline != 0) {
                long before = newline & -newline;
                mixed = (mixed ^ word & (before - 1)) * 0x9E3779B97F4A7C15L;
                end = i + (Long.numberOfTrailingZeros(newline) >> 3) + 1;
                hash = (int) (mixed >>> 32) ^ (int) (mixed >>> 15);
                return;
            }
            mixed = (mixed ^ word) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
        }
    }

    /** Where the line ends that was just not recognized, its newline included. */
    int end() {
        return end;
    }

    /** Remembers the line that was just not recognized. */
    int add(byte[] bytes, int at, int first, int second, int flag) {
        int length = end - at;
        if (textLength + length > MAX_TEXT) {
            textLength = 0;
            entriesLength = STRIDE;
            entries[NEXT] = 0;
            previous = 0;
            Arrays.fill(table, 0);
        }
        if (textLength + length > text.length) {
            text = Arrays.copyOf(text, Math.max(2 * text.length, textLength + length));
        }
        if (entriesLength + STRIDE > entries.length) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
        System.arraycopy(bytes, at, text, textLength, length);
        int entry = entriesLength;
        entriesLength += STRIDE;
        entries[entry + TEXT] = textLength;
        entries[entry + LENGTH] = length;
        entries[entry + HASH] = hash;
        entries[entry + NEXT] = entry;
        entries[entry + FIRST] = first;
        entries[entry + SECOND] = second;
        entries[entry + FLAG] = flag;
        textLength += length;
        if (2 * (entriesLength / STRIDE) > table.length) {
            table = new int[2 * table.length];
            for (int old = STRIDE; old < entriesLength; old += STRIDE) {
                put(old);
            }
        } else {
            put(entry);
        }
        entries[previous + NEXT] = entry;
        previous = entry;
        return entry;
    }

    private void put(int entry) {
        int mask = table.length - 1;
        int slot = entries[entry + HASH] & mask;
        while (table[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        table[slot] = entry;
    }

    /** The length of an entry's line, newline included. */
    int length(int entry) {
        return entries[entry + LENGTH];
    }

    int first(int entry) {
        return entries[entry + FIRST];
    }

    int second(int entry) {
        return entries[entry + SECOND];
    }

    int flag(int entry) {
        return entries[entry + FLAG];
    }
}
