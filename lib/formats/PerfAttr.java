package lib.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How one event was recorded: {@code struct perf_event_attr} of linux/perf_event.h, as far as it decides what a record
 * means. Older kernels wrote less of it; what is missing is zero.
 */
final class PerfAttr {
    // What a sample holds, in this order but for the first: PERF_SAMPLE_*.
    static final int IP = 1, TID = 1 << 1, TIME = 1 << 2, ADDR = 1 << 3, READ = 1 << 4, CALLCHAIN = 1 << 5, ID = 1 << 6, CPU = 1 << 7,
        PERIOD = 1 << 8, STREAM_ID = 1 << 9, BRANCH_STACK = 1 << 11, STACK_USER = 1 << 13, IDENTIFIER = 1 << 16;

    private static final int FIRST_SIZE = 64;
    private static final int TYPE_HARDWARE = 0, TYPE_SOFTWARE = 1, TYPE_TRACEPOINT = 2, TYPE_RAW = 4;
    private static final int BRANCH_CALL_STACK = 1 << 11;
    private static final int EXCLUDE_USER = 4, EXCLUDE_KERNEL = 5, EXCLUDE_HV = 6, PRECISE = 15, SAMPLE_ID_ALL = 18;
    private static final String[] HARDWARE = {"cycles", "instructions", "cache-references", "cache-misses", "branches", "branch-misses",
        "bus-cycles", "stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles"};
    private static final String[] SOFTWARE = {"cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations",
        "minor-faults", "major-faults", "alignment-faults", "emulation-faults", "dummy", "bpf-output", "cgroup-switches"};

    private final int type;
    private final long config;
    final long sampleType;
    private final long flags;
    private final long branchType;
    /** As the recording calls the event, or null where it does not. */
    String name;

    /** @param size how much of it there is, at least {@link #FIRST_SIZE} bytes */
    private PerfAttr(ByteBuffer b, int at, int size) {
        type = b.getInt(at);
        config = b.getLong(at + 8);
        sampleType = b.getLong(at + 24);
        flags = flags(b, at + 40);
        branchType = size >= 80 ? b.getLong(at + 72) : 0;
    }

    /** The attributes at a place of which {@code limit} bytes may be used, or null if that is too little. */
    static PerfAttr read(ByteBuffer b, int at, int limit) {
        int said = limit >= 8 ? b.getInt(at + 4) : 0;
        int size = Math.min(limit, said == 0 ? FIRST_SIZE : said);
        return size < FIRST_SIZE ? null : new PerfAttr(b, at, size);
    }

    /** A bit field's first bit is the lowest one where the lowest byte comes first, and else the highest one. */
    private static long flags(ByteBuffer b, int at) {
        long value = b.getLong(at);
        return b.order() == ByteOrder.LITTLE_ENDIAN ? value : Long.reverse(value);
    }

    boolean has(int sampleBit) {
        return (sampleType & sampleBit) != 0;
    }

    private boolean is(int flag) {
        return (flags >>> flag & 1) != 0;
    }

    /** Whether other records than samples end with a time and an id, too. */
    boolean identifiesAll() {
        return is(SAMPLE_ID_ALL);
    }

    boolean isTracepoint() {
        return type == TYPE_TRACEPOINT;
    }

    /** Whether perf prints a sample's period. */
    boolean hasPeriod() {
        return has(PERIOD) && !isTracepoint();
    }

    /** What about these samples only perf can turn into stacks, or null. */
    String beyondUs() {
        return has(STACK_USER) ? "copies of the stack (--call-graph dwarf)"
                : has(BRANCH_STACK) && (branchType & BRANCH_CALL_STACK) != 0 ? "call stacks of the processor's branch records (--call-graph lbr)"
                : has(READ) ? "counters of a group of events" : null;
    }

    /** The event's name; where the recording does not tell it, as perf derives it. */
    String name() {
        if (name != null) return name;
        String[] names = type == TYPE_HARDWARE ? HARDWARE : type == TYPE_SOFTWARE ? SOFTWARE : new String[0];
        int number = (int) config;
        String known = config >= 0 && config < names.length ? names[number]
                : type == TYPE_RAW ? "raw 0x" + Long.toHexString(config) : "unknown event " + type + ":" + Long.toHexString(config);
        return known + modifiers();
    }

    private String modifiers() {
        String modes = is(EXCLUDE_USER) || is(EXCLUDE_KERNEL) || is(EXCLUDE_HV)
                ? (is(EXCLUDE_USER) ? "" : "u") + (is(EXCLUDE_KERNEL) ? "" : "k") + (is(EXCLUDE_HV) ? "" : "h") : "";
        String all = modes + "p".repeat((int) (flags >>> PRECISE & 3));
        return all.isEmpty() ? "" : ":" + all;
    }
}
