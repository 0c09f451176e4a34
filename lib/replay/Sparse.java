package lib.replay;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A file of which only some stretches matter, gzipped: for each, where it begins (64 bits), its length (32 bits) and
 * its bytes. Between them are zeros. Its name ends in {@value #ENDING}; other files are what they are.
 */
public final class Sparse {
    public static final String ENDING = ".sparse.gz";

    private Sparse() {}

    /** Bytes of a file; zeros between the stretches, none behind its end. */
    static byte[] read(Path file, long offset, int length) throws IOException {
        if (!file.toString().endsWith(ENDING)) {
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                byte[] bytes = new byte[(int) Math.max(0, Math.min(length, in.length() - offset))];
                in.seek(offset);
                in.readFully(bytes);
                return bytes;
            }
        }
        byte[] bytes = new byte[length];
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))))) {
            while (true) {
                long begin = in.readLong();
                byte[] stretch = new byte[in.readInt()];
                in.readFully(stretch);
                long from = Math.max(begin, offset);
                long to = Math.min(begin + stretch.length, offset + length);
                if (from < to) System.arraycopy(stretch, (int) (from - begin), bytes, (int) (from - offset), (int) (to - from));
            }
        } catch (EOFException end) {
            return bytes;
        }
    }

    /**
     * Writes the stretches of a file that are marked.
     *
     * @param marked a bit for each byte
     */
    public static void write(byte[] content, BitSet marked, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file))))) {
            for (int from = marked.nextSetBit(0); from >= 0; ) {
                int to = marked.nextClearBit(from);
                out.writeLong(from);
                out.writeInt(to - from);
                out.write(content, from, to - from);
                from = marked.nextSetBit(to);
            }
        }
    }
}
