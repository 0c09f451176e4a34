package lib.stacks;

import java.util.Arrays;

/**
 * A prefix tree of stacks. Node 0 is the root (frame -1, parent -1); a child always has a larger number than its parent.
 * Not safe for use by several threads.
 *
 * <p>A tree {@link #inTimeOrder in time order} merges a stack only with the one just before it, as a flame chart
 * does; its nodes know when they {@link #start start}.
 */
public final class StackTree {
    private static final int ROOT = 0;

    private final Frames frames;
    private final boolean timeOrder;
    /** The tree whose first nodes are this one's too, and how many of them; or null and 0. */
    private StackTree origin;
    private int shared;
    private int size = 1;
    private int[] parent = new int[256];
    private int[] frame = new int[256];
    /** The child that was asked for last: mostly the next one too. 0 where there is none. */
    private int[] recent = new int[256];
    private long[] self = new long[256];
    private long[] samples = new long[256];
    private long[] before;
    /** In time order only: the sum of weights when the node's first sample began and when its last one ended. */
    private long[] start;
    private long[] end;
    private long clock;
    private final SampleTimes times = new SampleTimes();
    /** Open addressing by (parent, frame): the node's number, 0 where free. At most half full. */
    private int[] table = new int[1024];

    /** An empty tree whose stacks will be made of these frames. */
    public StackTree(Frames frames) {
        this(frames, false);
    }

    private StackTree(Frames frames, boolean timeOrder) {
        this.frames = frames;
        this.timeOrder = timeOrder;
        parent[ROOT] = -1;
        frame[ROOT] = -1;
        if (timeOrder) {
            start = new long[256];
            end = new long[256];
        }
    }

    /** An empty tree that keeps the order in which samples are added. */
    public static StackTree inTimeOrder(Frames frames) {
        return new StackTree(frames, true);
    }

    /**
     * Returns a tree for another thread, of the same nodes under the same numbers, with no samples, that is quickly
     * {@link #merge(StackTree) merged} into this one. Not for trees in time order.
     *
     * @param copy of this tree's frames, which have the same numbers there
     */
    public StackTree fork(Frames copy) {
        StackTree fork = new StackTree(copy);
        fork.origin = this;
        fork.shared = size;
        fork.size = size;
        fork.parent = parent.clone();
        fork.frame = frame.clone();
        fork.recent = recent.clone();
        fork.self = new long[parent.length];
        fork.samples = new long[parent.length];
        fork.table = table.clone();
        return fork;
    }

    /** The frames that the nodes refer to. */
    public Frames frames() {
        return frames;
    }

    /** The number of nodes, root included. */
    public int size() {
        return size;
    }

    /** The caller's node, -1 for the root. */
    public int parent(int node) {
        return parent[node];
    }

    /** The number of the node's frame in {@link #frames}, -1 for the root. */
    public int frame(int node) {
        return frame[node];
    }

    /** Returns the parent's child with that frame, adding it where there is none. */
    public int child(int parentNode, int frameId) {
        int last = recent[parentNode];
        if (last != 0 && frame[last] == frameId && (!timeOrder || end[last] == clock)) return last;
        int node = timeOrder ? append(parentNode, frameId) : find(parentNode, frameId);
        recent[parentNode] = node;
        return node;
    }

    private int find(int parentNode, int frameId) {
        int mask = table.length - 1;
        int slot = hash(parentNode, frameId) & mask;
        for (int node; (node = table[slot]) != 0; slot = (slot + 1) & mask) {
            if (frame[node] == frameId && parent[node] == parentNode) return node;
        }
        int node = append(parentNode, frameId);
        table[slot] = node;
        if (2 * size > table.length) rehash();
        return node;
    }

    private int append(int parentNode, int frameId) {
        if (size == parent.length) grow(2 * size);
        parent[size] = parentNode;
        frame[size] = frameId;
        if (timeOrder) {
            start[size] = clock;
            end[size] = clock;
        }
        return size++;
    }

    private void grow(int capacity) {
        parent = Arrays.copyOf(parent, capacity);
        frame = Arrays.copyOf(frame, capacity);
        recent = Arrays.copyOf(recent, capacity);
        self = Arrays.copyOf(self, capacity);
        samples = Arrays.copyOf(samples, capacity);
        before = before == null ? null : Arrays.copyOf(before, capacity);
        start = start == null ? null : Arrays.copyOf(start, capacity);
        end = end == null ? null : Arrays.copyOf(end, capacity);
    }

    private void rehash() {
        table = new int[2 * table.length];
        int mask = table.length - 1;
        for (int node = 1; node < size; node++) {
            int slot = hash(parent[node], frame[node]) & mask;
            while (table[slot] != 0) slot = (slot + 1) & mask;
            table[slot] = node;
        }
    }

