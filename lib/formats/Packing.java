package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** The table of packings: how they begin, and who unpacks them, or by which command they can be unpacked. */
enum Packing {
    GZIP("gzip", in -> new GZIPInputStream(in, 64 << 10), null, 0x1f, 0x8b),
    XZ("xz", in -> new XZInputStream(in, Packing.XZ_MEMORY), null, 0xfd, '7', 'z', 'X', 'Z', 0),
    ZSTD("zstd", Zstd::new, null, 0x28, 0xb5, 0x2f, 0xfd),
    BZIP2("bzip2", null, "bunzip2 -c", 'B', 'Z', 'h'),
    ZIP("a zip archive", null, "unzip -p", 'P', 'K', 3, 4),
    LZ4("lz4", null, "lz4 -dc", 0x04, 0x22, 0x4d, 0x18),
    LZIP("lzip", null, "lzip -dc", 'L', 'Z', 'I', 'P'),
    SEVEN_ZIP("a 7-Zip archive", null, "7z x -so", '7', 'z', 0xbc, 0xaf, 0x27, 0x1c),
    COMPRESS("what compress packed", null, "gzip -dc", 0x1f, 0x9d);

    /** So many bytes tell a packing. */
    static final int MAGIC = 6;
    /** In KiB: what xz needs to unpack what {@code xz -9} packed, and some room; more is a hostile file. */
    private static final int XZ_MEMORY = 80 << 10;

    interface Unpacker {
        InputStream unpack(InputStream in) throws IOException;
    }

    private final String title;
    private final Unpacker unpacker;
    private final String command;
    private final byte[] magic;

    Packing(String title, Unpacker unpacker, String command, int... magic) {
        this.title = title;
        this.unpacker = unpacker;
        this.command = command;
        this.magic = new byte[magic.length];
        for (int i = 0; i < magic.length; i++) this.magic[i] = (byte) magic[i];
    }

    /** The packing of what begins so, or null. */
    static Packing of(byte[] begin) {
        for (Packing one : values()) {
            if (begin.length >= one.magic.length && Arrays.equals(begin, 0, one.magic.length, one.magic, 0, one.magic.length)) {
                return one;
            }
        }
        return null;
    }

    boolean isReadable() {
        return unpacker != null;
    }

    InputStream unpack(InputStream in) throws IOException {
        return unpacker.unpack(in);
    }

    String title() {
        return title;
    }

    String advice() {
        return "Unpack it first: " + command + " FILE | … --input -";
    }
}
