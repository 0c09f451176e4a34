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

    Block(int capacity) {
        bytes = new byte[capacity + 1 + PADDING];
        words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
