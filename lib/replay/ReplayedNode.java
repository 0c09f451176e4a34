package lib.replay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Shell;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.node.Transfer;

/**
 * A node that was recorded: it gives the answers again that a {@link RecordingNode} kept, and has the files that were
 * brought from it. What a stage writes onto it lies in the folder for the next stage. Nothing is run, so it needs
 * neither a shell nor Linux.
 */
public final class ReplayedNode implements Node {
    /** Time goes by more quickly than it did: a recording of a minute takes a second and a half. */
    private static final int HASTE = 40;
    private static final String WRITTEN = "written-";

    private final Path folder;
    private final Transcript.Kept kept;
    private final Map<String, Integer> given = new HashMap<>();

    /** @throws IOException if the folder holds no transcript */
    public ReplayedNode(Path folder) throws IOException {
        this.folder = folder;
        this.kept = Transcript.read(folder);
    }

    @Override
    public String name() {
        return kept.node();
    }

    @Override
    public String kubernetes() {
        return kept.kubernetes();
    }

    @Override
    public String byHand(String... words) {
        List<String> line = new ArrayList<>(kept.kubernetes() == null ? List.of() : List.of("kubectl", "exec", "perf-runner", "--"));
        line.addAll(Arrays.asList(words));
        return Shell.join(line);
    }

    @Override
    public void pause(long ms) throws InterruptedException {
        Thread.sleep(ms / HASTE);
    }

    @Override
    public Output stream(Sink sink, Input input, Duration timeout, String... words) {
        try (OutputStream out = sink.open()) {
            Output output = answer(input, words);
            out.write(output.bytes());
            return new Output(output.exitCode(), new byte[0], output.err());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Output answer(Input input, String... words) throws IOException {
        if (words[0].equals("rm")) return said("");
        String[] named = Script.named(words);
        Path file = written(named.length > 1 ? named[1] : "");
        if (input != null) return write(input, file, Integer.parseInt(named[2]));
        if (Transfer.isText(words) && Files.exists(file)) return new Output(0, Files.readAllBytes(file), "");
        if (Transfer.isSeal(words) && Files.exists(file)) {
            Transfer.Seal seal = Transfer.sealOf(file);
            return said(seal.size() + "\n" + seal.sha256() + "  -\n");
        }
        if (Transfer.isPiece(words)) return read(Transfer.Piece.of(words));
        return heard(words);
    }

    private static Output said(String text) {
        return new Output(0, text.getBytes(StandardCharsets.UTF_8), "");
    }

    /** Where a file is that a stage has put onto the node. */
    private Path written(String path) {
        return folder.resolve(WRITTEN + path.substring(path.lastIndexOf('/') + 1));
    }

    private static Output write(Input input, Path file, int size) throws IOException {
        try (InputStream in = input.open()) {
            Files.write(file, in.readNBytes(size));
        }
        return said(Transfer.sealOf(file).sha256() + "  -\n");
    }

    private Output read(Transfer.Piece piece) throws IOException {
        Path file = Files.exists(written(piece.path())) ? written(piece.path())
                : folder.resolve(kept.files().getOrDefault(Transcript.withoutTokens(piece.path()), ""));
        if (!Files.isRegularFile(file)) return new Output(1, new byte[0], piece.path() + " was not recorded");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Sparse.read(file, piece.offset(), piece.length()));
        }
        return new Output(0, packed.toByteArray(), "");
    }

    /** The answers to a command are given one after the other, and then the last one for ever. */
    private Output heard(String... words) {
        String question = Transcript.question(words);
        List<Transcript.Answer> answers = kept.answers().stream().filter(answer -> answer.question().equals(question)).toList();
        if (answers.isEmpty()) {
            throw new Failure(Exit.FAILED, "the recording has no answer to: " + question,
                    "It was made by another version of these scripts; samples/README.md says how to make it anew.");
        }
        int number = given.merge(question, 1, Integer::sum);
        Transcript.Answer answer = answers.get(Math.min(number, answers.size()) - 1);
        return new Output(answer.exitCode(), answer.out().getBytes(StandardCharsets.UTF_8), answer.err());
    }

    @Override
    public void close() {
        // nothing is held
    }
}
