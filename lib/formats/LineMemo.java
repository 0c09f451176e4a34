package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Remembers lines. Nearly all lines of {@code perf script} repeat, so that a line is understood once and then only
 * recognized, by a hash of 64 bits: among a million lines the odds that two are taken for one are 1 to 30 million.
 * Comparing the bytes themselves would rule that out, but takes most of the time, as they are all over the memory.
 * Nobody can write two lines that are taken for one, as the hash depends on two secret numbers, new in each process: each
 * step multiplies by one of them and folds both halves of the product of 128 bits into one, so that how two inputs differ after
 * it is as secret as the number is. What comes out of the parser does not depend on them.
 *
 * <p>Three things make it fast: the newline is searched and the hash computed eight bytes at a time in one pass; the
 * line that followed the last time is tried first; and what is known of a line lies within half a cache line.
 *
 * <p>An entry is a number; 0 stands for "no line". The numbers {@link #first}, {@link #second} and {@link #flag} kept
 * with it mean what the parser wants them to.
 */
final class LineMemo {
    /** Beyond that many lines everything is forgotten, which bounds the memory that an odd input can take. */
    private static final int MAX_ENTRIES = 1 << 19;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    static final long NEWLINES = '\n' * ONES;
    static final long SEED;
    static final long MULTIPLIER;

    static {
        byte[] secret = new byte[16];
        try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
            random.readNBytes(secret, 0, secret.length);
        } catch (IOException e) {
            new SecureRandom().nextBytes(secret); // takes 50 ms to set up
        }
        ByteBuffer numbers = ByteBuffer.wrap(secret);
        SEED = numbers.getLong();
        MULTIPLIER = numbers.getLong() | 1;
    }

    /** An entry is four longs: its hash, the entry that followed it, the parser's two numbers in one, and its flag. */
    private static final int HASH = 0, NEXT = 1, NUMBERS = 2, FLAG = 3, STRIDE = 4;

    private final long seed;
    private final long multiplier;
    private long[] entries = new long[STRIDE * 1024];
    private int entriesLength = STRIDE;
    private int[] table = new int[4096];

    private int previous;
    private int end;
    private long hash;

    LineMemo() {
        this(SEED, MULTIPLIER);
    }

    /** @param multiplier an odd number */
    LineMemo(long seed, long multiplier) {
        this.seed = seed;
        this.multiplier = multiplier;
    }

    /** A copy, for another thread. */
    LineMemo(LineMemo other) {
        this(other.seed, other.multiplier);
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
     * @param text little-endian, with a newline after {@code at}, and then some bytes more
     */
    int recognize(ByteBuffer text, int at) {
        scan(text, at);
        int entry = (int) entries[previous + NEXT];
        if (entries[entry + HASH] != hash || entry == 0) {
            entry = find();
            if (entry == 0) {
                return 0;
            }
            entries[previous + NEXT] = entry;
        }
        previous = entry;
        return entry;
    }

    private void scan(ByteBuffer text, int at) {
        long mixed = seed;
        long factor = multiplier;
        for (int i = at;; i += 8) {
            long word = text.getLong(i);
            long unlike = word ^ NEWLINES;
            long newline = (unlike - ONES) & ~unlike & HIGHS;
            if (newline != 0) {
                long beforeNewline = (newline & -newline) - 1;
                mixed ^= word & beforeNewline;
                end = i + (Long.numberOfTrailingZeros(newline) >> 3) + 1;
                mixed = fold(mixed, factor);
                hash = mixed ^ mixed >>> 32;
                return;
            }
            mixed ^= word;
            mixed = fold(mixed, factor);
        }
    }

    /** Both halves of the product of 128 bits in one. */
    static long fold(long x, long y) {
        return x * y ^ Math.multiplyHigh(x, y);
    }

    private int find() {
        int mask = table.length - 1;
        int slot = (int) hash & mask;
        for (int entry; (entry = table[slot]) != 0; slot = (slot + 1) & mask) {
            if (entries[entry + HASH] == hash) {
                return entry;
            }
        }
        return 0;
    }

    /** Where the newline of the line is that begins at {@code at}. */
    int newline(ByteBuffer text, int at) {
        scan(text, at);
        return end - 1;
    }

    /** Where the line ends that {@link #recognize} was last asked for, its newline included. */
    int end() {
        return end;
    }

    /** Remembers the line that was just not recognized. */
    int add(int first, int second, int flag) {
        if (entriesLength == STRIDE * MAX_ENTRIES) {
            entriesLength = STRIDE;
            entries[NEXT] = 0;
            previous = 0;
            Arrays.fill(table, 0);
        }
        if (entriesLength == entries.length) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
        int entry = entriesLength;
        entriesLength += STRIDE;
        entries[entry + HASH] = hash;
        entries[entry + NEXT] = entry;
        entries[entry + NUMBERS] = (long) first << 32 | second;
        entries[entry + FLAG] = flag;
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
        int slot = (int) entries[entry + HASH] & mask;
        while (table[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        table[slot] = entry;
    }

    int first(int entry) {
        return (int) (entries[entry + NUMBERS] >>> 32);
    }

    int second(int entry) {
        return (int) entries[entry + NUMBERS];
    }

    int flag(int entry) {
        return (int) entries[entry + FLAG];
    }
}
