///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../lib/cli/*.java
//SOURCES ../lib/elf/*.java
//SOURCES ../lib/stacks/*.java
//SOURCES ../lib/formats/*.java
//SOURCES ../lib/node/*.java
//SOURCES ../lib/replay/*.java
//MAIN lib.elf.Reduce

package lib.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.replay.Sparse;
import lib.stacks.Frames;

/**
 * Reduces what was brought of a binary to what the names in one recording need: of Go's function table the list of all
 * functions, and of those in the recording the records, names, files, lines and inlined calls. All else becomes zeros.
 * Knows the layout of Go 1.18 and 1.19.
 *
 * <p>Arguments: the binary as a recorded node keeps it, the recording as perf script text, the file to write.
 */
final class Reduce {
    private static final int TREE_ENTRY = 20;
    private static final int TREES = 3;
    private static final int INLINED = 2;

    private final byte[] content;
    private final Binary binary;
    private final GoTable table;
    private final long at;
    private final BitSet marked = new BitSet();
    private final Set<Long> addresses = new TreeSet<>();

    private Reduce(Path file) throws IOException {
        content = Files.readAllBytes(file);
        binary = Binary.open(ByteSource.of(file));
        table = binary.symbols(true).goTable();
        at = binary.section(".gopclntab").offset();
    }

    public static void main(String... args) throws IOException {
        Reduce reduce = new Reduce(Path.of(args[0]));
        Frames frames = StackReader.read(List.of(Path.of(args[1])), new ReadOptions()).tree().frames();
        for (int id = 0; id < frames.size(); id++) {
            String module = frames.isUnknown(id) ? frames.module(id) : null;
            if (module != null && module.endsWith("/kube-apiserver")) {
                long address = reduce.binary.fileOffsetToVaddr(frames.address(id));
                reduce.addresses.addAll(List.of(address, address - 1));
            }
        }
        reduce.mark();
        reduce.write(Path.of(args[2]));
    }

    private long word(long offset) throws BadBinaryException {
        return table.bytes.i64(offset);
    }

    private void keep(long offset, long length) {
        marked.set((int) (at + offset), (int) (at + offset + length));
    }

    private void mark() throws IOException {
        long names = word(32);
        long units = word(40);
        long files = word(48);
        long values = word(56);
        long functions = word(64);
        for (int i = 0; i < content.length; i++) {
            // Headers, module data and what else is small: all that was read outside of the two large tables.
            if (content[i] != 0 && (i < at || i >= at + table.bytes.size)) marked.set(i);
        }
        keep(0, names);
        keep(units, files - units);
        keep(functions, table.count * 8L + 4);
        long base = GoModule.find(binary, table).functionData();
        long trees = binary.section(".rodata").offset() - binary.section(".rodata").address() + base;
        BitSet needed = new BitSet();
        long from = Long.MAX_VALUE;
        long to = 0;
        for (int i = 0; i < table.count; i++) {
            long tree = table.valueTable(table.record(i), INLINED) == 0 ? -1 : table.functionData(table.record(i), TREES);
            if (tree < 0) continue;
            from = Math.min(from, trees + tree);
            to = Math.max(to, trees + tree + (64 << 10));
        }
        marked.clear((int) from, (int) to);
        for (long address : addresses) {
            int function = table.find(address);
            if (function >= 0) needed.set(function);
        }
        Set<String> texts = new HashSet<>();
        Symbols symbols = binary.symbols(true);
        for (long address : addresses) {
            for (Location location : symbols.at(address, false, true)) {
                texts.add(location.function());
                texts.add(location.file());
            }
        }
        for (int i = 0; i < table.count; i++) {
            if (texts.contains(table.name(i))) needed.set(i); // a function and its wrapper have one name
        }
        for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
            long record = table.record(i);
            texts.add(table.name(i));
            keep(record, 40 + 4 * table.bytes.u32(record + 28) + 4 * table.bytes.u8(record + 39));
            for (long offsets : new long[] {table.bytes.u32(record + 20), table.bytes.u32(record + 24), table.valueTable(record, INLINED)}) {
                keepValues(values + offsets);
            }
            if (table.valueTable(record, INLINED) != 0 && table.functionData(record, TREES) >= 0) {
                long calls = 1 + table.largestValue(table.valueTable(record, INLINED));
                int tree = (int) (trees + table.functionData(record, TREES));
                marked.set(tree, tree + (int) calls * TREE_ENTRY);
                for (int call = 0; call < calls; call++) { // whether this is a tree is seen by the names in it
                    texts.add(table.nameAt(binary.readFile(tree + (long) call * TREE_ENTRY + 12, 4, 0).i32(0)));
                }
            }
        }
        keepTexts(names, units, texts);
        keepTexts(files, values, texts);
    }

    private void keepValues(long from) throws BadBinaryException {
        long end = from;
        for (boolean first = true; ; first = false) {
            boolean last = table.bytes.u8(end) == 0 && !first;
            for (int number = 0; number < (last ? 1 : 2); number++) {
                while (table.bytes.u8(end++) >= 0x80) continue;
            }
            if (last) break;
        }
        keep(from, end - from);
    }

    private void keepTexts(long from, long to, Set<String> texts) throws BadBinaryException {
        for (long text = from; text < to; ) {
            long end = text;
            while (end < to && table.bytes.u8(end) != 0) end++;
            String name = new String(content, (int) (at + text), (int) (end - text), StandardCharsets.UTF_8).replace('\u00b7', '.');
            if (texts.contains(name) || texts.contains(name + ".abi0")) keep(text, end - text + 1);
            text = end + 1;
        }
    }

    private void write(Path file) throws IOException {
        Sparse.write(content, marked, file);
        byte[] small = content.clone();
        for (int i = 0; i < small.length; i++) {
            if (!marked.get(i)) small[i] = 0;
        }
        Path whole = Files.createTempFile("reduced", "");
        try {
            Files.write(whole, small);
            Symbols before = binary.symbols(true);
            Symbols after = Binary.open(ByteSource.of(whole)).symbols(true);
            for (long address : addresses) {
                if (!before.at(address, false, true).equals(after.at(address, false, true))) {
                    throw new IOException(Long.toHexString(address) + " was " + before.at(address, false, true) + ", is "
                            + after.at(address, false, true));
                }
            }
        } finally {
            Files.delete(whole);
        }
        System.out.printf("%,d addresses keep their names; %,d bytes of %,d are left, %,d packed%n", addresses.size(),
                marked.cardinality(), content.length, Files.size(file));
    }
}
