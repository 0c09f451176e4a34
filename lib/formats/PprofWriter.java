package lib.formats;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.Labels;
import lib.stacks.MappedFiles;
import lib.stacks.StackTree;
import lib.stacks.Unit;

/** Writes a profile for {@code go tool pprof}: google/pprof's profile.proto, compressed with gzip. */
public final class PprofWriter {
    private final StackTree tree;
    private final Frames frames;
    private final OutputStream out;
    private final Map<String, Long> strings = new LinkedHashMap<>();
    private final Map<Integer, Long> functions = new LinkedHashMap<>();
    /** By the frames of the location: an inlined call shares its caller's. */
    private final Map<List<Integer>, Long> locations = new LinkedHashMap<>();
    /** By the file's name. The kernel has one, so that pprof can tell it; ordinary code has none. */
    private final Map<String, Long> mappings = new LinkedHashMap<>();

    private PprofWriter(StackTree tree, OutputStream out) {
        this.tree = tree;
        this.frames = tree.frames();
        this.out = out;
        strings.put("", 0L);
    }

    /**
     * Writes the stacks and leaves the stream open. Each sample has its number of samples and its weight.
     *
     * @param event what the weight counts, or null to write the number of samples only
     * @param unit what the weight is
     */
    public static void write(StackTree tree, String event, Unit unit, OutputStream out) throws IOException {
        GZIPOutputStream gzip = new GZIPOutputStream(out);
        new PprofWriter(tree.map(Labels.PLAIN), gzip).write(unit == Unit.CPU_NANOSECONDS ? "cpu" : event, unit.toString());
        gzip.finish();
        out.flush();
    }

    private void write(String type, String unit) throws IOException {
        emit(new ProtoWriter().message(Pprof.SAMPLE_TYPE, valueType("samples", "count")));
        if (type != null) {
            emit(new ProtoWriter().message(Pprof.SAMPLE_TYPE, valueType(type, unit)));
            emit(new ProtoWriter().number(Pprof.DEFAULT_SAMPLE_TYPE, string(type)));
        }
        for (int node : new Children(tree).preorder()) {
            if (tree.self(node) > 0 || tree.samples(node) > 0) {
                long[] values = type == null ? new long[] {tree.samples(node)} : new long[] {tree.samples(node), tree.self(node)};
                emit(new ProtoWriter().message(Pprof.SAMPLE, new ProtoWriter()
                        .packed(Pprof.SAMPLE_LOCATION_ID, stack(node)).packed(Pprof.SAMPLE_VALUE, values)));
            }
        }
        for (Map.Entry<List<Integer>, Long> entry : locations.entrySet()) {
            emit(new ProtoWriter().message(Pprof.LOCATION, location(entry.getKey(), entry.getValue())));
        }
        for (Map.Entry<Integer, Long> function : functions.entrySet()) {
            long name = string(frames.name(function.getKey()));
            Frames.Source source = frames.source(function.getKey());
            emit(new ProtoWriter().message(Pprof.FUNCTION, new ProtoWriter().number(Pprof.FUNCTION_ID, function.getValue())
                    .number(Pprof.FUNCTION_NAME, name).number(Pprof.FUNCTION_SYSTEM_NAME, name)
                    .number(Pprof.FUNCTION_FILENAME, source == null ? 0 : string(source.file()))));
        }
        for (Map.Entry<String, Long> mapping : mappings.entrySet()) {
            emit(new ProtoWriter().message(Pprof.MAPPING, new ProtoWriter().number(Pprof.MAPPING_ID, mapping.getValue())
                    .number(Pprof.MAPPING_FILENAME, string(mapping.getKey())).number(Pprof.MAPPING_HAS_FUNCTIONS, 1)));
        }
        for (String string : strings.keySet()) emit(new ProtoWriter().string(Pprof.STRING_TABLE, string));
    }

    private void emit(ProtoWriter field) throws IOException {
        out.write(field.toBytes());
    }

    private ProtoWriter valueType(String type, String unit) {
        return new ProtoWriter().number(Pprof.VALUE_TYPE_TYPE, string(type)).number(Pprof.VALUE_TYPE_UNIT, string(unit));
    }

    /** The locations of a stack, leaf first. */
    private long[] stack(int leaf) {
        List<Long> stack = new ArrayList<>();
        List<Integer> together = new ArrayList<>();
        for (int node = leaf; node > 0; node = tree.parent(node)) {
            together.add(tree.frame(node));
            if (frames.kind(tree.frame(node)) != Kind.INLINED || tree.parent(node) == 0) {
                stack.add(number(locations, List.copyOf(together)));
                together.clear();
            }
        }
        return stack.stream().mapToLong(Long::longValue).toArray();
    }

    private ProtoWriter location(List<Integer> together, long id) {
        Kind kind = frames.kind(together.get(together.size() - 1));
        String module = kind == Kind.KERNEL ? MappedFiles.KERNEL : kind == Kind.JIT ? MappedFiles.JIT : null;
        ProtoWriter location = new ProtoWriter().number(Pprof.LOCATION_ID, id)
                .number(Pprof.LOCATION_MAPPING_ID, module == null ? 0 : number(mappings, module));
        for (int frame : together) {
            Frames.Source source = frames.source(frame);
            location.message(Pprof.LOCATION_LINE, new ProtoWriter().number(Pprof.LINE_FUNCTION_ID, number(functions, frame))
                    .number(Pprof.LINE_LINE, source == null ? 0 : source.line()));
        }
        return location;
    }

    private long string(String text) {
        return strings.computeIfAbsent(text, key -> (long) strings.size());
    }

    /** Numbers things from 1: 0 means that there is none. */
    private static <K> long number(Map<K, Long> numbers, K thing) {
        return numbers.computeIfAbsent(thing, key -> numbers.size() + 1L);
    }
}
