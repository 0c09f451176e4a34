package lib.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.MappedFiles;
import lib.stacks.StackTree;
import lib.stacks.Stacks.Machine;
import lib.stacks.Stacks.Mapping;
import lib.stacks.Unit;

/**
 * Makes stacks of perf's records ({@code enum perf_event_type} of linux/perf_event.h), as {@code perf script} would print
 * them: who ran is what the records before a sample say, and a frame is an address in a mapped file.
 */
final class PerfStacks {
    private static final int MMAP = 1, LOST = 2, COMM = 3, FORK = 7, SAMPLE = 9, MMAP2 = 10, LOST_SAMPLES = 13, KSYMBOL = 17;
    private static final int FINISHED_ROUND = 68, USER_TYPES = 64;
    private static final int MODE = 7, KERNEL = 1, USER = 2;
    /** Of the misc bits, whose meaning depends on the record: data is mapped; perf itself lists what runs; a build id is there. */
    private static final int MMAP_DATA = 1 << 13, LISTED = 1 << 13, HAS_BUILD_ID = 1 << 14;
    /** Marks in a call chain are the highest numbers; these tell whose addresses follow. */
    private static final long FIRST_MARK = -4095, MARK_KERNEL = -128, MARK_USER = -512, MARK_DEFERRED = -640;
    private static final int PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_SHARED = 1, MAP_HUGETLB = 0x40000;
    private static final int UNREGISTER = 1;
    /** The software clocks: their period is in nanoseconds. Modifiers may follow. */
    private static final Pattern CLOCK = Pattern.compile("(cpu|task)-clock(:.*)?");
    private static final int MAX_MAPPINGS = 100_000;

    private final PerfFile file;
    private final ReadOptions options;
    private final Harvest harvest;
    private final PerfOrder queue;
    private final PerfProcesses processes = new PerfProcesses();
    private final PerfMaps kernel = new PerfMaps();
    private final PerfAddresses known = new PerfAddresses();
    private final Map<String, Integer> roots = new HashMap<>();
    private final PerfChains chains = new PerfChains();
    private final Map<PerfAttr, Harvest.Event> events = new HashMap<>();
    private final boolean manyEvents;
    /** What all events have in common, by which records of other kinds are read. */
    private final PerfAttr first;
    private final int timeFromEnd;
    private String kernelBuild;
    /** A function of the kernel, and where it was. */
    private String kernelFunction;
    private long kernelAddress;
    /** Where the kernel itself is; all addresses where that is not told. */
    private long kernelStart;
    private long kernelEnd = -1;
    private int[] stack = new int[128];

    private long samples;
    private long damaged;
    private long withoutEvent;
    private long lost;
    private long lostCounted;

    PerfStacks(PerfFile file, ReadOptions options) {
        this.file = file;
        this.options = options;
        harvest = new Harvest(options);
        queue = new PerfOrder(file.order, this::inOrder);
        manyEvents = file.attrs.size() > 1;
        first = file.attrs.get(0);
        timeFromEnd = !first.identifiesAll() || !first.has(PerfAttr.TIME) ? 0
                : 8 * (1 + Long.bitCount(first.sampleType & (PerfAttr.ID | PerfAttr.STREAM_ID | PerfAttr.CPU | PerfAttr.IDENTIFIER)));
        kernelBuild = file.buildIds.get(MappedFiles.KERNEL);
    }

    /** Takes the next record of the file. */
    void record(int type, ByteBuffer b, int at, int length) throws IOException {
        if (type == FINISHED_ROUND) {
            queue.turn();
        } else if (type < USER_TYPES) {
            long time = type == SAMPLE ? sampleTime(b, at, length)
                    : timeFromEnd > 0 && length >= 8 + timeFromEnd ? b.getLong(at + length - timeFromEnd) : 0;
            if (time == 0 || time == -1) inOrder(type, b, at, length);
            else queue.add(time, b, at, length);
        }
    }

    private long sampleTime(ByteBuffer b, int at, int length) {
        PerfAttr attr = attr(b, at, length);
        int place = attr == null || !attr.has(PerfAttr.TIME) ? 0
                : 8 + 8 * Long.bitCount(attr.sampleType & (PerfAttr.IDENTIFIER | PerfAttr.IP | PerfAttr.TID));
        return place == 0 || place + 8 > length ? 0 : b.getLong(at + place);
    }

