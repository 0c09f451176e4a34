package lib.formats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * C++ names as in the source, without a function's arguments, from those that compilers make of them: the Itanium C++ ABI,
 * chapter "External Names (a.k.a. Mangling)", spelled as perf spells them. What it does not know stays as it is.
 */
final class CppSymbols {
    /** A name in a name in a name …: beyond that depth or length a name is hostile. */
    private static final int MOST_DEPTH = 200;
    private static final int MOST_LENGTH = 1 << 15;
    private static final int MOST_STEPS = 1 << 16;

    private static final Map<Character, String> BUILT_IN = Map.ofEntries(Map.entry('v', "void"), Map.entry('w', "wchar_t"),
            Map.entry('b', "bool"), Map.entry('c', "char"), Map.entry('a', "signed char"), Map.entry('h', "unsigned char"),
            Map.entry('s', "short"), Map.entry('t', "unsigned short"), Map.entry('i', "int"), Map.entry('j', "unsigned int"),
            Map.entry('l', "long"), Map.entry('m', "unsigned long"), Map.entry('x', "long long"), Map.entry('y', "unsigned long long"),
            Map.entry('n', "__int128"), Map.entry('o', "unsigned __int128"), Map.entry('f', "float"), Map.entry('d', "double"),
            Map.entry('e', "long double"), Map.entry('g', "__float128"), Map.entry('z', "..."));
    /** Of those that have {@code D} before them. */
    private static final Map<Character, String> MORE_BUILT_IN = Map.of('i', "char32_t", 's', "char16_t", 'u', "char8_t", 'a', "auto",
            'c', "decltype(auto)", 'n', "decltype(nullptr)", 'd', "decimal64", 'e', "decimal128", 'f', "decimal32", 'h', "half");
    /** What a number of that type has behind it; of others the type stands before it. */
    private static final Map<String, String> SUFFIXES = Map.of("int", "", "unsigned int", "u", "long", "l", "unsigned long", "ul",
            "long long", "ll", "unsigned long long", "ull");
    private static final Map<Character, String> STANDARD = Map.of('t', "std", 'a', "std::allocator", 'b', "std::basic_string",
            's', "std::string", 'i', "std::istream", 'o', "std::ostream", 'd', "std::iostream");
    private static final Map<String, String> OPERATORS = operators("nw new", "na new[]", "dl delete", "da delete[]", "aw co_await", "ps +",
            "ng -", "ad &", "de *", "co ~", "pl +", "mi -", "ml *", "dv /", "rm %", "an &", "or |", "eo ^", "aS =", "pL +=", "mI -=", "mL *=",
            "dV /=", "rM %=", "aN &=", "oR |=", "eO ^=", "ls <<", "rs >>", "lS <<=", "rS >>=", "eq ==", "ne !=", "lt <", "gt >", "le <=",
            "ge >=", "ss <=>", "nt !", "aa &&", "oo ||", "pp ++", "mm --", "cm ,", "pm ->*", "pt ->", "cl ()", "ix []", "qu ?");
    private static final String UNARY = " ps ng ad de co nt pp mm ";
    private static final Map<Character, String> SPECIAL = Map.of('V', "vtable for ", 'T', "VTT for ", 'I', "typeinfo for ",
            'S', "typeinfo name for ", 'H', "TLS init function for ", 'W', "TLS wrapper function for ");

