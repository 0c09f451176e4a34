package lib.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an ELF file with a Go function table of any time: what no compiler at hand makes any more can be tested, and
 * every field is known. The program has a text of zeros, function data, the table and a module's description.
 */
public final class GoProgram {
    public static final long TEXT = 0x401000;
    private static final int[] SPLIT = {0x1000, 0x401000};

    /** A stretch of code: how long it is, its line, and the inlined call that it belongs to, or -1. */
    public record Span(int length, int line, int call) {}

    /** A call that was inlined: what was called, from which other inlined call or -1, where, and which instruction stayed. */
    public record Call(String function, int parent, int line, int at) {}

    public record Function(String name, String file, int padding, List<Span> spans, List<Call> calls) {
        public int length() {
            return spans.stream().mapToInt(Span::length).sum();
        }
    }

    /** The layouts of inlined calls of Go's versions, as "Go that wrote it". */
    public enum Age {
        GO_1_10(GoTable.MAGIC_1_2, 1, 2), GO_1_12(GoTable.MAGIC_1_2, 1, 2), GO_1_15(GoTable.MAGIC_1_2, 2, 4),
        GO_1_17(GoTable.MAGIC_1_16, 2, 3), GO_1_19(GoTable.MAGIC_1_18, 2, 3), GO_1_21(GoTable.MAGIC_1_20, 2, 3),
        GO_1_27(GoTable.MAGIC_1_20, 2, 3);

        final int magic;
        final int inlineTable;
        final int treeData;

        Age(int magic, int inlineTable, int treeData) {
            this.magic = magic;
            this.inlineTable = inlineTable;
            this.treeData = treeData;
        }

        boolean relative() {
            return magic == GoTable.MAGIC_1_18 || magic == GoTable.MAGIC_1_20;
        }
    }

    public Age age = Age.GO_1_19;
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    public boolean sectionHeaders = true;
    String tableSection = ".gopclntab";
    /** Pointers are left to the dynamic linker, as an external linker does it. */
    public boolean relocated;
    /** The header says where the text starts; newer Go does not. */
    boolean headerText = true;
    /** Bytes of somebody else's code at the start of .text. */
    int foreignCode;
    public final List<Function> functions = new ArrayList<>();
    final Map<String, long[]> symbols = new LinkedHashMap<>();
    public byte[] gnuBuildId = {1, 2, (byte) 0xab};
    /** Whether the segment of notes has only Go's, as since Go 1.24. */
    boolean gnuNoteApart;
    public String goBuildId = "abc/def";

    /** A program with what the tests ask for: calls in calls, padding, a function without a call. */
    public static GoProgram sample() {
        GoProgram p = new GoProgram();
        p.functions.add(new Function("runtime.text0", "/go/src/runtime/a.go", 0, List.of(new Span(32, 7, -1)), List.of()));
        p.functions.add(new Function("main.main", "/src/main.go", 12, List.of(
                new Span(4, 10, -1), new Span(4, 20, 0), new Span(4, 31, 1), new Span(8, 300, 2), new Span(4, 12, -1)),
                List.of(new Call("main.outer", -1, 11, 3), new Call("main.middle", 0, 21, 7), new Call("main.inner", 1, 32, 11))));
        p.functions.add(new Function("main.(*T[...]).Do.func1", "/src/t.go", 6, List.of(new Span(10, 5, -1)), List.of()));
        for (int i = 0; i < 40; i++) {
            p.functions.add(new Function("pkg/path.f" + i, "/src/p" + i % 3 + ".go", 16 - i % 16,
                    List.of(new Span(16 + i, 100 + i, -1), new Span(4, 50 + i, 0)),
                    List.of(new Call("pkg/path.tiny" + i % 5, -1, 100 + i, 15))));
        }
        return p;
    }

    public long start(int index) {
        long at = TEXT + foreignCode;
        for (int i = 0; i < index; i++) at += functions.get(i).length() + functions.get(i).padding();
        return at;
    }

    private Out out() {
        return new Out(order);
    }

