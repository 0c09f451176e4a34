package lib.stacks;

/**
 * A stack line of {@code perf script}: {@code ADDRESS symbol+0xoffset (module)}. Each part after the address may be
 * missing; {@code (inlined)} in the module's place says that the compiler put the function into the next one.
 *
 * @param address as printed, 0 where it does not fit 64 bits
 * @param symbol without its offset, or null where perf knew none
 * @param module the mapped file, or null where it is unknown
 * @param hasModule whether something in parentheses ends the line, as it nearly always does
 * @param inlined whether the line stands for an inlined call
 */
record PerfFrame(long address, String symbol, String module, boolean hasModule, boolean inlined) {

    /** Understands a line, or returns null where it is none. */
    static PerfFrame parse(String line) {
        String text = line.strip();
        int space = 0;
        while (space < text.length() && isHexDigit(text.charAt(space))) {
            space++;
        }
        if (space == 0 || space < text.length() && !Character.isWhitespace(text.charAt(space))) {
            return null;
        }
        long address = space <= 16 ? Long.parseUnsignedLong(text.substring(0, space), 16) : 0;
        String rest = text.substring(space);
        int open = openingParenthesis(rest);
        String module = open < 0 ? null : withoutOffset(rest.substring(open + 1, rest.length() - 1));
        String symbol = withoutOffset((open < 0 ? rest : rest.substring(0, open)).strip()).strip();
        boolean inlined = "inlined".equals(module);
        boolean known = !symbol.isEmpty() && !symbol.equals("[unknown]");
        return new PerfFrame(address, known ? symbol : null,
            module == null || module.isEmpty() || module.equals("[unknown]") ? null : module, open >= 0, inlined);
    }

    /**
     * Where the module begins, in {@code symbol (module)}: a path may hold parentheses itself, mostly in pairs, as in
     * {@code (/tmp/x (deleted))}.
     */
    private static int openingParenthesis(String text) {
        if (!text.endsWith(")")) {
            return -1;
        }
        int depth = 0;
        for (int i = text.length() - 1; i > 0; i--) {
            char c = text.charAt(i);
            depth += c == ')' ? 1 : c == '(' ? -1 : 0;
            if (depth == 0) {
                return text.charAt(i - 1) == ' ' ? i : -1;
            }
        }
        int last = text.lastIndexOf(" (");
        return last < 0 ? -1 : last + 1;
    }

    /** Cuts {@code +0x1f} off. */
    private static String withoutOffset(String text) {
        int i = text.length();
        while (i > 0 && isHexDigit(text.charAt(i - 1))) {
            i--;
        }
        return i < text.length() && text.startsWith("+0x", i - 3) ? text.substring(0, i - 3) : text;
    }

    private static boolean isHexDigit(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}
