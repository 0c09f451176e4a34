package lib.node;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Progress;
import lib.cli.Sha256;
import org.tukaani.xz.XZInputStream;

/**
 * Files between the node and here: in compressed pieces, each tried again when it comes damaged, and complete only when
 * size and SHA-256 of the whole agree. Until then a file has a temporary name.
 */
public final class Transfer {
    /** Raw bytes of a piece: large enough that a request's cost does not matter, small enough to send again. */
    private static final int PIECE = 8 << 20;
    private static final int BLOCK = 64 << 10;
    private static final int TRIES = 4;
    private static final Duration PIECE_TIMEOUT = Duration.ofSeconds(120);
    static final Script TEXT = Script.guarded(Transfer.class, "text.sh");
    private static final Script SEAL = Script.guarded(Transfer.class, "seal.sh");
    private static final Script PIECE_OF = Script.guarded(Transfer.class, "piece.sh");
    private static final Script PIECE_ANYWHERE = Script.of(Transfer.class, "piece.sh");
    private static final Script PUT = Script.guarded(Transfer.class, "put.sh");
    /** What xz needs to unpack its quickest format, and some room; more is a hostile piece. */
    private static final int XZ_KIB = 16 << 10;

    private final Node node;
    private final Console console;
    private final int pieceBytes;
    private long wireBytes;

    public Transfer(Node node, Console console) {
        this(node, console, PIECE);
    }

    /** @param pieceBytes raw bytes of a piece */
    Transfer(Node node, Console console, int pieceBytes) {
        this.node = node;
        this.console = console;
        this.pieceBytes = pieceBytes;
    }

    /** Compressed bytes that have arrived so far, damaged ones included. */
    public long wireBytes() {
        return wireBytes;
    }

    /** Whether a command asks for the text of a file; the word behind the name is the path. */
    public static boolean isText(String... words) {
        return Script.named(words)[0].equals(TEXT.name());
    }

    /** Whether a command asks for a file's {@link Seal}; the word behind the name is the path. */
    public static boolean isSeal(String... words) {
        return Script.named(words)[0].equals(SEAL.name());
    }

    /** Whether a command asks for a {@link Piece}. */
    public static boolean isPiece(String... words) {
        return Script.named(words)[0].equals(PIECE_OF.name());
    }

    /** Part of a file on the node, as it crosses the wire: {@code length} bytes from {@code offset} on, or to the file's end. */
    public record Piece(String path, long offset, int length) {
        /** What the words of a command ask for that {@link #isPiece is one}. */
        public static Piece of(String... words) {
            String[] named = Script.named(words);
            int block = Integer.parseInt(named[2]);
            return new Piece(named[1], Long.parseLong(named[3]) * block, Integer.parseInt(named[4]) * block);
        }
    }

    /** Size in bytes and SHA-256 in hex of a file. */
    public record Seal(long size, String sha256) {}

    /**
     * Size and SHA-256 of a file in the node's work directory, or null where there is none.
     *
     * @param most bytes that it may have
     * @throws Failure if it has more, others could have written it, or the node cannot say
     */
    public Seal seal(String path, long most) {
        Output output = node.sh(SEAL, path, Long.toString(most));
        if (output.exitCode() == 66) return null;
        String[] words = output.text().strip().split("\\s+");
        if (!output.ok() || words.length < 2 || !words[0].matches("\\d{1,18}") || !words[1].matches("[0-9a-f]{64}")) {
            throw new Failure(Exit.TRANSFER, "size and hash of " + path + " on the node cannot be had: " + output.complaint(), null);
        }
        return new Seal(Long.parseLong(words[0]), words[1]);
    }

