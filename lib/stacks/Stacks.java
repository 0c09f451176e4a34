package lib.stacks;

import java.util.List;
import java.util.SortedMap;

/**
 * What reading one or more inputs gave.
 *
 * @param tree the stacks; where the input has two counts (a difference), also the earlier profile's weights
 * @param event the event whose samples are in the tree, or null where the input names none
 * @param unit what a weight is
 * @param events the number of samples of each event that the inputs hold, those left out of the tree too
 * @param mappings the files that were mapped by the profiled processes, where the input tells (perf's MMAP2 lines)
 * @param bad what could not be understood
 * @param notes what else is to be said about the inputs, a sentence each
 * @param machine where perf.data was recorded, whose addresses wait for names; null where the input has names as far as there are any
 */
public record Stacks(StackTree tree, String event, Unit unit, SortedMap<String, Long> events,
        List<Mapping> mappings, BadLines bad, List<String> notes, Machine machine) {

    /** Stacks of an input that has names. */
    public Stacks(StackTree tree, String event, Unit unit, SortedMap<String, Long> events, List<Mapping> mappings, BadLines bad,
            List<String> notes) {
        this(tree, event, unit, events, mappings, bad, notes, null);
    }

    /**
     * The machine of a recording. What is not known is null.
     *
     * @param host its name
     * @param kernel the kernel's release
     * @param symbol a function of the kernel
     * @param address where that function was, or 0: a kernel may be elsewhere after each start
     */
    public record Machine(String host, String kernel, String symbol, long address) { }

    /**
     * An executable part of a file in a process's memory, as perf's MMAP2 record says.
     *
     * @param pid the process
     * @param start the first address
     * @param length in bytes
     * @param fileOffset where in the file that part begins
     * @param protection such as {@code r-xp}
     * @param path the file
     */
    public record Mapping(int pid, long start, long length, long fileOffset, String protection, String path) { }

    /**
     * Lines that were skipped.
     *
     * @param count how many
     * @param first the first few
     */
    public record BadLines(long count, List<BadLine> first) {

        /** Tells how many, and of the first one: {@code 1 line was not understood and left out: x.txt:5: text}. */
        @Override
        public String toString() {
            return (count == 1 ? "1 line was" : count + " lines were") + " not understood and left out"
                    + (first.isEmpty() ? "" : (count == 1 ? ": " : "; the first: ") + first.get(0));
        }
    }

    /**
     * A line that was skipped.
     *
     * @param input the name of the input
     * @param number counted from 1
     * @param text its beginning, control characters replaced
     */
    public record BadLine(String input, long number, String text) {

        @Override
        public String toString() {
            return input + ":" + number + ": " + text;
        }
    }
}