    public byte[] build() {
        long end = start(functions.size());
        int textFile = SPLIT[0];
        int trees = textFile + (int) (end - TEXT) + 64;
        trees += -trees & 31;
        long shift = SPLIT[1] - SPLIT[0];
        List<Integer> treeAt = new ArrayList<>();
        Names names = new Names();
        byte[] treeBytes = treeBytes(treeAt, names);
        int tableFile = trees + treeBytes.length;
        tableFile += -tableFile & 31;
        byte[] table = table(treeAt, names, trees + shift);
        int dataFile = tableFile + table.length;
        dataFile += -dataFile & 31;
        Out data = out().u64(1).u64(2);
        byte[] module = module(tableFile + shift, trees + shift);
        data.raw(module);
        List<long[]> relocations = new ArrayList<>();
        if (relocated) {
            table = withoutPointers(table, tableFile + shift, relocations, age.relative() ? 0 : age.magic == GoTable.MAGIC_1_2 ? 16 : 0);
            data = out().raw(withoutPointers(data.array(), dataFile + shift, relocations, 16));
        }
        int notesFile = dataFile + data.size();
        notesFile += -notesFile & 7;
        Out notes = notes();
        int relocationFile = notesFile + notes.size();
        relocationFile += -relocationFile & 7;
        Out rela = out();
        for (long[] r : relocations) rela.u64(r[0]).u64(8).u64(r[1]);
        int dynamicFile = relocationFile + rela.size();
        Out dynamic = out().u64(7).u64(relocationFile + shift).u64(8).u64(rela.size())
                .u64(0x6ffffff9L).u64(relocations.size()).u64(0).u64(0);
        int symbolFile = dynamicFile + dynamic.size();
        Out symbolNames = out().u8(0);
        Out symbolTable = out().padTo(24);
        symbols.forEach((name, place) -> {
            symbolTable.u32(symbolNames.size()).u8(0x12, 0).u16(1).u64(place[0]).u64(place[1]);
            symbolNames.text(name);
        });
        int stringsFile = symbolFile + symbolTable.size();
        int namesFile = stringsFile + symbolNames.size();
        String[] sectionNames = {"", ".text", ".rodata", tableSection, ".noptrdata", ".note.go", ".symtab", ".strtab", ".shstrtab"};
        int[][] parts = {{0, 0, 0, 0}, {1, textFile, trees - textFile, 6}, {1, trees, treeBytes.length, 2},
            {1, tableFile, table.length, 2}, {1, dataFile, data.size(), 3}, {7, notesFile, notes.size(), 2},
            {2, symbolFile, symbolTable.size(), 0}, {3, stringsFile, symbolNames.size(), 0}, {3, namesFile, 0, 0}};
        Out shstrtab = out();
        int[] nameAt = new int[sectionNames.length];
        for (int i = 0; i < sectionNames.length; i++) {
            nameAt[i] = shstrtab.size();
            shstrtab.text(sectionNames[i]);
        }
        parts[8][2] = shstrtab.size();
        int headersFile = namesFile + shstrtab.size();
        headersFile += -headersFile & 7;

        Out file = out().u8(0x7f, 'E', 'L', 'F', 2, order == ByteOrder.LITTLE_ENDIAN ? 1 : 2, 1, 0).u64(0)
                .u16(relocated ? 3 : 2).u16(62).u32(1).u64(TEXT).u64(64).u64(sectionHeaders ? headersFile : 0)
                .u32(0).u16(64).u16(56).u16(5).u16(64).u16(sectionHeaders ? parts.length : 0).u16(sectionHeaders ? 8 : 0);
        segment(file, 1, 5, textFile, TEXT, trees - textFile);
        segment(file, 1, 4, trees, trees + shift, dataFile - trees);
        segment(file, 1, 6, dataFile, dataFile + shift, dynamicFile + dynamic.size() - dataFile);
        segment(file, 4, 4, notesFile, notesFile + shift, gnuNoteApart ? notes.size() - 16 - gnuBuildId.length / 4 * 4 - 4 : notes.size());
        segment(file, 2, 6, dynamicFile, dynamicFile + shift, dynamic.size());
        file.padTo(trees).raw(treeBytes).padTo(tableFile).raw(table).padTo(dataFile).raw(data.array()).padTo(notesFile)
                .raw(notes.array()).padTo(relocationFile).raw(rela.array()).raw(dynamic.array())
                .raw(symbolTable.array()).raw(symbolNames.array());
        if (sectionHeaders) {
            file.raw(shstrtab.array()).padTo(headersFile);
            for (int i = 0; i < parts.length; i++) {
                int[] p = parts[i];
                file.u32(nameAt[i]).u32(p[0]).u64(p[3]).u64((p[3] & 2) != 0 ? p[1] + shift : 0).u64(p[1]).u64(p[2])
                        .u32(p[0] == 2 ? 7 : 0).u32(0).u64(1).u64(0);
            }
        }
        return file.array();
    }

