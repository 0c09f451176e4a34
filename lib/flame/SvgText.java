package lib.flame;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names and numbers as people read them, and as XML and JSON can hold them. */
final class SvgText {
    /** Of the labels' font, a monospaced one: the width of a character as part of its height. Menlo's is the widest known. */
    static final double ADVANCE = 0.61;
    /** A Go package, perhaps with its version, and a receiver: {@code core/v1.(*Pod).}. */
    private static final Pattern ORIGIN = Pattern.compile("([\\w./-]*?\\w\\.)(?=[\\w(])(\\(\\*?[\\w]+(?:\\[.*?\\])?\\)\\.)?");

    private SvgText() { }

    /**
     * The text with every character made visible that XML cannot hold or that would garble its surroundings: control
     * characters, halves of surrogate pairs, non-characters, and marks that change the direction of writing or take no
     * room. They are written as in Java: backslash, u, four digits.
     */
    static String visible(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= ' ' && text.charAt(i) < 0x7f) i++;
        if (i == text.length()) return text;
        StringBuilder visible = new StringBuilder(text.length() + 16);
        for (int at = 0, c; at < text.length(); at += Character.charCount(c)) {
            c = text.codePointAt(at);
            if (isHidden(c)) {
                for (char half : Character.toChars(c)) visible.append(String.format("\\u%04x", (int) half));
            } else {
                visible.appendCodePoint(c);
            }
        }
        return visible.toString();
    }

    private static boolean isHidden(int c) {
        return c < ' ' || c >= 0x7f && c < 0xa0 || c == 0xad || c == 0x61c || c >= 0x180b && c <= 0x180e
                || c == 0x200b || c == 0x200e || c == 0x200f || c >= 0x2028 && c <= 0x202e || c >= 0x2060 && c <= 0x206f
                || c >= 0xd800 && c <= 0xdfff || c >= 0xfdd0 && c <= 0xfdef || c == 0xfeff || c >= 0xfff0 && c <= 0xfffb
                || (c & 0xfffe) == 0xfffe || c >= 0xe0000 && c <= 0xe0fff;
    }

    /** Escapes text for XML, in an element or a quoted attribute. */
    static String xml(String text) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            String entity = switch (text.charAt(i)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '"' -> "&quot;";
                case '\'' -> "&#39;";
                default -> null;
            };
            if (entity != null && escaped == null) escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
            if (escaped != null) {
                if (entity == null) {
                    escaped.append(text.charAt(i));
                } else {
                    escaped.append(entity);
                }
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    /** A JSON string, quotes included, of text that is {@link #visible}. */
    static String json(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The linker's mark for a function that takes its arguments on the stack. */
    private static final String ABI0 = ".abi0";

    /**
     * The short form of a function's name for its box. Of a Go name only the package's last element stays; a version
     * such as v1 says nothing alone, so it keeps the element before it, and how a function takes its arguments does not
     * matter here. Other names stay as they are.
     */
    static String shortName(String symbol) {
        String name = symbol.endsWith(ABI0) ? symbol.substring(0, symbol.length() - ABI0.length()) : symbol;
        int end = 0;
        while (end < name.length() && "([{< \t:".indexOf(name.charAt(end)) < 0) end++;
        int slash = name.lastIndexOf('/', end - 1);
        if (slash < 0 || slash + 1 == end) return name;
        if (isVersion(name, slash + 1, end)) slash = name.lastIndexOf('/', slash - 1);
        // The linker writes a dot of a package's last element as %2e.
        return name.substring(slash + 1).replace("%2e", ".");
    }

    private static boolean isVersion(String name, int from, int end) {
        int i = from + 1;
        while (i < end && (Character.isDigit(name.charAt(i)) || i > from + 1 && Character.isLowerCase(name.charAt(i)))) {
            i++;
        }
        return name.charAt(from) == 'v' && i > from + 1 && i < end && name.charAt(i) == '.';
    }

    /** How many characters' room the text takes; ideographs, emoji and the like take two. */
    static int cells(String text) {
        int cells = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // A surrogate pair is two characters already.
            cells += c < 0x1100 || c == '…' || Character.isSurrogate(c) ? 0 : 1;
        }
        return cells;
    }

    /**
     * The label for a box with room for so many characters: the short name or, where that is too long, the same without
     * its package or, for a method, without its receiver's type too; as much of it as there is room for. Fewer than six
     * characters of a name tell nothing, so then it is empty.
     */
    static String label(String name, int room) {
        if (room < 3) return "";
        String label = shortName(name);
        if (cells(label) > room) label = withoutOrigin(label, room);
        return cells(label) <= room ? label : room < 6 ? "" : cut(label, room);
    }

    private static String withoutOrigin(String label, int room) {
        Matcher origin = ORIGIN.matcher(label);
        if (!origin.lookingAt()) return label;
        String inPackage = label.substring(origin.end(1));
        return cells(inPackage) <= room || origin.group(2) == null ? inPackage : label.substring(origin.end());
    }

    /** As much of the text as there is room for, with an ellipsis where some is missing. */
    static String cut(String text, int room) {
        if (text.length() <= room / 2 || cells(text) <= room) return text;
        int end = 0;
        for (int used = 1; end < text.length();) {
            int c = text.codePointAt(end);
            used += c < 0x1100 ? 1 : 2;
            if (used > room) break;
            end += Character.charCount(c);
        }
        return text.substring(0, end) + "…";
    }

    /** Whether a font is sure to give the text the room that {@link #cells} says. */
    static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c < 0x250 || c == '…');
    }
}
