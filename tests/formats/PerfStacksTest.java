package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import lib.stacks.Frames;
import lib.stacks.Labels;
import lib.stacks.SampleTimes;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** perf.data that is read without perf, each kind of record by small recordings of our own. */
class PerfStacksTest {
    private static final long KERNEL = PerfRecording.KERNEL, USER = PerfRecording.USER;
    private static final String NO_PERF = "no perf may be started";

    private static Stacks read(byte[] file) {
        return Fold.read(file, new ReadOptions().perf(NO_PERF));
    }

    /** Folded, with addresses of what has no name. */
    private static String folded(Stacks stacks) {
        return Fold.folded(stacks.tree().map(new Labels(true, true, true, true)));
    }

    private static PerfRecording whole(ByteOrder order) {
        return new PerfRecording(order).event(1, 0, 7, "cpu-clock:ppp").event(0, 0, 8, "cycles").buildId("/bin/prog", 0xab)
                .kernelMap(0xffffffff81000000L, 0x1000000, "[kernel.kallsyms]_text")
                .comm(0, 12, 12, "my prog").map(0, 12, 0x400000, 0x1000, 0x2000, "/bin/prog")
                .sample(100, 12, 12, 7, 5, KERNEL, 0xffffffff81000010L, 0xffffffff81000020L, USER, 0x400010, 0x400020, 0x900000)
                .sample(101, 12, 13, 8, 1, USER, 0x400010).turn();
    }

    private static final String WHOLE = "my_prog;[unknown <900000>];[prog <2020>];[prog <2010>];[[kernel.kallsyms] <ffffffff81000020>]_[k];"
            + "[[kernel.kallsyms] <ffffffff81000010>]_[k] 5\n";

