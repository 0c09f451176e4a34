package lib.formats;

import java.nio.charset.StandardCharsets;

/** Bytes to text and to what can be shown on one line. */
final class TextBytes {
    private TextBytes() { }

    /** Decodes UTF-8; what is none becomes U+FFFD. */
    static String decode(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** Replaces control characters, which would break a line or move a terminal's cursor, by U+FFFD. */
    static String printable(String text) {
        StringBuilder changed = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                changed = changed == null ? new StringBuilder(text) : changed;
                changed.setCharAt(i, '\uFFFD');
            }
        }
        return changed == null ? text : changed.toString();
    }

    /** The number with one more digit behind it; it stays at the largest number rather than overflow. */
    static long appendDigit(long number, byte digit) {
        return number > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE : 10 * number + digit - '0';
    }
}
