package lib.symbols;

import java.util.List;
import lib.profile.Naming;
import lib.stacks.StackTree;

/**
 * A tree whose frames have names.
 *
 * @param tree the stacks; its frames know where in the source most of their samples were
 * @param statistics how many frames were named and by what, with the bytes that had to be transferred
 * @param problems what could not be used and why, each a line
 */
public record Named(StackTree tree, Naming statistics, List<String> problems) {}
