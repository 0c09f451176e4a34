package lib.formats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.List;

/** An input that is being read: decompressed, its beginning at hand. */
final class Incoming {
    /** How much of an input is looked at to detect its format. */
    private static final int HEAD = 64 << 10;

    private static final int SHOWN_LINES = 3;
    private static final int SHOWN_LENGTH = 120;

    /** What messages call it. */
    final String name;
    /** How it begins; all of it where it is shorter than {@link #HEAD}. */
    final byte[] head;
    /** All of it, the beginning too. */
    final InputStream bytes;
    /** The plain file that it is, or null where it is compressed or no file. */
    final Path file;
    private final Gunzip gunzip;

    Incoming(String name, InputStream raw, Path file) throws IOException {
        this.name = name;
        byte[] magic = raw.readNBytes(2);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), raw);
        gunzip = Gunzip.isCompressed(magic) ? new Gunzip(whole) : null;
        this.file = gunzip == null ? file : null;
        InputStream plain = gunzip == null ? whole : gunzip;
        head = plain.readNBytes(HEAD);
        bytes = new SequenceInputStream(new ByteArrayInputStream(head), plain);
    }

    /** The beginning as text. */
    Block headBlock() {
        Block block = new Block(head.length);
        System.arraycopy(head, 0, block.bytes, 0, head.length);
        block.bytes[head.length] = '\n';
        block.length = head.length + 1;
        return block;
    }

    /** The first lines that are not blank, fit to be shown. */
    List<String> firstLines() {
        return TextBytes.decode(head, 0, head.length).lines()
            .filter(line -> !line.isBlank())
            .limit(SHOWN_LINES)
            .map(line -> TextBytes.printable(line.length() > SHOWN_LENGTH ? line.substring(0, SHOWN_LENGTH) + "…" : line))
            .toList();
    }

    /** What was wrong with the compressed data as far as they were read, or null. */
    String damage() {
        return gunzip == null ? null : gunzip.damage();
    }
}
