package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Damaged and random input: reading must end with stacks or with {@link NotStacksException}, and what was read must be
 * writable and readable again. {@code -Dfuzz.lines=N} says how many lines each test mutates, {@code -Dfuzz.seed=N} where
 * to begin.
 */
class StacksFuzz {
    private static final long LINES = Long.getLong("fuzz.lines", 2_000_000);
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Pieces that the grammars turn on. */
    private static final String[] PIECES = {"\n", "\r\n", "\n\n", "\t", " ", ";", ":", "/", "(", ")", "((", "))", "[", "]", "[unknown]",
        "(inlined)", "(deleted)", "+0x", "->", "operator", "L", "L/;", "0", "-1", "99999999999999999999", "ffffffffffffffffff", "1.000000:",
        "[001]", "12/34", "cycles:u:", "PERF_RECORD_MMAP2 1/1: [0x1(0x1) @ 0 0:0 0 0]: r-xp /x", "#", "_[k]", "\0", "\u001b[2J", "é",
        "\u2028", "\uD83D\uDE00", "1 2", ".5", "e9"};

    private static final String PERF = """
        # captured on: now
        x     0     0.000000: PERF_RECORD_MMAP2 7601/7602: [0x400000(0x2fee000) @ 0x1000 fe:00 1509355 0]: r-xp /usr/bin/a b
        my cmd 12/34 [001] 5.123456:   10101010 cpu-clock:pppH:
        \tffffffff81 native_write_msr+0x4 ([kernel.kallsyms])
        \t    7f01 [unknown] (/usr/bin/k8s/kube-apiserver)
        \t    7f02 net/http.(*Client).Do+0x1f (/bin/x (deleted))

        x 1 5.123457: 250 sched:sched_switch: prev_comm=x prev_pid=1 ==> next_comm=y
        \t7f03 A::operator()(int) const+0x1 (inlined)
        \t7f04 Ljava/a/B;::f->Ljava/a/C;::g+0x1 (/tmp/perf-1.map)
          file.c:12

           false 39654 19115.489713:          1 cycles:u:  ffffffff9b201293 [unknown] ([unknown])
        java 123 cycles:
        7f05 main (/bin/x)

        """;
    /** Two samples of perf, packed by zstd. */
    private static final String ZSTD = "KLUv/WSwAHUFAKKLJRlA1wP/U6ISJK8AoDOMwNNIQFQM5JvhVpYJSRAIQvb77WfSReka9SJD2Pc5Cw3SwHtvc/91JD+YX3PYKv766tROnZe7Zt"
            + "bflE7d0Lv1fpPTQ2vc3YFAoHQ3amutati/+eskXREPIuuu+s3lsHqQ29Z16mhA8EgY46dinsWKD2N+UHd/mEVJEGosTtHjmFxJJkI96zAfuwcA"
            + "PqCErakS4iLbAJqraptutmlwZCAYbd8=";
    private static final String FOLDED = "main;f;g_[k] 12\nmain;f h;(*T).m 3 4\n[x];日本 1.5\n";

