package lib.formats;

import java.util.Map;
import java.util.TreeMap;

/** What is mapped where in a process or in the kernel: a later mapping takes the place of what it overlaps. */
final class PerfMaps {
    /**
     * A mapped part of a file.
     *
     * @param end exclusive
     * @param offset where in the file it begins
     * @param module the file as frames tell it; null for code made at run time
     */
    record Part(long start, long end, long offset, String module, String build) { }

    /** By the first address, its highest bit turned over: addresses have no sign. Two processes have the same one until either changes. */
    private TreeMap<Long, Part> parts;
    private boolean isShared;

    PerfMaps() {
        parts = new TreeMap<>();
    }

    private PerfMaps(PerfMaps other) {
        parts = other.parts;
        isShared = true;
        other.isShared = true;
    }

    /** What a process has that was forked from the one that has these. */
    PerfMaps fork() {
        return new PerfMaps(this);
    }

    private static long key(long address) {
        return address ^ Long.MIN_VALUE;
    }

    /** Adds a part that is not empty; tells how many parts more are held in memory now. */
    int add(Part part) {
        int before = isShared ? 0 : parts.size();
        if (isShared) {
            parts = new TreeMap<>(parts);
            isShared = false;
        }
        Map.Entry<Long, Part> under = parts.lowerEntry(key(part.start));
        if (under != null && Long.compareUnsigned(under.getValue().end, part.start) > 0) {
            Part old = under.getValue();
            put(old, old.start, part.start);
            put(old, part.end, old.end);
        }
        for (Map.Entry<Long, Part> next; (next = parts.ceilingEntry(key(part.start))) != null
                && Long.compareUnsigned(next.getValue().start, part.end) < 0;) {
            parts.remove(next.getKey());
            put(next.getValue(), part.end, next.getValue().end);
        }
        parts.put(key(part.start), part);
        return parts.size() - before;
    }

    /** What is left of a part, if anything. */
    private void put(Part old, long start, long end) {
        if (Long.compareUnsigned(start, end) < 0) {
            parts.put(key(start), new Part(start, end, old.offset + (start - old.start), old.module, old.build));
        }
    }

    /** Removes the part that begins there. */
    void remove(long start) {
        parts.remove(key(start));
    }

    int size() {
        return parts.size();
    }

    /** The part that holds an address, or null. */
    Part at(long address) {
        Map.Entry<Long, Part> under = parts.floorEntry(key(address));
        return under != null && Long.compareUnsigned(address, under.getValue().end) < 0 ? under.getValue() : null;
    }
}