    /** Says that a name is none that is known here; it needs no stack. */
    private static final class UnknownException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnknownException() {
            super(null, null, false, false);
        }
    }

    /**
     * A type, whose parts stand before and behind what is declared.
     *
     * @param wraps whether a pointer to it needs parentheses: a function or an array
     */
    private record Type(String before, String behind, boolean wraps) {
        Type(String text) {
            this(text, "", false);
        }

        String text() {
            return before + behind;
        }

        Type with(String suffix) {
            if (!wraps) return new Type(before + suffix, behind, false);
            return new Type(before + (before.endsWith(" ") ? "" : " ") + "(" + suffix, ")" + behind, false);
        }
    }

    private final String s;
    private int at;
    private int depth;
    private int steps;
    private final List<Type> substitutions = new ArrayList<>();
    /** The arguments of the template that {@code T_} refers to; several where they are a pack. */
    private List<List<String>> arguments = new ArrayList<>();
    private int packIndex = -1;
    private int packSize;
    /** Whether the name that was just read ends with template arguments; is a constructor or the like; the qualifiers of a method. */
    private boolean endsWithArguments;
    private boolean hasNoReturn;
    private String qualifiers = "";

    private CppSymbols(String mangled) {
        s = mangled;
    }

    private static Map<String, String> operators(String... pairs) {
        Map<String, String> map = new HashMap<>();
        for (String pair : pairs) map.put(pair.substring(0, 2), pair.substring(3));
        return map;
    }

    /** The name as in the source, or the same where it is none of C++. */
    static String demangle(String mangled) {
        if (!mangled.startsWith("_Z") || mangled.length() > MOST_LENGTH) return mangled;
        try {
            CppSymbols parser = new CppSymbols(mangled);
            parser.at = 2;
            return parser.encoding(true);
        } catch (UnknownException | StringIndexOutOfBoundsException e) {
            return mangled;
        }
    }

    private static UnknownException unknown() {
        return new UnknownException();
    }

    private char peek() {
        return at < s.length() ? s.charAt(at) : 0;
    }

    private char peek(int further) {
        return at + further < s.length() ? s.charAt(at + further) : 0;
    }

    private boolean eat(String text) {
        boolean there = s.startsWith(text, at);
        at += there ? text.length() : 0;
        return there;
    }

    private void expect(String text) {
        if (!eat(text)) throw unknown();
    }

    private void enter() {
        if (++depth > MOST_DEPTH || ++steps > MOST_STEPS) throw unknown();
    }

    private static String limited(String text) {
        if (text.length() > MOST_LENGTH) throw unknown();
        return text;
    }

    private int number() {
        int begin = at;
        long number = 0;
        for (; Character.isDigit(peek()); at++) number = Math.min(Integer.MAX_VALUE, 10 * number + peek() - '0');
        if (at == begin) throw unknown();
        return (int) number;
    }

    // ---- names ----

    /** @param top whether the arguments are not wanted */
    private String encoding(boolean top) {
        enter();
        if (peek() == 'T' || peek() == 'G') return leave(special());
        List<List<String>> outer = arguments;
        arguments = new ArrayList<>();
        endsWithArguments = false;
        hasNoReturn = false;
        qualifiers = "";
        String name = name();
        String cv = qualifiers;
        boolean returns = endsWithArguments && !hasNoReturn;
        if (!top && at < s.length() && peek() != 'E' && peek() != '.') {
            if (returns) type(); // of a function in a name perf's library tells the arguments alone
            name = name + parameters() + cv;
        }
        arguments = outer;
        return leave(limited(name));
    }

    private String leave(String result) {
        depth--;
        return result;
    }

    private String special() {
        if (eat("GV")) return "guard variable for " + name();
        if (eat("GTt")) return "transaction clone for " + encoding(false);
        if (eat("GR")) {
            String name = name();
            int sequence = peek() == '_' ? 0 : sequence() + 1;
            expect("_");
            return "reference temporary #" + sequence + " for " + name;
        }
        expect("T");
        char kind = peek();
        at++;
        if (kind == 'H' || kind == 'W') return SPECIAL.get(kind) + name();
        if (SPECIAL.containsKey(kind)) return SPECIAL.get(kind) + type().text();
        if (kind == 'C') {
            String derived = type().text();
            number();
            expect("_");
            return "construction vtable for " + type().text() + "-in-" + derived;
        }
        if (kind == 'c') {
            offset();
            offset();
            return "covariant return thunk to " + encoding(false);
        }
        if (kind != 'h' && kind != 'v') throw unknown();
        at--;
        offset();
        return (kind == 'h' ? "non-virtual thunk to " : "virtual thunk to ") + encoding(false);
    }

    private void offset() {
        boolean virtual = eat("v");
        if (!virtual) expect("h");
        for (int i = virtual ? 2 : 1; i > 0; i--) {
            eat("n");
            number();
            expect("_");
        }
    }

    private String name() {
        enter();
        String name;
        if (peek() == 'N') {
            name = nested();
        } else if (peek() == 'Z') {
            name = local();
        } else {
            boolean substituted = peek() == 'S' && peek(1) != 't';
            name = substituted ? substitution(false).text() : (eat("St") ? "std::" : "") + unqualified("");
            endsWithArguments = false;
            if (peek() == 'I') {
                if (!substituted) substitutions.add(new Type(name));
                name = templated(name);
            }
        }
        return leave(limited(name));
    }

    private String templated(String name) {
        List<List<String>> list = templateArguments();
        arguments = list;
        endsWithArguments = true;
        List<String> flat = list.stream().flatMap(List::stream).toList();
        String inside = String.join(", ", flat);
        boolean emptyEnd = !list.isEmpty() && list.get(list.size() - 1).isEmpty(); // perf's library takes the blank before it for the last letter
        return limited(name + (name.endsWith("<") ? " <" : "<") + inside + (inside.endsWith(">") && !emptyEnd ? " >" : ">"));
    }

    private String nested() {
        expect("N");
        StringBuilder cv = new StringBuilder();
        for (char c; (c = peek()) == 'r' || c == 'V' || c == 'K'; at++) cv.append(c == 'r' ? " restrict" : c == 'V' ? " volatile" : " const");
        if (peek() == 'R' || peek() == 'O') cv.append(s.charAt(at++) == 'R' ? " &" : " &&");
        String name = "";
        String last = "";
        while (!eat("E")) {
            if (at >= s.length()) throw unknown();
            endsWithArguments = false;
            if (peek() == 'S' && peek(1) == 't') {
                at += 2;
                name = "std";
                last = name;
                continue; // std alone is no candidate for a substitution
            }
            if (peek() == 'S') {
                name = substitution(peek(2) == 'C' || peek(2) == 'D').text();
                last = lastPart(name);
                continue;
            }
            if (peek() == 'I') {
                if (name.isEmpty()) throw unknown();
                name = templated(name);
            } else if (peek() == 'T') {
                name = templateParameter();
                last = name;
            } else if (peek() == 'D' && (peek(1) == 't' || peek(1) == 'T')) {
                name = type().text();
                last = name;
            } else if (peek() == 'M') {
                at++; // what a closure in an initializer belongs to stands before it
                continue;
            } else {
                String part = unqualified(last);
                if (!hasNoReturn) last = part;
                name = name.isEmpty() ? part : limited(name + "::" + part);
            }
            if (peek() != 'E') substitutions.add(new Type(name));
        }
        qualifiers = cv.toString();
        return name;
    }

    /** The class's own name, without its namespace and template arguments: what a constructor is called. */
    private static String lastPart(String name) {
        int depth = 0;
        int end = name.length();
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            if (c == '>') {
                depth++;
            } else if (c == '<' && --depth == 0) {
                end = i;
            } else if (c == ':' && depth == 0) {
                return name.substring(i + 1, end);
            }
        }
        return name.substring(0, end);
    }

    private String local() {
        expect("Z");
        List<List<String>> outer = arguments;
        String function = encoding(false);
        expect("E");
        arguments = outer;
        if (eat("s")) {
            discriminator();
            return function + "::string literal";
        }
        if (eat("d")) {
            if (Character.isDigit(peek())) number();
            expect("_");
        }
        String entity = name();
        discriminator();
        return limited(function + "::" + entity);
    }

    private void discriminator() {
        if (eat("__")) {
            number();
            expect("_");
        } else if (peek() == '_' && Character.isDigit(peek(1))) {
            at += 2;
        }
    }

    private String unqualified(String enclosing) {
        enter();
        hasNoReturn = false;
        eat("L"); // of a function that is not seen elsewhere
        char c = peek();
        String name;
        if (Character.isDigit(c)) {
            name = source();
        } else if (c == 'C' && peek(1) >= '1' && peek(1) <= '5' || c == 'D' && peek(1) >= '0' && peek(1) <= '5') {
            at += 2;
            hasNoReturn = true;
            name = (c == 'D' ? "~" : "") + enclosing;
        } else if (eat("Ul")) {
            StringBuilder parameters = new StringBuilder();
            while (!eat("E")) {
                if (at >= s.length()) throw unknown();
                String parameter = type().text();
                parameters.append(parameters.length() == 0 || parameter.isEmpty() ? "" : ", ").append(parameter.equals("void") ? "" : parameter);
            }
            name = "{lambda(" + parameters + ")#" + sequenceOfUnnamed() + "}";
        } else if (eat("Ut")) {
            name = "{unnamed type#" + sequenceOfUnnamed() + "}";
        } else if (eat("DC")) {
            StringBuilder names = new StringBuilder();
            while (!eat("E")) names.append(names.length() == 0 ? "" : ", ").append(source());
            name = "[" + names + "]";
        } else {
            name = operator();
        }
        while (eat("B")) name += "[abi:" + source() + "]";
        return leave(name);
    }

    private int sequenceOfUnnamed() {
        int number = peek() == '_' ? 1 : number() + 2;
        expect("_");
        return number;
    }

    private String source() {
        int length = number();
        if (length == 0 || length > s.length() - at) throw unknown();
        String name = s.substring(at, at + length);
        at += length;
        return name.startsWith("_GLOBAL_") && name.length() > 9 && name.charAt(9) == 'N' ? "(anonymous namespace)" : name;
    }

    private String operator() {
        if (eat("cv")) {
            hasNoReturn = true;
            return "operator " + type().text();
        }
        if (eat("li")) return "operator\"\" " + source();
        String operator = at + 2 <= s.length() ? OPERATORS.get(s.substring(at, at + 2)) : null;
        if (operator == null) throw unknown();
        at += 2;
        return "operator" + (Character.isLetter(operator.charAt(0)) ? " " : "") + operator;
    }

    // ---- what was there before ----

    private int sequence() {
        int number = 0;
        int begin = at;
        for (char c; (c = peek()) >= '0' && c <= '9' || c >= 'A' && c <= 'Z'; at++) {
            number = Math.min(1 << 20, number * 36 + (c <= '9' ? c - '0' : c - 'A' + 10));
        }
        if (at == begin) throw unknown();
        return number;
    }

    /** @param whole whether a constructor follows, for which the standard's abbreviations are written out */
    private Type substitution(boolean whole) {
        expect("S");
        char c = peek();
        if (c == '_' || Character.isDigit(c) || c >= 'A' && c <= 'Z') {
            int index = c == '_' ? 0 : sequence() + 1;
            expect("_");
            if (index >= substitutions.size()) throw unknown();
            return substitutions.get(index);
        }
        String standard = STANDARD.get(c);
        if (standard == null) throw unknown();
        at++;
        if (whole && c == 's') standard = "std::basic_string<char, std::char_traits<char>, std::allocator<char> >";
        else if (whole && "iod".indexOf(c) >= 0) standard = standard.replace("::", "::basic_") + "<char, std::char_traits<char> >";
        if (peek() == 'B') {
            while (eat("B")) standard += "[abi:" + source() + "]";
            substitutions.add(new Type(standard));
        }
        return new Type(standard);
    }

    private String templateParameter() {
        expect("T");
        int index = peek() == '_' ? 0 : number() + 1;
        expect("_");
        if (index >= arguments.size()) throw unknown();
        List<String> argument = arguments.get(index);
        if (argument.size() == 1 && packIndex < 0) return argument.get(0);
        if (packIndex < 0) return String.join(", ", argument);
        packSize = Math.max(packSize, argument.size());
        return packIndex < argument.size() ? argument.get(packIndex) : argument.size() == 1 ? argument.get(0) : "";
    }

    private List<List<String>> templateArguments() {
        enter();
        expect("I");
        List<List<String>> list = new ArrayList<>();
        while (!eat("E")) {
            if (at >= s.length()) throw unknown();
            if (eat("J")) {
                List<String> pack = new ArrayList<>();
                while (!eat("E")) pack.add(templateArgument());
                list.add(pack);
            } else {
                list.add(List.of(templateArgument()));
            }
        }
        depth--;
        return list;
    }

    private String templateArgument() {
        List<List<String>> outer = arguments;
        String argument;
        if (eat("X")) {
            argument = expression();
            expect("E");
        } else {
            argument = peek() == 'L' ? literal() : type().text();
        }
        arguments = outer;
        return argument;
    }

    // ---- types ----

    private String parameters() {
        StringBuilder text = new StringBuilder("(");
        for (int count = 0; at < s.length() && peek() != 'E' && peek() != '.'; count++) {
            String type = type().text();
            if (type.equals("void") && count == 0) continue;
            text.append(text.length() > 1 && !type.isEmpty() ? ", " : "").append(type);
            limited(text.toString());
        }
        return text.append(')').toString();
    }

    private Type type() {
        enter();
        Type type = anyType();
        limited(type.text());
        depth--;
        return type;
    }

    private Type anyType() {
        char c = peek();
        if (BUILT_IN.containsKey(c)) {
            at++;
            return new Type(BUILT_IN.get(c));
        }
        Type type;
        switch (c) {
            case 'r', 'V', 'K' -> {
                at++;
                Type inner = type();
                String word = c == 'r' ? " restrict" : c == 'V' ? " volatile" : " const";
                type = inner.wraps ? new Type(inner.before, inner.behind + word, true) : new Type(inner.before + word, inner.behind, false);
            }
            case 'P', 'R', 'O' -> {
                at++;
                Type inner = type();
                String sign = c == 'P' ? "*" : c == 'R' ? "&" : "&&";
                boolean collapses = c != 'P' && inner.before.endsWith("&");
                boolean shorter = c == 'R' && inner.before.endsWith("&&");
                type = !collapses ? inner.with(sign)
                        : shorter ? new Type(inner.before.substring(0, inner.before.length() - 1), inner.behind, false) : inner;
            }
            case 'C', 'G' -> {
                at++;
                Type inner = type();
                type = inner.with(c == 'C' ? " _Complex" : " _Imaginary");
            }
            case 'F' -> type = function();
            case 'A' -> type = array();
            case 'M' -> {
                at++;
                String owner = type().text();
                Type member = type();
                type = member.wraps ? new Type(member.before + "(" + owner + "::*", ")" + member.behind, false)
                        : new Type(member.text() + " " + owner + "::*");
            }
            case 'T' -> {
                type = new Type(templateParameter());
                if (peek() == 'I') {
                    substitutions.add(type);
                    type = argumentsBehind(type);
                }
            }
            case 'S' -> {
                if (peek(1) == 't') {
                    type = named();
                } else {
                    type = substitution(false);
                    if (peek() != 'I') return type;
                    type = argumentsBehind(type);
                }
            }
            case 'D' -> {
                Type special = declared();
                if (special != null) return special;
                type = pack();
            }
            case 'u' -> {
                at++;
                type = new Type(source());
            }
            case 'U' -> {
                at++;
                String word = source();
                type = type().with(" " + word);
            }
            default -> type = named();
        }
        substitutions.add(type);
        return type;
    }

    private Type argumentsBehind(Type type) {
        List<List<String>> outer = arguments;
        Type templated = new Type(templated(type.text()));
        arguments = outer;
        return templated;
    }

    /** A class or an enumeration; its template arguments are not those that {@code T_} refers to. */
    private Type named() {
        List<List<String>> outer = arguments;
        boolean ends = endsWithArguments;
        boolean returns = hasNoReturn;
        String before = qualifiers;
        Type type = new Type(name());
        arguments = outer;
        endsWithArguments = ends;
        hasNoReturn = returns;
        qualifiers = before;
        return type;
    }

    private Type function() {
        expect("F");
        eat("Y");
        Type result = type();
        StringBuilder text = new StringBuilder("(");
        while (peek() != 'E' && !(peek() == 'R' || peek() == 'O' ? peek(1) == 'E' : false)) {
            if (at >= s.length()) throw unknown();
            String parameter = type().text();
            if (parameter.equals("void") && text.length() == 1) continue;
            text.append(text.length() > 1 && !parameter.isEmpty() ? ", " : "").append(parameter);
        }
        String reference = eat("R") ? " &" : eat("O") ? " &&" : "";
        expect("E");
        return new Type(result.before + " ", text + ")" + reference + result.behind, true);
    }

    private Type array() {
        expect("A");
        String size = "";
        if (Character.isDigit(peek())) size = Integer.toString(number());
        else if (peek() != '_') size = expression();
        expect("_");
        Type element = type();
        return new Type(element.before, " [" + size + "]" + (element.behind.startsWith(" [") ? element.behind.substring(1) : element.behind), true);
    }

    /** What is not a candidate for a substitution; null where it is another one. */
    private Type declared() {
        char kind = peek(1);
        if (kind == 't' || kind == 'T') {
            at += 2;
            String expression = expression();
            expect("E");
            Type type = new Type("decltype (" + expression + ")");
            substitutions.add(type);
            return type;
        }
        if (MORE_BUILT_IN.containsKey(kind)) {
            at += 2;
            return new Type(MORE_BUILT_IN.get(kind));
        }
        if (kind == 'o' || kind == 'O' || kind == 'x' || kind == 'w') { // noexcept and the like, before a function
            at += 2;
            Type function = type();
            return new Type(function.before, function.behind + (kind == 'o' ? " noexcept" : ""), function.wraps);
        }
        if (kind != 'p') throw unknown();
        return null;
    }

    /** What a pack expands to, each with what stands around it. */
    private Type pack() {
        expect("Dp");
        int begin = at;
        int known = substitutions.size();
        int outerIndex = packIndex;
        int outerSize = packSize;
        packIndex = 0;
        packSize = 0;
        List<String> all = new ArrayList<>(List.of(type().text()));
        int size = packSize;
        int end = at;
        for (packIndex = 1; packIndex < size; packIndex++) {
            at = begin;
            while (substitutions.size() > known) substitutions.remove(substitutions.size() - 1);
            all.add(type().text());
        }
        at = end;
        packIndex = outerIndex;
        packSize = outerSize;
        return new Type(size == 0 && all.get(0).isEmpty() ? "" : String.join(", ", all));
    }

    // ---- expressions ----

    private String literal() {
        expect("L");
        if (eat("_Z") || eat("Z")) {
            String name = encoding(false);
            expect("E");
            return name;
        }
        String type = type().text();
        boolean negative = eat("n");
        int begin = at;
        while (at < s.length() && peek() != 'E') at++;
        String digits = s.substring(begin, at);
        expect("E");
        if (type.equals("bool") && (digits.equals("0") || digits.equals("1"))) return digits.equals("1") ? "true" : "false";
        if (type.equals("decltype(nullptr)")) return "(decltype(nullptr))0";
        String number = (negative ? "-" : "") + digits;
        return SUFFIXES.containsKey(type) ? number + SUFFIXES.get(type) : "(" + type + ")" + number;
    }

    private String expression() {
        enter();
        String text;
        char c = peek();
        if (c == 'L') {
            text = literal();
        } else if (c == 'T') {
            text = templateParameter();
        } else if (eat("fp")) {
            int index = peek() == '_' ? 1 : number() + 2;
            expect("_");
            text = "{parm#" + index + "}";
        } else if (eat("sr")) {
            String scope = type().text();
            text = scope + "::" + unqualified("");
            if (peek() == 'I') text = argumentsBehind(new Type(text)).text();
        } else if (eat("st")) {
            text = "sizeof (" + type().text() + ")";
        } else if (eat("sz")) {
            text = "sizeof (" + expression() + ")";
        } else if (eat("sZ")) {
            text = "sizeof...(" + templateParameter() + ")";
        } else if (eat("cv")) {
            text = "(" + type().text() + ")" + parenthesized();
        } else if (eat("cl")) {
            String callee = expression();
            List<String> list = new ArrayList<>();
            while (!eat("E")) list.add(expression());
            text = callee + "(" + String.join(", ", list) + ")";
        } else if (Character.isDigit(c)) {
            text = source();
            if (peek() == 'I') text = argumentsBehind(new Type(text)).text();
        } else {
            String code = at + 2 <= s.length() ? s.substring(at, at + 2) : "";
            String operator = OPERATORS.get(code);
            if (operator == null) throw unknown();
            at += 2;
            if (code.equals("ad")) text = "&" + (peek() == 'L' ? addressed(literal()) : parenthesized());
            else if (UNARY.contains(" " + code + " ")) text = operator + parenthesized();
            else if (code.equals("qu")) text = parenthesized() + "?" + parenthesized() + " : " + parenthesized();
            else text = parenthesized() + operator + parenthesized();
        }
        return leave(limited(text));
    }

    /** Of a method only the name is told, as perf's library does. */
    private static String addressed(String function) {
        int open = function.indexOf('(');
        return open > 0 && function.lastIndexOf("::", open) > 0 ? function.substring(0, open) : "(" + function + ")";
    }

    private String parenthesized() {
        return "(" + expression() + ")";
    }
}
