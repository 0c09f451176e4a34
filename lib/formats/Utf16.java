package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Text of UTF-16, as Windows' tools write it, as UTF-8. */
final class Utf16 extends InputStream {
    private static final byte[] NONE = {};
    /** So many bytes tell UTF-16 without a mark. */
    private static final int LOOKED_AT = 64;

    private final Reader text;
    private final char[] chars = new char[8192];
    private int kept;
    private byte[] bytes = NONE;
    private int at;

    private Utf16(InputStream in, Charset charset) {
        text = new InputStreamReader(in, charset);
    }

    /**
     * The input as UTF-8 without a byte order mark; the input itself where it is something else than UTF-16.
     *
     * @param begin how {@code whole} begins
     */
    static InputStream decoded(byte[] begin, InputStream whole) throws IOException {
        if (begin.length >= 3 && begin[0] == (byte) 0xef && begin[1] == (byte) 0xbb && begin[2] == (byte) 0xbf) {
            whole.skipNBytes(3);
            return whole;
        }
        boolean marked = begin.length >= 2 && (begin[0] & 0xff) + (begin[1] & 0xff) == 0xfe + 0xff && Math.abs(begin[0] - begin[1]) == 1;
        if (marked) whole.skipNBytes(2);
        if (marked ? begin[0] == (byte) 0xff : isAscii(begin, 0)) return new Utf16(whole, StandardCharsets.UTF_16LE);
        return marked || isAscii(begin, 1) ? new Utf16(whole, StandardCharsets.UTF_16BE) : whole;
    }

    /** Whether each first or second byte of two is ASCII text, and the other one is 0. */
    private static boolean isAscii(byte[] begin, int first) {
        if (begin.length < LOOKED_AT) return false;
        for (int i = 0; i < LOOKED_AT; i += 2) {
            byte c = begin[i + first];
            if (begin[i + 1 - first] != 0 || c < '\t') return false;
        }
        return true;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) return 0;
        while (at == bytes.length) {
            int count = text.read(chars, kept, chars.length - kept);
            if (count < 0 && kept == 0) return -1;
            int ready = kept + Math.max(count, 0);
            boolean half = count >= 0 && Character.isHighSurrogate(chars[ready - 1]);
            kept = half ? 1 : 0;
            bytes = new String(chars, 0, ready - kept).getBytes(StandardCharsets.UTF_8);
            chars[0] = chars[ready - 1];
            at = 0;
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        return count;
    }
}
