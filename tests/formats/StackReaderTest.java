package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detection, compression, several inputs, blocks and threads. */
class StackReaderTest {
    private static final String PERF = "x 1 5.123456: 1 cycles:\n\t7f01 leaf (/bin/x)\n\t7f02 main (/bin/x)\n\n";
    private static final String FOLDED = "x;main;leaf 10\nx;main 5\n";

    @TempDir
    Path dir;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static String fold(byte[] input) {
        return Fold.folded(Fold.read(input, new ReadOptions()));
    }

    /** Gives its bytes in small pieces and never says that any are available, as a pipe may. */
    private static InputStream pipe(byte[] bytes, int piece) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                return super.read(b, off, Math.min(len, piece));
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    /** A recording of many samples that differ, longer than several blocks. */
    static String recording(int samples) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < samples; i++) {
            text.append("cmd ").append(i % 7).append("/").append(i % 11).append(" [000] ").append(i).append(".123456: ")
                    .append(i).append(i % 3 == 2 ? " faults:\n" : " cycles:\n");
            for (int depth = i % 40; depth >= 0; depth--) {
                text.append("\t  ").append(Integer.toHexString(0xabc000 + depth * 64 + i % 13)).append(" some_function_").append(depth)
                        .append("+0x").append(Integer.toHexString(i % 13)).append(" (/usr/bin/program)\n");
            }
            text.append('\n');
        }
        return text.toString();
    }

    @Test
    void formatsAreDetected() throws IOException {
        assertEquals("x;main;leaf 1\n", fold(bytes(PERF)));
        assertEquals("x;main;leaf 1\n", fold(bytes("# header\n\nx 12 cycles:\n\t7f01 leaf (/bin/x)\n\t7f02 main (/bin/x)\n")));
        assertEquals("x;main 5\nx;main;leaf 10\n", fold(bytes(FOLDED)));
        assertEquals("x;main;leaf 1\n", fold(gzip(bytes(PERF))));
        ByteArrayOutputStream pprof = new ByteArrayOutputStream();
        PprofWriter.write(Fold.read(FOLDED, new ReadOptions()).tree(), null, Unit.COUNT, pprof);
        assertEquals("x;main 5\nx;main;leaf 10\n", fold(pprof.toByteArray()));
    }

    @Test
    void foldedLineThatLooksLikeAHeader() {
        assertEquals("java 1234\n", fold(bytes("java 1234\n")));
        assertEquals("a;c 2\nd 3\n", fold(bytes("a;c 2\nd 3\n")));
        assertEquals("java 1 7\n", Fold.folded(Fold.read("java 1 7\n", new ReadOptions())));
    }

    @Test
    void noStacks() {
        for (String text : List.of("", "\n\n", "hello\nworld\n", "{\"a\": 1}\n", "<html>\n<body>\nChapter 1\n</body>\n", "\0\1\2\3", "\n")) {
            assertThrows(NotStacksException.class, () -> StackReader.read("in", new ByteArrayInputStream(bytes(text)), new ReadOptions()), text);
        }
        NotStacksException e = assertThrows(NotStacksException.class,
                () -> StackReader.read("in", new ByteArrayInputStream(bytes("\none\u001b[0m\ntwo\nthree\nfour\n")), new ReadOptions()));
        assertEquals("in holds no stacks; it begins: one\uFFFD[0m | two | three", e.getMessage());
        assertEquals("Known are perf.data, pprof, perf script text and folded stacks.", e.advice());
    }

    @Test
    void forcedFormatThatDoesNotFit() {
        assertThrows(NotStacksException.class, () -> StackReader.read("in", new ByteArrayInputStream(bytes(FOLDED)),
                new ReadOptions().format(Format.PERF_SCRIPT)));
        assertThrows(NotStacksException.class, () -> StackReader.read("in", new ByteArrayInputStream(bytes(PERF)),
                new ReadOptions().format(Format.PPROF)));
    }

    @Test
    void gzipOfSeveralMembers() throws IOException {
        byte[] two = join(gzip(bytes(PERF)), gzip(bytes(PERF)));
        assertEquals("x;main;leaf 2\n", fold(two));
        assertEquals("x;main;leaf 2\n", Fold.folded(StackReader.read("in", pipe(two, 7), new ReadOptions())));
    }

    @Test
    void damagedGzipGivesWhatStandsBeforeTheDamage() throws IOException {
        byte[] whole = gzip(bytes(recording(3000)));
        Stacks stacks = Fold.read(Arrays.copyOf(whole, whole.length / 2), new ReadOptions());
        assertTrue(stacks.tree().size() > 10);
        assertTrue(stacks.notes().get(0).startsWith("test: the compressed data are damaged"));
        assertThrows(NotStacksException.class, () -> StackReader.read("in",
                new ByteArrayInputStream(Arrays.copyOf(whole, 5)), new ReadOptions()));
    }

    @Test
    void filesAreMerged() throws IOException {
        Path one = Files.writeString(dir.resolve("one"), "x 1 5.123456: 1 cycles:\n\t7f01 main (/bin/x)\n");
        Path two = Files.write(dir.resolve("two"), gzip(bytes("x 1 5.123456: 9 faults:\n\t7f01 f (/bin/x)\n\nx 1 5.123456: 2 cycles:\n\t7f01 main (/bin/x)\n")));
        Path three = Files.writeString(dir.resolve("three"), "x;main 4\n");
        Stacks stacks = StackReader.read(List.of(one, two, three), new ReadOptions());
        assertEquals("x;main 7\n", Fold.folded(stacks));
        assertEquals("cycles", stacks.event());
        assertEquals(2, stacks.events().size());
        Path bad = Files.writeString(dir.resolve("bad"), "nothing\n");
        assertThrows(NotStacksException.class, () -> StackReader.read(List.of(one, bad), new ReadOptions()));
    }

    /** So many samples are more than eight blocks. */
    private static final int MANY = 9_000;

    private static ReadOptions threads(int threads) {
        return new ReadOptions().threads(threads).blocksAlone(2);
    }

    @Test
    void threadsAndPiecesChangeNothing() throws IOException {
        byte[] text = bytes(recording(MANY));
        assertTrue(text.length > 8 * Blocks.SIZE);
        String expected = Fold.folded(Fold.read(text, threads(1)));
        Stacks two = Fold.read(text, threads(2));
        assertEquals(expected, Fold.folded(two));
        assertEquals("cycles", two.event());
        assertEquals(MANY * 2 / 3, two.tree().sampleTotals()[0]);
        assertEquals(0, two.bad().count());
        assertEquals(expected, Fold.folded(StackReader.read("in", pipe(text, 10_007), threads(3))));
        byte[] crlf = bytes(new String(text, StandardCharsets.UTF_8).replace("\n", "\r\n"));
        assertEquals(expected, Fold.folded(Fold.read(crlf, threads(2))));
    }

    /** What the first thread has learnt, the others know: they count only what they read themselves. */
    @Test
    void threadsShareWhatWasLearnt() {
        String odd = "bad line\n\nx 1 5.123456: 3 cycles:\n\t7f01 La;::f->Lb;::g (/bin/x)\n\t7f02 [unknown] (/bin/y)\n"
                + "\t7f03 h (inlined)\n\t7f04 main (/bin/x)\n\n";
        String late = "x 1 6.123456: 5 branches:\n\tffff8 [unknown] ([kernel.kallsyms])\n\t7f05 late (/bin/z)\n\n";
        String text = odd.repeat(3) + recording(MANY) + (odd + late).repeat(5000);
        for (String event : new String[] {null, "faults", "branches", ReadOptions.ALL_EVENTS}) {
            Stacks one = Fold.read(text, threads(1).event(event));
            Stacks three = Fold.read(text, threads(3).event(event));
            assertEquals(Fold.folded(one), Fold.folded(three));
            assertEquals(one.events(), three.events());
            assertEquals(one.bad(), three.bad());
            assertEquals(one.tree().sampleTotals()[0], three.tree().sampleTotals()[0]);
        }
    }

    @Test
    void badLinesAreNumberedAcrossBlocks() {
        String good = recording(MANY);
        String text = good + "bad line one\n\n" + good + "bad line two\n\n" + PERF;
        long lines = good.lines().count();
        Stacks stacks = Fold.read(text, threads(3));
        assertEquals(List.of(lines + 1, 2 * lines + 3), stacks.bad().first().stream().map(Stacks.BadLine::number).toList());
    }

    @Test
    void lineLongerThanABlock() {
        String name = "f".repeat(3 * Blocks.SIZE);
        Stacks stacks = Fold.read(PERF + "x 1 5.123456: 1 cycles:\n\t7f01 " + name + " (/bin/x)\n\n" + PERF, new ReadOptions());
        assertTrue(Fold.folded(stacks).contains("x;main;leaf 2\n"));
        assertTrue(stacks.bad().count() > 0);
        assertFalse(stacks.bad().first().get(0).text().length() > 200);
    }

    @Test
    void theTailOfALineThatIsTooLongIsNoStack() {
        for (int length : new int[] {Blocks.SIZE - 1, Blocks.SIZE, Blocks.SIZE + 1, 3 * Blocks.SIZE + 7}) {
            Stacks stacks = Fold.read("a;b 1\n" + "f;".repeat(length / 2) + "tail 5\na;c 2\nbad\n", new ReadOptions());
            assertEquals("a;b 1\na;c 2\n", Fold.folded(stacks).replaceFirst("(?m)^f;.*\n", ""), "length " + length);
            assertEquals(4, stacks.bad().first().get((int) stacks.bad().count() - 1).number());
        }
    }

    @Test
    void detectionLooksAtWholeLinesHoweverLong() {
        String deep = "some/package/Function_with_a_name;".repeat(4000) + "leaf 3\n";
        assertEquals(deep, fold(bytes(deep)));
        String comments = "# ======== information of a machine with many processors\n".repeat(5000);
        assertEquals("x;main;leaf 1\n", fold(bytes(comments + PERF)));
    }

    @Test
    void textOfOtherEncodings() {
        String text = PERF + "ä 1 5.123456: 1 cycles:\n\t7f01 \uD83D\uDE00 (/bin/x)\n".repeat(3000);
        String expected = Fold.folded(Fold.read(text, new ReadOptions()));
        assertTrue(expected.startsWith("x;main;leaf 1\nä;\uD83D\uDE00 "));
        for (java.nio.charset.Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_8)) {
            assertEquals(expected, fold(("\uFEFF" + text).getBytes(charset)), charset + " with its mark");
            assertEquals(expected, fold(text.getBytes(charset)), charset.name());
        }
        assertEquals("main;a 12\n", fold(bytes("\uFEFFmain;a 12\n")));
    }

    @Test
    void xzIsReadAndOthersAreNamed() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var xz = new org.tukaani.xz.XZOutputStream(out, new org.tukaani.xz.LZMA2Options(1))) {
            xz.write(bytes(recording(MANY)));
        }
        String expected = fold(bytes(recording(MANY)));
        assertEquals(expected, fold(out.toByteArray()));
        assertEquals(expected, fold(gzip(out.toByteArray())), "xz in gzip");
        byte[] cut = Arrays.copyOf(out.toByteArray(), out.size() * 3 / 4);
        assertTrue(Fold.read(cut, new ReadOptions()).notes().get(0).contains("damaged or cut off"));
        NotStacksException nothing = assertThrows(NotStacksException.class,
                () -> StackReader.read("x", new ByteArrayInputStream(out.toByteArray(), 0, 100), new ReadOptions()));
        assertTrue(nothing.getMessage().startsWith("x holds nothing that can be used: the compressed data"), nothing.getMessage());
        for (String begin : List.of("BZh91AY", "PK\3\4aaaa")) {
            NotStacksException e = assertThrows(NotStacksException.class, () -> StackReader.read("x", new ByteArrayInputStream(bytes(begin)), new ReadOptions()));
            assertTrue(e.advice().startsWith("Unpack it first: "), e.advice());
        }
    }

    @Test
    void whatIsSomethingElseIsRefusedByName() {
        String frames = "main;f 1\n";
        for (String[] one : new String[][] {
            {"heap profile: 28: 2556528 [723: 70501888] @ heap/1048576\n24: 2555904 [662: 70500352] @ 0x6710cf\n#\t0x6710ce\tmain.alloc+0x2e\t/x.go:20\n", "profile as text"},
            {"goroutine profile: total 5\n2 @ 0x43 0x44\n#\t0x43\tmain.f+0x1\tx.go:1\n", "profile as text"},
            {"--- contention:\ncycles/second=2000000000\n12 3 @ 0x1 0x2\n", "profile as text"},
            {"goroutine 1 [running]:\nmain.main()\n\t/x.go:3 +0x1d\n", "dump of goroutines"},
            {"PeriodType: cpu nanoseconds\nPeriod: 10000000\nSamples:\nsamples/count cpu/nanoseconds\n 1 10000000: 1 2 3\n", "report of pprof"},
            {"\n0x108@b.data [0x50]: event: 69\n.\n. ... raw event: size 80 bytes\n.  0000:  45 00\n", "perf script -D"},
            {"# To display the header\n#\n# Overhead  Command\n 60.00%  ls\n", "report of perf"},
            {"\tThu Jan  1 00:00 2026 Time and Allocation Profiling Report  (Final)\n\n", "GHC"},
            {"{\"frames\": [1, 2]}\n", "JSON"}, {"<svg width=\"1\">\n", "picture"}, {"\u007fELF\2\1\1\0", "program"},
            {"\0".repeat(8) + "\3" + "\0".repeat(15) + "\20\47" + "\0".repeat(14), "gperftools"},
            {"a\0b\0\0\0\1\2" + "\0\1\2\3".repeat(30), "binary"},
            {"1.5 2 3\n4 5 6\n7 8 9.25\n", "holds no stacks"},
            {frames + "no number here\n".repeat(9), "holds no stacks"}}) {
            NotStacksException e = assertThrows(NotStacksException.class, () -> StackReader.read("x", new ByteArrayInputStream(bytes(one[0])), new ReadOptions()), one[0]);
            assertTrue(e.getMessage().contains(one[1]), e.getMessage());
            assertFalse(e.advice().isEmpty());
        }
    }

    @Test
    void nothingToDrawIsSaid() {
        for (String text : List.of("a;b 0\nc 0\n", "# only\n# comments\n", "x 1 5.1: 0 0.0: PERF_RECORD_COMM: x:1\n",
                "x     0     0.000000: PERF_RECORD_MMAP2 1/1: [0x400000(0x1000) @ 0x1000 fe:00 15 0]: r-xp /usr/bin/a\n")) {
                assertThrows(NotStacksException.class, () -> StackReader.read("x", new ByteArrayInputStream(bytes(text)),
                        new ReadOptions().format(text.startsWith("x") ? Format.PERF_SCRIPT : Format.FOLDED)), text);
            }
    }

    @Test
    void badLinesAreToldInGoodEnglish() {
        assertEquals("1 line was not understood and left out: test:2: bad", Fold.read("a;b 1\nbad\n", new ReadOptions().format(Format.FOLDED)).bad().toString());
        assertEquals("2 lines were not understood and left out; the first: test:2: bad", Fold.read("a;b 1\nbad\nbad\na 1\n", new ReadOptions().format(Format.FOLDED)).bad().toString());
    }

    @Test
    void stackLongerThanABlock() {
        String stack = "\t7f01 recursive_function_with_a_name+0x12 (/bin/program)\n".repeat(20_000);
        Stacks stacks = Fold.read("x 1 5.123456: 1 cycles:\n" + stack + "\n" + PERF.repeat(3), new ReadOptions());
        assertTrue(Fold.folded(stacks).contains("x;main;leaf 3\n"));
    }

    @Test
    void errorsOfTheInputAreThrown() {
        InputStream broken = new InputStream() {
            private int left = 3 * Blocks.SIZE;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                read(one, 0, 1);
                return one[0];
            }

            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                if (left <= 0) throw new IOException("the line is dead");
                left -= len;
                byte[] text = bytes(PERF.repeat(len / PERF.length() + 1));
                System.arraycopy(text, 0, b, off, len);
                return len;
            }
        };
        IOException e = assertThrows(IOException.class, () -> StackReader.read("in", broken, new ReadOptions()));
        assertEquals("the line is dead", e.getMessage());
    }

    @Test
    void timeOrderOfAllEventsTogether() {
        String text = "x 1 5.000001: 1 a:\n\t1 f (/x)\n\nx 1 5.000002: 2 b:\n\t1 g (/x)\n\nx 1 5.000003: 4 a:\n\t1 f (/x)\n\n";
        StackTree tree = Fold.read(text, new ReadOptions().timeOrder(true).event(ReadOptions.ALL_EVENTS)).tree();
        assertEquals(1 + 1 + 3, tree.size());
    }
}
