package lib.stacks;

import java.util.List;
import java.util.SortedMap;

/**
 * What reading one or more inputs gave.
 *
 * @param tree the stacks; where the input has two counts (a difference), also the earlier profile's weights
 * @param event the event whose samples are in the tree, or null where the input names none
 * @param nanoseconds whether a weight is nanoseconds of CPU time; otherwise it is a number of events or samples
 * @param events the number of samples of each event that the inputs hold, those left out of the tree too
 * @param mappings the files that were mapped by the profiled processes, where the input tells (perf's MMAP2 lines)
 * @param bad what could not be understood
 */
public record Stacks(StackTree tree, String event, boolean nanoseconds, SortedMap<String, Long> events,
        List<Mapping> mappings, BadLines bad) {

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
     * Lines (or records of a binary format) that were skipped.
     *
     * @param count how many
     * @param first the first few
     */
    public record BadLines(long count, List<BadLine> first) { }

    /**
     * A line that was skipped.
     *
     * @param input the name of the input
     * @param number counted from 1
     * @param text its beginning, control characters replaced
     */
    public record BadLine(String input, long number, String text) { }
}
