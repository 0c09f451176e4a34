package lib.formats;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes symbols as perf prints them fit to read, as stackcollapse-perf.pl does, but without harm to names that hold
 * parentheses or arrows by themselves: those of Go's generics, closures and methods, and of C++ operators.
 */
public final class PerfSymbols {
    /** A class as the JVM writes it, then the method; long names were cut off, in the class even. */
    private static final Pattern JAVA = Pattern.compile("L[\\w$/.+-]+;.*|L[\\w$]+(/[\\w$]+)+", Pattern.UNICODE_CHARACTER_CLASS);
    /** What LLVM puts behind a function that it made of another one: {@code .llvm.1234}, {@code .cold}, {@code .part.0}. */
    private static final Pattern LLVM = Pattern.compile("\\.llvm\\.\\d+");
    /** The length of {@code ::h0123456789abcdef}. */
    private static final int RUST_HASH = 19;
    /** What may stand behind an argument list. */
    private static final List<String> QUALIFIERS = List.of(" const", " volatile", " noexcept", " &", "&");

    private PerfSymbols() { }

    /**
     * Java's agent for perf joins a method and those inlined into it: {@code La;::f->Lb;::g}; elsewhere an arrow belongs to the
     * name. The outermost comes first.
     */
    public static List<String> inlinedInto(String symbol) {
        if (!symbol.contains("->")) return List.of(symbol);
        List<String> parts = List.of(symbol.split("->"));
        boolean methods = !parts.isEmpty() && parts.stream().allMatch(part -> part.contains("::") || part.contains(";."));
        return methods && !symbol.contains("operator->") && !symbol.contains("(") ? parts : List.of(symbol);
    }

    /** The name without an argument list at its end; a Java method's also without its descriptor; Rust's and C++'s as in the source. */
    public static String tidy(String printed) {
        String symbol = printed;
        if (symbol.contains(".llvm.")) symbol = LLVM.matcher(symbol).replaceAll("");
        int hash = symbol.length() - RUST_HASH;
        if (symbol.startsWith("_R") || symbol.startsWith("_ZN") || hash > 0 && symbol.startsWith("::h", hash)) {
            String rust = RustSymbols.demangle(symbol);
            if (!rust.equals(symbol)) return rust;
        }
        if (symbol.startsWith("_Z")) symbol = CppSymbols.demangle(symbol);
        if (symbol.startsWith("L") && JAVA.matcher(symbol).matches()) {
            int descriptor = symbol.indexOf('(');
            String method = (descriptor < 0 ? symbol : symbol.substring(0, descriptor)).replace(';', ':');
            return method.indexOf('/') > 0 ? method.substring(1) : method;
        }
        int open = argumentList(symbol);
        return open > 0 ? symbol.substring(0, open) : symbol;
    }

    /**
     * Where the argument list of a C++ function begins, or -1: the parentheses at the end, with nothing behind them
     * but qualifiers. Not those of {@code pkg.(T)}, {@code operator()} and {@code f<void (int)>}.
     */
    private static int argumentList(String symbol) {
        int end = symbol.indexOf('(') < 0 ? 0 : withoutQualifiers(symbol);
        if (end == 0 || symbol.charAt(end - 1) != ')') return -1;
        int open = end;
        int depth = 0;
        do {
            open--;
            char c = symbol.charAt(open);
            depth += c == ')' ? 1 : c == '(' ? -1 : 0;
        } while (depth > 0 && open > 0);
        String before = symbol.substring(0, open);
        boolean partOfName = before.endsWith(".") || before.endsWith(" ") || before.endsWith("::")
                || before.endsWith("operator") || before.endsWith("decltype");
        return depth > 0 || partOfName ? -1 : open;
    }

    private static int withoutQualifiers(String symbol) {
        int clone = symbol.indexOf(" [clone ");
        int end = clone < 0 ? symbol.length() : clone;
        for (int before = -1; end != before;) {
            before = end;
            for (String qualifier : QUALIFIERS) {
                end -= symbol.startsWith(qualifier, end - qualifier.length()) ? qualifier.length() : 0;
            }
        }
        return end;
    }
}
