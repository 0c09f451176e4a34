package lib.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of Rust as its compiler mangles them, which old versions of perf leave as they are or undo in half. The old mangling
 * is C++'s with escapes and a hash behind; the new one, "v0", is described in Rust's RFC 2603. Crates are shown without
 * their hash, constants that are no numbers as {@code _}.
 */
final class RustSymbols {
    private static final Pattern HASH = Pattern.compile("::h[0-9a-f]{16}$");
    private static final Pattern ESCAPE = Pattern.compile("\\$(\\w+)\\$|\\.\\.");
    private static final Map<String, String> ESCAPES = Map.of("SP", "@", "BP", "*", "RF", "&", "LT", "<", "GT", ">", "LP", "(",
            "RP", ")", "C", ",");
    private static final Map<Character, String> BASIC = Map.ofEntries(Map.entry('a', "i8"), Map.entry('b', "bool"),
            Map.entry('c', "char"), Map.entry('d', "f64"), Map.entry('e', "str"), Map.entry('f', "f32"), Map.entry('h', "u8"),
            Map.entry('i', "isize"), Map.entry('j', "usize"), Map.entry('l', "i32"), Map.entry('m', "u32"), Map.entry('n', "i128"),
            Map.entry('o', "u128"), Map.entry('p', "_"), Map.entry('s', "i16"), Map.entry('t', "u16"), Map.entry('u', "()"),
            Map.entry('v', "..."), Map.entry('x', "i64"), Map.entry('y', "u64"), Map.entry('z', "!"));
    /** Beyond that a name is one that nobody's compiler made. */
    private static final int MAX_DEPTH = 100;
    private static final int MAX_LENGTH = 4096;

    private static final class NoName extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoName() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private int at;
    private int depth;
    private final StringBuilder out = new StringBuilder();

    private RustSymbols(String text) {
        this.text = text;
    }

    /** The name as it stands in the source, or the symbol itself where it is not Rust's. */
    static String demangle(String symbol) {
        if (symbol.startsWith("_R")) return v0(symbol);
        String name = symbol.startsWith("_ZN") ? legacy(symbol) : symbol;
        Matcher hash = HASH.matcher(name);
        return hash.find() ? unescape(name.substring(0, hash.start())) : symbol;
    }

    /** {@code _ZN4core3fmt…17h0123456789abcdefE}: names with their lengths. */
    private static String legacy(String symbol) {
        List<String> parts = new ArrayList<>();
        int i = 3;
        while (i < symbol.length() && Character.isDigit(symbol.charAt(i))) {
            int length = 0;
            while (i < symbol.length() && Character.isDigit(symbol.charAt(i)) && length < MAX_LENGTH) {
                length = 10 * length + symbol.charAt(i++) - '0';
            }
            if (i + length > symbol.length()) return symbol;
            parts.add(symbol.substring(i, i + length));
            i += length;
        }
        return i < symbol.length() && symbol.charAt(i) == 'E' ? String.join("::", parts) : symbol;
    }

    private static String unescape(String name) {
        StringBuilder plain = new StringBuilder();
        for (String part : name.split("::")) {
            String begin = part.startsWith("_$") ? part.substring(1) : part;
            plain.append(plain.length() == 0 ? "" : "::").append(ESCAPE.matcher(begin).replaceAll(escape -> {
                String code = escape.group(1);
                if (code == null) return "::";
                if (code.matches("u[0-9a-f]{1,5}")) {
                    int c = Integer.parseInt(code.substring(1), 16);
                    return Character.isISOControl(c) ? "\uFFFD" : Matcher.quoteReplacement(Character.toString(c));
                }
                return Matcher.quoteReplacement(ESCAPES.getOrDefault(code, escape.group()));
            }));
        }
        return plain.toString();
    }

    private static String v0(String symbol) {
        int suffix = symbol.indexOf('.');
        RustSymbols parser = new RustSymbols(symbol.substring(2, suffix < 0 ? symbol.length() : suffix));
        try {
            if (Character.isDigit(parser.peek())) return symbol; // a version that is not known
            parser.path(true);
            return parser.out.toString();
        } catch (NoName e) {
            return symbol;
        }
    }

