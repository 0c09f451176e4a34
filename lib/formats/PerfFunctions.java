package lib.formats;

/**
 * Remembers the functions of stack lines: what the symbol and the module say, whatever the address and the offset are.
 * So a new address in a known function needs no text made of it.
 */
final class PerfFunctions {
    /** A power of 64, as a length is written in two digits of 6 bits. */
    private static final int MAX_SYMBOL = 64 * 64;

    private final LineMemo memo;
    private final Block text = new Block(2 * MAX_SYMBOL);
    private boolean complete;

    PerfFunctions() {
        memo = new LineMemo();
    }

    /** A copy, for another thread. */
    PerfFunctions(PerfFunctions other) {
        memo = new LineMemo(other.memo);
    }

    /** The entry of the frame's function, or 0 if it is not known. */
    int recognize(byte[] b, PerfFrame frame) {
        int symbol = frame.symbolTo - frame.symbolFrom;
        int module = frame.moduleTo - frame.moduleFrom;
        complete = symbol < MAX_SYMBOL && 2 + symbol + module < text.bytes.length - Block.PADDING;
        if (!complete) return 0;
        text.bytes[0] = (byte) ('@' + (symbol & 63));
        text.bytes[1] = (byte) ('@' + (symbol >> 6));
        System.arraycopy(b, frame.symbolFrom, text.bytes, 2, symbol);
        System.arraycopy(b, frame.moduleFrom, text.bytes, 2 + symbol, module);
        text.bytes[2 + symbol + module] = '\n';
        memo.restart();
        return memo.recognize(text.words, 0);
    }

    /** Remembers the function that was just not recognized; it has a name, the same at all addresses. */
    void add(int first, int second, int flag) {
        if (complete) memo.add(first, second, flag);
    }

    int first(int entry) {
        return memo.first(entry);
    }

    int second(int entry) {
        return memo.second(entry);
    }

    int flag(int entry) {
        return memo.flag(entry);
    }
}
