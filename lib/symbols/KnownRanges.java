package lib.symbols;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import lib.elf.ByteSource;

/** A file of which some ranges are at hand. */
final class KnownRanges implements ByteSource {
    private final long size;
    private final TreeMap<Long, byte[]> ranges = new TreeMap<>();

    /** @param size of the whole file in bytes */
    KnownRanges(long size) {
        this.size = size;
    }

    /** The ranges by where they begin. */
    Map<Long, byte[]> ranges() {
        return ranges;
    }

    /** Adds a range; ranges that lie in it are not needed any more. */
    void add(long offset, byte[] bytes) {
        ranges.subMap(offset, true, offset + bytes.length, false).entrySet()
                .removeIf(old -> old.getKey() + old.getValue().length <= offset + bytes.length);
        ranges.put(offset, bytes);
    }

    boolean has(long offset, int length) {
        return find(offset, length) != null;
    }

    /** The bytes from {@code offset} to the end of a range that it lies in; none if it lies in no range. */
    byte[] from(long offset) {
        var range = find(offset, 1);
        return range == null ? new byte[0]
                : Arrays.copyOfRange(range.getValue(), (int) (offset - range.getKey()), range.getValue().length);
    }

    private Map.Entry<Long, byte[]> find(long offset, int length) {
        for (var at = ranges.floorEntry(offset); at != null; at = ranges.lowerEntry(at.getKey())) {
            if (offset + length <= at.getKey() + at.getValue().length) return at;
        }
        return null;
    }

    @Override
    public long size() {
        return size;
    }

    /** @throws IOException when not all of the range is at hand */
    @Override
    public byte[] read(long offset, int length) throws IOException {
        ByteSource.checkRange(offset, length, size);
        var range = find(offset, length);
        if (range == null) throw new IOException("bytes " + offset + " to " + (offset + length) + " are not at hand");
        int from = (int) (offset - range.getKey());
        if (from == 0 && length == range.getValue().length) return range.getValue().clone();
        byte[] bytes = new byte[length];
        System.arraycopy(range.getValue(), from, bytes, 0, length);
        return bytes;
    }
}
