package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of text into blocks that several threads parse. Whoever needs a block reads it; the others parse
 * meanwhile. Memory is bounded by the blocks: of a line that is longer than one only the beginning is kept.
 */
final class Blocks {
    /** Small enough for a processor's own cache, and large enough that threads rarely meet. */
    static final int SIZE = 512 << 10;
    private static final int READ = 128 << 10;

    private final InputStream in;
    private final boolean cutAtBlankLines;
    private final byte[] rest = new byte[SIZE];
    private int restLength;
    private int count;
    private boolean ended;
    private long[] linesOf = new long[64];

    /** @param cutAtBlankLines keep lines together that no blank line parts; otherwise any line may be the last of a block */
    Blocks(InputStream in, boolean cutAtBlankLines) {
        this.in = in;
        this.cutAtBlankLines = cutAtBlankLines;
    }

    /** Fills the block with the next lines; false at the end. */
    synchronized boolean next(Block block) throws IOException {
        byte[] bytes = block.bytes;
        System.arraycopy(rest, 0, bytes, 0, restLength);
        int length = restLength;
        restLength = 0;
        while (!ended && length < SIZE) {
            int read = in.read(bytes, length, Math.min(READ, SIZE - length));
            ended = read < 0;
            length += Math.max(read, 0);
        }
        if (length == 0) return false;
        block.isCutLine = !ended && !hasNewline(bytes, length);
        if (block.isCutLine) {
            skipLine();
        } else if (!ended) {
            int cut = cut(bytes, length);
            restLength = length - cut;
            System.arraycopy(bytes, cut, rest, 0, restLength);
            length = cut;
        }
        if (bytes[length - 1] != '\n') bytes[length++] = '\n';
        block.length = length;
        block.number = count++;
        return true;
    }

    private static boolean hasNewline(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') return true;
        }
        return false;
    }

    /** Goes on to the next line. */
    private void skipLine() throws IOException {
        for (int read; (read = in.read(rest)) >= 0;) {
            for (int i = 0; i < read; i++) {
                if (rest[i] == '\n') {
                    restLength = read - i - 1;
                    System.arraycopy(rest, i + 1, rest, 0, restLength);
                    return;
                }
            }
        }
        ended = true;
    }

    /** Where a full block ends: after its last blank line, or else after its last line. */
    private int cut(byte[] bytes, int length) {
        int lastLine = 0;
        for (int i = length; i > 0; i--) {
            if (bytes[i - 1] == '\n') {
                if (!cutAtBlankLines || isBlankLine(bytes, i - 1)) return i;
                lastLine = Math.max(lastLine, i);
            }
        }
        return lastLine;
    }

    private static boolean isBlankLine(byte[] bytes, int newline) {
        int i = newline - 1;
        if (i >= 0 && bytes[i] == '\r') i--;
        return i >= 0 && bytes[i] == '\n';
    }

    /** Stops the reading: there will be no further block. */
    synchronized void end() {
        ended = true;
        restLength = 0;
    }

    /** Notes how many lines a block had, so that the lines of later blocks can be numbered. */
    synchronized void setLines(int block, long lines) {
        if (block >= linesOf.length) linesOf = Arrays.copyOf(linesOf, 2 * block);
        linesOf[block] = lines;
    }

    /** The number of lines before a block, once all blocks before it are parsed. */
    synchronized long linesBefore(int block) {
        long lines = 0;
        for (int i = 0; i < block; i++) lines += linesOf[i];
        return lines;
    }
}
