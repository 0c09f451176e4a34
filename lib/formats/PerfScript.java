package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.MappedFiles;
import lib.stacks.StackTree;
import lib.stacks.Stacks.Mapping;
import lib.stacks.Unit;

/**
 * The text of {@code perf script}. A sample is a header, stack lines from the leaf outwards, and a blank line; without
 * call chains it is one line. See {@link PerfHeader} and {@link PerfFrame} for what a line may look like.
 */
final class PerfScript implements BlockParser {
    /** What a remembered line is: an ordinary frame, one of the kernel, several frames at once, nothing to keep, or wrong. */
    private static final int FRAME = 0, KERNEL = 1, SEVERAL = 2, IGNORED = 3, WRONG = 4;
    /** A sample's callers are still to come, or are not looked up together. */
    private static final int NOT_YET = -1, NOT_HERE = -2;

    /** {@code PERF_RECORD_MMAP2 PID/TID: [START(LENGTH) @ OFFSET MAJ:MIN INODE GENERATION]: PROT PATH}; MMAP has no file numbers. */
    private static final Pattern MMAP = Pattern.compile("PERF_RECORD_MMAP2? (-?\\d{1,9})/-?\\d+: "
            + "\\[(?:0x)?([0-9a-f]{1,16})\\((?:0x)?([0-9a-f]{1,16})\\) @ (?:0x)?([0-9a-f]{1,16})(?: [^]]*)?]: ([-a-z]+) (.*)");

    /**
     * A line that {@code -F} adds below a frame or a stack: with {@code +srcline} {@code file.c:12} and {@code libc.so[1f20]};
     * instructions, registers, branches and sizes of pages.
     */
    private static final Pattern MORE = Pattern.compile("\\s+\\S.*(:\\d+|\\[[0-9a-f]+])\\s*|"
            + "\\s+(insn:|ilen:|ABI:\\d|0x[0-9a-f]+(\\([^)]*\\))?/0x[0-9a-f]+|(N/A|\\d+[KMG])\\s*$|\\|\\d+\\s).*");
    /** What an event is called that has a period, but no name, as {@code -F} left it out. */
    private static final String NAMELESS = "period";
    /** The software clocks: their period is in nanoseconds. Modifiers may follow. */
    private static final Pattern CLOCK = Pattern.compile("(cpu|task)-clock(:.*)?");
    private static final int MAX_MAPPINGS = 100_000;
    /** A power of two. */
    private static final int RECENT_ROOTS = 32;

    private final ReadOptions options;
    private final Harvest harvest;
    private final PerfHeader header = new PerfHeader();
    private final PerfFrame frame = new PerfFrame();
    private final LineMemo lines;
    private final StackMemo stacks;
    private final PerfFunctions functions;
    private final List<int[]> several = new ArrayList<>();
    private final Map<String, Integer> roots = new HashMap<>();
    /** Some roots, by a few of their bytes, and their frames. */
    private final Slice[] recentRoots = new Slice[RECENT_ROOTS];
    private final int[] rootOf = new int[RECENT_ROOTS];
    private final Slice lastEvent = new Slice();
    private final Slice lastModule = new Slice();
    /** What {@link #lastModule} says: the mapped file or null, and the kind of code in it. */
    private String module;
    private Kind kind;

    private byte[] b;
    private ByteBuffer words;
    private int end;
    private int block;
    private int at;
    private long line;

    /** The sample that is being read; its stack is leaf first. */
    private boolean inSample;
    private Harvest.Event event;
    private int root;
    private long weight;
    private boolean hasTime;
    private long time;
    private int[] stack = new int[128];
    private int depth;
    /** What the line before is. */
    private int previousKind;
    /** How many frames of the stack stand before the callers that are looked up together; or {@link #NOT_YET}, or {@link #NOT_HERE}. */
    private int callersFrom;
    /** The node of those callers in the tree if they were recognized, else 0. */
    private int callers;
    /** How many lines of the block stand before them. */
    private long linesBefore;
    /** The header of a sample that is one only if stack lines follow, as it has neither time nor event; else -1. */
    private int doubtfulHeader;

    {
        Arrays.setAll(recentRoots, i -> new Slice());
    }

    PerfScript(ReadOptions options) {
        this.options = options;
        harvest = new Harvest(options);
        lines = new LineMemo();
        stacks = new StackMemo();
        functions = new PerfFunctions();
    }

    private PerfScript(PerfScript other) {
        options = other.options;
        harvest = other.harvest.fork();
        lines = new LineMemo(other.lines);
        stacks = new StackMemo(other.stacks);
        functions = new PerfFunctions(other.functions);
        several.addAll(other.several);
        roots.putAll(other.roots);
    }

