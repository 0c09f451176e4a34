package lib.formats;

import java.util.Arrays;

/**
 * A stack line of {@code perf script}: {@code ADDRESS symbol+0xoffset (module)}. Each part after the address may be
 * missing; {@code (inlined)} in the module's place says that the compiler put the function into the next one.
 */
final class PerfFrame {
    /** By byte: the hexadecimal digit's value, or -1. A table, as most of its uses are before anything is compiled. */
    private static final byte[] DIGITS = new byte[256];

    static {
        Arrays.fill(DIGITS, (byte) -1);
        for (int i = 0; i < 16; i++) {
            DIGITS["0123456789abcdef".charAt(i)] = (byte) i;
            DIGITS["0123456789ABCDEF".charAt(i)] = (byte) i;
        }
    }

    private static final byte[] UNKNOWN = {'[', 'u', 'n', 'k', 'n', 'o', 'w', 'n', ']'};
    private static final byte[] INLINED = {'i', 'n', 'l', 'i', 'n', 'e', 'd'};

    private byte[] b;
    /** As printed, 0 where it does not fit 64 bits. */
    long address;
    /** The symbol without its offset, empty where there is none. */
    int symbolFrom;
    int symbolTo;
    /** Whether perf knew the function. */
    boolean isNamed;
    /** Whether something in parentheses ends the line, as it nearly always does: the mapped file. */
    boolean hasModule;
    int moduleFrom;
    int moduleTo;

    /** Understands the line {@code [from, to)}; where it is none, false, and nothing else here then means anything. */
    boolean parse(byte[] bytes, int from, int to) {
        b = bytes;
        int digits = PerfHeader.skipBlanks(b, from, to);
        int end = PerfHeader.withoutBlanks(b, digits, to);
        int i = digits;
        long number = 0;
        for (int digit; i < end && (digit = DIGITS[b[i] & 0xff]) >= 0; i++) number = number << 4 | digit;
        if (i == digits || i < end && !PerfHeader.isBlank(b[i])) return false;
        address = i - digits <= 16 ? number : 0;
        int open = openingParenthesis(i, end);
        hasModule = open >= 0;
        moduleFrom = hasModule ? open + 1 : end;
        moduleTo = hasModule ? withoutOffset(moduleFrom, end - 1) : end;
        symbolFrom = PerfHeader.skipBlanks(b, i, end);
        symbolTo = PerfHeader.withoutBlanks(b, symbolFrom, hasModule ? open : end);
        symbolTo = PerfHeader.withoutBlanks(b, symbolFrom, withoutOffset(symbolFrom, symbolTo));
        isNamed = symbolTo > symbolFrom && !is(UNKNOWN, symbolFrom, symbolTo);
        return true;
    }

    /** The symbol, or null where perf knew none. */
    String symbol() {
        return isNamed ? TextBytes.decode(b, symbolFrom, symbolTo) : null;
    }

    /** Whether the mapped file is known. */
    boolean isMapped() {
        return moduleTo > moduleFrom && !is(UNKNOWN, moduleFrom, moduleTo);
    }

    /** Whether the line stands for an inlined call. */
    boolean isInlined() {
        return is(INLINED, moduleFrom, moduleTo);
    }

    private boolean is(byte[] text, int from, int to) {
        return Arrays.equals(b, from, to, text, 0, text.length);
    }

    /**
     * Where the module begins, in {@code symbol (module)}, or -1: a path may hold parentheses itself, mostly in pairs,
     * as in {@code (/tmp/x (deleted))}.
     */
    private int openingParenthesis(int from, int to) {
        if (to == from || b[to - 1] != ')') return -1;
        int depth = 0;
        for (int i = to - 1; i > from; i--) {
            byte c = b[i];
            if (c == ')') {
                depth++;
            } else if (c == '(' && --depth == 0) {
                return b[i - 1] == ' ' ? i : -1;
            }
        }
        for (int i = to - 1; i > from; i--) {
            if (b[i] == '(' && b[i - 1] == ' ') {
                return i;
            }
        }
        return -1;
    }

    /** Where {@code [from, to)} ends without {@code +0x1f}. */
    private int withoutOffset(int from, int to) {
        int i = to;
        while (i > from && DIGITS[b[i - 1] & 0xff] >= 0) i--;
        return i < to && i - 3 >= from && b[i - 3] == '+' && b[i - 2] == '0' && b[i - 1] == 'x' ? i - 3 : to;
    }
}
