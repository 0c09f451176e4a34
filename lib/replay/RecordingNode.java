package lib.replay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lib.node.Node;
import lib.node.Output;
import lib.node.Transfer;

/**
 * A node that keeps what it answers, in a folder from which a {@link ReplayedNode} gives it again: the answers in
 * transcript.json, and of the files that were brought here those parts that were.
 */
public final class RecordingNode implements Node {
    private final Node node;
    private final Path folder;
    private final Map<String, String> files = new HashMap<>();
    private final List<Transcript.Answer> answers = new ArrayList<>();

    /** @throws IOException if the folder cannot be made */
    public RecordingNode(Node node, Path folder) throws IOException {
        this.node = node;
        this.folder = Files.createDirectories(folder);
    }

    @Override
    public String name() {
        return node.name();
    }

    @Override
    public String kubernetes() {
        return node.kubernetes();
    }

    @Override
    public String byHand(String... words) {
        return node.byHand(words);
    }

    @Override
    public Output stream(Sink sink, Input input, Duration timeout, String... words) {
        ByteArrayOutputStream[] out = new ByteArrayOutputStream[1];
        Output output = node.stream(() -> out[0] = new Bounded(), input, timeout, words);
        byte[] bytes = out[0].toByteArray();
        try {
            if (Transfer.isPiece(words)) keep(Transfer.Piece.of(words), bytes);
            else if (input == null) {
                answers.add(new Transcript.Answer(Transcript.question(words), output.exitCode(),
                        new String(bytes, StandardCharsets.UTF_8), output.err()));
            }
            try (OutputStream to = sink.open()) {
                to.write(bytes);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(Transfer.Piece piece, byte[] wire) throws IOException {
        String name = files.computeIfAbsent(Transcript.withoutTokens(piece.path()), path -> path.substring(path.lastIndexOf('/') + 1));
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw");
                InputStream raw = Transfer.unpack(wire)) {
            file.seek(piece.offset());
            file.write(raw.readAllBytes());
        }
    }

    @Override
    public void close() {
        try {
            Transcript.add(folder, new Transcript.Kept(name(), kubernetes(), files, answers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            node.close();
        }
    }
}
