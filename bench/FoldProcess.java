import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Console;
import lib.flame.Drawing;
import lib.flame.FlameGraph;
import lib.formats.FoldedWriter;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.insight.Amounts;
import lib.insight.Rules;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.symbols.FrameNames;
import lib.symbols.SymbolCache;

/** A process that folds, draws or names and draws a file and ends, as what is measured: {@code fold|draw|name THREADS INPUT|- OUTPUT}. */
final class FoldProcess {
    private FoldProcess() { }

    public static void main(String[] args) throws IOException {
        ReadOptions options = new ReadOptions().threads(Integer.parseInt(args[1]));
        Stacks stacks = args[2].equals("-") ? StackReader.read("standard input", System.in, options)
                : StackReader.read(List.of(Path.of(args[2])), options);
        StackTree tree = args[0].equals("name") ? named(stacks) : stacks.tree();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(args[3])))) {
            if (args[0].equals("fold")) {
                FoldedWriter.write(tree, out);
            } else {
                FlameGraph.draw(tree.map(Labels.PLAIN), Drawing.of("Flame graph", "", Amounts.NANOSECONDS), Rules.of(null), out);
            }
        }
    }

    private static StackTree named(Stacks stacks) {
        Console console = new Console(new PrintWriter(System.out), new PrintWriter(System.err), false, false);
        return new FrameNames(SymbolCache.ofUser(), console, true).name(stacks).tree();
    }
}
