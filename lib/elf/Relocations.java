package lib.elf;

import java.io.IOException;

/**
 * The pointers of a position-independent binary that the dynamic linker fills in at start: in a file that an external
 * linker wrote they are zero, and the value stands only here (relocations of the kind "base + addend", in Elf64_Rela).
 */
final class Relocations {
    private static final long DT_RELA = 7;
    private static final long DT_RELASZ = 8;
    private static final long DT_RELACOUNT = 0x6ffffff9L;
    private static final int ENTRY = 24;
    /** More unsorted relocations than this are not read, as all would have to be. */
    private static final long MAX_UNSORTED = 4 << 20;
    private static final long MAX_DYNAMIC = 1 << 16;

    private final Binary binary;
    private final long table;
    private final long count;
    private final boolean sorted;
    private final long relative;

    /** What the dynamic linker's table says about relocations; none for a binary that has no such table. */
    Relocations(Binary binary) throws IOException {
        this.binary = binary;
        long address = 0;
        long size = 0;
        long leading = 0;
        Binary.Segment dynamic = binary.dynamic();
        if (dynamic != null && dynamic.fileSize() <= MAX_DYNAMIC) {
            Bytes entries = binary.readFile(dynamic.offset(), dynamic.fileSize(), 0);
            for (long at = 0; at + 16 <= entries.size; at += 16) {
                long value = entries.i64(at + 8);
                switch ((int) Math.min(Integer.MAX_VALUE, Math.max(0, entries.i64(at)))) {
                    case (int) DT_RELA -> address = value;
                    case (int) DT_RELASZ -> size = value;
                    case (int) DT_RELACOUNT -> leading = value;
                    default -> { }
                }
            }
        }
        // Linkers put relocations of this kind first, sorted by place, and say how many; Go's own linker does not.
        long entries = Math.max(0, Math.min(size, binary.mappedFrom(address))) / ENTRY;
        sorted = leading > 0 && leading <= entries;
        count = sorted ? leading : entries * ENTRY <= MAX_UNSORTED ? entries : 0;
        table = address;
        relative = switch (binary.machine()) { // R_*_RELATIVE of each processor's ELF supplement
            case 62 -> 8; // x86-64
            case 183 -> 1027; // AArch64
            case 243, 258 -> 3; // RISC-V, LoongArch
            case 21, 22 -> binary.machine() == 21 ? 22 : 12; // PowerPC 64, S/390
            default -> -1;
        };
    }

    /** Writes the values of all pointers that lie in {@code bytes}. */
    void apply(Bytes bytes) throws IOException {
        long from = sorted ? firstAtOrAfter(bytes.address) : 0;
        long to = sorted ? firstAtOrAfter(bytes.address + bytes.size) : count;
        if (to <= from || relative < 0) return;
        Bytes entries = binary.readMemory(table + from * ENTRY, (to - from) * ENTRY);
        for (long at = 0; at < entries.size; at += ENTRY) {
            long place = entries.i64(at) - bytes.address;
            if ((entries.i64(at + 8) & 0xffffffffL) == relative && bytes.has(place, 8)) {
                bytes.putI64(place, entries.i64(at + 16));
            }
        }
    }

    private long firstAtOrAfter(long address) throws IOException {
        long low = 0;
        long high = count;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (Long.compareUnsigned(binary.readMemory(table + middle * ENTRY, 8).i64(0), address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
