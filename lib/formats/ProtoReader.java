package lib.formats;

import java.io.IOException;
import java.util.Arrays;

/** Walks over the fields of a protobuf message (the wire format: protobuf.dev, "Encoding"). */
final class ProtoReader {
    static final int VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;

    final byte[] bytes;
    private int at;
    private final int end;

    /** The field's number and wire type. */
    int field;
    int type;
    /** The value of a number. */
    long number;
    /** Where a message, a string or packed numbers are. */
    int from;
    int to;

    ProtoReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    /** Goes on to the next field; false at the end. */
    boolean next() throws IOException {
        if (at == end) return false;
        long tag = varint();
        field = (int) (tag >>> 3);
        type = (int) tag & 7;
        if (tag >>> 3 == 0 || tag >>> 32 != 0) throw new IOException("no field has the number " + (tag >>> 3));
        switch (type) {
            case VARINT -> number = varint();
            case FIXED64 -> number = fixed(8);
            case FIXED32 -> number = fixed(4);
            case BYTES -> {
                long length = varint();
                if (length < 0 || length > end - at) {
                    throw new IOException("a field of " + length + " bytes where " + (end - at) + " are left");
                }
                from = at;
                at += (int) length;
                to = at;
            }
            default -> throw new IOException("no field has the type " + type);
        }
        return true;
    }

    /** The message in the field. */
    ProtoReader message() throws IOException {
        if (type != BYTES) throw new IOException("field " + field + " is no message");
        return new ProtoReader(bytes, from, to);
    }

    /** The field's text. */
    String string() throws IOException {
        if (type != BYTES) throw new IOException("field " + field + " is no text");
        return TextBytes.decode(bytes, from, to);
    }

    /** Appends the field's number, or its packed numbers, to a list that begins with its length. */
    long[] numbers(long[] list) throws IOException {
        if (type != BYTES) return append(list, number);
        long[] longer = list;
        for (ProtoReader packed = new ProtoReader(bytes, from, to); packed.at < packed.end;) {
            longer = append(longer, packed.varint());
        }
        return longer;
    }

    private static long[] append(long[] list, long number) {
        int length = (int) list[0];
        long[] longer = length + 1 < list.length ? list : Arrays.copyOf(list, 2 * list.length);
        longer[++length] = number;
        longer[0] = length;
        return longer;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64 && at < end; shift += 7) {
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) return value;
        }
        throw new IOException("a number without an end");
    }

    private long fixed(int size) throws IOException {
        if (end - at < size) throw new IOException("a number without an end");
        long value = 0;
        for (int i = 0; i < size; i++) value |= (bytes[at++] & 0xffL) << 8 * i;
        return value;
    }
}