    private static void segment(Out out, int type, int flags, long offset, long address, long size) {
        out.u32(type).u32(flags).u64(offset).u64(address).u64(address).u64(size).u64(size).u64(4096);
    }

    private Out notes() {
        Out notes = out();
        notes.u32(4).u32(goBuildId.length()).u32(4).text("Go\0").raw(goBuildId.getBytes(StandardCharsets.UTF_8)).align(4);
        notes.u32(4).u32(gnuBuildId.length).u32(3).text("GNU").raw(gnuBuildId).align(4);
        return notes;
    }

    /** Replaces every word that points into the program by zero and keeps it as a relocation. */
    private byte[] withoutPointers(byte[] bytes, long address, List<long[]> relocations, int from) {
        ByteBuffer words = ByteBuffer.wrap(bytes).order(order);
        for (int at = from; at + 8 <= bytes.length; at += 8) {
            long value = words.getLong(at);
            if (value >= TEXT && value < TEXT + (1 << 20)) {
                relocations.add(new long[] {address + at, value});
                words.putLong(at, 0);
            }
        }
        return bytes;
    }

    /** The table of names: the first byte is zero, so that no name has offset 0. */
    private final class Names {
        final Out bytes = out().u8(0);
        final Map<String, Integer> at = new LinkedHashMap<>();
        /** Go 1.2 has no table of names: offsets are from the start of the whole, which ends with them. */
        int base;

        int of(String name) {
            return base + at.computeIfAbsent(name, n -> {
                int offset = bytes.size();
                bytes.text(n);
                return offset;
            });
        }
    }

    private byte[] treeBytes(List<Integer> treeAt, Names names) {
        if (age.magic == GoTable.MAGIC_1_2) names.base = NAMES_OF_GO_1_2;
        Out out = out().u64(0x1122334455667788L);
        for (Function f : functions) {
            treeAt.add(f.calls().isEmpty() ? -1 : out.size());
            for (Call call : f.calls()) {
                int name = names.of(call.function());
                switch (age) {
                    case GO_1_10 -> out.u32(call.parent()).u32(fileNumber(f)).u32(call.line()).u32(name);
                    case GO_1_21, GO_1_27 -> out.u8(0, 0, 0, 0).u32(name).u32(call.at()).u32(1);
                    default -> out.u16(call.parent()).u8(0, 0).u32(fileNumber(f)).u32(call.line()).u32(name).u32(call.at());
                }
            }
        }
        return out.array();
    }

    private static final int NAMES_OF_GO_1_2 = 1 << 16;

    /** Files have numbers from 1; since Go 1.16 they are counted from 0 in each compilation unit, of which this has one. */
    private int fileNumber(Function f) {
        return files().indexOf(f.file()) + (age.magic == GoTable.MAGIC_1_2 ? 1 : 0);
    }

    private List<String> files() {
        return functions.stream().map(Function::file).distinct().toList();
    }

