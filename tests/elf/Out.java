package lib.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Bytes that grow, in one byte order. */
final class Out {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ByteOrder order;

    Out(ByteOrder order) {
        this.order = order;
    }

    int size() {
        return bytes.size();
    }

    Out u8(int... values) {
        for (int value : values) bytes.write(value);
        return this;
    }

    Out u16(int value) {
        return raw(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
    }

    Out u32(long value) {
        return raw(ByteBuffer.allocate(4).order(order).putInt((int) value).array());
    }

    Out u64(long value) {
        return raw(ByteBuffer.allocate(8).order(order).putLong(value).array());
    }

    Out text(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8)).u8(0);
    }

    Out raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    Out align(int to) {
        while (size() % to != 0) bytes.write(0);
        return this;
    }

    Out padTo(int size) {
        while (size() < size) bytes.write(0);
        return this;
    }

    byte[] array() {
        return bytes.toByteArray();
    }
}