    private static int hash(int parentNode, int frameId) {
        long mixed = ((long) parentNode << 32 | frameId) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) ^ (int) (mixed >>> 52);
    }

    /** The sum of two numbers that are not negative; it stays at the largest number rather than overflow. */
    private static long plus(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Adds samples whose stack ends at the node: their summed weight and their number, neither negative. */
    public void add(int node, long weight, long sampleCount) {
        self[node] = plus(self[node], weight);
        samples[node] = plus(samples[node], sampleCount);
        if (timeOrder) {
            clock = plus(clock, weight);
            stretch(node);
        }
    }

    /** The same for one sample of which is known when it was taken, as for {@link SampleTimes#add}. */
    public void addAt(int node, long weight, long nanoseconds) {
        add(node, weight, 1);
        times.add(node, weight, nanoseconds);
    }

    /** The samples of which is known when they were taken, in the order in which they were added. */
    public SampleTimes times() {
        return times;
    }

    /**
     * Returns the tree of the samples that were taken from one time to before another; the frames are the same ones. Not for
     * trees in time order.
     */
    public StackTree during(long from, long to) {
        StackTree part = new StackTree(frames);
        int[] nodes = new int[size];
        for (int i = 0; i < times.size(); i++) {
            if (times.nanoseconds(i) >= from && times.nanoseconds(i) < to) {
                part.addAt(part.path(this, times.node(i), nodes), times.weight(i), times.nanoseconds(i));
            }
        }
        return part;
    }

    /** @param nodes of each node of the other tree the one here, 0 where it is not known */
    private int path(StackTree other, int node, int[] nodes) {
        int depth = 0;
        for (int at = node; at > 0 && nodes[at] == 0; at = other.parent[at]) depth++;
        int[] missing = new int[depth];
        int at = node;
        for (; depth > 0; at = other.parent[at]) missing[--depth] = at;
        for (int next : missing) nodes[next] = child(nodes[other.parent[next]], other.frame[next]);
        return nodes[node];
    }

    private void stretch(int node) {
        for (int at = node; at >= 0; at = parent[at]) end[at] = clock;
    }

    /** Multiplies all weights and numbers of samples. */
    public void multiply(long factor) {
        for (long[] numbers : new long[][] {self, samples, before, start, end}) {
            for (int i = 0; numbers != null && i < size; i++) {
                numbers[i] = numbers[i] > Long.MAX_VALUE / factor ? Long.MAX_VALUE : numbers[i] * factor;
            }
        }
        clock = clock > Long.MAX_VALUE / factor ? Long.MAX_VALUE : clock * factor;
        times.multiply(factor);
    }

    /** Makes each sample weigh 1. Not for trees in time order, whose nodes stand where their weight puts them. */
    public void weighBySamples() {
        self = samples.clone();
        times.weighBySamples();
    }

    /** The weight of the samples that end at the node. */
    public long self(int node) {
        return self[node];
    }

    /** The number of samples that end at the node. */
    public long samples(int node) {
        return samples[node];
    }

    /** Whether the nodes are in time order and know their {@link #start}. */
    public boolean hasTimeOrder() {
        return timeOrder;
    }

    /** In time order: the weight of all samples before the node's first. The node's width is its {@link #totals total}. */
    public long start(int node) {
        return start[node];
    }

    /** Each node's weight together with all its descendants'. */
    public long[] totals() {
        return withDescendants(self);
    }

    /** Each node's number of samples together with all its descendants'. */
    public long[] sampleTotals() {
        return withDescendants(samples);
    }

    /** Whether an earlier profile is laid under this one, for a difference. */
    public boolean hasBefore() {
        return before != null;
    }

    /** Adds weight of the earlier profile. */
    public void addBefore(int node, long weight) {
        if (before == null) before = new long[parent.length];
        before[node] = plus(before[node], weight);
    }

    /** The earlier profile's weight of the samples that end at the node; 0 where there is no earlier profile. */
    public long before(int node) {
        return before == null ? 0 : before[node];
    }

    /** Each node's weight in the earlier profile together with all its descendants'. */
    public long[] beforeTotals() {
        return before == null ? new long[size] : withDescendants(before);
    }

    private long[] withDescendants(long[] own) {
        long[] totals = Arrays.copyOf(own, size);
        for (int node = size - 1; node > 0; node--) totals[parent[node]] = plus(totals[parent[node]], totals[node]);
        return totals;
    }

    /** Adds all samples of the other tree, its frames being the same where they are identified alike; the other's earlier profile too. */
    public void merge(StackTree other) {
        merge(other, other.origin == this ? other.shared : 1,
                FrameMap.ofEach(other, id -> frames == other.frames ? id : frames.adopt(other.frames, id)));
    }

    /** Returns a new tree with new frames, every frame replaced by zero or more frames. */
    public StackTree map(FrameMap map) {
        StackTree mapped = new StackTree(new Frames(), timeOrder);
        mapped.merge(this, map);
        return mapped;
    }

    /** Adds all samples of the source, every frame replaced by zero or more frames. */
    public void merge(StackTree source, FrameMap map) {
        merge(source, 1, map);
    }

    /** @param same so many nodes, the root at least, are the same in both trees */
    private void merge(StackTree source, int same, FrameMap map) {
        long shift = clock;
        FrameMap ready = map.begin(source, frames);
        int[] mapped = new int[source.size];
        for (int node = 0; node < source.size; node++) {
            int at = node < same ? node : mapped[source.parent[node]];
            if (timeOrder && source.timeOrder) clock = plus(shift, source.start[node]);
            if (node >= same) {
                int[] replaced = ready.map(source, node, frames);
                for (int frameId : replaced) at = child(at, frameId);
                if (replaced.length == 1 && frames != source.frames) {
                    frames.adoptSource(replaced[0], source.frames, source.frame[node]);
                }
            }
            mapped[node] = at;
            self[at] = plus(self[at], source.self[node]);
            samples[at] = plus(samples[at], source.samples[node]);
            if (source.before != null) addBefore(at, source.before[node]);
            if (timeOrder && source.timeOrder) {
                clock = plus(shift, source.end[node]);
                stretch(at);
            }
        }
        if (timeOrder) clock = plus(shift, source.timeOrder ? source.clock : 0);
        for (int i = 0; i < source.times.size(); i++) {
            times.add(mapped[source.times.node(i)], source.times.weight(i), source.times.nanoseconds(i));
        }
    }
}
