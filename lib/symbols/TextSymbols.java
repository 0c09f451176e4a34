package lib.symbols;

import java.io.BufferedInputStream;
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
        eachLine(text, all, words -> {
            Long start = hex(words[0]);
            if (start != null && start != 0) {
                all.add(new Symbol(start, words[1].matches("[tTwW]") ? start + MAX_LENGTH : start, words[2].strip().split("\\s")[0]));
            }
        });
        all.sort((a, b) -> Long.compareUnsigned(a.start, b.start));
        for (int i = 0; i < all.size(); i++) {
            Symbol s = all.get(i);
            int next = i + 1;
            while (next < all.size() && all.get(next).start == s.start) {
                next++;
            }
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
        eachLine(text, all, words -> {
            Long start = hex(words[0]);
            Long size = hex(words[1]);
            if (start != null && size != null && size > 0) {
                all.add(new Symbol(start, start + size, words[2]));
            }
        });
        all.sort(Comparator.comparingLong(Symbol::start)); // stable: where code was replaced, the later line wins
        return new TextSymbols(all);
    }

    /** Hands the three words of each line on; neither a long text nor a long line is held in memory. */
    private static void eachLine(InputStream text, List<Symbol> all, Consumer<String[]> reader) throws IOException {
        byte[] line = new byte[MAX_LINE];
        int length = 0;
        long bytes = 0;
        InputStream in = new BufferedInputStream(text, 64 << 10);
        for (int b; (b = in.read()) >= 0 || length > 0; ) {
            if (++bytes > MAX_TEXT || length == MAX_LINE || all.size() == MAX_SYMBOLS) {
                throw new IOException("more " + (length == MAX_LINE ? "in a line than " + MAX_LINE + " bytes" : bytes > MAX_TEXT
                        ? "than " + (MAX_TEXT >> 20) + " MB of text" : "than " + MAX_SYMBOLS + " symbols"));
            }
            if (b >= 0 && b != '\n') {
                line[length++] = (byte) b;
                continue;
            }
            String[] words = new String(line, 0, length, StandardCharsets.UTF_8).strip().split("\\s+", 3);
            if (words.length == 3) reader.accept(words);
            length = 0;
        }
    }

    private static Long hex(String digits) {
        String plain = digits.startsWith("0x") ? digits.substring(2) : digits;
        try {
            return plain.length() > 16 ? null : Long.valueOf(Long.parseUnsignedLong(plain, 16));
        } catch (NumberFormatException e) {
            return null;
        }
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
            if (Long.compareUnsigned(address, symbols.get(i).end) < 0) {
                return symbols.get(i).name;
            }
        }
        return null;
    }

    /** The number of symbols. */
    public int size() {
        return symbols.size();
    }
}
