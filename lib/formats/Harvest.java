package lib.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import lib.stacks.Stacks.Machine;
import lib.stacks.Stacks.Mapping;
import lib.stacks.Unit;

/** What one thread gathers from its part of one input: a tree for each event, all of the same frames. */
final class Harvest {
    /** How many bad lines are kept to be shown. */
    static final int SHOWN = 5;
    private static final int SHOWN_LENGTH = 120;

    /** The samples of one event. */
    static final class Event {
        final StackTree tree;
        /** Counts the events of an input from 0. */
        final int number;
        /** Where in the input its first sample is: tells which event comes first. */
        long firstAt;
        long samples;
        long samplesWithoutPeriod;
        /** What a period is. */
        Unit unit = Unit.COUNT;

        Event(StackTree tree, int number, long firstAt) {
            this.tree = tree;
            this.number = number;
            this.firstAt = firstAt;
        }
    }

    /** A bad line, as the number of its block and of the line in that block. */
    record Bad(int block, long line, String text) { }

    final Frames frames;
    /** By name; the empty name where the input names none. */
    final Map<String, Event> events = new LinkedHashMap<>();
    final List<Mapping> mappings = new ArrayList<>();
    final List<Bad> firstBad = new ArrayList<>();
    long badLines;
    /** How many lines or messages were stacks. */
    long stacks;
    /** What folded counts have behind the point, in a tree of its own; null where they are whole. */
    StackTree rests;
    /** Of the bad lines, how many are frames, to which no sample was found. */
    long strayFrames;
    /** Whether any sample of perf has a frame, and any frame more than an address. */
    boolean hasFrames;
    boolean hasNames;
    /** Whose addresses wait for names, where the input is perf.data; else null. */
    Machine machine;
    /** What is to be said about the input. */
    final List<String> notes = new ArrayList<>();
    private final boolean timeOrder;
    /** The tree of all events, where they are wanted together; else null. */
    private final StackTree together;

    Harvest(ReadOptions options) {
        frames = new Frames();
        timeOrder = options.timeOrder;
        together = ReadOptions.ALL_EVENTS.equals(options.event) ? newTree() : null;
    }

    /** A harvest for another thread: the same events with the same nodes, and no samples. Not in time order. */
    Harvest fork() {
        return new Harvest(this);
    }

    private Harvest(Harvest other) {
        frames = new Frames(other.frames);
        timeOrder = false;
        together = other.together == null ? null : other.together.fork(frames);
        other.events.forEach((name, event) -> {
            Event copy = new Event(together == null ? event.tree.fork(frames) : together, event.number, event.firstAt);
            copy.unit = event.unit;
            events.put(name, copy);
        });
    }

    private StackTree newTree() {
        return timeOrder ? StackTree.inTimeOrder(frames) : new StackTree(frames);
    }

    /** The event of that name, now first seen at {@code position} if it is new. */
    Event event(String name, long position) {
        return events.computeIfAbsent(name,
                key -> new Event(together == null ? newTree() : together, events.size(), position));
    }

    /** The number of samples of all events. */
    long samples() {
        return events.values().stream().mapToLong(event -> event.samples).sum();
    }

    /** Counts the line {@code [from, to)} as bad. */
    void bad(int block, long line, byte[] bytes, int from, int to) {
        badLines++;
        if (firstBad.size() < SHOWN) firstBad.add(new Bad(block, line, excerpt(bytes, from, to)));
    }

    /** Takes over what another thread gathered from the same input. */
    void merge(Harvest other) {
        other.events.forEach((name, theirs) -> {
            Event ours = event(name, theirs.firstAt);
            ours.firstAt = Math.min(ours.firstAt, theirs.firstAt);
            ours.samples += theirs.samples;
            ours.samplesWithoutPeriod += theirs.samplesWithoutPeriod;
            ours.unit = theirs.unit;
            if (together == null) ours.tree.merge(theirs.tree);
        });
        if (together != null) together.merge(other.together);
        mappings.addAll(other.mappings);
        firstBad.addAll(other.firstBad);
        badLines += other.badLines;
        stacks += other.stacks;
        if (other.rests != null) {
            rests = rests == null ? new StackTree(frames) : rests;
            rests.merge(other.rests);
        }
        strayFrames += other.strayFrames;
        hasFrames |= other.hasFrames;
        hasNames |= other.hasNames;
    }

    /** The beginning of a line, fit to be shown. */
    static String excerpt(byte[] bytes, int from, int to) {
        String text = TextBytes.decode(bytes, from, Math.min(to, from + SHOWN_LENGTH)).strip();
        return TextBytes.printable(text) + (to - from > SHOWN_LENGTH ? "…" : "");
    }

    /** Numbers the bad lines as they are in the whole input, and keeps those that come first. */
    void numberBadLines(Blocks blocks) {
        List<Bad> numbered = firstBad.stream()
                .map(bad -> new Bad(0, blocks.linesBefore(bad.block) + bad.line, bad.text))
                .sorted((a, b) -> Long.compare(a.line, b.line))
                .limit(SHOWN)
                .toList();
        firstBad.clear();
        firstBad.addAll(numbered);
    }
}
