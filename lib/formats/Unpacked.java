package lib.formats;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Unpacks a stream, all members of a file one after the other. Damaged data end the stream early and quietly, so that
 * what stands before the damage can be used; {@link #damage} tells.
 */
final class Unpacked extends InputStream {
    private final InputStream packed;
    private final Packing packing;
    private InputStream in;
    private IOException broken;
    private String damage;

    Unpacked(InputStream packed, Packing packing) {
        this.packing = packing;
        this.packed = new FilterInputStream(packed) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            /** What the source throws is no damage. */
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                try {
                    return super.read(bytes, offset, length);
                } catch (IOException e) {
                    broken = e;
                    throw e;
                }
            }

            /** GZIPInputStream takes "nothing available" for the end, which a pipe says between two members too. */
            @Override
            public int available() {
                return 1;
            }
        };
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
        if (damage != null) return -1;
        try {
            if (in == null) in = packing.unpack(packed);
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            if (broken != null) throw broken;
            damage = "the compressed data are damaged or cut off (" + (e.getMessage() == null ? packing.title() : e.getMessage()) + ")";
            return -1;
        }
    }
}
