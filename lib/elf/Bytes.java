package lib.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A stretch of a file with the address that it has in memory. Every access is checked, as no offset in a file can be trusted. */
final class Bytes {
    final long address;
    final int size;
    private final byte[] data;
    private final ByteBuffer buffer;

    Bytes(byte[] data, long address, ByteOrder order) {
        this.data = data;
        this.size = data.length;
        this.address = address;
        this.buffer = ByteBuffer.wrap(data).order(order);
    }

    ByteOrder order() {
        return buffer.order();
    }

    private int check(long offset, int length) throws BadBinaryException {
        if (offset < 0 || offset > size - length) throw new BadBinaryException("a table points outside of itself");
        return (int) offset;
    }

    boolean has(long offset, long length) {
        return offset >= 0 && length >= 0 && length <= size && offset <= size - length;
    }

    int u8(long offset) throws BadBinaryException {
        return data[check(offset, 1)] & 0xff;
    }

    int u16(long offset) throws BadBinaryException {
        return buffer.getShort(check(offset, 2)) & 0xffff;
    }

    int i32(long offset) throws BadBinaryException {
        return buffer.getInt(check(offset, 4));
    }

    long u32(long offset) throws BadBinaryException {
        return buffer.getInt(check(offset, 4)) & 0xffffffffL;
    }

    long i64(long offset) throws BadBinaryException {
        return buffer.getLong(check(offset, 8));
    }

    void putI64(long offset, long value) throws BadBinaryException {
        buffer.putLong(check(offset, 8), value);
    }

    /** The text up to the next zero byte, or null where there is none within {@code limit} bytes. */
    String text(long offset, int limit) throws BadBinaryException {
        int from = check(offset, 1);
        int end = Math.min(size, from + Math.min(limit, size - from));
        for (int i = from; i < end; i++) {
            if (data[i] == 0) return new String(data, from, i - from, StandardCharsets.UTF_8);
        }
        return null;
    }

    /** A hash of the bytes up to the next zero, of at most {@code limit} of them. */
    int hash(long offset, int limit) throws BadBinaryException {
        int hash = 0;
        for (int i = check(offset, 1), end = Math.min(size, i + Math.min(limit, size - i)); i < end && data[i] != 0; i++) {
            hash = hash * 31 + data[i];
        }
        return hash;
    }

    byte[] copy(long offset, int length) throws BadBinaryException {
        if (length < 0) throw new BadBinaryException("a table has a negative size");
        byte[] copy = new byte[length];
        System.arraycopy(data, check(offset, length), copy, 0, length);
        return copy;
    }
}