    @Test
    void fileOfEitherByteOrder() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            Stacks stacks = read(whole(order).file());
            assertEquals(WHOLE, folded(stacks));
            assertEquals("cpu-clock:ppp", stacks.event());
            assertEquals(Unit.CPU_NANOSECONDS, stacks.unit());
            assertEquals("{cpu-clock:ppp=1, cycles=1}", stacks.events().toString());
            assertEquals(List.of(new Stacks.Mapping(12, 0x400000, 0x1000, 0x2000, "r-xp", "/bin/prog")), stacks.mappings());
            assertEquals(List.of(), stacks.notes());
            assertEquals(new Stacks.Machine("machine", null, "_text", 0xffffffff81000000L), stacks.machine());
        }
    }

    @Test
    void samplesKnowTheirTimesWhereTheseAreWanted() {
        SampleTimes times = Fold.read(whole(ByteOrder.BIG_ENDIAN).file(), new ReadOptions().perf(NO_PERF).times(true)).tree().times();
        assertEquals("1 100 5", times.size() + " " + times.first() + " " + times.weight(0));
        assertEquals(0, read(whole(ByteOrder.LITTLE_ENDIAN).file()).tree().times().size());
    }

    @Test
    void pipe() {
        assertEquals(WHOLE, folded(read(whole(ByteOrder.LITTLE_ENDIAN).pipe())));
        assertEquals(WHOLE, folded(read(whole(ByteOrder.BIG_ENDIAN).pipe())));
    }

    @Test
    void whatIsExactAndWhatACallReturnsTo() {
        Frames frames = read(whole(ByteOrder.LITTLE_ENDIAN).file()).tree().frames();
        String all = "";
        for (int id = 0; id < frames.size(); id++) {
            if (frames.isUnknown(id)) all += Long.toHexString(frames.address(id)) + (frames.isReturnAddress(id) ? " " : "! ");
        }
        assertEquals("ffffffff81000010! ffffffff81000020 2010! 2020 900000 ", all);
    }

    @Test
    void compressedRecordsWhereverTheyAreCut() {
        for (int piece : new int[] {5, 64, 1000, 1003, 60_000}) {
            PerfRecording recording = PerfRecording.usual().comm(0, 1, 1, "c").map(0, 1, 0x1000, 0x100000, 0, "/x");
            for (int i = 0; i < 100; i++) recording.sample(100 + i, 1, 1, 7, 1, USER, 0x1000 + i % 3, 0x2000);
            assertEquals("c;[x <1000>];[x <0>] 34\nc;[x <1000>];[x <1>] 33\nc;[x <1000>];[x <2>] 33\n", folded(read(recording.compressed(piece).file())));
        }
    }

    @Test
    void buildsFromTheTableAndFromRecords() {
        PerfRecording recording = PerfRecording.usual().buildId("/a", 0x11).map(0, 1, 0x1000, 0x1000, 0, "/a").map(0, 2, 0x1000, 0x1000, 0, "/a", 0x22)
                .map(0, 3, 0x1000, 0x1000, 0, "/b");
        for (int pid = 1; pid <= 3; pid++) recording.sample(9, pid, pid, 7, 1, USER, 0x1000);
        for (byte[] file : List.of(recording.file(), recording.pipe())) {
            Frames frames = read(file).tree().frames();
            String all = "";
            for (int id = 0; id < frames.size(); id++) if (frames.isUnknown(id)) all += frames.module(id) + " " + frames.build(id) + "\n";
            assertEquals("/a " + "11".repeat(20) + "\n/a " + "22".repeat(20) + "\n/b null\n", all);
        }
    }

    @Test
    void samplesSeeWhatWasBeforeThem() {
        // by time, not as they stand in the file; each turn's records are older than those two turns later
        byte[] file = PerfRecording.usual()
                .sample(300, 5, 5, 7, 1, USER, 0x1000).sample(100, 5, 5, 7, 1, USER, 0x1000).turn()
                .comm(200, 5, 5, "later").map(200, 5, 0x1000, 0x1000, 0, "/x").turn()
                .sample(400, 5, 5, 7, 1, USER, 0x1000).turn().turn().comm(500, 5, 5, "last").file();
        assertEquals(":5;[unknown <1000>] 1\nlater;[x <0>] 2\n", folded(read(file)));
        Stacks inOrder = Fold.read(file, new ReadOptions().timeOrder(true));
        assertEquals(0, inOrder.tree().start(1));
        assertEquals(":5", inOrder.tree().frames().name(inOrder.tree().frame(1)));
    }

    @Test
    void forksAndThreads() {
        byte[] file = PerfRecording.usual().comm(0, 5, 5, "parent").map(0, 5, 0x1000, 0x1000, 0, "/x")
                .fork(10, 6, 6, 5).fork(10, 5, 7, 5).sample(20, 6, 6, 7, 1, USER, 0x1000)
                .map(30, 5, 0x1000, 0x1000, 0, "/y").comm(30, 5, 7, "thread")
                .sample(40, 6, 6, 7, 1, USER, 0x1000).sample(40, 5, 7, 7, 1, USER, 0x1000).sample(40, 5, 8, 7, 1, USER, 0x1000)
                .sample(50, 0, 0, 7, 1, KERNEL, 0xffffffff81000010L).file();
        assertEquals(":8;[y <0>] 1\nparent;[x <0>] 2\nswapper;[[kernel.kallsyms] <ffffffff81000010>]_[k] 1\nthread;[y <0>] 1\n", folded(read(file)));
        assertEquals("parent-6/6;[x] 2\n", Fold.folded(Fold.read(file, new ReadOptions().root(ReadOptions.Root.THREAD))).lines()
                .filter(line -> line.startsWith("parent")).map(line -> line + "\n").findFirst().orElseThrow());
    }

    @Test
    void aLaterMappingTakesThePlaceOfWhatItOverlaps() {
        byte[] file = PerfRecording.usual().comm(0, 5, 5, "c").map(0, 5, 0x1000, 0x3000, 0, "/x").map(0, 5, 0x2000, 0x1000, 0, "/y")
                .sample(1, 5, 5, 7, 1, USER, 0x1fff).sample(1, 5, 5, 7, 1, USER, 0x2000).sample(1, 5, 5, 7, 1, USER, 0x3000)
                .sample(1, 5, 5, 7, 1, USER, 0x4000).file();
        assertEquals("c;[unknown <4000>] 1\nc;[x <2000>] 1\nc;[x <fff>] 1\nc;[y <0>] 1\n", folded(read(file)));
    }

    @Test
    void codeMadeAtRunTime() {
        byte[] file = PerfRecording.usual().comm(0, 5, 5, "java").map(0, 5, 0x1000, 0x1000, 0x1000, "//anon")
                .sample(1, 5, 5, 7, 1, USER, 0x1010).file();
        assertEquals("java;[perf-5.map <1010>]_[j] 1\n", folded(read(file)));
    }

    @Test
    void modulesAndProgramsOfTheKernel() {
        long bpf = 0xffffffffc0001000L;
        byte[] file = PerfRecording.usual().comm(0, 5, 5, "c").kernelMap(0xffffffff81000000L, 0x1000, "[kernel.kallsyms]_text")
                .kernelMap(0xffffffffc0000000L, 0x1000, "[nf_tables]").kernelSymbol(10, bpf, 0x100, "bpf_prog_12ab_egress", false)
                .sample(20, 5, 5, 7, 1, KERNEL, bpf + 8, 0xffffffffc0000010L, 0xffffffff81000020L).kernelSymbol(30, bpf, 0x100, "", true)
                .sample(40, 5, 5, 7, 1, KERNEL, bpf + 8).file();
        assertEquals("c;[[kernel.kallsyms] <ffffffff81000020>]_[k];[[nf_tables] <ffffffffc0000010>]_[k];bpf_prog_12ab_egress_[k] 1\n"
                + "c;[unknown <ffffffffc0001008>] 1\n", folded(read(file)));
    }

    @Test
    void eventsWithoutNamesAreCalledAsPerfDoes() {
        PerfRecording recording = new PerfRecording(ByteOrder.LITTLE_ENDIAN).event(0, 1, 7, null).field(40, 1 << 18 | 1 << 5 | 1 << 6 | 2 << 15)
                .event(1, 2, 8, null).sample(1, 1, 1, 7, 1, USER, 1).sample(1, 1, 1, 8, 1, USER, 1);
        assertEquals("{instructions:upp=1, page-faults=1}", read(recording.file()).events().toString());
    }

    @Test
    void samplesWithoutChainsOrPeriods() {
        PerfRecording recording = new PerfRecording(ByteOrder.LITTLE_ENDIAN).sampleType(PerfAttr.IP | PerfAttr.TID).event(0, 0, 7, "cycles");
        recording.comm(0, 5, 5, "c").map(0, 5, 0x1000, 0x1000, 0, "/x");
        recording.record(9, 2, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(0x1010).putInt(5).putInt(5).array());
        assertEquals("c;[x <10>] 1\n", folded(read(recording.file())));
    }

    @Test
    void aMarkWithoutAMeaningSpoilsTheChainNotTheSample() {
        byte[] file = PerfRecording.usual().comm(0, 5, 5, "c").map(0, 5, 0x1000, 0x1000, 0, "/x").sample(1, 5, 5, 7, 3, USER, 0x1010, -7, 0x1020).file();
        assertEquals("c;[x <10>] 3\n", folded(read(file)));
    }

    /** The last record of the file, so that nothing can be read behind it. */
    @Test
    void aChainThatIsLongerThanItsRecordIsDamage() {
        PerfRecording recording = whole(ByteOrder.LITTLE_ENDIAN);
        byte[] body = new byte[56];
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putLong(16, 500).putLong(24, 7).putLong(48, 1);
        assertEquals(List.of("test: 1 sample is damaged and left out"), read(recording.record(9, 2, body).file()).notes());
    }

    @Test
    void lostSamplesAreSaid() {
        Stacks stacks = read(PerfRecording.usual().sample(1, 1, 1, 7, 1, USER, 1).lost(3).file());
        assertEquals(List.of("test: the kernel lost 3 samples: its buffer was full"), stacks.notes());
    }

    @Test
    void samplesOfNoEventAndDamagedOnesAreLeftOut() {
        PerfRecording recording = whole(ByteOrder.LITTLE_ENDIAN).sample(1, 1, 1, 99, 1, USER, 1).record(9, 2, new byte[48]);
        Stacks stacks = read(recording.file());
        assertEquals(WHOLE, folded(stacks));
        assertEquals(List.of("test: 1 sample is damaged and left out", "test: 1 sample is of no known event and left out"), stacks.notes());
    }

    @Test
    void whatIsWholeOfAFileThatIsCutOff() {
        byte[] file = whole(ByteOrder.LITTLE_ENDIAN).file();
        int samples = 0;
        for (int length = file.length - 1; length > 500; length -= 7) {
            byte[] cut = Arrays.copyOf(file, length);
            try {
                Stacks stacks = read(cut);
                assertTrue(Stream.of(WHOLE, "").anyMatch(one -> one.isEmpty() || folded(stacks).equals(one)));
                assertTrue(!stacks.notes().isEmpty(), "it is said");
                samples++;
            } catch (UncheckedIOException e) {
                assertTrue(e.getCause() instanceof NotStacksException || e.getMessage().contains("perf"), e.toString());
            }
        }
        assertTrue(samples > 10, "some of it was used: " + samples);
    }

    /** The header of a recording that was killed does not say how much there is. */
    @Test
    void whatPerfDidNotEnd() {
        byte[] file = whole(ByteOrder.LITTLE_ENDIAN).file();
        Arrays.fill(file, 48, 56, (byte) 0);
        Arrays.fill(file, 72, 104, (byte) 0);
        int end = file.length;
        while (file[end - 1] != 0) end--;
        Stacks stacks = read(file);
        assertTrue(stacks.notes().get(0).startsWith("test: perf did not end it"), stacks.notes().toString());
        assertEquals("{cpu-clock=1, cycles=1}", stacks.events().toString());
    }

    @Test
    void whatOnlyPerfCanReadGoesThroughPerf(@TempDir Path dir) throws IOException {
        Path file = Files.write(dir.resolve("d"), PerfRecording.usual().field(24, PerfRecording.SAMPLE_TYPE | PerfAttr.STACK_USER).sample(1, 1, 1, 7, 1, USER, 1).file());
        IOException e = assertThrows(IOException.class, () -> StackReader.read(List.of(file), new ReadOptions().perf(NO_PERF)));
        assertTrue(e.getMessage().startsWith("perf.data needs perf on this machine, for it has copies of the stack (--call-graph dwarf): "), e.getMessage());
    }
}
