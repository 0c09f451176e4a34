package lib.symbols;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Symbols as text: the kernel's as {@code /proc/kallsyms} lists them ({@code ADDRESS TYPE NAME [MODULE]}, proc(5)), and
 * those of code made at run time as {@code perf-PID.map} does ({@code START SIZE NAME}, the kernel's
 * tools/perf/Documentation/jit-interface.txt).
 */
public final class TextSymbols {
    /** A kernel has a quarter of a million; what is more is not read. */
    private static final int MAX_SYMBOLS = 1 << 20;
    /** Bytes of text that are read at the most, and of a line: a large kernel's kallsyms has 20 MB, its longest line 600 bytes. */
    private static final long MAX_TEXT = 64 << 20;
    private static final int MAX_LINE = 16 << 10;
    /** A kernel function without a next symbol, or with one far away, is not taken to be longer than this. */
    private static final long MAX_LENGTH = 256 << 10;

    /** No symbols. */
    public static final TextSymbols NONE = new TextSymbols(List.of());

    private record Symbol(long start, long end, String name) {}

    private final List<Symbol> symbols;

    private TextSymbols(List<Symbol> symbols) {
        this.symbols = symbols;
    }

    /**
     * Reads /proc/kallsyms. Where the kernel hides its addresses (kptr_restrict), all are zero and none is known.
     *
     * @throws IOException when the text cannot be read, or is larger than any kernel's
     */
    public static TextSymbols kallsyms(InputStream text) throws IOException {
        List<Symbol> all = new ArrayList<>();
        eachLine(text, all, line -> {
            long start = line.hex(0);
            if (start != 0) {
                boolean function = line.length(1) == 1 && "tTwW".indexOf(line.at(1)) >= 0;
                all.add(new Symbol(start, function ? start + MAX_LENGTH : start, line.text(2, false)));
            }
        });
        all.sort((a, b) -> Long.compareUnsigned(a.start, b.start));
        for (int i = 0; i < all.size(); i++) {
            Symbol s = all.get(i);
            int next = i + 1;
            while (next < all.size() && all.get(next).start == s.start) next++;
            if (next < all.size() && Long.compareUnsigned(all.get(next).start, s.end) < 0) {
                all.set(i, new Symbol(s.start, all.get(next).start, s.name));
            }
        }
        return new TextSymbols(all);
    }

    /**
     * Reads a perf-PID.map.
     *
     * @throws IOException when the text cannot be read, or is larger than any that is real
     */
    public static TextSymbols perfMap(InputStream text) throws IOException {
        List<Symbol> all = new ArrayList<>();
        eachLine(text, all, line -> {
            long start = line.hex(0);
            long size = line.hex(1);
            if (start != 0 && size > 0) all.add(new Symbol(start, start + size, line.text(2, true)));
        });
        all.sort(Comparator.comparingLong(Symbol::start)); // stable: where code was replaced, the later line wins
        return new TextSymbols(all);
    }

    /** A line of three words, of which the last may have blanks in it. */
    private static final class Line {
        private final byte[] bytes = new byte[MAX_LINE];
        private int length;
        private final int[] from = new int[3];
        private final int[] to = new int[3];

        /** Whether it has three words. */
        boolean split() {
            while (length > 0 && isBlank(length - 1)) length--;
            int at = 0;
            for (int word = 0; word < 3; word++) {
                while (at < length && isBlank(at)) at++;
                from[word] = at;
                while (at < length && (word == 2 || !isBlank(at))) at++;
                to[word] = at;
            }
            return length(2) > 0;
        }

        private boolean isBlank(int at) {
            return bytes[at] >= 0 && bytes[at] <= ' ';
        }

        int length(int word) {
            return to[word] - from[word];
        }

        /** A word's first byte. */
        byte at(int word) {
            return bytes[from[word]];
        }

        /** A word as text; without blanks only what stands before the first one. */
        String text(int word, boolean blanks) {
            int end = from[word];
            while (end < to[word] && (blanks || !isBlank(end))) end++;
            return new String(bytes, from[word], end - from[word], StandardCharsets.UTF_8);
        }

        /** A word as a number; 0 where it is none. */
        long hex(int word) {
            int at = from[word] + (length(word) > 2 && bytes[from[word]] == '0' && bytes[from[word] + 1] == 'x' ? 2 : 0);
            if (to[word] - at > 16 || to[word] == at) return 0;
            long number = 0;
            for (; at < to[word]; at++) {
                int digit = Character.digit(bytes[at], 16);
                if (digit < 0) return 0;
                number = number << 4 | digit;
            }
            return number;
        }
    }

    /** Hands each line of three words on; neither a long text nor a long line is held in memory. */
    private static void eachLine(InputStream text, List<Symbol> all, Consumer<Line> reader) throws IOException {
        Line line = new Line();
        byte[] part = new byte[64 << 10];
        long bytes = 0;
        for (int count; (count = text.read(part)) >= 0;) {
            bytes += count;
            for (int i = 0; i < count; i++) {
                if (bytes > MAX_TEXT || line.length == MAX_LINE || all.size() == MAX_SYMBOLS) {
                    throw new IOException("more " + (line.length == MAX_LINE ? "in a line than " + MAX_LINE + " bytes" : bytes > MAX_TEXT
                            ? "than " + (MAX_TEXT >> 20) + " MB of text" : "than " + MAX_SYMBOLS + " symbols"));
                }
                if (part[i] != '\n') {
                    line.bytes[line.length++] = part[i];
                } else {
                    if (line.split()) reader.accept(line);
                    line.length = 0;
                }
            }
        }
        if (line.split()) reader.accept(line);
    }

    /** The name of what stands at the address, or null. */
    public String at(long address) {
        int low = 0;
        int high = symbols.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(symbols.get(middle).start, address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // Data and labels stand among the functions: of those that begin at the same place, take one that covers the address.
        for (int i = low - 1; i >= 0 && symbols.get(i).start == symbols.get(low - 1).start; i--) {
            if (Long.compareUnsigned(address, symbols.get(i).end) < 0) return symbols.get(i).name;
        }
        return null;
    }

    /** Where the first symbol of that name is, or 0. */
    long address(String name) {
        return symbols.stream().filter(symbol -> symbol.name.equals(name)).mapToLong(Symbol::start).findFirst().orElse(0);
    }

    /** The number of symbols. */
    public int size() {
        return symbols.size();
    }
}
