package lib.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** A file of which ranges can be read: a local one, bytes in memory, or a binary far away of which little is brought here. */
public interface ByteSource {
    /** The size of the whole file in bytes, whether or not all of it is at hand. */
    long size() throws IOException;

    /**
     * Reads exactly {@code length} bytes from {@code offset}.
     *
     * @throws BadBinaryException when the range reaches over the end of the file
     * @throws IOException when the bytes cannot be had
     */
    byte[] read(long offset, int length) throws IOException;

    /** A file of this machine. It is opened anew for each read, as these are few and large. */
    static ByteSource of(Path file) {
        return new ByteSource() {
            @Override
            public long size() throws IOException {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return channel.size();
                }
            }

            @Override
            public byte[] read(long offset, int length) throws IOException {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    checkRange(offset, length, channel.size());
                    ByteBuffer bytes = ByteBuffer.allocate(length);
                    while (bytes.hasRemaining()) {
                        if (channel.read(bytes, offset + bytes.position()) < 0) {
                            throw new BadBinaryException("the file ended while it was read");
                        }
                    }
                    return bytes.array();
                }
            }
        };
    }

    /** Bytes in memory. The array is not copied. */
    static ByteSource of(byte[] content) {
        return new ByteSource() {
            @Override
            public long size() {
                return content.length;
            }

            @Override
            public byte[] read(long offset, int length) throws IOException {
                checkRange(offset, length, content.length);
                return Arrays.copyOfRange(content, (int) offset, (int) offset + length);
            }
        };
    }

    /** @throws BadBinaryException when the range does not lie in a file of that size */
    static void checkRange(long offset, long length, long size) throws BadBinaryException {
        if (offset < 0 || length < 0 || length > size || offset > size - length) {
            throw new BadBinaryException(
                    "a range (" + length + " bytes at " + offset + ") reaches over the end of the file (" + size + " bytes)");
        }
    }
}