    /** All that was taken; to be asked for once, at the end. */
    Harvest end() throws IOException {
        queue.end();
        long all = Math.max(lost, lostCounted); // newer kernels count them once more
        if (all > 0) harvest.notes.add("the kernel lost " + all + (all == 1 ? " sample" : " samples") + ": its buffer was full");
        leftOut(damaged, "damaged");
        leftOut(withoutEvent, "of no known event");
        if (processes.isFull) harvest.notes.add("it has more threads or mapped files than any machine; the rest is left out");
        harvest.machine = new Machine(file.host, file.release, kernelFunction, kernelAddress);
        return harvest;
    }

    private void leftOut(long count, String why) {
        if (count > 0) harvest.notes.add(count + (count == 1 ? " sample is " : " samples are ") + why + " and left out");
    }

    private void inOrder(int type, ByteBuffer b, int at, int length) {
        int misc = b.getShort(at + 4);
        switch (type) {
            case SAMPLE -> sample(b, at, length, misc);
            case COMM -> {
                if (length > 16) processes.name(b.getInt(at + 8), b.getInt(at + 12), PerfFile.text(b, at + 16, at + length));
            }
            case FORK -> {
                if (length >= 24) processes.fork(b.getInt(at + 8), b.getInt(at + 16), b.getInt(at + 12), b.getInt(at + 20), (misc & LISTED) != 0);
            }
            case MMAP, MMAP2 -> map(type, b, at, length, misc);
            case KSYMBOL -> kernelSymbol(b, at, length);
            case LOST -> lost += length >= 24 ? b.getLong(at + 16) : 0;
            case LOST_SAMPLES -> lostCounted += length >= 16 ? b.getLong(at + 8) : 0;
            default -> { }
        }
    }

    // ---- what is mapped ----

    private void map(int type, ByteBuffer b, int at, int length, int misc) {
        int path = at + (type == MMAP ? 40 : 72);
        if (path >= at + length) return;
        long start = b.getLong(at + 16);
        long size = b.getLong(at + 24);
        long offset = b.getLong(at + 32);
        String name = PerfFile.text(b, path, at + length);
        String build = type == MMAP2 && (misc & HAS_BUILD_ID) != 0 ? PerfFile.hex(b, at + 44, Math.min(20, b.get(at + 40) & 0xff)) : null;
        int protection = type == MMAP ? (misc & MMAP_DATA) != 0 ? PROT_READ : PROT_READ | PROT_EXEC : b.getInt(at + 64);
        int flags = type == MMAP ? 0 : b.getInt(at + 68);
        build = build != null ? build : file.buildIds.get(name);
        if ((misc & MODE) == KERNEL) {
            kernelMap(name, build, start, size, offset);
            return;
        }
        if ((misc & MODE) != USER || Long.compareUnsigned(start + size, start) <= 0) return;
        int pid = b.getInt(at + 8);
        boolean jit = (protection & PROT_EXEC) != 0 && (isAnonymous(name) || (flags & MAP_HUGETLB) != 0);
        processes.map(pid, b.getInt(at + 12), new PerfMaps.Part(start, start + size, offset, jit ? null : name, build));
        if ((protection & PROT_EXEC) != 0 && harvest.mappings.size() < MAX_MAPPINGS) {
            String letters = ((protection & PROT_READ) != 0 ? "r" : "-") + ((protection & PROT_WRITE) != 0 ? "w" : "-") + "x"
                    + ((flags & MAP_SHARED) != 0 ? "s" : "p");
            harvest.mappings.add(new Mapping(pid, start, size, offset, letters, name));
        }
    }

    /** Memory that is no file's, where a compiler puts its code; perf takes shared memory and the heap for such, too. */
    private static boolean isAnonymous(String name) {
        return name.equals("//anon") || name.startsWith("/dev/zero") || name.startsWith("/anon_hugepage") || name.startsWith("[stack")
                || name.startsWith("/SYSV") || name.equals("[heap]");
    }

