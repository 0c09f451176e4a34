package lib.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whole lines of text, cut where no stack is cut in two. */
final class Block {
    /** Bytes that can be read, but mean nothing, after the text: words are read whole, two at a time. */
    static final int PADDING = 16;

    final byte[] bytes;
    /** The bytes, to be read eight at a time; little-endian. */
    final ByteBuffer words;
    /** The text is {@code bytes[0, length)} and ends with a newline. */
    int length;
    /** Counts the blocks of an input from 0. */
    int number;
    /** Whether the text is but the beginning of a single line, which is longer than a block can be. */
    boolean isCutLine;

    private static final long ONES = 0x0101010101010101L;
    private static final long NEWLINES = '\n' * ONES;
    private static final long HIGHS = 0x80 * ONES;

    Block(int capacity) {
        bytes = new byte[capacity + 1 + PADDING];
        words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where the next newline is from {@code at} on; there must be one. */
    static int newline(ByteBuffer words, int at) {
        int i = at;
        long newlines;
        while ((newlines = newlines(words.getLong(i))) == 0) i += 8;
        return i + place(newlines);
    }

    /** Marks the first byte of a word that is a newline by its highest bit; others behind it may be marked, too. */
    static long newlines(long word) {
        long unlike = word ^ NEWLINES;
        return (unlike - ONES) & ~unlike & HIGHS;
    }

    /** The number of the first marked byte, from 0. */
    static int place(long marks) {
        return Long.numberOfTrailingZeros(marks) >> 3;
    }

    /** All bits of the bytes up to the first marked one, and its own. */
    static long through(long marks) {
        return ((marks & -marks) << 1) - 1;
    }
}