    /** Whether it begins with a sample: a header with a time is enough; another one needs a frame on the next line. */
    static Likeness likeness(Incoming in) {
        Block block = in.headLines();
        PerfHeader header = new PerfHeader();
        PerfFrame frame = new PerfFrame();
        boolean afterHeader = false;
        for (int from = 0, to; from < block.length; from = to + 1) {
            to = from;
            while (block.bytes[to] != '\n') to++;
            if (afterHeader && frame.parse(block.bytes, from, to)
                    && (frame.hasModule || PerfHeader.isBlank(block.bytes[from]))) {
                    return Likeness.PERHAPS;
                }
            afterHeader = block.bytes[from] != '#' && header.parse(block.bytes, from, to, false);
            if (afterHeader && header.hasTime) return Likeness.SURE;
        }
        return Likeness.NO;
    }

    static Harvest read(Incoming in, ReadOptions options) throws IOException {
        return read(in.name, in.bytes(), options);
    }

    static Harvest read(String name, InputStream in, ReadOptions options) throws IOException {
        Harvest harvest = TextReader.read(in, true, new PerfScript(options), options);
        if (harvest.stacks > 0 && !harvest.hasNames) {
            String missing = harvest.hasFrames ? "sym" : "ip and sym";
            throw NotStacksException.because(name, "has samples, but " + (harvest.hasFrames ? "only addresses: the field " : "no stacks: the fields ")
                    + missing + (harvest.hasFrames ? " is missing" : " are missing, or it was recorded without -g"),
                    "Print it with perf script -F " + (harvest.hasFrames ? "+sym,+dso" : "+ip,+sym,+dso") + ".");
        }
        return harvest;
    }

    @Override
    public BlockParser fork() {
        return new PerfScript(this);
    }

    @Override
    public Harvest harvest() {
        return harvest;
    }

    @Override
    public long parse(Block text) {
        b = text.bytes;
        words = text.words;
        end = text.length;
        block = text.number;
        at = 0;
        line = 0;
        while (at < end) {
            if (!inSample) {
                between();
            } else {
                int entry = knownLines();
                if (inSample && at < end) otherLine(entry);
            }
        }
        endSample();
        return line;
    }

    /** A line outside of any sample: mostly a header. */
    private void between() {
        int from = at;
        int to = Block.newline(words, from);
        at = to + 1;
        line++;
        if (isBlank(from, to) || b[from] == '#') return;
        boolean indented = PerfHeader.isBlank(b[from]);
        if (header.parse(b, from, to, true)) {
            doubtfulHeader = -1;
        } else if (!indented && header.parse(b, from, to, false)) {
            doubtfulHeader = from;
        } else {
            harvest.strayFrames += frame.parse(b, from, to) && (frame.hasModule || indented) ? 1 : 0;
            harvest.bad(block, line, b, from, to);
            return;
        }
        if (header.isRecord) {
            addMapping(TextBytes.decode(b, header.eventFrom, to));
        } else {
            beginSample(from, to);
        }
    }

    private void beginSample(int from, int to) {
        if (!lastEvent.is(b, header.eventFrom, header.eventTo) || event == null) {
            lastEvent.set(b, header.eventFrom, header.eventTo);
            String name = lastEvent.length == 0 && header.hasPeriod ? NAMELESS : lastEvent.text();
            event = harvest.event(name, ((long) block << 32) + from);
            if (event.samples == 0) {
                event.unit = CLOCK.matcher(lastEvent.text()).matches() ? Unit.CPU_NANOSECONDS : Unit.COUNT;
            }
        }
        boolean byName = options.root == ReadOptions.Root.COMMAND && header.commTo > header.commFrom;
        int rootTo = byName ? header.commTo : header.idTo;
        int place = (b[header.commFrom] ^ b[rootTo - 1] ^ rootTo - header.commFrom) & RECENT_ROOTS - 1;
        if (!recentRoots[place].is(b, header.commFrom, rootTo)) {
            recentRoots[place].set(b, header.commFrom, rootTo);
            rootOf[place] = roots.computeIfAbsent(recentRoots[place].text(), key -> harvest.frames.intern(rootName(), Kind.USER));
        }
        root = rootOf[place];
        if (!header.hasPeriod) event.samplesWithoutPeriod++;
        weight = options.countSamples ? 1 : header.period;
        hasTime = options.times && header.hasTime;
        time = hasTime ? header.time(b) : 0;
        depth = 0;
        previousKind = FRAME;
        callersFrom = event.tree.hasTimeOrder() ? NOT_HERE : NOT_YET; // there a node depends on the time, too
        callers = 0;
        inSample = true;
        lines.restart();
        addFrameOfHeader(header.rest, to);
    }