    /** The kernel itself, or one of its modules. */
    private void kernelMap(String name, String build, long start, long size, long offset) {
        if (name.startsWith(MappedFiles.KERNEL)) {
            kernelBuild = build != null ? build : kernelBuild;
            kernelFunction = name.substring(MappedFiles.KERNEL.length());
            kernelAddress = offset;
            if (size != 0) {
                kernelStart = start;
                kernelEnd = start + size;
            }
        } else if (Long.compareUnsigned(start + size, start) > 0 && processes.add(kernel, new PerfMaps.Part(start, start + size, 0, name, build))) {
            forget();
        }
    }

    /** A program that was loaded into the kernel, or is no more: there is no file of it, and no other name. */
    private void kernelSymbol(ByteBuffer b, int at, int length) {
        if (length <= 24) return;
        long start = b.getLong(at + 8);
        long size = b.getInt(at + 16) & 0xffffffffL;
        String name = PerfFile.text(b, at + 24, at + length);
        if ((b.getShort(at + 22) & UNREGISTER) != 0) {
            kernel.remove(start);
        } else if (size > 0 && Long.compareUnsigned(start + size, start) > 0) {
            processes.add(kernel, new PerfMaps.Part(start, start + size, -1, name, null));
        }
        forget();
    }

    private void forget() {
        known.clear();
        chains.clear();
    }

    // ---- samples ----

    /** The event of a sample, or null. Where its id stands is the same for all events. */
    private PerfAttr attr(ByteBuffer b, int at, int length) {
        if (!manyEvents) return first;
        int place = first.has(PerfAttr.IDENTIFIER) ? 8 : !first.has(PerfAttr.ID) ? 0
                : 8 + 8 * Long.bitCount(first.sampleType & (PerfAttr.IP | PerfAttr.TID | PerfAttr.TIME | PerfAttr.ADDR));
        return place == 0 ? first : place + 8 > length ? null : file.byId(b.getLong(at + place));
    }

    private void sample(ByteBuffer b, int begin, int length, int misc) {
        PerfAttr attr = attr(b, begin, length);
        if (attr == null) {
            withoutEvent++;
            return;
        }
        int end = begin + length;
        int at = begin + 8 + (attr.has(PerfAttr.IDENTIFIER) ? 8 : 0);
        int fixed = 8 * Long.bitCount(attr.sampleType & (PerfAttr.IP | PerfAttr.TID | PerfAttr.TIME | PerfAttr.ADDR | PerfAttr.ID
                | PerfAttr.STREAM_ID | PerfAttr.CPU | PerfAttr.PERIOD));
        boolean chained = attr.has(PerfAttr.CALLCHAIN);
        if (at + fixed + (chained ? 8 : 0) > end) {
            damaged++;
            return;
        }
        long ip = attr.has(PerfAttr.IP) ? b.getLong(at) : 0;
        at += attr.has(PerfAttr.IP) ? 8 : 0;
        int pid = attr.has(PerfAttr.TID) ? b.getInt(at) : -1;
        int tid = attr.has(PerfAttr.TID) ? b.getInt(at + 4) : -1;
        at = begin + 8 + (attr.has(PerfAttr.IDENTIFIER) ? 8 : 0) + fixed;
        long period = attr.has(PerfAttr.PERIOD) ? b.getLong(at - 8) : 1;
        long frames = chained ? b.getLong(at) : 0;
        if (frames < 0 || chained && frames > (end - at) / 8 - 1) {
            damaged++;
            return;
        }
        PerfProcesses.Thread thread = processes.thread(pid, tid);
        Harvest.Event event = events.computeIfAbsent(attr, this::event);
        event.firstAt = Math.min(event.firstAt, samples++);
        event.samples++;
        harvest.stacks++;
        if (!attr.hasPeriod()) event.samplesWithoutPeriod++;
        long weight = options.countSamples || !attr.hasPeriod() ? 1 : Math.max(0, period);
        StackTree tree = event.tree;
        int root = root(thread);
        boolean remembered = chained && frames > 0 && !tree.hasTimeOrder(); // there a node depends on the time, too
        long who = (long) event.number << 32 | root;
        long where = (long) thread.version() << 32 | misc & MODE;
        int node = remembered ? chains.node(who, where, b, at + 8, (int) frames) : 0;
        if (node == 0) {
            int depth = chained ? chain(thread, b, at + 8, (int) frames) : -1;
            node = node(tree, root, depth >= 0 ? depth : leaf(thread, attr, ip, misc & MODE));
            if (remembered && depth >= 0) chains.add(node);
        }
        tree.add(node, weight, 1);
        long time = options.times ? sampleTime(b, begin, length) : 0;
        if (time > 0) tree.times().add(node, weight, time);
    }

