package lib.formats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lib.stacks.Frames.Kind;
import lib.stacks.MappedFiles;
import lib.stacks.StackTree;
import lib.stacks.Unit;

/**
 * Reads a profile of pprof. Its sample types (such as {@code samples} and {@code cpu}) are taken for events, the
 * default one for the first. A profile that is not whole is refused, as pprof itself does.
 */
final class PprofReader {
    /** More than any real profile has; a compressed file of a few kilobytes could unpack to gigabytes. */
    private static final int MAX_SIZE = 256 << 20;

    /** How many nanoseconds the units of time are. */
    private static final Map<String, Long> NANOSECONDS = Map.of("nanoseconds", 1L, "ns", 1L, "microseconds", 1_000L, "us", 1_000L,
            "milliseconds", 1_000_000L, "ms", 1_000_000L, "seconds", 1_000_000_000L, "s", 1_000_000_000L);

    private record ValueType(long name, long unit) { }

    private record Mapping(long start, long offset, long file) { }

    /** @param functions the innermost of inlined calls first; begins with the number of entries, as all lists of numbers here */
    private record Location(long address, long mapping, long[] functions) { }

    /** @param locations leaf first */
    private record Sample(long[] locations, long[] values) { }

    private final Harvest harvest;
    private final ReadOptions options;
    private final List<ValueType> types = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private final Map<Long, Mapping> mappings = new HashMap<>();
    private final Map<Long, Location> locations = new HashMap<>();
    private final Map<Long, Long> functions = new HashMap<>();
    private final List<String> strings = new ArrayList<>();
    private final Map<Long, int[]> framesOf = new HashMap<>();
    private long defaultType;

    private PprofReader(ReadOptions options) {
        this.options = options;
        harvest = new Harvest(options);
    }

    /** Whether it begins as a profile does: known fields of the right types, a sample type among them. */
    static Likeness likeness(Incoming in) {
        return Likeness.sureIf(looksLike(in.head()));
    }

    private static boolean looksLike(byte[] head) {
        ProtoReader in = new ProtoReader(head, 0, head.length);
        boolean hasType = false;
        try {
            while (in.next()) {
                boolean message = in.field <= Pprof.STRING_TABLE || in.field == Pprof.PERIOD_TYPE;
                if (in.field > Pprof.LAST_FIELD || message && in.type != ProtoReader.BYTES) return false;
                if (in.field == Pprof.SAMPLE_TYPE) {
                    for (ProtoReader type = in.message(); type.next();) {
                        if (type.field > 2 || type.type != ProtoReader.VARINT) return false;
                    }
                    hasType = true;
                }
            }
            return hasType;
        } catch (IOException e) {
            return hasType; // the head ends within a field
        }
    }

    static Harvest read(Incoming in, ReadOptions options) throws IOException {
        byte[] bytes = in.bytes().readNBytes(MAX_SIZE);
        if (bytes.length == MAX_SIZE) {
            throw new IOException("a profile of pprof that is larger than " + (MAX_SIZE >> 20) + " MB");
        }
        PprofReader reader = new PprofReader(options);
        try {
            for (ProtoReader fields = new ProtoReader(bytes, 0, bytes.length); fields.next();) reader.readField(fields);
            reader.checkReferences();
        } catch (IOException e) {
            throw NotStacksException.because(in.name, "is a profile of pprof that is damaged or cut off: " + e.getMessage(), "Fetch it again.");
        }
        if (bytes.length == 0) return reader.harvest;
        reader.addSamples(in.name);
        return reader.harvest;
    }

    /** Whatever is referred to must be there, as pprof itself has it: a part that is missing was cut off. */
    private void checkReferences() throws IOException {
        for (Sample sample : samples) {
            for (int i = 1; i <= sample.locations[0]; i++) {
                if (!locations.containsKey(sample.locations[i])) {
                    throw new IOException("the location " + sample.locations[i] + " of a sample is missing");
                }
            }
        }
        for (Location location : locations.values()) {
            for (int i = 1; i <= location.functions[0]; i++) {
                if (location.functions[i] != 0 && !functions.containsKey(location.functions[i])) {
                    throw new IOException("the function " + location.functions[i] + " of a location is missing");
                }
            }
        }
        for (long name : functions.values()) checkString(name);
        for (Mapping mapping : mappings.values()) checkString(mapping.file);
        for (ValueType type : types) {
            checkString(type.name);
            checkString(type.unit);
        }
    }

