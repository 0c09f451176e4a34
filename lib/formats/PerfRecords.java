package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The records of a perf.data file one after the other, those that were compressed too. It ends where the data end or are
 * damaged; what is wrong is told by {@link #damage}.
 */
final class PerfRecords {
    static final int COMPRESSED = 81, COMPRESSED_2 = 83;
    private static final int TRACING_DATA = 66, AUXTRACE = 71;
    private static final int HEADER = 8;

    interface Taker {
        /** Takes the record at a place of a buffer that is used again. */
        void record(int type, ByteBuffer b, int at, int length) throws IOException;
    }

    private final InputStream in;
    private final ByteOrder order;
    private final boolean unpack;
    private final Taker taker;
    private long left;
    private long position;
    private String damage;

    private final ZstdPieces pieces = new ZstdPieces();
    private Zstd zstd;
    private byte[] unpacked = new byte[1 << 17];
    private int unpackedLength;

    /**
     * @param in where the records begin
     * @param size how many bytes of them there are
     * @param unpack whether compressed records are wanted
     */
    PerfRecords(InputStream in, long size, ByteOrder order, boolean unpack, Taker taker) {
        this.in = in;
        this.left = size;
        this.order = order;
        this.unpack = unpack;
        this.taker = taker;
    }

    /** What was wrong, or null. */
    String damage() {
        return damage;
    }

    /** Hands all records on. */
    void read() throws IOException {
        byte[] bytes = new byte[(int) Math.max(1 << 16, Math.min(1 << 20, left))];
        ByteBuffer b = ByteBuffer.wrap(bytes).order(order);
        int from = 0;
        int to = 0;
        while (damage == null) {
            from = whole(b, from, to, false);
            System.arraycopy(bytes, from, bytes, 0, to - from);
            position += from;
            to -= from;
            from = 0;
            int more = in.read(bytes, to, (int) Math.min(left, bytes.length - to));
            if (more <= 0) break;
            left -= more;
            to += more;
        }
        if (damage == null && to > 0) damage("the last record is cut off", position);
        if (damage == null && (!pieces.isEmpty() || unpackedLength > 0)) damage("the last compressed record is cut off", position);
    }

    private void damage(String what, long where) {
        damage = what + " (at byte " + where + " of the records)";
    }

    /** Hands the whole records of {@code [from, to)} on and returns where they end. */
    private int whole(ByteBuffer b, int from, int to, boolean inner) throws IOException {
        int at = from;
        while (at + HEADER <= to && damage == null) {
            int length = b.getShort(at + 6) & 0xffff;
            int type = b.getInt(at);
            if (length < HEADER) {
                damage("a record of " + length + " bytes", position + at);
                break;
            }
            if (at + length > to) break;
            if (!inner && (type == COMPRESSED || type == COMPRESSED_2)) {
                if (unpack) unpack(b, at, type, length);
            } else {
                taker.record(type, b, at, length);
            }
            at += length;
            long follows = inner ? 0 : type == AUXTRACE && length >= 16 ? b.getLong(at - length + 8)
                    : type == TRACING_DATA && length >= 12 ? b.getInt(at - length + 8) + 7 & ~7 : 0;
            if (follows > 0) at = skip(at, to, follows);
        }
        return at;
    }

    /** Leaves out bytes behind a record, in the buffer or not yet in it. */
    private int skip(int at, int to, long count) throws IOException {
        if (count <= to - at) return at + (int) count;
        long rest = Math.min(left, count - (to - at));
        in.skipNBytes(rest);
        left -= rest;
        position += rest;
        return to;
    }

    /** All compressed records together are one stream, and where one ends a block of it may not. */
    private void unpack(ByteBuffer b, int at, int type, int length) {
        int begin = type == COMPRESSED ? at + HEADER : at + 16;
        long size = type == COMPRESSED || length < 16 ? length - (begin - at) : b.getLong(at + 8);
        if (size < 0 || size > at + length - begin) {
            damage("a compressed record that does not fit", position + at);
            return;
        }
        pieces.add(b.array(), begin, (int) size);
        zstd = zstd == null ? new Zstd(pieces) : zstd;
        try {
            while (pieces.hasBlock() && damage == null) {
                zstd.unpackNext();
                while (zstd.available() > 0 && damage == null) {
                    if (unpackedLength == unpacked.length) unpacked = Arrays.copyOf(unpacked, 2 * unpacked.length);
                    unpackedLength += zstd.read(unpacked, unpackedLength, unpacked.length - unpackedLength);
                    drain();
                }
            }
        } catch (IOException e) {
            damage("a compressed record is damaged: " + e.getMessage(), position + at);
        }
    }

    private void drain() throws IOException {
        int end = whole(ByteBuffer.wrap(unpacked).order(order), 0, unpackedLength, true);
        System.arraycopy(unpacked, end, unpacked, 0, unpackedLength - end);
        unpackedLength -= end;
    }
}
