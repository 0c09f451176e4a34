package lib.formats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Stacks;

/** From text to folded text, for the tests. */
public final class Fold {
    private Fold() { }

    public static Stacks read(String text, ReadOptions options) {
        return read(text.getBytes(StandardCharsets.UTF_8), options);
    }

    public static Stacks read(byte[] bytes, ReadOptions options) {
        try {
            return StackReader.read("test", new ByteArrayInputStream(bytes), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String folded(Stacks stacks) {
        return folded(stacks.tree());
    }

    public static String folded(StackTree tree) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            FoldedWriter.write(tree, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Perf script text to folded text. */
    public static String perf(String text) {
        return folded(read(text, new ReadOptions().format(Format.PERF_SCRIPT)));
    }

    public static String perf(String text, Labels labels) {
        return folded(read(text, new ReadOptions().format(Format.PERF_SCRIPT)).tree().map(labels));
    }

    /** The folded text of a sample of one frame below {@code comm}, as perf prints the frame. */
    public static String frame(String printed) {
        return perf("c 1 1.000001: 1 e:\n\t1 " + printed + "\n\n", new Labels(true, true, true, false));
    }
}