    private int node(StackTree tree, int root, int depth) {
        int node = tree.child(0, root);
        for (int i = depth - 1; i >= 0; i--) node = tree.child(node, stack[i]);
        return node;
    }

    /** Puts the address of a sample without a chain onto {@link #stack}, if perf would print it, and returns how many frames that are. */
    private int leaf(PerfProcesses.Thread thread, PerfAttr attr, long ip, int mode) {
        if (!attr.has(PerfAttr.IP) || attr.isTracepoint()) return 0;
        stack[0] = frame(thread, ip, mode == KERNEL, mode == USER, true);
        return 1;
    }

    private Harvest.Event event(PerfAttr attr) {
        String name = attr.name();
        Harvest.Event event = harvest.event(name, samples);
        event.unit = CLOCK.matcher(name).matches() ? Unit.CPU_NANOSECONDS : Unit.COUNT;
        return event;
    }

    /** Puts a call chain onto {@link #stack}, leaf first, and returns how many frames it has; -1 if a mark in it has no meaning. */
    private int chain(PerfProcesses.Thread thread, ByteBuffer b, int begin, int count) {
        if (count > stack.length) stack = new int[Math.max(count, 2 * stack.length)];
        int depth = 0;
        boolean inKernel = false;
        boolean inUser = true;
        boolean exact = true;
        for (int i = 0; i < count; i++) {
            long address = b.getLong(begin + 8 * i);
            if (Long.compareUnsigned(address, FIRST_MARK) < 0) {
                stack[depth++] = frame(thread, address, inKernel, inUser, exact);
                exact = false;
            } else if (address == MARK_KERNEL || address == MARK_USER) {
                exact |= address == MARK_USER && inKernel; // the kernel was entered there
                inKernel = address == MARK_KERNEL;
                inUser = !inKernel;
            } else if (address != MARK_DEFERRED) {
                return -1;
            }
        }
        return depth;
    }

    private int frame(PerfProcesses.Thread thread, long address, boolean inKernel, boolean inUser, boolean exact) {
        int context = inKernel ? 1 : inUser ? thread.version() << 1 : 0;
        int frame = known.frame(context, address, exact);
        if (frame < 0) {
            frame = inKernel ? kernelFrame(address, exact) : inUser ? userFrame(thread, address, exact)
                    : harvest.frames.internUnknown(null, address, !exact);
            known.add(context, address, exact, frame);
        }
        return frame;
    }

    private int kernelFrame(long address, boolean exact) {
        PerfMaps.Part part = kernel.at(address);
        Frames frames = harvest.frames;
        boolean itself = Long.compareUnsigned(address, kernelStart) >= 0 && Long.compareUnsigned(address, kernelEnd) < 0;
        return part == null ? frames.internUnknown(itself ? MappedFiles.KERNEL : null, itself ? kernelBuild : null, address, !exact)
                : part.offset() < 0 ? frames.intern(PerfSymbols.tidy(part.module()), Kind.KERNEL)
                : frames.internUnknown(part.module(), part.build(), address, !exact);
    }

    private int userFrame(PerfProcesses.Thread thread, long address, boolean exact) {
        PerfMaps.Part part = thread.maps.at(address);
        Frames frames = harvest.frames;
        return part == null ? frames.internUnknown(null, address, !exact)
                : part.module() == null ? frames.internUnknown("/tmp/perf-" + thread.pid + ".map", address, !exact)
                : frames.internUnknown(part.module(), part.build(), address - part.start() + part.offset(), !exact);
    }

    private int root(PerfProcesses.Thread thread) {
        if (thread.root < 0) {
            String comm = thread.name.strip().replace(' ', '_');
            String name = switch (options.root) {
                case COMMAND -> comm.isEmpty() ? ":" + thread.tid : comm;
                case PROCESS -> comm + "-" + (thread.pid < 0 ? "?" : Integer.toString(thread.pid));
                case THREAD -> comm + "-" + (thread.pid < 0 ? "?" : Integer.toString(thread.pid)) + "/" + thread.tid;
            };
            thread.root = roots.computeIfAbsent(name, key -> harvest.frames.intern(key, Kind.USER));
        }
        return thread.root;
    }
}
