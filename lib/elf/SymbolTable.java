package lib.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The linker's symbols (.symtab, or .dynsym of a stripped binary): functions with their address and size, and in
 * executable sections also labels without a type, as hand-written assembly has.
 *
 * <p>A symbol names the bytes that its size covers and no more. A symbol without a size names what follows it up to the
 * next symbol, the end of its section or 4 KB, whichever comes first, if it comes from .symtab, which is complete; in
 * .dynsym, where the private functions between are missing, it names its very address only.
 */
final class SymbolTable {
    private static final int MAX_SYMBOLS = 4 << 20;
    private static final int MAX_NAME = 1 << 16;
    private static final int MAX_UNSIZED = 4096;
    /** How far to look back for a function that encloses the nearest symbol. */
    private static final int MAX_NESTED = 16;
    private static final int STT_NOTYPE = 0;
    private static final int STT_FUNC = 2;
    private static final int STT_GNU_IFUNC = 10;
    private static final int STB_GLOBAL = 1;
    private static final int STB_WEAK = 2;

    private record Symbol(long start, long end, int name, int rank, int number) {}

    private final Bytes names;
    private final List<Symbol> symbols = new ArrayList<>();

    private SymbolTable(Binary binary, Binary.Section section, boolean complete) throws IOException {
        Binary.Section strings = binary.section(section.link());
        if (strings == null) throw new BadBinaryException("the section " + section.name() + " has no names");
        Bytes table = binary.read(section);
        names = binary.read(strings);
        if (table.size / 24 > MAX_SYMBOLS) {
            throw new BadBinaryException("the section " + section.name() + " has too many symbols");
        }
        for (long at = 0; at + 24 <= table.size; at += 24) {
            int type = table.u8(at + 4) & 15;
            int binding = table.u8(at + 4) >> 4;
            int home = table.u16(at + 6);
            long start = table.i64(at + 8);
            long size = table.i64(at + 16);
            int name = table.i32(at);
            if (home == 0 || home >= 0xff00 || start == 0 || size < 0 || !names.has(Integer.toUnsignedLong(name), 1)) {
                continue;
            }
            Binary.Section in = binary.section(home);
            boolean function = type == STT_FUNC || type == STT_GNU_IFUNC;
            // Labels that start with $ mark code and data for disassemblers of ARM and RISC-V.
            boolean label = type == STT_NOTYPE && in != null && in.executable() && names.u8(name) != '$';
            if (!function && !label || names.u8(name) == 0) continue;
            long end = size > 0 ? start + size
                    : complete && in != null ? Math.min(in.address() + in.size(), start + MAX_UNSIZED) : start + 1;
            int rank = size == 0 ? -1 : binding == STB_GLOBAL ? 2 : binding == STB_WEAK ? 0 : 1;
            if (end > start) symbols.add(new Symbol(start, end, name, rank, symbols.size()));
        }
        symbols.sort(Comparator.comparingLong(Symbol::start).thenComparingInt(Symbol::rank).thenComparing(this::byName));
    }

    /**
     * Of several names for one place perf takes the one with the fewest underscores before it, then the longest, then the
     * first; of those without a size the last. The one to be taken comes last here.
     */
    private int byName(Symbol a, Symbol b) {
        if (a.rank < 0) return a.number - b.number;
        int[] first = measure(a.name);
        int[] second = measure(b.name);
        return first[0] != second[0] ? second[0] - first[0] : first[1] != second[1] ? first[1] - second[1] : b.number - a.number;
    }

    /** A name's underscores at the beginning, and its length. */
    private int[] measure(int name) {
        try {
            int underscores = 0;
            int length = 0;
            for (int c; length < MAX_NAME && names.has(name + length, 1) && (c = names.u8(name + length)) != 0; length++) {
                underscores += c == '_' && underscores == length ? 1 : 0;
            }
            return new int[] {underscores, length};
        } catch (BadBinaryException e) {
            return new int[2];
        }
    }

    /** The table of a binary, or null if it has none. */
    static SymbolTable read(Binary binary) throws IOException {
        for (String name : new String[] {".symtab", ".dynsym"}) {
            Binary.Section section = binary.section(name);
            if (section != null && section.size() >= 48) {
                return new SymbolTable(binary, section, name.equals(".symtab"));
            }
        }
        return null;
    }

    boolean isEmpty() {
        return symbols.isEmpty();
    }

    /** The name of the function that covers the address, or null. */
    String nameAt(long address) throws BadBinaryException {
        int last = lastAtOrBefore(address);
        for (int i = last; i >= 0 && i > last - MAX_NESTED; i--) {
            Symbol s = symbols.get(i);
            // A symbol without a size (rank below zero) ends where any other begins.
            if (address < s.end && (s.rank >= 0 || s.start == symbols.get(last).start)) {
                return names.text(s.name, MAX_NAME);
            }
        }
        return null;
    }

    /** The name of the function that has a size and begins exactly at the address, or null. */
    String startingAt(long address) throws BadBinaryException {
        int last = lastAtOrBefore(address);
        Symbol s = last < 0 ? null : symbols.get(last);
        return s != null && s.start == address && s.rank >= 0 ? names.text(s.name, MAX_NAME) : null;
    }

    private int lastAtOrBefore(long address) {
        int low = 0;
        int high = symbols.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (symbols.get(middle).start <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
