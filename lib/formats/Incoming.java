package lib.formats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An input that is being read: unpacked, as UTF-8 where it is text, its beginning at hand. */
final class Incoming {
    /** How much of an input is looked at to detect its format, at first and at most: a header may be long. */
    private static final int HEAD = 64 << 10;
    private static final int LONGEST_HEAD = 16 << 20;
    /** A file in a packed file is unpacked too, so many times. */
    private static final int LAYERS = 3;

    private static final int SHOWN_LINES = 3;
    private static final int SHOWN_LENGTH = 120;

    /** What messages call it. */
    final String name;
    /** The plain file that it is, or null where it is packed, in another encoding or no file. */
    final Path file;
    /** How it begins. */
    private byte[] head;
    private boolean ended;
    /** What follows the head. */
    private final InputStream rest;
    private Unpacked unpacked;

    /** @throws NotStacksException if it is packed in a way that is only known by name */
    Incoming(String name, InputStream raw, Path file) throws IOException {
        this.name = name;
        InputStream in = raw;
        for (int layer = 0; layer < LAYERS; layer++) {
            byte[] magic = in.readNBytes(Packing.MAGIC);
            in = new SequenceInputStream(new ByteArrayInputStream(magic), in);
            Packing packing = Packing.of(magic);
            if (packing == null) break;
            if (!packing.isReadable()) throw new NotStacksException(name, packing.title(), packing.advice(), List.of());
            unpacked = new Unpacked(in, packing);
            in = unpacked;
        }
        byte[] begin = in.readNBytes(HEAD);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(begin), in);
        InputStream utf8 = Utf16.decoded(begin, whole);
        this.file = unpacked == null && utf8 == whole ? file : null;
        rest = utf8;
        head = new byte[0];
        readMore();
    }

    /** The beginning: all of it where it is short. */
    byte[] head() {
        return head;
    }

    /** All of it, the beginning too; to be asked for once. */
    InputStream bytes() {
        return new SequenceInputStream(new ByteArrayInputStream(head), rest);
    }

    /** Makes the beginning longer; false where that is not possible, or enough of it was seen. */
    boolean readMore() throws IOException {
        if (ended || head.length >= LONGEST_HEAD) return false;
        int length = head.length == 0 ? HEAD : 4 * head.length;
        byte[] more = rest.readNBytes(length - head.length);
        ended = head.length + more.length < length;
        int old = head.length;
        head = Arrays.copyOf(head, old + more.length);
        System.arraycopy(more, 0, head, old, more.length);
        return true;
    }

    /** The whole lines of the beginning. */
    Block headLines() {
        int length = head.length;
        while (!ended && length > 0 && head[length - 1] != '\n') length--;
        Block block = new Block(length + 1);
        System.arraycopy(head, 0, block.bytes, 0, length);
        block.bytes[length] = '\n';
        block.length = length == 0 || head[length - 1] == '\n' ? length : length + 1;
        return block;
    }

    /** The first lines that are not blank, fit to be shown. */
    List<String> firstLines() {
        return TextBytes.decode(head, 0, Math.min(head.length, HEAD)).lines()
                .filter(line -> !line.isBlank())
                .limit(SHOWN_LINES)
                .map(line -> TextBytes.printable(line.length() > SHOWN_LENGTH ? line.substring(0, SHOWN_LENGTH) + "…" : line))
                .toList();
    }

    /** What was wrong with the packed data as far as they were read, or null. */
    String damage() {
        return unpacked == null ? null : unpacked.damage();
    }

    /** That it holds no stacks, with what it seems to be. */
    NotStacksException refused() {
        if (damage() != null) {
            return NotStacksException.because(name, "holds nothing that can be used: " + damage(), "Fetch it again.");
        }
        Foreign foreign = Foreign.of(head);
        return foreign == null ? new NotStacksException(name, null, null, firstLines())
                : new NotStacksException(name, foreign.title(), foreign.advice(), firstLines());
    }
}
