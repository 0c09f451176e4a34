package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** Reads a text format with several threads, block by block. */
final class TextReader {
    private static final String NO_MEMORY = "the stacks are too many and too different for this process's memory";

    private TextReader() { }

    /**
     * Reads text to its end.
     *
     * @param cutAtBlankLines see {@link Blocks}
     * @param parser for the first thread, which reads alone at first
     */
    static Harvest read(InputStream in, boolean cutAtBlankLines, BlockParser parser, ReadOptions options) throws IOException {
        Blocks blocks = new Blocks(in, cutAtBlankLines);
        int threads = options.timeOrder ? 1 : options.threads;
        List<FutureTask<Harvest>> tasks = new ArrayList<>();
        FutureTask<Harvest> own = new FutureTask<>(() -> work(blocks, parser, options.blocksAlone, learnt -> {
            for (int i = 1; i < threads; i++) {
                BlockParser fork = learnt.fork();
                FutureTask<Harvest> task = new FutureTask<>(() -> work(blocks, fork, 0, none -> { }));
                Thread thread = new Thread(task, "stacks-" + i);
                thread.setDaemon(true);
                thread.start();
                tasks.add(task);
            }
        }));
        own.run();
        Harvest all = await(own);
        for (FutureTask<Harvest> task : tasks) all.merge(await(task));
        all.numberBadLines(blocks);
        return all;
    }

    /** @param others is given the parser after so many blocks, if there are more */
    private static Harvest work(Blocks blocks, BlockParser parser, int alone, Consumer<BlockParser> others) throws IOException {
        try {
            int parsed = 0;
            for (Block block = new Block(Blocks.SIZE); blocks.next(block); parsed++) {
                if (parsed == alone) others.accept(parser);
                if (block.isCutLine) {
                    parser.harvest().bad(block.number, 1, block.bytes, 0, block.length);
                    blocks.setLines(block.number, 1);
                } else {
                    blocks.setLines(block.number, parser.parse(block));
                }
            }
            return parser.harvest();
        } finally {
            blocks.end(); // the input's end, or an error: nobody else need go on
        }
    }

    private static Harvest await(FutureTask<Harvest> task) throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutOfMemoryError) throw new IOException(NO_MEMORY, e);
            if (e.getCause() instanceof IOException io) throw io;
            throw new IllegalStateException(e.getCause());
        }
    }
}
