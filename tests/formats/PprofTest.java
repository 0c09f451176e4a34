package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import org.junit.jupiter.api.Test;

class PprofTest {
    private static byte[] write(StackTree tree, String event, Unit unit) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PprofWriter.write(tree, event, unit, out);
        return out.toByteArray();
    }

    private static byte[] gunzip(byte[] bytes) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
    }

    private static ProtoWriter valueType(long type, long unit) {
        return new ProtoWriter().number(Pprof.VALUE_TYPE_TYPE, type).number(Pprof.VALUE_TYPE_UNIT, unit);
    }

    /** A profile as Go's runtime writes one: packed numbers, an inlined call, a location without functions. */
    private static byte[] profile(boolean withDefault) {
        String[] strings = {"", "samples", "count", "cpu", "nanoseconds", "main.main", "main.inner", "/bin/x", "[kernel.kallsyms]", "sys"};
        ProtoWriter out = new ProtoWriter()
                .message(Pprof.SAMPLE_TYPE, valueType(1, 2)).message(Pprof.SAMPLE_TYPE, valueType(3, 4))
            .message(Pprof.SAMPLE, new ProtoWriter().packed(Pprof.SAMPLE_LOCATION_ID, new long[] {2, 1}).packed(Pprof.SAMPLE_VALUE, new long[] {3, 30}))
                .message(Pprof.SAMPLE, new ProtoWriter().number(Pprof.SAMPLE_LOCATION_ID, 3).number(Pprof.SAMPLE_LOCATION_ID, 1)
                    .number(Pprof.SAMPLE_VALUE, 1).number(Pprof.SAMPLE_VALUE, 10))
                .message(Pprof.MAPPING, new ProtoWriter().number(Pprof.MAPPING_ID, 1).number(Pprof.MAPPING_START, 0x400000)
                    .number(Pprof.MAPPING_FILE_OFFSET, 0x1000).number(Pprof.MAPPING_FILENAME, 7))
                .message(Pprof.MAPPING, new ProtoWriter().number(Pprof.MAPPING_ID, 2).number(Pprof.MAPPING_FILENAME, 8))
                .message(Pprof.LOCATION, new ProtoWriter().number(Pprof.LOCATION_ID, 1).number(Pprof.LOCATION_MAPPING_ID, 1)
                    .message(Pprof.LOCATION_LINE, new ProtoWriter().number(Pprof.LINE_FUNCTION_ID, 2))
                    .message(Pprof.LOCATION_LINE, new ProtoWriter().number(Pprof.LINE_FUNCTION_ID, 1)))
                .message(Pprof.LOCATION, new ProtoWriter().number(Pprof.LOCATION_ID, 2).number(Pprof.LOCATION_MAPPING_ID, 2)
                    .message(Pprof.LOCATION_LINE, new ProtoWriter().number(Pprof.LINE_FUNCTION_ID, 3)))
                .message(Pprof.LOCATION, new ProtoWriter().number(Pprof.LOCATION_ID, 3).number(Pprof.LOCATION_MAPPING_ID, 1)
                    .number(Pprof.LOCATION_ADDRESS, 0x400123));
        long[] names = {0, 5, 6, 9};
        for (int i = 1; i < names.length; i++) {
            out.message(Pprof.FUNCTION, new ProtoWriter().number(Pprof.FUNCTION_ID, i).number(Pprof.FUNCTION_NAME, names[i]));
        }
        for (String string : strings) out.string(Pprof.STRING_TABLE, string);
        return out.number(Pprof.DEFAULT_SAMPLE_TYPE, withDefault ? 1 : 0).toBytes();
    }

    @Test
    void profileOfGo() {
        Stacks stacks = Fold.read(profile(false), new ReadOptions());
        assertEquals("main.main;main.inner;[x] 10\nmain.main;main.inner;sys 30\n", Fold.folded(stacks));
        assertEquals("cpu", stacks.event());
        assertEquals(Unit.CPU_NANOSECONDS, stacks.unit());
        assertEquals(4, stacks.tree().sampleTotals()[0]);
        assertEquals(Map.of("cpu", 4L, "samples", 4L), stacks.events());
        Frames frames = stacks.tree().frames();
        for (int id = 0; id < frames.size(); id++) {
            switch (frames.name(id)) {
                case "sys" -> assertEquals(Kind.KERNEL, frames.kind(id));
                case "main.inner" -> assertEquals(Kind.INLINED, frames.kind(id));
                case "main.main" -> assertEquals(Kind.USER, frames.kind(id));
                default -> {
                    assertEquals("/bin/x", frames.module(id));
                    assertEquals(0x1123, frames.address(id));
                    assertFalse(frames.isReturnAddress(id));
                }
            }
        }
    }

    @Test
    void sampleTypeByNameOrByDefault() {
        assertEquals("main.main;main.inner;[x] 1\nmain.main;main.inner;sys 3\n",
                Fold.folded(Fold.read(profile(false), new ReadOptions().event("samples"))));
        assertEquals("samples", Fold.read(profile(true), new ReadOptions()).event());
        assertEquals("", Fold.folded(Fold.read(profile(false), new ReadOptions().event("wall"))));
    }

    @Test
    void whatIsWrittenCanBeReadBack() throws IOException {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        int main = tree.child(0, frames.intern("main", Kind.USER));
        int inner = tree.child(main, frames.intern("inner", Kind.INLINED));
        tree.add(tree.child(inner, frames.intern("sys", Kind.KERNEL)), 70, 7);
        tree.add(tree.child(main, frames.intern("jit", Kind.JIT)), 30, 3);
        tree.add(inner, 5, 1);
        byte[] written = write(tree, "cpu-clock", Unit.CPU_NANOSECONDS);
        for (byte[] input : new byte[][] {written, gunzip(written)}) {
            Stacks back = Fold.read(input, new ReadOptions());
            Labels all = new Labels(true, true, true, false);
            assertEquals(Fold.folded(tree.map(all)), Fold.folded(back.tree().map(all)));
            assertEquals(11, back.tree().sampleTotals()[0]);
            assertEquals(Unit.CPU_NANOSECONDS, back.unit());
            assertEquals(0, back.bad().count());
        }
        assertEquals("cycles", Fold.read(write(tree, "cycles", Unit.COUNT), new ReadOptions()).event());
        assertEquals("samples", Fold.read(write(tree, null, Unit.COUNT), new ReadOptions()).event());
    }

    @Test
    void orderOfSamplesChangesNothing() throws IOException {
        StackTree one = Fold.read("a;b 1\na;c 2\nd 3\n", new ReadOptions()).tree();
        StackTree other = Fold.read("d 3\na;c 2\na;b 1\n", new ReadOptions()).tree();
        assertTrue(Arrays.equals(write(one, "x", Unit.COUNT), write(other, "x", Unit.COUNT)));
    }

    private static NotStacksException refused(byte[] input) {
        return assertThrows(NotStacksException.class, () -> StackReader.read("x.pb", new ByteArrayInputStream(input),
                new ReadOptions().format(Format.PPROF)));
    }

    /** Wherever it is cut: a profile that has lost its strings or locations is not drawn as unknown. */
    @Test
    void aProfileThatIsCutOffIsRefused() throws IOException {
        byte[] whole = profile(false);
        for (int length = 1; length < whole.length; length++) {
            String message = refused(Arrays.copyOf(whole, length)).getMessage();
            assertTrue(message.startsWith("x.pb is a profile of pprof that is damaged or cut off: ") || length < 40, message + " at " + length);
        }
        byte[] packed = write(Fold.read("a;b 1\na;c 2\n", new ReadOptions()).tree(), "x", Unit.COUNT);
        refused(Arrays.copyOf(packed, packed.length - 20));
    }

    private static byte[] delta(long... values) {
        ProtoWriter out = new ProtoWriter().message(Pprof.SAMPLE_TYPE, valueType(1, 2));
        for (long value : values) {
            out.message(Pprof.SAMPLE, new ProtoWriter().packed(Pprof.SAMPLE_LOCATION_ID, new long[] {1}).packed(Pprof.SAMPLE_VALUE, new long[] {value}));
        }
        return out.message(Pprof.LOCATION, new ProtoWriter().number(Pprof.LOCATION_ID, 1)
                .message(Pprof.LOCATION_LINE, new ProtoWriter().number(Pprof.LINE_FUNCTION_ID, 1)))
                .message(Pprof.FUNCTION, new ProtoWriter().number(Pprof.FUNCTION_ID, 1).number(Pprof.FUNCTION_NAME, 3))
                .string(Pprof.STRING_TABLE, "").string(Pprof.STRING_TABLE, "goroutine").string(Pprof.STRING_TABLE, "count")
                .string(Pprof.STRING_TABLE, "main").toBytes();
    }

    @Test
    void negativeSamplesAreLeftOutWithTheirNumber() {
        Stacks stacks = Fold.read(delta(5, -2, 3, -1), new ReadOptions());
        assertEquals("main 8\n", Fold.folded(stacks));
        assertEquals(List.of("test: a difference of two profiles: 2 samples of 4 left out as negative"), stacks.notes());
        assertEquals("x.pb is a difference of two profiles, and nothing in it has grown", refused(delta(-1, -7)).getMessage());
        assertEquals("x.pb holds only stacks that weigh nothing", refused(delta(0, 0)).getMessage());
    }

    private static Stacks ofType(String type, String unit) {
        return Fold.read(new ProtoWriter().message(Pprof.SAMPLE_TYPE, valueType(1, 2))
                .message(Pprof.SAMPLE, new ProtoWriter().packed(Pprof.SAMPLE_VALUE, new long[] {5}))
                .string(Pprof.STRING_TABLE, "").string(Pprof.STRING_TABLE, type).string(Pprof.STRING_TABLE, unit).toBytes(), new ReadOptions());
    }

    @Test
    void onlyCpuIsTimeOnAProcessor() throws IOException {
        assertEquals(Unit.CPU_NANOSECONDS, ofType("cpu", "nanoseconds").unit());
        assertEquals(Unit.NANOSECONDS, ofType("delay", "nanoseconds").unit());
        assertEquals(Unit.BYTES, ofType("inuse_space", "bytes").unit());
        assertEquals(Unit.COUNT, ofType("inuse_objects", "count").unit());
        assertEquals(5_000_000, ofType("cpu", "milliseconds").tree().totals()[0]);
        Stacks back = Fold.read(write(ofType("delay", "nanoseconds").tree(), "delay", Unit.NANOSECONDS), new ReadOptions());
        assertEquals("delay", back.event());
        assertEquals(Unit.NANOSECONDS, back.unit());
        assertEquals("[unknown] 5\n", Fold.folded(back), "a sample without a stack counts, too");
    }

    @Test
    void nothingOfAProfile() {
        assertThrows(UncheckedIOException.class, () -> Fold.read(new byte[] {10, 1}, new ReadOptions().format(Format.PPROF)));
    }

    @Test
    void sourcesAreFilesAndLines() throws IOException {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        int frame = frames.intern("main.main", Kind.USER);
        frames.source(frame, new Frames.Source("/src/main.go", 42));
        tree.add(tree.child(0, frame), 3, 3);
        byte[] raw = gunzip(write(tree, null, Unit.COUNT));
        ProtoWriter line = new ProtoWriter().number(Pprof.LINE_FUNCTION_ID, 1).number(Pprof.LINE_LINE, 42);
        assertTrue(contains(raw, new ProtoWriter().message(Pprof.LOCATION_LINE, line).toBytes()), "a location has its line");
        assertTrue(contains(raw, "/src/main.go".getBytes(java.nio.charset.StandardCharsets.UTF_8)), "a function has its file");
    }

    private static boolean contains(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) return true;
        }
        return false;
    }
}
