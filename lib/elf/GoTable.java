package lib.elf;

import java.nio.ByteOrder;

/**
 * Go's table of functions and lines (pclntab), which a program needs for its own stack traces and which therefore stays
 * when the symbols are stripped. Four layouts exist, told apart by the magic number; they are described by the headers
 * of Go's runtime/symtab.go and runtime/runtime2.go of each time.
 *
 * <p>A sorted list gives each function's start and where its record is. The record gives the name and a few tables of
 * (value, length of code) pairs: the line, the file, and the inlined call at each instruction.
 */
final class GoTable {
    /** Go 1.2 to 1.15: one table, all offsets from its start, addresses absolute. */
    static final int MAGIC_1_2 = 0xfffffffb;
    /** Go 1.16 and 1.17: names, files, values and functions apart. */
    static final int MAGIC_1_16 = 0xfffffffa;
    /** Go 1.18 and 1.19: addresses are offsets from the start of the text. */
    static final int MAGIC_1_18 = 0xfffffff0;
    /** Go 1.20 and newer: a function's record has the line where it starts. */
    static final int MAGIC_1_20 = 0xfffffff1;

    private static final int MAX_NAME = 16 << 10;
    /** Of names that are only compared, so much is looked at. */
    private static final int HASHED = 256;
    static final int NO_VALUE = Integer.MIN_VALUE;

    final Bytes bytes;
    final int magic;
    final int count;
    private final int quantum;
    private final long headerText;
    private final long names;
    private final long units;
    private final long files;
    private final long values;
    private final long functions;
    private final long list;
    private final int entrySize;
    private long text;
    private int steps;

    /**
     * @param bytes the table, from its magic number to its end or beyond
     * @throws BadBinaryException when this is no such table, or its header makes no sense
     */
    GoTable(Bytes bytes) throws BadBinaryException {
        this.bytes = bytes;
        if (!looksLikeHeader(bytes, 0)) throw new BadBinaryException("no Go function table");
        magic = bytes.i32(0);
        quantum = bytes.u8(6);
        long n = bytes.i64(8);
        if (magic == MAGIC_1_2) {
            names = values = functions = 0;
            units = 0;
            list = 16;
            entrySize = 16;
            headerText = 0;
        } else {
            boolean relative = relative();
            headerText = relative ? bytes.i64(24) : 0;
            long offsets = relative ? 32 : 24;
            names = bytes.i64(offsets);
            units = bytes.i64(offsets + 8);
            values = bytes.i64(offsets + 24);
            functions = bytes.i64(offsets + 32);
            list = functions;
            entrySize = relative ? 8 : 16;
        }
        // One more half entry ends the list: the address after the last function.
        if (n <= 0 || n > bytes.size / entrySize || !bytes.has(list, n * entrySize + entrySize / 2)) {
            throw new BadBinaryException("the Go function table is cut or damaged");
        }
        count = (int) n;
        files = magic == MAGIC_1_2 ? bytes.u32(list + n * entrySize + 8) : bytes.i64((relative() ? 32 : 24) + 16);
        if (!bytes.has(names, 0) || !bytes.has(units, 0) || !bytes.has(files, 0) || !bytes.has(values, 0)) {
            throw new BadBinaryException("the Go function table is cut or damaged");
        }
        text = headerText;
        allowSteps(1 << 28);
    }

    /**
     * Limits how many entries of value tables are followed from now on, until a table counts as damaged: a hostile file
     * could otherwise make each look-up long. The largest known functions (generated code of 1 MB) need 100,000 a table.
     */
    void allowSteps(int number) {
        steps = number;
    }

    /** Whether a table's header stands here: magic, two zeros, a plausible size of instructions, pointers of 8 bytes. */
    static boolean looksLikeHeader(Bytes bytes, long at) throws BadBinaryException {
        if (!bytes.has(at, 24)) return false;
        int magic = bytes.i32(at);
        int quantum = bytes.u8(at + 6);
        return (magic == MAGIC_1_2 || magic == MAGIC_1_16 || magic == MAGIC_1_18 || magic == MAGIC_1_20)
                && bytes.u16(at + 4) == 0
                && (quantum == 1 || quantum == 2 || quantum == 4)
                && bytes.u8(at + 7) == 8
                && bytes.i64(at + 8) > 0;
    }