    /** Without call chains the only frame follows the event, where a tracepoint has its fields. */
    private void addFrameOfHeader(int begin, int end) {
        int from = PerfHeader.skipBlanks(b, begin, end);
        int to = PerfHeader.withoutBlanks(b, from, end);
        if (to == from || b[to - 1] != ')') return;
        int entry = lines.recognize(words, from);
        if (entry == 0) {
            boolean isFrame = frame.parse(b, from, to) && frame.hasModule;
            entry = isFrame ? remember() : 0;
            if (isFrame) found(false);
        }
        if (entry != 0 && lines.flag(entry) <= SEVERAL) {
            push(entry);
            endSample();
        }
    }

    /** stackcollapse-perf.pl's form: spaces become underscores; the number is joined by a dash; "?" is an unknown process. */
    private String rootName() {
        String comm = TextBytes.decode(b, header.commFrom, header.commTo).replace(' ', '_');
        String id = TextBytes.decode(b, header.idFrom, header.idTo);
        int slash = id.indexOf('/');
        String process = slash < 0 ? "?" : id.substring(0, slash);
        return switch (options.root) {
            case COMMAND -> comm.isEmpty() ? ":" + id : comm;
            case PROCESS -> comm + "-" + process;
            case THREAD -> comm + "-" + process + "/" + id.substring(slash + 1);
        };
    }

    /**
     * The hot loop: frames that were seen before, until the sample ends or a line is something else. It is a method of
     * its own so that the compiler finds nothing rare in it.
     *
     * @return what is known of the line at which it stops
     */
    private int knownLines() {
        while (at < end) {
            byte c = b[at];
            if (c == '\n' || c == '\r' && b[at + 1] == '\n') {
                endSample(); // the blank line is between samples
                return 0;
            }
            int entry = lines.recognize(words, at);
            int kind = lines.flag(entry);
            if (entry == 0 || kind > KERNEL || depth == stack.length) return entry;
            boolean exact = depth == 0 || previousKind == KERNEL && kind == FRAME;
            stack[depth++] = exact ? lines.second(entry) : lines.first(entry);
            previousKind = kind;
            at = lines.end();
            line++;
            if (callersFrom == NOT_YET && kind == FRAME) knownCallers();
        }
        return 0;
    }

    /** Takes all lines from the second one in the program itself at once, if just these have ended an earlier sample. */
    private void knownCallers() {
        callersFrom = depth;
        linesBefore = line;
        callers = stacks.recognize(words, at, end, (long) event.number << 32 | root);
        if (callers != 0) {
            line += stacks.lines();
            at = stacks.end();
        }
    }

    /** Any line in a sample but a blank one, the last that was looked up. */
    private void otherLine(int known) {
        int entry = known == 0 ? learn() : known;
        if (entry == 0) {
            endSample();
            return;
        }
        if (lines.flag(entry) == WRONG) {
            harvest.bad(block, line + 1, b, at, lines.end() - 1);
            callersFrom = NOT_HERE; // it is to be counted each time
        }
        push(entry);
        at = lines.end();
        line++;
        if (callersFrom == NOT_YET && previousKind == FRAME) knownCallers();
    }

    /**
     * Adds what a line says to the stack. An address is exact at the leaf and where the kernel was entered; further
     * out it is where a call returns to.
     */
    private void push(int entry) {
        if (depth == stack.length) stack = Arrays.copyOf(stack, 2 * depth);
        int kind = lines.flag(entry);
        if (kind <= KERNEL) {
            boolean exact = depth == 0 || previousKind == KERNEL && kind == FRAME;
            stack[depth++] = exact ? lines.second(entry) : lines.first(entry);
        } else if (kind == SEVERAL) {
            int[] frames = several.get(lines.first(entry));
            if (depth + frames.length > stack.length) stack = Arrays.copyOf(stack, 2 * (depth + frames.length));
            System.arraycopy(frames, 0, stack, depth, frames.length);
            depth += frames.length;
        }
        previousKind = kind;
    }

