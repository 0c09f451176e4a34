package lib.formats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Stacks.BadLine;
import lib.stacks.Stacks.BadLines;
import lib.stacks.Stacks.Mapping;

/** Reads stacks in any {@link Format}, plain or compressed with gzip, detecting which, and merges several inputs. */
public final class StackReader {
    /** How much of an input is looked at to detect its format. */
    private static final int HEAD = 64 << 10;

    /** So many blocks are parsed by one thread, as until then the virtual machine's compilers need the other processors. */
    static final int ALONE = 64;

    private static final String NO_MEMORY = "the stacks are too many and too different for this process's memory";

    private final ReadOptions options;
    private final SortedMap<String, Long> events = new TreeMap<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private final List<BadLine> bad = new ArrayList<>();
    private long badCount;
    private StackTree tree;
    private String event;
    private boolean anyOther;
    private boolean anyNanoseconds;

    private StackReader(ReadOptions options) {
        this.options = options;
        this.event = options.event();
    }

    /**
     * Reads an input to its end and leaves it open.
     *
     * @param name what messages call it
     * @throws NotStacksException if it holds no stacks
     * @throws IOException if reading fails
     */
    public static Stacks read(String name, InputStream in, ReadOptions options) throws IOException {
        StackReader reader = new StackReader(options);
        reader.add(name, in, null);
        return reader.result();
    }

    /**
     * Reads files and sums their stacks. Without a chosen event, it is the first one of the first file that has any.
     *
     * @throws NotStacksException if one of them holds no stacks
     * @throws IOException if reading fails, or perf for the files that it wrote
     */
    public static Stacks read(List<Path> files, ReadOptions options) throws IOException {
        StackReader reader = new StackReader(options);
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                reader.add(file.toString(), in, file);
            }
        }
        return reader.result();
    }

    private Stacks result() {
        String shown = ReadOptions.ALL_EVENTS.equals(event) ? events.size() == 1 ? events.firstKey() : null : event;
        return new Stacks(tree, shown, anyNanoseconds && !anyOther, Collections.unmodifiableSortedMap(events),
            List.copyOf(mappings), new BadLines(badCount, bad.stream().limit(Harvest.SHOWN).toList()));
    }

    private void add(String name, InputStream raw, Path file) throws IOException {
        byte[] magic = raw.readNBytes(2);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), raw);
        Gunzip gunzip = Gunzip.isCompressed(magic) ? new Gunzip(whole) : null;
        InputStream in = gunzip == null ? whole : gunzip;
        byte[] head = in.readNBytes(HEAD);
        Format format = options.format() != null ? options.format() : Formats.detect(head);
        if (format == null) {
            throw new NotStacksException(name, Formats.firstLines(head));
        }
        in = new SequenceInputStream(new ByteArrayInputStream(head), in);
        switch (format) {
            case PERF_SCRIPT -> take(name, head, new Blocks(in, true), () -> new PerfScript(options));
            case FOLDED -> take(name, head, new Blocks(in, false), () -> new FoldedText(options));
            case PPROF -> take(name, head, PprofReader.read(in, options), List.of());
            case PERF_DATA -> {
                try (PerfData perf = PerfData.open(gunzip == null ? file : null, in, options)) {
                    Blocks blocks = new Blocks(perf.text(), true);
                    Harvest harvest = parse(blocks, () -> new PerfScript(options), options.timeOrder() ? 1 : options.threads());
                    String failure = perf.failure();
                    if (failure != null && harvest.samples() == 0) {
                        throw new IOException(name + ": " + failure);
                    }
                    take(name, head, harvest, harvest.shownBad(name, blocks));
                    note(name, failure);
                }
            }
        }
        note(name, gunzip == null ? null : gunzip.damage());
    }

    /** Reports what was wrong with an input that could be used in part; nothing if null. */
    private void note(String name, String wrong) {
        if (wrong != null) {
            badCount++;
            bad.add(new BadLine(name, 0, wrong));
        }
    }

    private void take(String name, byte[] head, Blocks blocks, Supplier<BlockParser> parsers) throws IOException {
        Harvest harvest = parse(blocks, parsers, head.length < HEAD || options.timeOrder() ? 1 : options.threads());
        take(name, head, harvest, harvest.shownBad(name, blocks));
    }

    /** Parses blocks with several threads, this one among them. */
    private static Harvest parse(Blocks blocks, Supplier<BlockParser> parsers, int threads) throws IOException {
        List<FutureTask<Harvest>> tasks = new ArrayList<>();
        FutureTask<Harvest> own = new FutureTask<>(() -> work(blocks, parsers.get(), parser -> {
            for (int i = 1; i < threads; i++) {
                BlockParser fork = parser.fork();
                FutureTask<Harvest> task = new FutureTask<>(() -> work(blocks, fork, none -> { }));
                Thread thread = new Thread(task, "stacks-" + i);
                thread.setDaemon(true);
                thread.start();
                tasks.add(task);
            }
        }));
        own.run();
        Harvest all = await(own);
        for (FutureTask<Harvest> task : tasks) {
            all.merge(await(task));
        }
        return all;
    }

    /** @param others is given the parser after the first blocks, if there are more */
    private static Harvest work(Blocks blocks, BlockParser parser, Consumer<BlockParser> others) throws IOException {
        try {
            int parsed = 0;
            for (Block block = new Block(Blocks.SIZE); blocks.next(block); parsed++) {
                if (parsed == ALONE) {
                    others.accept(parser);
                }
                blocks.setLines(block.number, parser.parse(block));
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
            if (e.getCause() instanceof OutOfMemoryError) {
                throw new IOException(NO_MEMORY, e);
            }
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Adds an input's wanted events. */
    private void take(String name, byte[] head, Harvest harvest, List<BadLine> shownBad) throws NotStacksException {
        if (harvest.samples() == 0 && harvest.mappings.isEmpty() && (harvest.badLines > 0 || head.length == 0)) {
            throw new NotStacksException(name, Formats.firstLines(head));
        }
        badCount += harvest.badLines;
        bad.addAll(shownBad);
        mappings.addAll(harvest.mappings);
        if (event == null) {
            event = harvest.events.entrySet().stream().filter(one -> !one.getKey().isEmpty())
                .min(Comparator.comparingLong(one -> one.getValue().firstAt)).map(Map.Entry::getKey).orElse(null);
        }
        Set<StackTree> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        harvest.events.forEach((key, one) -> {
            if (!key.isEmpty()) {
                events.merge(key, one.samples, Long::sum);
            }
            if (key.isEmpty() || key.equals(event) || ReadOptions.ALL_EVENTS.equals(event)) {
                wanted.add(one.tree);
                boolean nanoseconds = one.nanoseconds && one.samplesWithoutPeriod == 0 && !options.countSamples();
                anyNanoseconds |= nanoseconds;
                anyOther |= !nanoseconds && one.samples > 0;
            }
        });
        if (tree == null && wanted.size() == 1) {
            tree = wanted.iterator().next();
            return;
        }
        if (tree == null) {
            tree = options.timeOrder() ? StackTree.inTimeOrder(new Frames()) : new StackTree(new Frames());
        }
        wanted.forEach(tree::merge);
    }
}
