package lib.elf;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * An ELF file of 64 bits, of either byte order, as the System V ABI (gABI, chapters 4 and 5) describes it: its build
 * ids, where its parts are mapped, and its {@link #symbols}. Only the ranges that are needed are read, few and large.
 */
public final class Binary {
    /** No part that has to be held in memory as a whole may be larger. */
    private static final int MAX_PART = 256 << 20;
    private static final int MAX_SEGMENTS = 1024; // Linux itself takes no more than 64 KB of them
    private static final int MAX_SECTIONS = 1 << 16;
    private static final int MAX_NOTES = 1 << 16;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_NOTE = 4;
    private static final int SHT_NOTE = 7;
    private static final int SHT_NOBITS = 8;
    private static final int NT_GNU_BUILD_ID = 3;
    private static final int NT_GO_BUILD_ID = 4;
    private static final int EM_X86_64 = 62;
    private static final int EM_AARCH64 = 183;
    /** Bytes of x86-64's longest indirect call without prefixes. */
    private static final int LONGEST_CALL = 8;

    /** A part of the file by the linker's view. */
    record Section(String name, int type, long flags, long address, long offset, long size, int link, long entrySize) {
        boolean executable() {
            return (flags & 4) != 0;
        }
    }

    /** A part of the file as it is mapped: file bytes [offset, offset + fileSize) at address. */
    record Segment(int type, boolean executable, boolean writable, long offset, long address, long fileSize, long memorySize) {
        boolean holds(long vaddr) {
            return vaddr - address >= 0 && vaddr - address < fileSize;
        }
    }

    private final ByteSource source;
    private final long size;
    private final ByteOrder order;
    private final int machine;
    private final boolean relocatable;
    private final List<Segment> segments = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private String buildId;
    private String goBuildId;

    private Binary(ByteSource source) throws IOException {
        this.source = source;
        this.size = source.size();
        if (size < 64) throw new BadBinaryException("not an ELF file");
        byte[] ident = source.read(0, 64);
        if (ident[0] != 0x7f || ident[1] != 'E' || ident[2] != 'L' || ident[3] != 'F') {
            throw new BadBinaryException("not an ELF file");
        }
        if (ident[4] != 2) {
            throw new BadBinaryException(ident[4] == 1 ? "a 32-bit binary: only those of 64 bits can be read"
                    : "not an ELF file of a known class");
        }
        if (ident[5] != 1 && ident[5] != 2) throw new BadBinaryException("not an ELF file of a known byte order");
        order = ident[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        Bytes header = new Bytes(ident, 0, order);
        relocatable = header.u16(16) == 3;
        machine = header.u16(18);
        readSegments(header);
        readSections(header);
        readNotes();
    }

    /**
     * Reads the headers and notes of a binary.
     *
     * @throws BadBinaryException when this is no ELF file of 64 bits, or its program headers are damaged
     * @throws IOException when the source cannot be read
     */
    public static Binary open(ByteSource source) throws IOException {
        return new Binary(source);
    }

    /** The id that the linker gave this build (NT_GNU_BUILD_ID), in lower-case hexadecimal, or null. */
    public String buildId() {
        return buildId;
    }

    /** The id that Go's linker gave this build (the note .note.go.buildid), or null. */
    public String goBuildId() {
        return goBuildId;
    }

    /**
     * Turns a place in the file into the address that the linker gave it: perf writes the former for frames that it has
     * no name for.
     *
     * @return the address, or -1 when that place is not mapped
     */
    public long fileOffsetToVaddr(long offset) {
        long found = -1;
        for (Segment s : segments) {
            if (s.type == PT_LOAD && offset - s.offset >= 0 && offset - s.offset < s.fileSize && (found < 0 || s.executable)) {
                found = s.address + (offset - s.offset);
            }
        }
        return found;
    }

    /** Whether code is mapped at this address (by the linker's numbering). */
    public boolean isCode(long vaddr) {
        for (Segment s : segments) {
            if (s.type == PT_LOAD && s.executable && s.holds(vaddr)) return true;
        }
        return false;
    }

    /** Whether it can be told where calls are in this machine's code. */
    public boolean knowsCalls() {
        return machine == EM_X86_64 || machine == EM_AARCH64;
    }

    /**
     * Whether the instruction before that address may be a call: true of every address that a call returns to, and of few others.
     *
     * @throws IOException when the code cannot be read
     */
    public boolean followsCall(long vaddr) throws IOException {
        if (!isCode(vaddr - LONGEST_CALL)) return false;
        Bytes code = readMemory(vaddr - LONGEST_CALL, LONGEST_CALL);
        if (machine == EM_AARCH64) {
            int last = code.i32(LONGEST_CALL - 4);
            return (last & 0xfc000000) == 0x94000000 || (last & 0xfefff000) == 0xd63f0000; // BL; BLR and those that check the pointer
        }
        boolean call = code.u8(LONGEST_CALL - 5) == 0xe8;
        for (int i = 0; i <= LONGEST_CALL - 2; i++) call |= code.u8(i) == 0xff && (code.u8(i + 1) >> 3 & 7) == 2;
        return call;
    }

    /** Whether the file may be loaded anywhere (PIE or shared library), so that addresses in a process have a base added. */
    public boolean isRelocatable() {
        return relocatable;
    }

    /**
     * Reads what names functions: Go's function table with its inlined calls, and the symbol table or, without one, the
     * dynamic symbols. A binary that has none of them gives symbols that know nothing; what is damaged is left out, and
     * {@link Symbols#problems()} says so.
     *
     * @param inline whether inlined calls will be asked for; they are apart, and not small
     * @throws IOException when the source cannot be read
     */
    public Symbols symbols(boolean inline) throws IOException {
        return symbols(inline, this);
    }

    /**
     * As {@link #symbols(boolean)}, with the symbol table of another file.
     *
     * @param debug the debug symbols that were taken out of this binary
     */
    public Symbols symbols(boolean inline, Binary debug) throws IOException {
        return Symbols.read(this, debug, inline);
    }

    // ---- for the readers of tables ----

    int machine() {
        return machine;
    }

    List<Section> sections() {
        return sections;
    }

    List<Segment> loads() {
        return segments.stream().filter(s -> s.type == PT_LOAD).toList();
    }

    Section section(String name) {
        for (Section s : sections) {
            if (s.name.equals(name)) return s;
        }
        return null;
    }

    Section section(int number) {
        return number >= 0 && number < sections.size() ? sections.get(number) : null;
    }

    /** The dynamic linker's table, or null. */
    Segment dynamic() {
        for (Segment s : segments) {
            if (s.type == PT_DYNAMIC) return s;
        }
        return null;
    }

    /** All bytes of a section. */
    Bytes read(Section s) throws IOException {
        if (s.type == SHT_NOBITS) throw new BadBinaryException("the section " + s.name + " has no bytes in this file");
        return readFile(s.offset, s.size, s.address);
    }

    /** {@code length} bytes at an offset of the file that are mapped at {@code address}. */
    Bytes readFile(long offset, long length, long address) throws IOException {
        ByteSource.checkRange(offset, length, size);
        if (length > MAX_PART) throw new BadBinaryException("a table of " + (length >> 20) + " MB is too large");
        return new Bytes(source.read(offset, (int) length), address, order);
    }

    /** The bytes that are mapped at [vaddr, vaddr + length). */
    Bytes readMemory(long vaddr, long length) throws IOException {
        for (Segment s : segments) {
            if (s.type == PT_LOAD && s.holds(vaddr) && length >= 0 && length <= s.fileSize - (vaddr - s.address)) {
                return readFile(s.offset + (vaddr - s.address), length, vaddr);
            }
        }
        throw new BadBinaryException("a table points outside of the file");
    }

    /** How many bytes of the file are mapped from this address on. */
    long mappedFrom(long vaddr) {
        for (Segment s : segments) {
            if (s.type == PT_LOAD && s.holds(vaddr)) return s.fileSize - (vaddr - s.address);
        }
        return 0;
    }

    // ---- headers ----

    private void readSegments(Bytes header) throws IOException {
        long at = header.i64(32);
        int entry = header.u16(54);
        int count = header.u16(56);
        if (count == 0) return;
        if (entry < 56 || count > MAX_SEGMENTS) throw new BadBinaryException("the program headers are damaged");
        Bytes table = readFile(at, (long) entry * count, 0);
        for (int i = 0; i < count; i++) {
            long p = (long) i * entry;
            long offset = table.i64(p + 8);
            long length = table.i64(p + 32);
            // A truncated file lacks the ends of its segments; what is there can still be used.
            if (offset < 0 || offset > size || length < 0) continue;
            int flags = table.i32(p + 4);
            segments.add(new Segment(table.i32(p), (flags & 1) != 0, (flags & 2) != 0,
                    offset, table.i64(p + 16), Math.min(length, size - offset), table.i64(p + 40)));
        }
    }

    /** Section headers only help to find things: where they are missing or damaged, the binary is used without them. */
    private void readSections(Bytes header) throws IOException {
        long at = header.i64(40);
        int entry = header.u16(58);
        long count = header.u16(60);
        long names = header.u16(62);
        if (at <= 0 || at > size - 64 || entry < 64) return;
        try {
            if (count == 0 || names == 0xffff) { // too many for the header: the first section holds the numbers
                Bytes first = readFile(at, 64, 0);
                count = count == 0 ? first.i64(32) : count;
                names = names == 0xffff ? first.u32(40) : names;
            }
            if (count <= 0 || count > MAX_SECTIONS || names >= count) return;
            Bytes table = readFile(at, entry * count, 0);
            Bytes text = readFile(table.i64(names * entry + 24), table.i64(names * entry + 32), 0);
            List<Section> found = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long s = (long) i * entry;
                String name = text.has(table.u32(s), 1) ? text.text(table.u32(s), 256) : null;
                found.add(new Section(name == null ? "" : name, table.i32(s + 4), table.i64(s + 8), table.i64(s + 16),
                        table.i64(s + 24), table.i64(s + 32), table.i32(s + 40), table.i64(s + 56)));
            }
            sections.addAll(found);
        } catch (BadBinaryException e) {
            sections.clear();
        }
    }

    private void readNotes() throws IOException {
        for (Segment s : segments) {
            if (s.type == PT_NOTE) readNotes(s.offset, s.fileSize);
        }
        for (int i = 0; i < Math.min(sections.size(), MAX_SEGMENTS); i++) {
            Section s = sections.get(i);
            if (s.type == SHT_NOTE && (buildId == null || goBuildId == null)) { // Go's linker maps only its own note as one
                readNotes(s.offset, s.size);
            }
        }
    }

    private void readNotes(long offset, long length) throws IOException {
        if (length < 16 || length > MAX_NOTES) return;
        try {
            Bytes notes = readFile(offset, length, 0);
            for (long at = 0; at + 12 <= length; ) {
                long nameSize = notes.u32(at);
                long descriptionSize = notes.u32(at + 4);
                int type = notes.i32(at + 8);
                long name = at + 12;
                long description = name + (nameSize + 3 & ~3L);
                if (nameSize == 4 && notes.has(description, descriptionSize)) {
                    String owner = notes.text(name, 4);
                    byte[] content = notes.copy(description, (int) descriptionSize);
                    if (type == NT_GNU_BUILD_ID && "GNU".equals(owner) && buildId == null) {
                        buildId = HexFormat.of().formatHex(content);
                    } else if (type == NT_GO_BUILD_ID && "Go".equals(owner) && goBuildId == null) {
                        goBuildId = new String(content, StandardCharsets.UTF_8);
                    }
                }
                at = description + (descriptionSize + 3 & ~3L);
            }
        } catch (BadBinaryException e) {
            // Damaged notes: the binary has no id then.
        }
    }
}