    private void endSample() {
        if (!inSample) return;
        inSample = false;
        if (depth == 0 && doubtfulHeader >= 0) {
            harvest.bad(block, line, b, doubtfulHeader, Block.newline(words, doubtfulHeader));
            return;
        }
        event.samples++;
        harvest.stacks++;
        StackTree tree = event.tree;
        int node = callers;
        int next = depth - 1;
        if (node == 0) {
            node = tree.child(0, root);
            if (callersFrom >= 0 && at == stacks.end()) {
                for (; next >= callersFrom; next--) node = tree.child(node, stack[next]);
                stacks.add(node, (int) (line - linesBefore));
            }
        }
        for (; next >= 0; next--) node = tree.child(node, stack[next]);
        if (hasTime) {
            tree.addAt(node, weight, time);
        } else {
            tree.add(node, weight, 1);
        }
    }

    /** Understands a line that was not seen before; 0 if the sample ends before it. */
    private int learn() {
        int to = lines.end() - 1;
        boolean isFrame = frame.parse(b, at, to);
        if (!(isFrame && frame.hasModule) && (isBlank(at, to) || header.parse(b, at, to, true))) return 0;
        if (!isFrame) {
            return lines.add(0, 0, b[at] == '#' || MORE.matcher(TextBytes.decode(b, at, to)).matches() ? IGNORED : WRONG);
        }
        boolean bare = frame.symbolTo == frame.symbolFrom && !frame.hasModule;
        if (bare && b[at] == ' ') {
            return lines.add(0, 0, IGNORED); // of -F +phys_addr; before a frame stands a tab
        }
        found(bare);
        if (!frame.isNamed) return remember();
        int function = functions.recognize(b, frame);
        if (function != 0) {
            return lines.add(functions.first(function), functions.second(function), functions.flag(function));
        }
        int entry = remember();
        functions.add(lines.first(entry), lines.second(entry), lines.flag(entry));
        return entry;
    }

    private void found(boolean bare) {
        harvest.hasFrames = true;
        harvest.hasNames |= !bare;
    }

    /** Remembers the line of {@link #frame}. */
    private int remember() {
        Frames frames = harvest.frames;
        String symbol = frame.symbol();
        if (!lastModule.is(b, frame.moduleFrom, frame.moduleTo)) {
            lastModule.set(b, frame.moduleFrom, frame.moduleTo);
            module = frame.isMapped() ? lastModule.text() : null;
            kind = frame.isInlined() ? Kind.INLINED : MappedFiles.kind(module);
        }
        int flag = kind == Kind.KERNEL ? KERNEL : FRAME;
        if (symbol == null && kind != Kind.INLINED) {
            return lines.add(frames.internUnknown(module, frame.address, true),
                    frames.internUnknown(module, frame.address, false), flag);
        }
        if (symbol == null) {
            symbol = "[inlined]";
        } else if (isCommand(symbol)) {
            return lines.add(0, 0, IGNORED);
        }
        List<String> methods = PerfSymbols.inlinedInto(symbol);
        int id = frames.intern(PerfSymbols.tidy(methods.get(0)), kind);
        if (methods.size() == 1) return lines.add(id, id, flag);
        int[] ids = new int[methods.size()];
        ids[ids.length - 1] = id;
        for (int i = 1; i < ids.length; i++) {
            ids[ids.length - 1 - i] = frames.intern(PerfSymbols.tidy(methods.get(i)) + "_[i]", Kind.INLINED);
        }
        several.add(ids);
        return lines.add(several.size() - 1, 0, SEVERAL);
    }

    /** Old versions of perf print a frame {@code (command)} between user and kernel. */
    private static boolean isCommand(String symbol) {
        return symbol.startsWith("(") && symbol.indexOf(')') == symbol.length() - 1 && symbol.lastIndexOf('(') == 0;
    }

    private void addMapping(String record) {
        Matcher m = MMAP.matcher(record);
        if (m.lookingAt() && m.group(5).contains("x") && harvest.mappings.size() < MAX_MAPPINGS) {
            harvest.mappings.add(new Mapping(Integer.parseInt(m.group(1)), Long.parseUnsignedLong(m.group(2), 16),
                    Long.parseUnsignedLong(m.group(3), 16), Long.parseUnsignedLong(m.group(4), 16), m.group(5), m.group(6).strip()));
        }
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!PerfHeader.isBlank(b[i])) return false;
        }
        return true;
    }

    /** A copy of some bytes, to see cheaply whether the next ones are the same. */
    private static final class Slice {
        private byte[] bytes = new byte[64];
        private int length = -1;

        boolean is(byte[] other, int from, int to) {
            return length == to - from && Arrays.equals(bytes, 0, length, other, from, to);
        }

        void set(byte[] other, int from, int to) {
            length = to - from;
            bytes = length > bytes.length ? new byte[length] : bytes;
            System.arraycopy(other, from, bytes, 0, length);
        }

        String text() {
            return TextBytes.decode(bytes, 0, length);
        }
    }
}