    private void checkString(long index) throws IOException {
        if (index != 0 && (index < 0 || index >= strings.size())) {
            throw new IOException("the string " + index + " is missing");
        }
    }

    private void readField(ProtoReader in) throws IOException {
        switch (in.field) {
            case Pprof.SAMPLE_TYPE -> {
                long[] type = fields(in.message(), Pprof.VALUE_TYPE_UNIT);
                types.add(new ValueType(type[Pprof.VALUE_TYPE_TYPE], type[Pprof.VALUE_TYPE_UNIT]));
            }
            case Pprof.SAMPLE -> readSample(in.message());
            case Pprof.MAPPING -> {
                long[] mapping = fields(in.message(), Pprof.MAPPING_FILENAME);
                mappings.put(mapping[Pprof.MAPPING_ID], new Mapping(mapping[Pprof.MAPPING_START],
                        mapping[Pprof.MAPPING_FILE_OFFSET], mapping[Pprof.MAPPING_FILENAME]));
            }
            case Pprof.LOCATION -> readLocation(in.message());
            case Pprof.FUNCTION -> {
                long[] function = fields(in.message(), Pprof.FUNCTION_SYSTEM_NAME);
                functions.put(function[Pprof.FUNCTION_ID], function[Pprof.FUNCTION_NAME] != 0
                        ? function[Pprof.FUNCTION_NAME] : function[Pprof.FUNCTION_SYSTEM_NAME]);
            }
            case Pprof.STRING_TABLE -> strings.add(in.string());
            case Pprof.DEFAULT_SAMPLE_TYPE -> defaultType = in.number;
            default -> { }
        }
    }

    /** The numbers of a message's first fields, at their fields' numbers; 0 where one is missing. */
    private static long[] fields(ProtoReader in, int last) throws IOException {
        long[] values = new long[last + 1];
        while (in.next()) {
            if (in.field <= last && in.type == ProtoReader.VARINT) values[in.field] = in.number;
        }
        return values;
    }

    private void readSample(ProtoReader in) throws IOException {
        long[] stack = new long[32];
        long[] values = new long[4];
        while (in.next()) {
            if (in.field == Pprof.SAMPLE_LOCATION_ID) {
                stack = in.numbers(stack);
            } else if (in.field == Pprof.SAMPLE_VALUE) {
                values = in.numbers(values);
            }
        }
        samples.add(new Sample(Arrays.copyOf(stack, (int) stack[0] + 1), Arrays.copyOf(values, (int) values[0] + 1)));
    }

    private void readLocation(ProtoReader in) throws IOException {
        long[] values = new long[Pprof.LOCATION_ADDRESS + 1];
        long[] called = new long[2];
        while (in.next()) {
            if (in.field == Pprof.LOCATION_LINE) {
                in.number = fields(in.message(), Pprof.LINE_FUNCTION_ID)[Pprof.LINE_FUNCTION_ID];
                in.type = ProtoReader.VARINT;
                called = in.numbers(called);
            } else if (in.field <= Pprof.LOCATION_ADDRESS) {
                values[in.field] = in.number;
            }
        }
        locations.put(values[Pprof.LOCATION_ID],
                new Location(values[Pprof.LOCATION_ADDRESS], values[Pprof.LOCATION_MAPPING_ID], called));
    }

    private String string(long index) {
        return index >= 0 && index < strings.size() ? strings.get((int) index) : "";
    }