    /** Reads, and checks what must hold of anything that was read. */
    private static void check(byte[] input, ReadOptions options, String what) {
        try {
            Stacks stacks = Assertions.assertTimeout(LIMIT, () -> StackReader.read("fuzz", new ByteArrayInputStream(input), options));
            StackTree tree = stacks.tree();
            assertTrue(tree.totals()[0] >= 0 && tree.sampleTotals()[0] >= 0);
            assertTrue(stacks.bad().first().size() <= Math.min(stacks.bad().count(), Harvest.SHOWN));
            String folded = Fold.folded(tree.map(new Labels(true, true, true, true)));
            if (!folded.isEmpty()) {
                Stacks back = Fold.read(folded, new ReadOptions().format(Format.FOLDED));
                assertEquals(0, back.bad().count(), () -> folded);
                assertEquals(folded, Fold.folded(back));
            }
            SpeedscopeWriter.write(tree, "fuzz", Unit.COUNT, new ByteArrayOutputStream());
            PprofWriter.write(tree, "fuzz", Unit.COUNT, new ByteArrayOutputStream());
        } catch (NotStacksException e) {
            assertTrue(e.getMessage().length() < 1000);
        } catch (IOException e) {
            if (!e.getMessage().startsWith("perf.data needs perf")) fail(what, e);
        } catch (RuntimeException | AssertionError e) {
            fail(what + ": " + new String(input, StandardCharsets.ISO_8859_1), e);
        }
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original;
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length + 1);
            int to = Math.min(bytes.length, at + random.nextInt(12));
            byte[] piece = switch (random.nextInt(5)) {
                case 0 -> new byte[0];
                case 1 -> new byte[] {(byte) random.nextInt(256)};
                case 2 -> PIECES[random.nextInt(PIECES.length)].repeat(1 + random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
                case 3 -> Arrays.copyOfRange(bytes, Math.min(at, bytes.length), Math.min(bytes.length, at + random.nextInt(200)));
                default -> {
                    int from = random.nextInt(bytes.length + 1);
                    yield Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(60)));
                }
            };
            byte[] changed = Arrays.copyOf(bytes, at + piece.length + bytes.length - to);
            System.arraycopy(piece, 0, changed, at, piece.length);
            System.arraycopy(bytes, to, changed, at + piece.length, bytes.length - to);
            bytes = changed;
        }
        return bytes;
    }

    private static ReadOptions options(Random random, Format format) {
        ReadOptions.Root[] roots = ReadOptions.Root.values();
        return new ReadOptions().format(random.nextInt(4) == 0 ? null : format).root(roots[random.nextInt(roots.length)])
                .timeOrder(random.nextInt(8) == 0).event(random.nextInt(4) == 0 ? ReadOptions.ALL_EVENTS : null).threads(1);
    }

    private static void mutateLines(String text, Format format) {
        byte[] original = text.getBytes(StandardCharsets.UTF_8);
        long rounds = LINES / text.lines().count();
        for (long round = 0; round < rounds; round++) {
            Random random = new Random(SEED + round);
            check(mutate(original, random), options(random, format), "seed " + (SEED + round));
        }
    }

    @Test
    void perfScript() {
        mutateLines(PERF, Format.PERF_SCRIPT);
    }

    @Test
    void folded() {
        mutateLines(FOLDED.repeat(5), Format.FOLDED);
    }

    @Test
    void pprof() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PprofWriter.write(Fold.read(PERF, new ReadOptions()).tree(), "cycles", Unit.COUNT, out);
        byte[] original = new GZIPInputStream(new ByteArrayInputStream(out.toByteArray())).readAllBytes();
        for (long round = 0; round < LINES / 20; round++) {
            Random random = new Random(SEED + round);
            check(mutate(original, random), options(random, Format.PPROF), "seed " + (SEED + round));
        }
    }

    /** perf.data of every kind: only what is read by ourselves, as no perf is started. */
    @Test
    void perfData() {
        List<byte[]> originals = new ArrayList<>();
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (boolean compressed : new boolean[] {false, true}) {
                PerfRecording recording = new PerfRecording(order).event(1, 0, 7, "cpu-clock").event(0, 0, 8, "cycles").buildId("/bin/prog", 1)
                        .kernelMap(0xffffffff81000000L, 0x1000000, "[kernel.kallsyms]_text").comm(5, 12, 12, "my prog")
                    .map(6, 12, 0x400000, 0x1000, 0, "/bin/prog", 3).fork(7, 13, 13, 12).kernelSymbol(8, 0xffffffffc0000000L, 64, "bpf_prog_1_x", false)
                        .sample(100, 12, 12, 7, 5, PerfRecording.KERNEL, 0xffffffff81000010L, PerfRecording.USER, 0x400010, 0x900000).turn()
                        .sample(90, 13, 13, 8, 1, PerfRecording.USER, 0x400020).lost(2).turn();
                recording = compressed ? recording.compressed(50) : recording;
                originals.add(recording.file());
                originals.add(recording.pipe());
            }
        }
        for (long round = 0; round < LINES / 20; round++) {
            Random random = new Random(SEED + round);
            byte[] mutated = originals.get(random.nextInt(originals.size())).clone();
            if (random.nextInt(3) == 0) {
                mutated = mutate(mutated, random);
            } else {
                for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
                    int at = random.nextInt(mutated.length);
                    mutated[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextBoolean() ? 0xff : 0);
                }
            }
            check(mutated, options(random, Format.PERF_DATA).perf("no perf may be started"), "seed " + (SEED + round));
        }
    }

    @Test
    void gzip() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(PERF.getBytes(StandardCharsets.UTF_8));
        }
        for (long round = 0; round < LINES / 20; round++) {
            Random random = new Random(SEED + round);
            byte[] mutated = mutate(out.toByteArray(), random);
            check(mutated, options(random, Format.PERF_SCRIPT), "seed " + (SEED + round));
        }
    }

    /** What xz and zstd hold, damaged: zstd's own tests have more. */
    @Test
    void otherPackings() throws IOException {
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (XZOutputStream out = new XZOutputStream(xz, new LZMA2Options(0))) {
            out.write(PERF.getBytes(StandardCharsets.UTF_8));
        }
        byte[] zstd = Base64.getDecoder().decode(ZSTD);
        for (long round = 0; round < LINES / 40; round++) {
            Random random = new Random(SEED + round);
            check(mutate(round % 2 == 0 ? xz.toByteArray() : zstd, random), options(random, Format.PERF_SCRIPT), "seed " + (SEED + round));
        }
    }

    @Test
    void randomBytes() {
        Format[] formats = {Format.PERF_SCRIPT, Format.FOLDED, Format.PPROF};
        for (long round = 0; round < LINES / 20; round++) {
            Random random = new Random(SEED + round);
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            check(bytes, options(random, formats[random.nextInt(3)]), "seed " + (SEED + round));
        }
    }

    @Test
    void piecesAtRandom() {
        Format[] formats = {Format.PERF_SCRIPT, Format.FOLDED, Format.PPROF};
        for (long round = 0; round < LINES / 20; round++) {
            Random random = new Random(SEED + round);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextBoolean() ? " " : "");
            }
            check(text.toString().getBytes(StandardCharsets.UTF_8), options(random, formats[random.nextInt(3)]), "seed " + (SEED + round));
        }
    }

    /** Several blocks of mutated text give the same with one thread and with three. */
    @Test
    void threads() {
        for (long round = 0; round < Math.max(3, LINES / 100_000); round++) {
            Random random = new Random(SEED + round);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] original = PERF.getBytes(StandardCharsets.UTF_8);
            while (text.size() < 6 * Blocks.SIZE) {
                text.writeBytes(random.nextInt(8) == 0 ? mutate(original, random) : original);
            }
            ReadOptions options = new ReadOptions().format(Format.PERF_SCRIPT).blocksAlone(2);
            Stacks one = Fold.read(text.toByteArray(), options.threads(1));
            Stacks three = Fold.read(text.toByteArray(), options.threads(3));
            assertEquals(Fold.folded(one), Fold.folded(three));
            assertEquals(one.events(), three.events());
            assertEquals(one.event(), three.event());
            assertEquals(one.bad(), three.bad());
        }
    }
}
