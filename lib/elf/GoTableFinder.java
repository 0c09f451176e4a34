package lib.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds Go's function table: by its section, or by looking for one that makes sense in the read-only data. */
final class GoTableFinder {
    private static final int WINDOW = 4 << 20;
    private static final int TRIED = 64;
    /** So many headers that turn out to be none are looked at. */
    private static final int MAX_CANDIDATES = 64;

    private GoTableFinder() {}

    /** The table, or null when the binary has none. */
    static GoTable find(Binary binary) throws IOException {
        for (Binary.Section section : binary.sections()) {
            if (section.name().endsWith("gopclntab")) { // .gopclntab, or .data.rel.ro.gopclntab in a PIE
                return table(binary, binary.read(section));
            }
        }
        int[] candidates = {MAX_CANDIDATES};
        for (Binary.Section place : placesToSearch(binary)) {
            GoTable table = search(binary, place, candidates);
            if (table != null) return table;
        }
        return null;
    }

    private static GoTable table(Binary binary, Bytes bytes) throws IOException {
        GoTable table = new GoTable(bytes);
        if (!table.relative() && table.entry(0) == 0 && binary.isRelocatable()) {
            new Relocations(binary).apply(bytes); // old tables hold addresses, which an external linker leaves to the loader
        }
        return table;
    }

    /** An external linker merges the table into .data.rel.ro; without section headers it can be in any segment. */
    private static List<Binary.Section> placesToSearch(Binary binary) {
        List<Binary.Section> places = new ArrayList<>();
        if (binary.sections().isEmpty()) {
            List<Binary.Segment> loads = new ArrayList<>(binary.loads());
            loads.sort(Comparator.comparing(Binary.Segment::executable));
            for (Binary.Segment s : loads) {
                places.add(new Binary.Section("", 1, 0, s.address(), s.offset(), s.fileSize(), 0, 0));
            }
        } else if (binary.goBuildId() != null || binary.section(".go.buildinfo") != null) {
            for (String name : new String[] {".data.rel.ro", ".rodata"}) {
                if (binary.section(name) != null) places.add(binary.section(name));
            }
        }
        return places;
    }

    /** Looks at every eighth byte of a range, a few MB at a time, and takes the first header that a table follows. */
    private static GoTable search(Binary binary, Binary.Section place, int[] candidates) throws IOException {
        for (long from = 0; from < place.size(); from += WINDOW) {
            long length = Math.min(WINDOW + 24, place.size() - from);
            Bytes window = binary.readFile(place.offset() + from, length, place.address() + from);
            for (long at = -window.address & 7; at < WINDOW; at += 8) {
                if (!GoTable.looksLikeHeader(window, at) || candidates[0]-- <= 0) continue;
                try {
                    // Where the table ends is not written anywhere: take what follows it in the same range.
                    long start = from + at;
                    GoTable table = table(binary, binary.readFile(place.offset() + start, place.size() - start, place.address() + start));
                    if (makesSense(table)) return table;
                } catch (BadBinaryException e) {
                    // Not a table after all: programs that read such tables have the magic numbers in their own data.
                }
            }
        }
        return null;
    }

    private static boolean makesSense(GoTable table) throws BadBinaryException {
        for (int tried = 0; tried < TRIED; tried++) {
            int i = (int) ((long) table.count * tried / TRIED);
            if (Long.compareUnsigned(table.entry(i), table.entry(i + 1)) > 0) return false;
            table.name(i);
        }
        return true;
    }
}
