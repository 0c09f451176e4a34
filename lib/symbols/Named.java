package lib.symbols;

import java.util.List;
import java.util.Map;
import lib.stacks.Profile;
import lib.stacks.StackTree;

/**
 * A tree whose frames have names.
 *
 * @param tree the stacks
 * @param statistics how many frames were named and by what, with the bytes that had to be transferred
 * @param sources where a frame of the tree stands in the source, by its number: the line that most samples were at;
 *     frames of which it is not known are missing
 * @param problems what could not be used and why, each a line
 */
public record Named(StackTree tree, Profile.Naming statistics, Map<Integer, Source> sources, List<String> problems) {
    /** A source file as the compiler wrote it, and a line from 1. */
    public record Source(String file, int line) {}
}
