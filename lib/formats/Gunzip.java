package lib.formats;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Decompresses gzip, all members of a file one after the other. Damaged data end the stream early and quietly, so that
 * what stands before the damage can be used; {@link #damage} tells.
 */
final class Gunzip extends InputStream {
    private final InputStream compressed;
    private InputStream in;
    private String damage;

    Gunzip(InputStream compressed) {
        // GZIPInputStream takes "nothing available" for the end, which a pipe says between two members too
        this.compressed = new FilterInputStream(compressed) {
            @Override
            public int available() {
                return 1;
            }
        };
    }

    /** Whether the first two bytes are those of gzip (RFC 1952). */
    static boolean isCompressed(byte[] magic) {
        return magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
    }

    /** What was wrong with the data, or null. */
    String damage() {
        return damage;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (damage != null) {
            return -1;
        }
        try {
            if (in == null) {
                in = new GZIPInputStream(compressed, 64 << 10);
            }
            return in.read(bytes, offset, length);
        } catch (EOFException | ZipException e) {
            damage = "the compressed data are damaged or cut off (" + e.getMessage() + ")";
            return -1;
        }
    }
}
