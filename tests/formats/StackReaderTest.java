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
    private static String recording(int samples) {
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
        PprofWriter.write(Fold.read(FOLDED, new ReadOptions()).tree(), null, false, pprof);
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
        assertEquals(List.of("one\uFFFD[0m", "two", "three"), e.firstLines());
        assertEquals("in", e.input());
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
        assertTrue(stacks.bad().first().stream().anyMatch(bad -> bad.text().contains("compressed data")));
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
                if (left <= 0) {
                    throw new IOException("the line is dead");
                }
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
