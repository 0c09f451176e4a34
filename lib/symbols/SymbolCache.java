package lib.symbols;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import lib.cli.Sha256;
import lib.cli.UserCache;

/**
 * Keeps what was read of binaries, by their build ids, in a folder of the user's: one gzipped file each, whose checksum
 * tells whether it is whole. A damaged one counts as none.
 */
public final class SymbolCache {
    private static final long MAGIC = 0x6b66672d73796d31L; // "kfg-sym1"
    private static final int MAX_RANGE = 256 << 20;
    private static final long MAX_ALL = 512L << 20;

    private final Path folder;

    /** A cache in that folder, which is made when something is kept. */
    public SymbolCache(Path folder) {
        this.folder = folder;
    }

    /** The user's own: {@code symbols} in {@link UserCache}. */
    public static SymbolCache ofUser() {
        return new SymbolCache(UserCache.folder("symbols"));
    }

    /** Build ids come from binaries: a file's name must not be up to them. */
    private Path file(String id) {
        return folder.resolve(Sha256.hex(id.getBytes(StandardCharsets.UTF_8)).substring(0, 40) + ".gz");
    }

    /** What is kept of the binary with that id, or null. */
    KnownRanges load(String id) {
        try (InputStream file = Files.newInputStream(file(id));
                DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(file, 1 << 16), 1 << 16))) {
            if (in.readLong() != MAGIC || !in.readUTF().equals(id)) return null;
            KnownRanges ranges = new KnownRanges(in.readLong());
            long all = 0;
            for (int left = in.readInt(); left > 0; left--) {
                long offset = in.readLong();
                int length = in.readInt();
                all += length;
                if (offset < 0 || length < 0 || length > MAX_RANGE || all > MAX_ALL) return null;
                byte[] bytes = in.readNBytes(length);
                if (bytes.length != length) return null;
                ranges.add(offset, bytes);
            }
            return in.read() < 0 ? ranges : null; // only at the end is gzip's checksum compared
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Keeps the ranges for that id, in place of what was kept before; whole or not at all.
     *
     * @throws IOException when it cannot be written
     */
    void store(String id, KnownRanges ranges) throws IOException {
        UserCache.make(folder);
        Path part = Files.createTempFile(folder, "new", ".part");
        try {
            try (OutputStream file = Files.newOutputStream(part);
                    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new GZIPOutputStream(file, 1 << 16), 1 << 16))) {
                out.writeLong(MAGIC);
                out.writeUTF(id);
                out.writeLong(ranges.size());
                out.writeInt(ranges.ranges().size());
                for (Map.Entry<Long, byte[]> range : ranges.ranges().entrySet()) {
                    out.writeLong(range.getKey());
                    out.writeInt(range.getValue().length);
                    out.write(range.getValue());
                }
            }
            Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