    private char peek() {
        if (at >= text.length()) throw new NoName();
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private boolean skip(char c) {
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void print(String more) {
        if (out.length() + more.length() > MAX_LENGTH) throw new NoName();
        out.append(more);
    }

    /** {@code _} is 0; else digits of base 62 and {@code _}, one less than the number. */
    private long number() {
        long number = 0;
        if (skip('_')) return 0;
        for (char c; (c = next()) != '_';) {
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 36 : -1;
            if (digit < 0 || number > Long.MAX_VALUE / 62 - 62) throw new NoName();
            number = 62 * number + digit;
        }
        return number + 1;
    }

    /** A number of its own that tells apart what has one name; 0 where there is none. */
    private long disambiguator() {
        return skip('s') ? number() + 1 : 0;
    }

    private String identifier() {
        boolean punycode = skip('u');
        int length = 0;
        if (!skip('0')) {
            if (!Character.isDigit(peek())) throw new NoName();
            while (at < text.length() && Character.isDigit(text.charAt(at)) && length < MAX_LENGTH) length = 10 * length + next() - '0';
        }
        skip('_');
        if (at + length > text.length()) throw new NoName();
        String name = text.substring(at, at += length);
        return punycode ? punycode(name) : name;
    }

    /** RFC 3492, with {@code _} in the place of {@code -}. */
    private static String punycode(String name) {
        int delimiter = name.lastIndexOf('_');
        List<Integer> points = new ArrayList<>();
        name.substring(0, Math.max(delimiter, 0)).chars().forEach(points::add);
        int n = 128;
        int i = 0;
        int bias = 72;
        boolean first = true;
        for (int in = delimiter + 1; in < name.length();) {
            int old = i;
            int weight = 1;
            for (int k = 36;; k += 36) {
                if (in >= name.length()) throw new NoName();
                char c = name.charAt(in++);
                int digit = c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? c - '0' + 26 : 99;
                if (digit > 35 || weight > 1 << 24 || i > 1 << 24) throw new NoName();
                i += digit * weight;
                int t = Math.max(1, Math.min(26, k - bias));
                if (digit < t) break;
                weight *= 36 - t;
            }
            int count = points.size() + 1;
            int delta = (first ? (i - old) / 700 : (i - old) / 2);
            first = false;
            delta += delta / count;
            bias = 0;
            for (; delta > 455; bias += 36) delta /= 35;
            bias += 36 * delta / (delta + 38);
            n += i / count;
            i %= count;
            if (!Character.isValidCodePoint(n)) throw new NoName();
            points.add(i++, n);
        }
        StringBuilder plain = new StringBuilder();
        points.forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** @param value whether it names a function or a value; a type's arguments follow it without colons */
    private void path(boolean value) {
        if (++depth > MAX_DEPTH) throw new NoName();
        char kind = next();
        switch (kind) {
            case 'C' -> {
                disambiguator();
                print(identifier());
            }
            case 'M', 'X' -> {
                disambiguator();
                int mark = out.length();
                path(false); // where the impl stands, which is not shown
                out.setLength(mark);
                print("<");
                type();
                as(kind);
            }
            case 'Y' -> {
                print("<");
                type();
                as(kind);
            }
            case 'N' -> {
                char namespace = next();
                path(value);
                long number = disambiguator();
                String name = identifier();
                if (Character.isUpperCase(namespace)) {
                    String what = namespace == 'C' ? "closure" : namespace == 'S' ? "shim" : String.valueOf(namespace);
                    print("::{" + what + (name.isEmpty() ? "" : ":" + name) + "#" + number + "}");
                } else if (!name.isEmpty()) {
                    print("::" + name);
                }
            }
            case 'I' -> {
                path(value);
                print(value ? "::<" : "<");
                for (String comma = ""; !skip('E'); comma = ", ") {
                    print(comma);
                    if (skip('L')) lifetime();
                    else if (skip('K')) constant();
                    else type();
                }
                print(">");
            }
            case 'B' -> again(() -> path(value));
            default -> throw new NoName();
        }
        depth--;
    }

    private void as(char kind) {
        if (kind != 'M') {
            print(" as ");
            path(false);
        }
        print(">");
    }

    /** What stands at an earlier place once more. */
    private void again(Runnable what) {
        int here = at - 1;
        long place = number();
        if (place >= here) throw new NoName();
        int back = at;
        at = (int) place;
        what.run();
        at = back;
    }

    private void lifetime() {
        long index = number();
        print(index == 0 ? "'_" : "'" + (char) ('a' + index % 26));
    }

    private void constant() {
        if (skip('p')) {
            print("_");
        } else if (skip('B')) {
            again(this::constant);
        } else {
            char kind = next();
            String sign = skip('n') ? "-" : "";
            int from = at;
            while (next() != '_') { } // digits
            String digits = text.substring(from, at - 1);
            if (!digits.matches("[0-9a-f]{0,15}")) {
                print("_");
                return;
            }
            long number = digits.isEmpty() ? 0 : Long.parseLong(digits, 16);
            print(kind == 'b' ? String.valueOf(number == 1) : "ahilmnosxytj".indexOf(kind) >= 0 ? sign + number : "_");
        }
    }

    private void type() {
        if (++depth > MAX_DEPTH) throw new NoName();
        char kind = peek();
        if (BASIC.containsKey(kind)) {
            at++;
            print(BASIC.get(kind));
        } else {
            switch (kind) {
                case 'A', 'S' -> {
                    at++;
                    print("[");
                    type();
                    if (kind == 'A') {
                        print("; ");
                        constant();
                    }
                    print("]");
                }
                case 'T' -> {
                    at++;
                    print("(");
                    int count = 0;
                    for (; !skip('E'); count++) {
                        print(count == 0 ? "" : ", ");
                        type();
                    }
                    print(count == 1 ? ",)" : ")");
                }
                case 'R', 'Q' -> {
                    at++;
                    print("&");
                    if (skip('L')) {
                        lifetime();
                        print(" ");
                    }
                    print(kind == 'Q' ? "mut " : "");
                    type();
                }
                case 'P', 'O' -> {
                    at++;
                    print(kind == 'P' ? "*const " : "*mut ");
                    type();
                }
                case 'F' -> {
                    at++;
                    function();
                }
                case 'D' -> {
                    at++;
                    dynamic();
                }
                case 'B' -> {
                    at++;
                    again(this::type);
                }
                default -> path(false);
            }
        }
        depth--;
    }

    private void binder() {
        if (skip('G')) number();
    }

    private void function() {
        binder();
        print(skip('U') ? "unsafe " : "");
        if (skip('K')) print(skip('C') ? "extern \"C\" " : "extern \"" + identifier().replace('_', '-') + "\" ");
        print("fn(");
        for (String comma = ""; !skip('E'); comma = ", ") {
            print(comma);
            type();
        }
        print(")");
        if (!skip('u')) {
            print(" -> ");
            type();
        }
    }

    private void dynamic() {
        binder();
        print("dyn ");
        for (String plus = ""; !skip('E'); plus = " + ") {
            print(plus);
            path(false);
            while (skip('p')) {
                print("<" + identifier() + " = ");
                type();
                print(">");
            }
        }
        if (skip('L')) {
            if (peek() == '_') {
                number();
            } else {
                print(" + ");
                lifetime();
            }
        }
    }
}
