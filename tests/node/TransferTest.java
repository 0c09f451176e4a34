package lib.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class TransferTest {
    private static final int SMALL = 256 << 10;
    private static final long MOST = 1L << 30;

    @TempDir
    Path folder;

    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false);

    /** This machine, over a line that flips a bit in the answers that the test chooses. */
    private static final class Noisy extends LocalNode {
        private final int damaged;
        private int answers;

        /** @param damaged how many answers, from the first, are damaged */
        Noisy(int damaged) {
            this.damaged = damaged;
        }

        @Override
        public Output stream(Sink sink, Input input, Duration timeout, String... words) {
            boolean piece = String.join(" ", words).contains("gzip");
            if (!piece || answers++ >= damaged) return super.stream(sink, input, timeout, words);
            ByteArrayOutputStream clean = new ByteArrayOutputStream();
            Output output = super.stream(() -> clean, input, timeout, words);
            byte[] bytes = clean.toByteArray();
            bytes[bytes.length / 2] ^= 0x10;
            try (OutputStream out = sink.open()) {
                out.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return output;
        }
    }

    private Path random(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(42).nextBytes(bytes);
        return Files.write(folder.resolve("it's a file"), bytes);
    }

    @Test
    void aFileOfSeveralPiecesArrivesAsItWas() throws IOException {
        Path from = random((2 << 20) + 12_345);
        Path to = folder.resolve("to");
        Transfer transfer = new Transfer(new LocalNode(), console, SMALL);
        Transfer.Seal seal = transfer.download(from.toString(), to, MOST);
        assertEquals(-1, Files.mismatch(from, to));
        assertEquals(Transfer.sealOf(from), seal);
        assertTrue(transfer.wireBytes() > 2 << 20);
        assertFalse(Files.exists(folder.resolve("to.part")));
    }

    @Test
    void anEmptyFileArrives() throws IOException {
        Path from = random(0);
        new Transfer(new LocalNode(), console).download(from.toString(), folder.resolve("to"), MOST);
        assertEquals(0, Files.size(folder.resolve("to")));
    }

    @Test
    void aDamagedPieceIsSentAgain() throws IOException {
        Path from = random(SMALL + 12_345);
        new Transfer(new Noisy(2), console, SMALL).download(from.toString(), folder.resolve("to"), MOST);
        assertEquals(-1, Files.mismatch(from, folder.resolve("to")));
    }

    @Test
    void whatStaysDamagedIsNotKept() throws IOException {
        Path from = random(100_000);
        Failure failure = assertThrows(Failure.class,
                () -> new Transfer(new Noisy(99), console).download(from.toString(), folder.resolve("to"), MOST));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertFalse(Files.exists(folder.resolve("to")));
        assertFalse(Files.exists(folder.resolve("to.part")));
    }

    @Test
    void aMissingFileIsSaid() {
        Transfer transfer = new Transfer(new LocalNode(), console);
        assertNull(transfer.seal(folder.resolve("none").toString(), MOST));
        Failure failure = assertThrows(Failure.class, () -> transfer.download(folder.resolve("none").toString(), folder.resolve("to"), MOST));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertTrue(failure.getMessage().contains("is not on node"), failure.getMessage());
    }

    /** This machine without xz. */
    private static final class WithoutXz extends LocalNode {
        @Override
        public Output stream(Sink sink, Input input, Duration timeout, String... words) {
            return super.stream(sink, input, timeout, Arrays.stream(words).map(word -> word.replace("xz -0c", "no-such-xz")).toArray(String[]::new));
        }
    }

    @Test
    void xzMakesPiecesSmallerAndIsNotNeeded() throws IOException {
        assumeTrue(new LocalNode().run("xz", "--version").ok(), "no xz on this machine");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30_000; i++) text.append("ffff").append(Integer.toHexString(i * 2654435 >>> 8)).append(" frame").append(i % 97).append('\n');
        Path from = Files.writeString(folder.resolve("text"), text);
        Transfer small = new Transfer(new LocalNode(), console);
        Transfer.Seal seal = small.download(from.toString(), folder.resolve("by xz"), MOST);
        Transfer plain = new Transfer(new WithoutXz(), console);
        assertEquals(seal, plain.download(from.toString(), folder.resolve("by gzip"), MOST));
        assertEquals(-1, Files.mismatch(from, folder.resolve("by xz")));
        assertEquals(-1, Files.mismatch(from, folder.resolve("by gzip")));
        assertTrue(small.wireBytes() < plain.wireBytes(), small.wireBytes() + " and " + plain.wireBytes());
    }

    @Test
    void rangesAreExact() throws IOException {
        Path from = random(300_000);
        byte[] all = Files.readAllBytes(from);
        Transfer transfer = new Transfer(new LocalNode(), console);
        for (int[] range : new int[][] {{0, 1}, {65_535, 2}, {65_536, 65_536}, {1, 299_999}, {123_456, 7}}) {
            assertArrayEquals(Arrays.copyOfRange(all, range[0], range[0] + range[1]),
                    transfer.range(from.toString(), range[0], range[1]), Arrays.toString(range));
        }
        assertThrows(Failure.class, () -> transfer.range(from.toString(), 299_999, 2));
    }

    @Test
    void aFilePutOntoTheNodeIsThereWholeOrNotAtAll() throws IOException {
        Path from = random(1_000_000);
        String to = folder.resolve("on the node").toString();
        Transfer transfer = new Transfer(new LocalNode(), console);
        transfer.upload(from, to);
        assertEquals(-1, Files.mismatch(from, Path.of(to)));
        assertFalse(Files.exists(Path.of(to + ".part")));
        Failure failure = assertThrows(Failure.class, () -> transfer.upload(from, folder.resolve("none/x").toString()));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.getMessage().contains("there is no folder " + folder.resolve("none")), failure.getMessage());
    }

    /** This machine, over a line that breaks behind a command: it is sent again while the first may still run. */
    private static final class Twice extends LocalNode {
        @Override
        public Output stream(Sink sink, Input input, Duration timeout, String... words) {
            CompletableFuture<Output> first = CompletableFuture.supplyAsync(() -> super.stream(ByteArrayOutputStream::new, input, timeout, words));
            Output second = super.stream(sink, input, timeout, words);
            first.join();
            return second;
        }
    }

    @Test
    void whatIsSentTwiceAtOnceIsThereWholeAndNothingBeside() throws IOException {
        Path from = random(3_000_000);
        String to = folder.resolve("twice").toString();
        for (int i = 0; i < 5; i++) {
            new Transfer(new Twice(), console).upload(from, to);
            assertEquals(-1, Files.mismatch(from, Path.of(to)));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(2, left.count(), "each call cleans up behind itself");
        }
    }

    /** A node that answers a request for a piece by bytes of its own. */
    private static final class Hostile extends LocalNode {
        private final byte[] wire;

        Hostile(byte[] wire) {
            this.wire = wire;
        }

        @Override
        public Output stream(Sink sink, Input input, Duration timeout, String... words) {
            if (!Transfer.isPiece(words)) return super.stream(sink, input, timeout, words);
            try (OutputStream out = sink.open()) {
                out.write(wire);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Output(0, new byte[0], "");
        }
    }

    @Test
    void aPieceThatUnpacksToMoreThanWasAskedForIsGivenUpAtOnce() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(packed, new LZMA2Options(0))) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 2048; i++) xz.write(zeros); // 2 GB in 300 KB
        }
        long begin = System.nanoTime();
        Failure failure = assertThrows(Failure.class, () -> new Transfer(new Hostile(packed.toByteArray()), console).range("/any", 0, 1000));
        assertTrue(failure.getMessage().contains("more bytes came than were asked for"), failure.getMessage());
        assertTrue(System.nanoTime() - begin < 3_000_000_000L, "four tries took " + (System.nanoTime() - begin) / 1_000_000 + " ms");
    }
}
