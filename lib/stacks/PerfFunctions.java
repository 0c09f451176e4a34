package lib.stacks;

/**
 * Remembers the functions of stack lines: what {@code symbol} and {@code (module)} say, whatever the address and the
 * offset are. So a new address in a known function needs no text made of it.
 */
final class PerfFunctions {
    private static final int MAX_TEXT = 4096;

    private final LineMemo memo = new LineMemo();
    private final Block text = new Block(MAX_TEXT);
    private boolean complete;

    /** The entry of the function in the line {@code [from, to)}, or 0 if it is not known or the line has not the usual form. */
    int recognize(byte[] b, int from, int to) {
        complete = false;
        int address = from;
        while (address < to && PerfHeader.isBlank(b[address])) {
            address++;
        }
        int symbol = address;
        while (symbol < to && isHexDigit(b[symbol])) {
            symbol++;
        }
        int end = to;
        while (end > symbol && PerfHeader.isBlank(b[end - 1])) {
            end--;
        }
        int module = openingParenthesis(b, symbol, end);
        if (symbol == address || module < 0 || !PerfHeader.isBlank(b[symbol]) || end - symbol >= MAX_TEXT) {
            return 0;
        }
        int symbolEnd = withoutOffset(b, symbol, module);
        int length = symbolEnd - symbol;
        System.arraycopy(b, symbol, text.bytes, 0, length);
        System.arraycopy(b, module, text.bytes, length, end - module);
        text.bytes[length + end - module] = '\n';
        complete = true;
        memo.restart();
        return memo.recognize(text.words, 0);
    }

    private static int openingParenthesis(byte[] b, int from, int to) {
        int depth = 0;
        for (int i = to - 1; i > from; i--) {
            depth += b[i] == ')' ? 1 : b[i] == '(' ? -1 : 0;
            if (depth <= 0) {
                return i < to - 1 && b[i - 1] == ' ' ? i : -1;
            }
        }
        return -1;
    }

    /** Where the symbol ends without blanks and {@code +0x1f}; the blanks stay where there is no such offset. */
    private static int withoutOffset(byte[] b, int from, int to) {
        int i = to;
        while (i > from && PerfHeader.isBlank(b[i - 1])) {
            i--;
        }
        int digits = i;
        while (i > from && isHexDigit(b[i - 1])) {
            i--;
        }
        return i < digits && i - 3 >= from && b[i - 3] == '+' && b[i - 2] == '0' && b[i - 1] == 'x' ? i - 3 : to;
    }

    private static boolean isHexDigit(byte c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    /** Remembers the function that was just not recognized; it has a name, the same at all addresses. */
    void add(int first, int second, int flag) {
        if (complete) {
            memo.add(first, second, flag);
        }
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
