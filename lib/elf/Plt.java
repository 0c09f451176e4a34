package lib.elf;

import java.io.IOException;

/**
 * The stubs through which a program calls functions of libraries (.plt). They have no symbols; the relocations of their slots,
 * which stand in the same order, say whose they are: {@code malloc@plt}, as perf calls it. A stub for a function of the same
 * file that is chosen at run time has no name there, and is {@code @plt}.
 */
final class Plt {
    private static final int MAX_STUBS = 1 << 16;
    private static final int MAX_NAME = 1 << 16;
    private static final int EM_AARCH64 = 183;
    private static final int RELA = 24, SYMBOL = 24;

    private final Bytes slots;
    private final Bytes symbols;
    private final Bytes names;
    private final long start;
    private final long each;
    private final int count;

    private Plt(Bytes slots, Bytes symbols, Bytes names, long start, long each) {
        this.slots = slots;
        this.symbols = symbols;
        this.names = names;
        this.start = start;
        this.each = each;
        count = Math.min(MAX_STUBS, slots.size / RELA);
    }

    /** The stubs of a binary, or null if it has none that are known. */
    static Plt read(Binary binary) throws IOException {
        Binary.Section code = binary.section(".plt");
        Binary.Section relocations = binary.section(".rela.plt");
        Binary.Section symbols = relocations == null ? null : binary.section(relocations.link());
        Binary.Section names = symbols == null ? null : binary.section(symbols.link());
        if (code == null || names == null || code.entrySize() <= 0) return null;
        boolean arm = binary.machine() == EM_AARCH64; // whose table begins with two entries for the linker
        return new Plt(binary.read(relocations), binary.read(symbols), binary.read(names), code.address() + (arm ? 32 : code.entrySize()),
                arm ? 16 : code.entrySize());
    }

    /** The name of the stub at an address, or null. */
    String nameAt(long address) throws BadBinaryException {
        if (address < start || address - start >= each * count) return null;
        long symbol = slots.u32((address - start) / each * RELA + 12);
        String name = symbol == 0 ? "" : names.text(symbols.u32(symbol * SYMBOL), MAX_NAME);
        return name == null ? null : name + "@plt";
    }
}
