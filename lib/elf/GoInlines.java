package lib.elf;

import java.io.IOException;
import java.util.List;

/**
 * The calls that Go's compiler replaced by the called function's body. Each function with such calls has a tree of them
 * among its function data, and a value table that tells which call each instruction belongs to. Where these two are,
 * and how an entry looks, changed often; no number in the binary tells, so the layout is the one that makes sense for
 * all functions that are tried.
 */
final class GoInlines {
    /** How an entry of a tree looks (runtime.inlinedCall) and under which numbers it is found. */
    private enum Layout {
        /** Go 1.20 and newer: { kind, name, instruction of the call, line of the function }. */
        GO_1_20(2, 3, 16, 4),
        /** Go 1.16 to 1.19: { parent 16 bits, kind, file, line of the call, name, instruction of the call }. */
        GO_1_16(2, 3, 20, 12),
        GO_1_14(2, 4, 20, 12),
        GO_1_12(1, 2, 20, 12),
        /** Go 1.9 to 1.11: { parent 32 bits, file, line of the call, name }. */
        GO_1_9(1, 2, 16, 12);

        final int valueTable;
        final int functionData;
        final int size;
        final int name;

        Layout(int valueTable, int functionData, int size, int name) {
            this.valueTable = valueTable;
            this.functionData = functionData;
            this.size = size;
            this.name = name;
        }

        static Layout[] of(int magic) {
            return switch (magic) {
                case GoTable.MAGIC_1_2 -> new Layout[] {GO_1_14, GO_1_12, GO_1_9};
                case GoTable.MAGIC_1_20 -> new Layout[] {GO_1_20};
                default -> new Layout[] {GO_1_16};
            };
        }
    }

    private static final int MAX_DEPTH = 128;
    private static final int MAX_TREE = 4096;
    private static final int TRIED = 200;
    /** Trees do not say where they end, so this much is read from the start of the last one: room for {@link #MAX_TREE} short ones. */
    private static final long LARGEST_TREE = 64 << 10;
    /** More than this is not read for inlined calls; kube-apiserver has 3 MB. */
    private static final long MAX_TREES = 64 << 20;

    private final GoTable table;
    private final Layout layout;
    private final Bytes trees;
    private final long base;

    private GoInlines(GoTable table, Layout layout, Bytes trees, long base) {
        this.table = table;
        this.layout = layout;
        this.trees = trees;
        this.base = base;
    }

    /**
     * Reads the trees of all functions, one range of the file.
     *
     * @param base where function data start, for tables that have offsets
     * @return null when there are none
     */
    static GoInlines read(Binary binary, GoTable table, long base) throws IOException {
        for (Layout layout : Layout.of(table.magic)) {
            long from = Long.MAX_VALUE;
            long last = -1;
            for (int i = 0; i < table.count; i++) {
                long record = table.record(i);
                long tree = hasTree(table, layout, record) ? table.functionData(record, layout.functionData) : -1;
                if (tree >= 0) {
                    from = Math.min(from, tree);
                    last = Math.max(last, tree);
                }
            }
            if (last < 0 || last - from > MAX_TREES) continue;
            GoInlines inlines = new GoInlines(table, layout, trees(binary, table, base + from, last - from + LARGEST_TREE), base);
            if (inlines.makesSense(TRIED)) return inlines;
        }
        return null;
    }

    /** Whether any function has inlined calls, as far as a layout of this table's time tells. */
    static boolean hasTrees(GoTable table) throws BadBinaryException {
        for (Layout layout : Layout.of(table.magic)) {
            for (int i = 0; i < table.count; i++) {
                if (hasTree(table, layout, table.record(i))) return true;
            }
        }
        return false;
    }