    /** Since Go 1.18 functions are given as offsets, from the text's start and from that of the function data. */
    boolean relative() {
        return magic == MAGIC_1_18 || magic == MAGIC_1_20;
    }

    /** The text's start that the header gives, or 0: newer Go leaves it out, and in a relocatable binary it may be unset. */
    long headerText() {
        return headerText;
    }

    /** Where the names start, from the start of the table. */
    long names() {
        return names;
    }

    /** Says where the program's text starts; needed where {@link #relative()}. */
    void setText(long address) {
        text = relative() ? address : 0;
    }

    long text() {
        return text;
    }

    /** The start of function {@code i}, or of what follows the last one for {@code i == count}. */
    long entry(int i) throws BadBinaryException {
        return relative() ? text + bytes.u32(list + (long) i * 8) : bytes.i64(list + (long) i * 16);
    }

    /** Where the record of function {@code i} stands in the table. */
    long record(int i) throws BadBinaryException {
        return functions + (relative() ? bytes.u32(list + (long) i * 8 + 4) : bytes.i64(list + (long) i * 16 + 8));
    }

    /** The function that {@code address} lies in, or -1. Padding between functions belongs to none. */
    int find(long address) throws BadBinaryException {
        if (Long.compareUnsigned(address, entry(0)) < 0 || Long.compareUnsigned(address, entry(count)) >= 0) return -1;
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Long.compareUnsigned(entry(middle), address) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long record = record(low);
        // The list has no lengths, but a function's line table ends with its code. (No line table: nothing known, keep it.)
        return lines(record) != 0 && value(lines(record), address - entry(low)) == NO_VALUE ? -1 : low;
    }

    /** The name of function {@code i}. */
    String name(int i) throws BadBinaryException {
        return nameAt(bytes.i32(record(i) + (relative() ? 4 : 8)));
    }

    /** The name at an offset of the name table. */
    String nameAt(int offset) throws BadBinaryException {
        String name = offset < 0 ? null : bytes.text(names + offset, MAX_NAME);
        if (name == null || name.isEmpty()) throw new BadBinaryException("a function's name is missing");
        return name.replace('\u00b7', '.'); // as the linker does when it writes the symbol table
    }

    /** A hash of the name of function {@code i}, without making the name. */
    int nameHash(int i) throws BadBinaryException {
        return bytes.hash(names + bytes.i32(record(i) + (relative() ? 4 : 8)), HASHED);
    }

    /** Whether a name starts exactly at this offset of the name table: used to see whether a guessed layout is right. */
    boolean isName(int offset) throws BadBinaryException {
        if (offset <= 0 || !bytes.has(names + offset - 1, 2) || bytes.u8(names + offset - 1) != 0) return false;
        for (int n = 0; n < MAX_NAME; n++) {
            int b = bytes.u8(names + offset + n);
            if (b < ' ') return b == 0 && n > 0;
        }
        return false;
    }

    /** The fields of a record that follow the name, by number from 0: argument size, deferreturn, pcsp, pcfile, pcln, npcdata … */
    private long field(long record, int number) {
        return record + (relative() ? 8 : 12) + number * 4L;
    }

    private long fileNumbers(long record) throws BadBinaryException {
        return bytes.u32(field(record, 3));
    }

    private long lines(long record) throws BadBinaryException {
        return bytes.u32(field(record, 4));
    }

    /** What is said of a function (runtime.funcFlag); 0 before Go 1.16. */
    int flags(long record) throws BadBinaryException {
        return magic == MAGIC_1_2 ? 0 : bytes.u8(tail(record) + 1);
    }

