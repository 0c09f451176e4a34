package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Stacks.BadLine;
import lib.stacks.Stacks.BadLines;
import lib.stacks.Stacks.Machine;
import lib.stacks.Stacks.Mapping;
import lib.stacks.Unit;

/** Reads stacks in any {@link Format}, plain or packed, detecting which, and merges several inputs. */
public final class StackReader {
    /** An input with more lines that are not understood than that is something else than stacks. */
    private static final int FEW_BAD = 5, BAD_FOR_A_STACK = 3;

    private final ReadOptions options;
    private final SortedMap<String, Long> events = new TreeMap<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private final List<BadLine> bad = new ArrayList<>();
    private long badCount;
    private long stacks;
    private StackTree tree;
    private String event;
    private Machine machine;
    private final List<String> names = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<Unit> units = EnumSet.noneOf(Unit.class);

    private StackReader(ReadOptions options) {
        this.options = options;
        this.event = options.event;
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

    private Stacks result() throws NotStacksException {
        boolean all = ReadOptions.ALL_EVENTS.equals(event);
        boolean several = all && events.size() > 1;
        if (several && !tree.hasTimeOrder()) tree.weighBySamples();
        boolean absent = !all && options.event != null && !events.containsKey(event) && !events.isEmpty();
        if (!absent && tree.totals()[0] == 0 && tree.beforeTotals()[0] == 0) {
            throw NotStacksException.because(String.join(", ", names), stacks == 0 ? "holds no samples"
                    : "holds only stacks that weigh nothing", "There is nothing to draw.");
        }
        Unit unit = several || units.size() != 1 ? Unit.COUNT : units.iterator().next();
        return new Stacks(tree, several ? null : all && !events.isEmpty() ? events.firstKey() : all ? null : event, unit,
                Collections.unmodifiableSortedMap(events), List.copyOf(mappings),
                new BadLines(badCount, bad.stream().limit(Harvest.SHOWN).toList()), List.copyOf(notes), machine);
    }

    private void add(String name, InputStream raw, Path file) throws IOException {
        names.add(name);
        Incoming in = new Incoming(name, raw, file);
        Format format = options.format != null ? options.format : Format.detect(in);
        if (format == null) throw in.refused();
        take(in, format.read(in, options));
        if (in.damage() != null) notes.add(name + ": " + in.damage());
    }

    /** Adds an input's wanted events. */
    private void take(Incoming in, Harvest harvest) throws NotStacksException {
        boolean nothing = harvest.stacks == 0 && harvest.mappings.isEmpty();
        if (harvest.badLines - harvest.strayFrames > FEW_BAD + BAD_FOR_A_STACK * harvest.stacks
                || nothing && (harvest.badLines > 0 || in.head().length == 0)) {
                throw in.refused();
            }
        stacks += harvest.stacks;
        harvest.notes.forEach(note -> notes.add(in.name + ": " + note));
        badCount += harvest.badLines;
        harvest.firstBad.forEach(one -> bad.add(new BadLine(in.name, one.line(), one.text())));
        mappings.addAll(harvest.mappings);
        machine = machine == null ? harvest.machine : machine;
        if (event == null) {
            event = harvest.events.entrySet().stream().filter(one -> !one.getKey().isEmpty())
                    .min(Comparator.comparingLong(one -> one.getValue().firstAt)).map(Map.Entry::getKey).orElse(null);
        }
        Set<StackTree> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        harvest.events.forEach((key, one) -> {
            if (!key.isEmpty()) events.merge(key, one.samples, Long::sum);
            if (key.isEmpty() || key.equals(event) || ReadOptions.ALL_EVENTS.equals(event)) {
                wanted.add(one.tree);
                if (one.samples > 0) {
                    units.add(one.samplesWithoutPeriod > 0 || options.countSamples ? Unit.COUNT : one.unit);
                }
            }
        });
        if (tree == null && wanted.size() == 1) {
            tree = wanted.iterator().next();
            return;
        }
        if (tree == null) tree = options.timeOrder ? StackTree.inTimeOrder(new Frames()) : new StackTree(new Frames());
        wanted.forEach(tree::merge);
    }
}
