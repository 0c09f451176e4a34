import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.flame.Drawing;
import lib.flame.FlameGraph;
import lib.formats.FoldedWriter;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.insight.Amounts;
import lib.insight.Rules;
import lib.stacks.Labels;
import lib.stacks.StackTree;

/** A process that folds or draws a file and ends, as what is measured: {@code fold|draw THREADS INPUT|- OUTPUT}. */
final class FoldProcess {
    private FoldProcess() { }

    public static void main(String[] args) throws IOException {
        ReadOptions options = new ReadOptions().threads(Integer.parseInt(args[1]));
        StackTree tree = (args[2].equals("-") ? StackReader.read("standard input", System.in, options)
            : StackReader.read(List.of(Path.of(args[2])), options)).tree();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(args[3])))) {
            if (args[0].equals("fold")) {
                FoldedWriter.write(tree, out);
            } else {
                FlameGraph.draw(tree.map(Labels.PLAIN), Drawing.of("Flame graph", "", Amounts.NANOSECONDS), Rules.of(null), out);
            }
        }
    }
}