    /** Size and SHA-256 of a file here. */
    public static Seal sealOf(Path file) throws IOException {
        MessageDigest digest = Sha256.digest();
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[BLOCK];
            for (int n; (n = in.read(block)) > 0; size += n) digest.update(block, 0, n);
        }
        return new Seal(size, Sha256.hex(digest));
    }

    /**
     * Brings a file of the node's work directory here under its final name, whole or not at all.
     *
     * @param most bytes that it may have
     * @throws Failure if it is not there, has more, does not fit, or stays damaged
     */
    public Seal download(String from, Path to, long most) {
        Seal seal = seal(from, most);
        if (seal == null) {
            throw new Failure(Exit.TRANSFER, from + " is not on node " + node.name(), "Run the stage before this one first.");
        }
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try {
            FileStore store = Files.getFileStore(to.toAbsolutePath().getParent());
            if (store.getUsableSpace() < seal.size()) {
                throw new Failure(Exit.TRANSFER, to.toAbsolutePath().getParent() + " has " + (store.getUsableSpace() >> 10)
                        + " KiB free; " + from + " needs " + (seal.size() >> 10), "Free some space and run it again.");
            }
            MessageDigest digest = Sha256.digest();
            try (OutputStream out = Files.newOutputStream(part);
                    Progress progress = new Progress(console, "transfer", seal.size() >> 10, "KiB")) {
                for (long at = 0; at < seal.size(); at += pieceBytes) {
                    byte[] piece = piece(PIECE_OF, from, at, (int) Math.min(pieceBytes, seal.size() - at));
                    digest.update(piece);
                    out.write(piece);
                    progress.at((at + piece.length) >> 10);
                }
            }
            if (!Sha256.hex(digest).equals(seal.sha256())) {
                throw new Failure(Exit.TRANSFER, from + " arrived with another SHA-256 than it has on the node",
                        "Did something write to it meanwhile? Run this stage again.");
            }
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return seal;
        } catch (IOException e) {
            throw new Failure(Exit.TRANSFER, "cannot write " + to + ": " + Failure.reason(e), "Nothing was left half-written.", e);
        } finally {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                console.debug("cannot delete " + part + ": " + e.getMessage());
            }
        }
    }

    /**
     * Bytes of any file on the node.
     *
     * @param offset where they begin
     * @param length how many, at most 2 GiB
     * @return exactly so many
     * @throws Failure if the file is shorter or they stay damaged
     */
    public byte[] range(String path, long offset, int length) {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; at += pieceBytes) {
            byte[] piece = piece(PIECE_ANYWHERE, path, offset + at, Math.min(pieceBytes, length - at));
            System.arraycopy(piece, 0, bytes, at, piece.length);
        }
        return bytes;
    }

    private byte[] piece(Script script, String path, long offset, int length) {
        long first = offset / BLOCK;
        long blocks = (offset + length + BLOCK - 1) / BLOCK - first;
        String why = "";
        for (int tries = 0; tries < TRIES; tries++) {
            Node.Bounded[] sink = new Node.Bounded[1];
            Output end = node.stream(() -> sink[0] = new Node.Bounded(), null, PIECE_TIMEOUT, script.words(path,
                    Integer.toString(BLOCK), Long.toString(first), Long.toString(blocks)));
            Script.accepted(node, end);
            byte[] wire = sink[0].toByteArray();
            wireBytes += wire.length;
            try (InputStream raw = unpack(wire)) {
                raw.skipNBytes(offset - first * BLOCK);
                byte[] bytes = raw.readNBytes(length);
                // To the end, for only there the sum is checked; and no further, for a few bytes can unpack to any number.
                int rest = (int) (blocks * BLOCK - (offset - first * BLOCK)) - bytes.length;
                boolean over = raw.readNBytes(rest + 1).length > rest;
                if (bytes.length == length && !over) return bytes;
                why = over ? "more bytes came than were asked for" : bytes.length + " bytes came instead of " + length;
            } catch (IOException e) {
                why = end.ok() ? "damaged: " + Failure.reason(e) : end.complaint();
            }
            console.debug("piece at " + offset + " of " + path + ": " + why + "; again");
        }
        throw new Failure(Exit.TRANSFER, "bytes " + offset + " to " + (offset + length) + " of " + path
                + " did not arrive whole: " + why, "Run this stage again.");
    }

    /** A piece as it was before it was compressed, by xz or gzip. */
    public static InputStream unpack(byte[] wire) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(wire);
        return wire.length > 0 && wire[0] == (byte) 0xfd ? new XZInputStream(in, XZ_KIB) : new GZIPInputStream(in, BLOCK);
    }

    /**
     * Puts a file into the node's work directory under its final name, whole or not at all.
     *
     * @throws Failure if it cannot be written there, or stays damaged
     */
    public void upload(Path from, String to) {
        try {
            Seal seal = sealOf(from);
            for (int tries = 0; tries < TRIES; tries++) {
                Output output = put(from, to, seal);
                if (!output.ok()) {
                    throw new Failure(Exit.TRANSFER, "cannot write " + to + " on node " + node.name() + ": "
                            + output.complaint(), "Is there space, and may the pod write there? --work-dir names another place.");
                }
                if (output.text().startsWith(seal.sha256())) return;
                console.debug(to + " arrived damaged; again");
            }
            throw new Failure(Exit.TRANSFER, to + " does not arrive whole on node " + node.name(), "Run this stage again.");
        } catch (IOException e) {
            throw new Failure(Exit.TRANSFER, "cannot read " + from + ": " + Failure.reason(e), null, e);
        }
    }

    private Output put(Path from, String to, Seal seal) {
        Node.Bounded[] sink = new Node.Bounded[1];
        Output end = node.stream(() -> sink[0] = new Node.Bounded(), () -> open(from), PIECE_TIMEOUT,
                PUT.words(to, Long.toString(seal.size()), seal.sha256()));
        return Script.accepted(node, new Output(end.exitCode(), sink[0].toByteArray(), end.err()));
    }

    private static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
