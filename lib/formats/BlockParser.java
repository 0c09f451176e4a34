package lib.formats;

/** Understands one text format, block by block. Each thread has its own. */
interface BlockParser {

    /** Gathers the stacks of the block and returns how many lines it has. */
    long parse(Block block);

    /** Another parser, for another thread: it knows what this one has learnt, and has gathered nothing. */
    BlockParser fork();

    /** What was gathered so far. */
    Harvest harvest();
}
