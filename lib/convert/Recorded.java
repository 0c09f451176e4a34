package lib.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import lib.capture.Perf;
import lib.capture.Recording;
import lib.cli.Console;
import lib.cli.Scratch;
import lib.node.Node;
import lib.node.Transfer;
import lib.profile.Profile;
import lib.stacks.NamelessThreads;
import lib.stacks.Stacks;
import lib.symbols.BuildId;
import lib.symbols.FrameNames;
import lib.symbols.Named;
import lib.symbols.SymbolCache;
import lib.symbols.TextSymbols;

/**
 * What was recorded on a node, brought here.
 *
 * @param stacks as perf printed them
 * @param named the same with names for what perf had none for
 */
public record Recorded(Stacks stacks, Named named) {
    /**
     * Prints the stacks on the node, brings them here, folds them and names their frames.
     *
     * @param cache where symbols are kept
     * @throws lib.cli.Failure if they cannot be had
     */
    public static Recorded read(Input input, Recording recording, Profile profile, Node node, Transfer transfer,
            SymbolCache cache, Console console) throws IOException {
        try (Scratch here = new Scratch()) {
            console.step("Printing the stacks on the node, and bringing them here");
            Perf perf = Perf.find(node);
            console.command(recording.scriptByHand(perf));
            Path text = here.file("stacks.txt.gz");
            recording.script(perf, profile, transfer, text);

            console.step("Folding the stacks, and naming their frames");
            Stacks stacks = input.read(List.of(text.toString()), console);
            FrameNames names = input.names(cache, console);
            if (input.wantsNames()) {
                names.withNode(node, transfer, profile.target().pid())
                        .withBuildId(profile.target().executable(), new BuildId(profile.target().buildId(), profile.target().goBuildId()));
                Path kallsyms = here.file("kallsyms.gz");
                if (Input.lacksKernelNames(stacks) && recording.kernelNames(transfer, kallsyms)) {
                    try (InputStream symbols = new GZIPInputStream(Files.newInputStream(kallsyms))) {
                        names.withKernel(TextSymbols.kallsyms(symbols));
                    }
                }
            }
            Named named = input.name(stacks, names, console);
            return new Recorded(stacks, new Named(NamelessThreads.named(named.tree()), named.statistics(), named.problems()));
        }
    }
}
