package lib.options;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.cli.Scratch;
import lib.cli.Section;
import lib.formats.FoldedWriter;
import lib.formats.PprofWriter;
import lib.formats.SpeedscopeWriter;
import lib.insight.Amounts;
import lib.insight.Report;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import picocli.CommandLine.Option;

/** The files that are written beside the picture; each may be "-", standard output. */
@Section("Other files")
public final class ExportOptions {
    @Option(names = "--folded", paramLabel = "FILE", description = "Also write the folded stacks; - for standard output.")
    private String folded;

    @Option(names = "--speedscope", paramLabel = "FILE", description = "Also write them for speedscope.")
    private String speedscope;

    @Option(names = "--pprof", paramLabel = "FILE", description = "Also write them for go tool pprof.")
    private String pprof;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the answer as JSON: calls, chain, subsystems, functions, words.")
    private String json;

    private Stream<String> names() {
        return Stream.of(folded, speedscope, pprof, json).filter(name -> name != null);
    }

    /** Whether a file was asked for. */
    public boolean any() {
        return names().findAny().isPresent();
    }

    /**
     * Whether standard output is taken by a file.
     *
     * @throws Failure if it is taken by more than one
     */
    public boolean toStandardOutput(String picture) {
        long count = Stream.concat(names(), Stream.ofNullable(picture)).filter("-"::equals).count();
        if (count > 1) throw new Failure(Exit.USAGE, "only one file can go to standard output", null);
        return count == 1;
    }

    /** Whether what the stacks say is wanted. */
    public boolean answer() {
        return json != null;
    }

    /**
     * Writes what was asked for.
     *
     * @param report what the stacks say; may be null where {@link #answer} is not wanted
     */
    public void write(Stacks stacks, StackTree tree, String title, String unit, Report report) throws IOException {
        boolean samples = unit.equals(Amounts.SAMPLES);
        String event = samples ? null : stacks.event();
        Unit weight = samples ? Unit.COUNT : stacks.unit();
        write(folded, out -> FoldedWriter.write(tree, out));
        write(speedscope, out -> SpeedscopeWriter.write(tree, title, weight, out));
        write(pprof, out -> PprofWriter.write(tree, event, weight, out));
        write(json, out -> out.write(Json.write(report).getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes a file whole or not at all; nothing where its name is null, standard output where it is "-". */
    public static void write(String name, Scratch.Content content) throws IOException {
        if (name == null) return;
        if (name.equals("-")) {
            content.to(System.out);
            System.out.flush();
        } else {
            Scratch.replace(Path.of(name), content);
        }
    }
}