    private void addSamples(String name) throws NotStacksException {
        int wanted = wantedType();
        int counts = -1;
        for (int i = 0; i < types.size(); i++) {
            String type = string(types.get(i).name);
            counts = type.equals("samples") && string(types.get(i).unit).equals("count") ? i : counts;
            harvest.event(type, i == defaultIndex() ? 0 : i + 1).unit = unit(types.get(i));
        }
        long factor = wanted < 0 ? 1 : NANOSECONDS.getOrDefault(string(types.get(wanted).unit), 1L);
        long negative = 0;
        long damaged = 0;
        for (Sample sample : samples) {
            long weight = value(sample, wanted);
            long count = counts < 0 ? 1 : value(sample, counts);
            if ((int) sample.values[0] != types.size()) {
                damaged++;
            } else if (weight < 0 || count < 0) {
                negative++;
            } else {
                harvest.stacks++;
                harvest.events.values().forEach(event -> event.samples += count);
                if (wanted >= 0) {
                    long scaled = weight > Long.MAX_VALUE / factor ? Long.MAX_VALUE : weight * factor;
                    add(harvest.events.get(string(types.get(wanted).name)).tree, sample, options.countSamples ? count : scaled, count);
                }
            }
        }
        if (negative + damaged > 0 && harvest.stacks == 0) {
            throw NotStacksException.because(name, negative > 0 ? "is a difference of two profiles, and nothing in it has grown"
                    : "has no sample with a value for each of its types", negative > 0
                    ? "Draw each of the two, or compare them: --input AFTER --diff BEFORE." : "Fetch it again.");
        }
        if (negative > 0) {
            harvest.notes.add("a difference of two profiles: " + samples(negative) + " of " + samples.size() + " left out as negative");
        }
        if (damaged > 0) {
            harvest.notes.add(samples(damaged) + " of " + samples.size() + " left out, without a value for each type");
        }
    }

    private static String samples(long count) {
        return count == 1 ? "1 sample" : count + " samples";
    }

    /** What pprof's unit is; only the type "cpu" counts time on a processor: there are "delay" and "wall", too. */
    private Unit unit(ValueType type) {
        String unit = string(type.unit);
        boolean time = NANOSECONDS.containsKey(unit);
        return time && string(type.name).equals("cpu") ? Unit.CPU_NANOSECONDS : time ? Unit.NANOSECONDS
                : unit.equals("bytes") ? Unit.BYTES : Unit.COUNT;
    }

    private static long value(Sample sample, int index) {
        return index >= 0 && index < sample.values[0] ? sample.values[index + 1] : 0;
    }

    /** The sample type that the profile names as its default, or else the last, as pprof has it. */
    private int defaultIndex() {
        for (int i = 0; i < types.size(); i++) {
            if (defaultType != 0 && string(types.get(i).name).equals(string(defaultType))) return i;
        }
        return types.size() - 1;
    }

    private int wantedType() {
        if (options.event == null || options.event.equals(ReadOptions.ALL_EVENTS)) return defaultIndex();
        for (int i = 0; i < types.size(); i++) {
            if (string(types.get(i).name).equals(options.event)) return i;
        }
        return -1;
    }

    private void add(StackTree tree, Sample sample, long weight, long count) {
        int node = sample.locations[0] > 0 ? 0 : tree.child(0, harvest.frames.internUnknown(null, 0, false));
        for (int i = (int) sample.locations[0]; i > 0; i--) {
            for (int frame : frames(sample.locations[i], i == 1)) node = tree.child(node, frame);
        }
        tree.add(node, weight, count);
    }

    /** A location's frames, caller first. */
    private int[] frames(long id, boolean leaf) {
        Location location = locations.get(id);
        if (location.functions[0] == 0) return new int[] {unknown(location, leaf)};
        return framesOf.computeIfAbsent(id, key -> {
            int count = (int) location.functions[0];
            Kind kind = MappedFiles.kind(module(location));
            int[] frames = new int[count];
            for (int i = 0; i < count; i++) {
                String name = string(functions.getOrDefault(location.functions[count - i], 0L));
                frames[i] = name.isEmpty() ? unknown(location, leaf) : harvest.frames.intern(name, i == 0 ? kind : Kind.INLINED);
            }
            return frames;
        });
    }

    /** The address becomes relative to the file, as perf prints it. */
    private int unknown(Location location, boolean leaf) {
        Mapping mapping = mappings.get(location.mapping);
        long address = mapping == null ? location.address : location.address - mapping.start + mapping.offset;
        return harvest.frames.internUnknown(module(location), address, !leaf);
    }

    private String module(Location location) {
        Mapping mapping = mappings.get(location.mapping);
        String file = mapping == null ? "" : string(mapping.file);
        return file.isEmpty() ? null : file;
    }
}
