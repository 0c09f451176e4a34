package lib.stacks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** From text to folded text, for the tests. */
final class Fold {
    private Fold() { }

    static Stacks read(String text, ReadOptions options) {
        return read(text.getBytes(StandardCharsets.UTF_8), options);
    }

    static Stacks read(byte[] bytes, ReadOptions options) {
        try {
            return StackReader.read("test", new ByteArrayInputStream(bytes), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String folded(Stacks stacks) {
        return folded(stacks.tree());
    }

    static String folded(StackTree tree) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            FoldedWriter.write(tree, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Perf script text to folded text. */
    static String perf(String text) {
        return folded(read(text, ReadOptions.DEFAULT.withFormat(Format.PERF_SCRIPT)));
    }

    static String perf(String text, Labels labels) {
        return folded(read(text, ReadOptions.DEFAULT.withFormat(Format.PERF_SCRIPT)).tree().map(labels));
    }

    /** The folded text of a sample of one frame below {@code comm}, as perf prints the frame. */
    static String frame(String printed) {
        return perf("c 1 1.000001: 1 e:\n\t1 " + printed + "\n\n", new Labels(true, true, true, false));
    }
}
