package lib.formats;

import java.io.InputStream;
import java.util.Arrays;

/** A zstd stream that comes piece by piece, of which whole blocks are given out: who reads on while there are any never finds it cut off. */
final class ZstdPieces extends InputStream {
    private static final int SKIPPABLE = 0x184d2a50;

    private byte[] bytes = new byte[1 << 17];
    private int from;
    private int to;
    /** Where the blocks end that are known to be whole. */
    private int whole;
    private boolean inFrame;
    private boolean hasChecksum;

    void add(byte[] piece, int at, int length) {
        System.arraycopy(bytes, from, bytes, 0, to - from);
        whole -= from;
        to -= from;
        from = 0;
        if (to + length > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, to + length));
        System.arraycopy(piece, at, bytes, to, length);
        to += length;
    }

    /** Whether nothing is left that was not given out. */
    boolean isEmpty() {
        return from == to;
    }

    /** Whether the next block is whole, with the frame's header before it. */
    boolean hasBlock() {
        if (whole > from) return true;
        int at = from;
        boolean checksum = hasChecksum;
        if (!inFrame) {
            if (to - at < 8) return false;
            if ((number(at, 4) & ~15) == SKIPPABLE) {
                long end = at + 8 + (number(at + 4, 4) & 0xffffffffL);
                whole = end <= to ? (int) end : from;
                return whole > from;
            }
            int descriptor = bytes[at + 4];
            boolean single = (descriptor & 0x20) != 0;
            int field = descriptor >> 6 & 3;
            checksum = (descriptor & 4) != 0;
            at += 5 + (single ? 0 : 1) + new int[] {0, 1, 2, 4}[descriptor & 3] + (field > 0 ? 1 << field : single ? 1 : 0);
        }
        if (to - at < 3) return false;
        int header = number(at, 3);
        boolean last = (header & 1) != 0;
        int end = at + 3 + ((header >> 1 & 3) == 1 ? 1 : header >>> 3) + (last && checksum ? 4 : 0);
        if (end > to) return false;
        whole = end;
        inFrame = !last;
        hasChecksum = checksum;
        return true;
    }

    private int number(int at, int size) {
        int number = 0;
        for (int i = size - 1; i >= 0; i--) number = number << 8 | bytes[at + i] & 0xff;
        return number;
    }

    @Override
    public int read() {
        return from < whole ? bytes[from++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int at, int length) {
        if (length == 0) return 0;
        int count = Math.min(length, whole - from);
        if (count <= 0) return -1;
        System.arraycopy(bytes, from, target, at, count);
        from += count;
        return count;
    }
}