    /** Whether function data start at {@code base}, as far as one function's tree can tell. */
    static boolean isRight(Binary binary, GoTable table, long base) throws IOException {
        Layout layout = Layout.of(table.magic)[0];
        for (int i = 0; i < table.count; i++) {
            long record = table.record(i);
            if (hasTree(table, layout, record)) {
                long tree = base + table.functionData(record, layout.functionData);
                long size = treeSize(table, layout, record);
                if (size <= 0 || binary.mappedFrom(tree) < size) return false;
                Bytes bytes = binary.readMemory(tree, size);
                return new GoInlines(table, layout, bytes, base).makesSense(record);
            }
        }
        return false;
    }

    private static Bytes trees(Binary binary, GoTable table, long address, long length) throws IOException {
        long offset = address - table.bytes.address;
        if (table.bytes.has(offset, 1)) { // since Go 1.26 function data end the function table
            int rest = (int) Math.min(length, table.bytes.size - offset);
            return new Bytes(table.bytes.copy(offset, rest), address, table.bytes.order());
        }
        return binary.readMemory(address, Math.min(length, binary.mappedFrom(address)));
    }

    private static boolean hasTree(GoTable table, Layout layout, long record) throws BadBinaryException {
        return table.valueTable(record, layout.valueTable) != 0 && table.functionData(record, layout.functionData) != -1;
    }

    private static long treeSize(GoTable table, Layout layout, long record) throws BadBinaryException {
        long entries = 1L + table.largestValue(table.valueTable(record, layout.valueTable));
        return entries > MAX_TREE ? -1 : entries * layout.size;
    }

    /** Whether nearly all of some trees, spread over the program, name functions and lead to their roots. */
    private boolean makesSense(int tries) throws BadBinaryException {
        int good = 0;
        int bad = 0;
        int step = Math.max(1, table.count / (tries * 4));
        for (int i = 0; i < table.count && good + bad < tries; i += step) {
            long record = table.record(i);
            if (hasTree(table, layout, record)) {
                if (makesSense(record)) {
                    good++;
                } else {
                    bad++;
                }
            }
        }
        return good > 0 && bad * 50 <= good;
    }

    private boolean makesSense(long record) throws BadBinaryException {
        long tree = treeOffset(record);
        long size = treeSize(table, layout, record);
        if (!trees.has(tree, size)) return false;
        for (long at = tree; at < tree + size; at += layout.size) {
            boolean rooted = switch (layout) {
                case GO_1_20 -> trees.i32(at + 8) >= 0;
                case GO_1_9 -> trees.i32(at) >= -1 && trees.i32(at) < (at - tree) / layout.size;
                default -> (short) trees.u16(at) >= -1 && (short) trees.u16(at) < (at - tree) / layout.size;
            };
            if (!rooted || !table.isName(trees.i32(at + layout.name))) return false;
        }
        return true;
    }

    private long treeOffset(long record) throws BadBinaryException {
        return base + table.functionData(record, layout.functionData) - trees.address;
    }

    /** Adds what stands at {@code offset} into function {@code function}: the inlined calls from the inside, then the function. */
    void expand(long record, String function, long offset, List<Location> out) throws BadBinaryException {
        String file = table.file(record, offset);
        int line = table.line(record, offset);
        if (hasTree(table, layout, record)) {
            long calls = table.valueTable(record, layout.valueTable);
            long tree = treeOffset(record);
            int call = table.value(calls, offset);
            for (int depth = 0; call >= 0 && depth < MAX_DEPTH; depth++) {
                long at = tree + (long) call * layout.size;
                out.add(new Location(table.nameAt(trees.i32(at + layout.name)), file, line, true));
                if (layout == Layout.GO_1_20) {
                    // The call stood at an instruction that is left in place and belongs to the caller.
                    long caller = trees.u32(at + 8);
                    file = table.file(record, caller);
                    line = table.line(record, caller);
                    call = table.value(calls, caller);
                } else {
                    file = table.fileNumber(record, trees.i32(at + 4));
                    line = Math.max(0, trees.i32(at + 8));
                    call = layout == Layout.GO_1_9 ? trees.i32(at) : (short) trees.u16(at);
                }
            }
        }
        out.add(new Location(function, file, line, false));
    }
}