    /** The last four bytes of a record's fixed part: kind, flags, padding, number of function data. */
    private long tail(long record) {
        int before = magic == MAGIC_1_2 ? 6 : magic == MAGIC_1_20 ? 8 : 7;
        return field(record, before);
    }

    /** The offset of value table {@code index} (PCDATA), or 0 if the function has none. */
    long valueTable(long record, int index) throws BadBinaryException {
        long n = bytes.u32(field(record, 5));
        return index < n ? bytes.u32(tail(record) + 4 + index * 4L) : 0;
    }

    /**
     * The function data number {@code index} (FUNCDATA): an address, or since Go 1.18 an offset from the start of all
     * function data; -1 if the function has none.
     */
    long functionData(long record, int index) throws BadBinaryException {
        // Before Go 1.12 the count is a 32-bit number, later its last byte: take whichever end of it is set.
        int n = bytes.u8(tail(record) + 3);
        if (magic == MAGIC_1_2 && n == 0 && bytes.order() == ByteOrder.LITTLE_ENDIAN) n = bytes.u8(tail(record));
        if (index >= n) return -1;
        long at = tail(record) + 4 + bytes.u32(field(record, 5)) * 4;
        if (relative()) {
            long offset = bytes.u32(at + index * 4L);
            return offset == 0xffffffffL ? -1 : offset;
        }
        // Eight-byte pointers, aligned by the address that the table has in memory.
        at += (bytes.address + at) & 4;
        long pointer = bytes.i64(at + index * 8L);
        return pointer == 0 ? -1 : pointer;
    }

    /**
     * Follows a value table to the value that holds at {@code offset} bytes of code after the function's start.
     *
     * @return the value, or {@link #NO_VALUE} when the table ends before
     */
    int value(long table, long offset) throws BadBinaryException {
        return walk(table, offset, false);
    }

    /** The largest value of a table, -1 if it is empty. */
    int largestValue(long table) throws BadBinaryException {
        return walk(table, Long.MAX_VALUE, true);
    }

    /** Pairs of variable-length numbers: the change of the value (sign in the lowest bit), then how much code it holds for. */
    private int walk(long table, long offset, boolean largest) throws BadBinaryException {
        long at = values + table;
        long code = 0;
        int value = -1;
        int max = -1;
        for (int step = 0; steps-- > 0; step++) {
            int change = 0;
            int shift = 0;
            int b;
            do {
                b = bytes.u8(at++);
                change |= (b & 0x7f) << shift;
                shift += 7;
            } while (b >= 0x80 && shift < 35);
            if (change == 0 && step > 0) return largest ? max : NO_VALUE;
            value += (change & 1) != 0 ? ~(change >>> 1) : change >>> 1;
            long length = 0;
            shift = 0;
            do {
                b = bytes.u8(at++);
                length |= (long) (b & 0x7f) << shift;
                shift += 7;
            } while (b >= 0x80 && shift < 35);
            if (length == 0) break;
            code += length * quantum;
            if (largest) {
                max = Math.max(max, value);
            } else if (offset < code) {
                return value;
            }
        }
        throw new BadBinaryException("a table of lines is damaged");
    }

    /** The line of the instruction at {@code offset} into the function, or 0. */
    int line(long record, long offset) throws BadBinaryException {
        long table = lines(record);
        int line = table == 0 ? 0 : value(table, offset);
        return Math.max(0, line);
    }

    /** The source file of the instruction at {@code offset} into the function, or null. */
    String file(long record, long offset) throws BadBinaryException {
        long table = fileNumbers(record);
        int number = table == 0 ? NO_VALUE : value(table, offset);
        return number < 0 ? null : fileNumber(record, number);
    }

    String fileNumber(long record, int number) throws BadBinaryException {
        if (magic == MAGIC_1_2) return number <= 0 ? null : bytes.text(bytes.u32(files + number * 4L), MAX_NAME);
        long unit = bytes.u32(field(record, 6));
        long at = bytes.u32(units + (unit + number) * 4);
        return at == 0xffffffffL ? null : bytes.text(files + at, MAX_NAME);
    }
}
