package lib.stacks;

/** Understands one text format, block by block. Each thread has its own. */
interface BlockParser {

    /** Gathers the stacks of the block and returns how many lines it has. */
    long parse(Block block);

    /** What was gathered so far. */
    Harvest harvest();
}
