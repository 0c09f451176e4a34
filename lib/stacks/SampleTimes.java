package lib.stacks;

import java.util.Arrays;

/** When samples of a {@link StackTree} were taken. A sample is a number from 0; they are in no order of time. */
public final class SampleTimes {
    private int size;
    private int[] node = {};
    private long[] weight = {};
    private long[] nanoseconds = {};

    SampleTimes() { }

    /**
     * Tells when a sample was taken that was added to the tree.
     *
     * @param time in nanoseconds, on whatever clock; the same for all samples of a tree
     */
    public void add(int atNode, long itsWeight, long time) {
        if (size == node.length) {
            int capacity = Math.max(1024, 2 * size);
            node = Arrays.copyOf(node, capacity);
            weight = Arrays.copyOf(weight, capacity);
            nanoseconds = Arrays.copyOf(nanoseconds, capacity);
        }
        node[size] = atNode;
        weight[size] = itsWeight;
        nanoseconds[size++] = time;
    }

    void multiply(long factor) {
        for (int i = 0; i < size; i++) {
            weight[i] = weight[i] > Long.MAX_VALUE / factor ? Long.MAX_VALUE : weight[i] * factor;
        }
    }

    void weighBySamples() {
        Arrays.fill(weight, 0, size, 1);
    }

    /** How many samples have a time. */
    public int size() {
        return size;
    }

    /** The node in which a sample's stack ends. */
    public int node(int sample) {
        return node[sample];
    }

    /** A sample's weight. */
    public long weight(int sample) {
        return weight[sample];
    }

    /** When a sample was taken. */
    public long nanoseconds(int sample) {
        return nanoseconds[sample];
    }

    /** When the first sample was taken; 0 where there is none. */
    public long first() {
        return Arrays.stream(nanoseconds, 0, size).min().orElse(0);
    }

    /** When the last sample was taken; 0 where there is none. */
    public long last() {
        return Arrays.stream(nanoseconds, 0, size).max().orElse(0);
    }
}
