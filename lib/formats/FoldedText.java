package lib.formats;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/**
 * Folded stacks, a line each: {@code main;f;g 12}, root first. A second number makes the first one the count of an
 * earlier profile, as difffolded.pl prints. Where counts have fractions, all counts are multiplied by a power of ten, such
 * that none becomes nothing; in time order, where each has its place already, they are rounded.
 */
final class FoldedText implements BlockParser {
    private static final Pattern NUMBER = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?0*(\\d+))?");
    private static final int MAX_DIGITS = 40;
    /** In digits: more than two, and the number is none of a profile. */
    private static final int MAX_EXPONENT = 2;
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int REST_DIGITS = 12;
    private static final int EXACT_DIGITS = 6;
    private static final long HALF = 500_000_000_000L;
    /** What programs that keep numbers as doubles can count to. */
    private static final long MAX_TOTAL = 1L << 53;

    private final ReadOptions options;
    private final Harvest harvest;
    private final Harvest.Event stacks;
    private final Map<Name, Integer> frames = new HashMap<>();
    private final Name key = new Name();

    private byte[] b;
    /** The number that {@link #number} found, its fraction in units of 10 to the minus {@link #REST_DIGITS}, and where the text before it ends. */
    private long number;
    private long rest;
    private int before;

    FoldedText(ReadOptions options) {
        this.options = options;
        harvest = new Harvest(options);
        stacks = harvest.event("", 0);
    }

    /** Whether most lines at its beginning end with a number, and there are names: a table of numbers has none. */
    static Likeness likeness(Incoming in) {
        FoldedText folded = new FoldedText(new ReadOptions());
        folded.parse(in.headLines());
        Frames frames = folded.harvest.frames;
        boolean named = IntStream.range(0, frames.size()).mapToObj(frames::name)
                .anyMatch(name -> name.chars().anyMatch(c -> Character.isLetter(c) || c == '_'));
        return named && folded.harvest.stacks > folded.harvest.badLines ? Likeness.PERHAPS : Likeness.NO;
    }

    static Harvest read(Incoming in, ReadOptions options) throws IOException {
        Harvest harvest = TextReader.read(in.bytes(), false, new FoldedText(options), options);
        if (harvest.rests != null) scale(harvest);
        return harvest;
    }

    @Override
    public Harvest harvest() {
        return harvest;
    }

    @Override
    public BlockParser fork() {
        return new FoldedText(options);
    }

    @Override
    public long parse(Block text) {
        b = text.bytes;
        long line = 0;
        for (int from = 0, to; from < text.length; from = to + 1) {
            to = from;
            while (b[to] != '\n') to++;
            line++;
            int last = PerfHeader.withoutBlanks(b, from, to);
            if (last > from && b[from] != '#' && !add(from, last)) harvest.bad(text.number, line, b, from, to);
        }
        return line;
    }

    private boolean add(int from, int to) {
        if (!number(from, to)) return false;
        long count = number + (options.timeOrder && rest >= HALF ? 1 : 0);
        long countRest = rest;
        int end = before;
        boolean two = number(from, end);
        long earlier = two ? number : 0;
        long earlierRest = two ? rest : 0;
        end = two ? before : end;
        int node = path(stacks.tree, from, end);
        if (node == 0) return false;
        harvest.stacks++;
        stacks.samples += count;
        stacks.tree.add(node, count, count);
        if (two) stacks.tree.addBefore(node, earlier);
        if ((countRest != 0 || earlierRest != 0) && !options.timeOrder) {
            harvest.rests = harvest.rests == null ? new StackTree(harvest.frames) : harvest.rests;
            int restNode = path(harvest.rests, from, end);
            harvest.rests.add(restNode, countRest, 0);
            harvest.rests.addBefore(restNode, earlierRest);
        }
        return true;
    }

    /** The node of the stack {@code [from, end)}, the root's where it is none. */
    private int path(StackTree tree, int from, int end) {
        int node = 0;
        for (int i = from, next; i < end; i = next + 1) {
            next = i;
            while (next < end && b[next] != ';') next++;
            if (next > i) node = tree.child(node, frame(i, next));
        }
        return node;
    }

    /** Whether {@code [from, to)} ends with a blank and a number that is not negative. */
    private boolean number(int from, int to) {
        int i = to;
        while (i > from && !PerfHeader.isBlank(b[i - 1])) i--;
        if (i == to || i <= from || to - i > MAX_DIGITS) return false;
        before = PerfHeader.withoutBlanks(b, from, i);
        rest = 0;
        long value = 0;
        for (int digit = i; digit < to; digit++) {
            if (b[digit] < '0' || b[digit] > '9') return fraction(TextBytes.decode(b, i, to));
            value = TextBytes.appendDigit(value, b[digit]);
        }
        number = value;
        return true;
    }

    private boolean fraction(String text) {
        Matcher parts = NUMBER.matcher(text);
        if (!parts.matches() || parts.group(3) != null && parts.group(3).length() > MAX_EXPONENT) return false;
        BigDecimal value = new BigDecimal(text);
        if (value.compareTo(LARGEST) > 0) {
            number = Long.MAX_VALUE;
            return true;
        }
        number = value.longValue();
        rest = value.subtract(BigDecimal.valueOf(number)).movePointRight(REST_DIGITS).setScale(0, RoundingMode.HALF_EVEN).longValue();
        if (rest == 0 && number == 0 && value.signum() > 0) rest = 1;
        return true;
    }

    /**
     * Multiplies all counts, so that those with fractions become whole: exactly, or where that takes more than
     * {@link #EXACT_DIGITS} so that the smallest one keeps three digits.
     */
    private static void scale(Harvest harvest) {
        StackTree rests = harvest.rests;
        StackTree tree = harvest.event("", 0).tree;
        long smallest = Long.MAX_VALUE;
        int digits = 0;
        for (int node = 1; node < rests.size(); node++) {
            for (long part : new long[] {rests.self(node), rests.before(node)}) {
                if (part != 0) {
                    smallest = Math.min(smallest, part);
                    digits = Math.max(digits, digitsOf(part));
                }
            }
        }
        int enough = REST_DIGITS - Long.toString(smallest).length() + 3;
        digits = Math.min(digits, Math.max(enough, EXACT_DIGITS));
        long largest = Math.max(tree.totals()[0], tree.beforeTotals()[0]);
        while (digits > 0 && largest > MAX_TOTAL / power(digits)) digits--;
        tree.multiply(power(digits));
        long unit = power(REST_DIGITS - digits);
        long lost = 0;
        int[] nodes = new int[rests.size()];
        for (int node = 1; node < rests.size(); node++) {
            nodes[node] = tree.child(nodes[rests.parent(node)], rests.frame(node));
            long part = (rests.self(node) + unit / 2) / unit;
            tree.add(nodes[node], part, part);
            if (rests.before(node) != 0) tree.addBefore(nodes[node], (rests.before(node) + unit / 2) / unit);
            lost += rests.self(node) + rests.before(node) > 0 && tree.self(nodes[node]) + tree.before(nodes[node]) == 0 ? 1 : 0;
        }
        if (digits > 0) {
            harvest.notes.add("counts with fractions: all are multiplied by " + String.format(Locale.ROOT, "%,d", power(digits)));
        }
        if (lost > 0) {
            harvest.notes.add((lost == 1 ? "1 stack is" : lost + " stacks are") + " left out, too small beside the others");
        }
    }

    /** How many of the {@link #REST_DIGITS} are needed. */
    private static int digitsOf(long part) {
        int digits = REST_DIGITS;
        for (long left = part; left % 10 == 0; left /= 10) digits--;
        return digits;
    }

    private static long power(int digits) {
        long power = 1;
        for (int i = 0; i < digits; i++) power *= 10;
        return power;
    }

    private int frame(int from, int to) {
        key.set(b, from, to);
        Integer known = frames.get(key);
        if (known != null) return known;
        int id = harvest.frames.intern(b, from, to, kind(from, to));
        frames.put(key.copy(), id);
        return id;
    }

    /** The kind by the annotation that stackcollapse-perf.pl puts at a name's end. */
    private Kind kind(int from, int to) {
        if (to - from > 4 && b[to - 4] == '_' && b[to - 3] == '[' && b[to - 1] == ']') {
            switch (b[to - 2]) {
                case 'k':
                    return Kind.KERNEL;
                case 'j':
                    return Kind.JIT;
                case 'i':
                    return Kind.INLINED;
                default:
            }
        }
        return Kind.USER;
    }

    /** A frame's bytes as a key. */
    private static final class Name {
        private byte[] bytes;
        private int from;
        private int to;
        private int hash;

        void set(byte[] source, int begin, int end) {
            bytes = source;
            from = begin;
            to = end;
            int h = 1;
            for (int i = begin; i < end; i++) h = 31 * h + source[i];
            hash = h;
        }

        Name copy() {
            Name copy = new Name();
            copy.bytes = Arrays.copyOfRange(bytes, from, to);
            copy.to = to - from;
            copy.hash = hash;
            return copy;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Name name && Arrays.equals(bytes, from, to, name.bytes, name.from, name.to);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