    private static void number(Out out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.u8(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.u8(rest);
    }

    private interface Field {
        int of(Span span);
    }

    private byte[] values(Function f, Field field) {
        List<int[]> merged = new ArrayList<>();
        for (Span s : f.spans()) {
            int value = field.of(s);
            if (!merged.isEmpty() && merged.get(merged.size() - 1)[0] == value) {
                merged.get(merged.size() - 1)[1] += s.length();
            } else {
                merged.add(new int[] {value, s.length()});
            }
        }
        Out out = out();
        int last = -1;
        for (int[] stretch : merged) {
            int change = stretch[0] - last;
            number(out, change << 1 ^ change >> 31);
            number(out, stretch[1]);
            last = stretch[0];
        }
        return out.u8(0).array();
    }

    private byte[] table(List<Integer> treeAt, Names names, long treesAddress) {
        boolean old = age.magic == GoTable.MAGIC_1_2;
        int n = functions.size();
        int entry = age.relative() ? 8 : 16;
        int listSize = n * entry + entry / 2;
        Out valuesOut = out().u8(0);
        int[][] tables = new int[n][];
        int valuesBase = old ? NAMES_OF_GO_1_2 / 2 : 0;
        for (int i = 0; i < n; i++) {
            Function f = functions.get(i);
            int file = fileNumber(f);
            int[] at = new int[3];
            at[0] = valuesBase + valuesOut.size();
            valuesOut.raw(values(f, s -> file));
            at[1] = valuesBase + valuesOut.size();
            valuesOut.raw(values(f, Span::line));
            if (!f.calls().isEmpty()) {
                at[2] = valuesBase + valuesOut.size();
                valuesOut.raw(values(f, Span::call));
            }
            tables[i] = at;
        }
        // The list and the records; offsets of records are from here (Go 1.2: from the start of everything).
        int recordsBase = old ? 16 + listSize + 8 : listSize;
        Out list = out();
        Out records = out();
        for (int i = 0; i < n; i++) {
            Function f = functions.get(i);
            records.align(8);
            long record = recordsBase + records.size();
            long text = start(0);
            if (age.relative()) {
                list.u32(start(i) - text).u32(record);
                records.u32(start(i) - text);
            } else {
                list.u64(start(i)).u64(record);
                records.u64(start(i));
            }
            records.u32(names.of(f.name())).u32(16).u32(0).u32(0).u32(tables[i][0]).u32(tables[i][1]);
            boolean inlines = !f.calls().isEmpty();
            records.u32(inlines ? age.inlineTable + 1 : 0);
            if (!old) {
                records.u32(0); // compilation unit
            }
            if (age.magic == GoTable.MAGIC_1_20) records.u32(f.spans().get(0).line());
            int data = inlines ? age.treeData + 1 : 0;
            if (age == Age.GO_1_10) {
                records.u32(data);
            } else {
                records.u8(0, 0, 0, data);
            }
            for (int k = 0; k < (inlines ? age.inlineTable + 1 : 0); k++) {
                records.u32(k == age.inlineTable ? tables[i][2] : 0);
            }
            if (!age.relative() && data > 0 && (recordsBase + records.size()) % 8 != 0) records.u32(0);
            for (int k = 0; k < data; k++) {
                boolean tree = k == age.treeData;
                if (age.relative()) {
                    records.u32(tree ? treeAt.get(i) : -1);
                } else {
                    records.u64(tree ? treesAddress + treeAt.get(i) : 0);
                }
            }
        }
        if (age.relative()) {
            list.u32(start(n) - start(0));
        } else {
            list.u64(start(n));
        }
        Out fileNames = out();
        Out fileOffsets = out();
        List<String> files = files();
        int filesAt = NAMES_OF_GO_1_2 / 4;
        if (old) fileOffsets.u32(files.size() + 1);
        for (String file : files) {
            fileOffsets.u32(fileNames.size() + (old ? filesAt + 1024 : 0));
            fileNames.text(file);
        }
        Out table = out().u32(age.magic).u8(0, 0, 1, 8).u64(n);
        if (old) {
            table.raw(list.array()).u32(filesAt).u32(0).raw(records.array());
            if (table.size() > filesAt) throw new IllegalStateException("too many functions for this layout");
            table.padTo(filesAt).raw(fileOffsets.array()).padTo(filesAt + 1024).raw(fileNames.array());
            return table.padTo(valuesBase).raw(valuesOut.array()).padTo(NAMES_OF_GO_1_2).raw(names.bytes.array()).array();
        }
        table.u64(files.size());
        if (age.relative()) table.u64(headerText ? start(0) : 0);
        int namesAt = tableHeader();
        int unitsAt = namesAt + names.bytes.align(8).size();
        int filesStart = unitsAt + fileOffsets.align(8).size();
        int valuesAt = filesStart + fileNames.align(8).size();
        int listAt = valuesAt + valuesOut.align(8).size();
        table.u64(namesAt).u64(unitsAt).u64(filesStart).u64(valuesAt).u64(listAt);
        return table.raw(names.bytes.array()).raw(fileOffsets.array()).raw(fileNames.array()).raw(valuesOut.array())
                .raw(list.array()).raw(records.array()).array();
    }

    private int tableHeader() {
        return age.magic == GoTable.MAGIC_1_2 ? 16 : age.relative() ? 72 : 64;
    }

    private byte[] module(long table, long trees) {
        int namesAt = tableHeader();
        Out module = out().u64(table).u64(table + namesAt).u64(1).u64(1);
        while (module.size() < 20 * 8) module.u64(3);
        module.u64(start(0)).u64(start(functions.size())).u64(start(0)).u64(start(functions.size()));
        int word = age == Age.GO_1_27 ? 43 : age == Age.GO_1_21 ? 40 : 38;
        while (module.size() < word * 8) module.u64(5);
        return module.u64(trees).padTo(60 * 8).array();
    }
}
