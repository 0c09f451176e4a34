package lib.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The Go runtime's description of a program (moduledata in runtime/symtab.go): the only place that says where the text
 * starts, whatever the linker put before it, and where the function data are. It is found in the program's data by what
 * it begins with: the addresses of the function table and of the table's names.
 *
 * @param text the address where Go's text starts
 * @param functionData where all function data start, or 0 where the layout is not known
 */
record GoModule(long text, long functionData) {
    /** No more of the data than this is searched, as they may have to come from far away. */
    private static final long MAX_DATA = 32 << 20;
    private static final long WINDOW = 128 << 10;
    // Fields by number of words from the start; a slice has three. Go 1.18 and 1.19; 1.20 put two words before
    // functionData; 1.27 three more.
    private static final int NAMES = 1;
    private static final int MIN_PC = 20;
    private static final int MAX_PC = 21;
    private static final int TEXT = 22;
    private static final int[] FUNCTION_DATA = {38, 40, 43};
    private static final int WORDS = 48;

    /** The module that the table belongs to, or null. Only needed, and only looked for, since Go 1.18. */
    static GoModule find(Binary binary, GoTable table) throws IOException {
        Relocations relocations = null;
        long left = MAX_DATA;
        for (Binary.Section place : places(binary)) {
            // Mostly found in the first part, as the linker sorts small things to the front: so read part by part.
            for (long from = 0; from < place.size() && left > 0; from += WINDOW, left -= WINDOW) {
                long length = Math.min(WINDOW + WORDS * 8L, place.size() - from);
                Bytes data = binary.readFile(place.offset() + from, length, place.address() + from);
                GoModule module = findIn(binary, data, table);
                if (module == null && binary.isRelocatable()) {
                    relocations = relocations == null ? new Relocations(binary) : relocations;
                    relocations.apply(data);
                    module = findIn(binary, data, table);
                }
                if (module != null) return module;
            }
        }
        return null;
    }

    /** Where a module's description may be. */
    private static List<Binary.Section> places(Binary binary) {
        for (String name : new String[] {".go.module", ".noptrdata"}) { // the former since Go 1.26
            if (binary.section(name) != null) return List.of(binary.section(name));
        }
        List<Binary.Section> places = new ArrayList<>();
        for (String name : new String[] {".data", ".data.rel.ro"}) {
            if (binary.section(name) != null) places.add(binary.section(name));
        }
        if (binary.sections().isEmpty()) {
            for (Binary.Segment s : binary.loads()) {
                if (s.writable()) places.add(new Binary.Section("", 1, 0, s.address(), s.offset(), s.fileSize(), 0, 0));
            }
        }
        return places;
    }

    private static GoModule findIn(Binary binary, Bytes data, GoTable table) throws IOException {
        long start = table.bytes.address;
        for (long at = -data.address & 7; data.has(at, WORDS * 8L); at += 8) {
            if (data.i64(at) != start || data.i64(at + NAMES * 8) != start + table.names()) continue;
            long text = data.i64(at + TEXT * 8);
            long saved = table.text();
            table.setText(text);
            boolean right = binary.isCode(text)
                    && data.i64(at + MIN_PC * 8) == table.entry(0)
                    && data.i64(at + MAX_PC * 8) == table.entry(table.count);
            table.setText(saved);
            if (right) return new GoModule(text, functionData(binary, data, at, table));
        }
        return null;
    }

    private static long functionData(Binary binary, Bytes data, long module, GoTable table) throws IOException {
        for (int word : FUNCTION_DATA) {
            long address = data.i64(module + word * 8L);
            if (GoInlines.isRight(binary, table, address)) return address;
        }
        return 0;
    }
}
