///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES lib/stacks/*.java
//SOURCES lib/insight/*.java
//SOURCES lib/flame/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/capture/*.java

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import lib.capture.Perf;
import lib.capture.Recording;
import lib.capture.Target;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Scratch;
import lib.cli.Stage;
import lib.flame.Drawing;
import lib.flame.FlameGraph;
import lib.insight.Amounts;
import lib.insight.Report;
import lib.node.Node;
import lib.node.NodeOptions;
import lib.node.Transfer;
import lib.stacks.FoldedWriter;
import lib.stacks.Format;
import lib.stacks.Labels;
import lib.stacks.NotStacksException;
import lib.stacks.Profile;
import lib.stacks.ReadOptions;
import lib.stacks.StackReader;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stage 03: fold the stacks, name the frames, draw the SVG. */
@Command(name = "03_flamegraph", sortOptions = false,
        description = "Draws a flame graph of what stage 02 recorded, or of any stacks in a file.",
        footer = {"", "Examples:", "  ./jbang 03_flamegraph.java", "  ./jbang 03_flamegraph.java --input perf.txt.gz -o flame.svg",
            "  perf script | ./jbang 03_flamegraph.java --input - -o - > flame.svg",
            "  ./jbang 03_flamegraph.java --input a.folded --input b.folded --folded both.folded"})
class Flamegraph extends Stage {
    @Mixin
    private NodeOptions connection;
    @Mixin
    private NodeOptions.Place place;

    @Option(names = "--target", paramLabel = "NAME", defaultValue = "kube-apiserver",
            description = "Whose recording to draw (default: ${DEFAULT-VALUE}).")
    private String target;

    @Option(names = "--input", paramLabel = "FILE",
            description = "Stacks to draw instead of a node's: perf script text, folded, pprof or perf.data; plain or gzip;"
                    + " - for standard input. Repeat it to sum several.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--input-format", paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES} (default: detected).")
    private Format format;

    @Option(names = "--event", paramLabel = "NAME", description = "The event to draw where there are several (default: the first).")
    private String event;

    @Option(names = "--count", paramLabel = "WHAT", defaultValue = "period",
            description = "Weigh a sample by its period, or count samples: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Count count;

    private enum Count { period, samples }

    @Option(names = "--folded", paramLabel = "FILE", description = "Also write the folded stacks; - for standard output.")
    private String folded;

    @Option(names = "--title", paramLabel = "TEXT", description = "The picture's title.")
    private String title;

    private static final Labels ANNOTATED = new Labels(true, false, false, false);
    private static final int HOTTEST = 10;

    private String picture;

    public static void main(String... args) {
        main(new Flamegraph(), args);
    }

    /** -o FILE is where the SVG goes; - for standard output. */
    @Override
    protected void outputFile(String value) {
        picture = value;
    }

    @Override
    protected int run() throws Exception {
        if (inputs.isEmpty()) drawRecording();
        else drawFiles();
        return Exit.DONE;
    }

    private void drawFiles() throws IOException {
        console.step("Reading " + String.join(", ", inputs));
        Stacks stacks = read(inputs);
        StackTree tree = stacks.tree().map(Labels.PLAIN);
        if (picture == null && folded == null) picture = "flame.svg";
        String subtitle = stacks.event() == null ? "" : "event " + stacks.event();
        write(picture, out -> FlameGraph.draw(tree, Drawing.of(title == null ? "Flame graph" : title, subtitle, unit(stacks)), out));
        write(folded, out -> FoldedWriter.write(tree, out));
        report(stacks, tree);
    }

    private void drawRecording() throws IOException {
        console.step("Opening the node");
        try (Node node = connection.open(place, console); Scratch here = new Scratch()) {
            console.note("node " + node.name());
            Recording recording = new Recording(node, place.workDir() + "/" + Target.fileName(target));
            Transfer transfer = new Transfer(node, console);
            Profile profile = recording.profile();
            Perf perf = Perf.find(node);

            console.step("Printing the stacks on the node, and bringing them here");
            console.command(recording.scriptByHand(perf));
            Path text = here.file("stacks.txt.gz");
            recording.script(perf, transfer, text);

            console.step("Folding the stacks");
            Stacks stacks = read(List.of(text.toString()));
            StackTree tree = stacks.tree().map(Labels.PLAIN);

            console.step("Drawing the flame graph, and putting it beside the data on the node");
            Path svg = here.file("flame.svg");
            write(svg.toString(), out -> FlameGraph.draw(tree, Drawing.of(title == null ? title(profile) : title,
                    subtitle(profile), unit(stacks)), out));
            Path packed = here.file("flame.folded.gz");
            write(packed.toString(), out -> {
                GZIPOutputStream gzip = new GZIPOutputStream(out);
                FoldedWriter.write(stacks.tree().map(ANNOTATED), gzip);
                gzip.finish();
            });
            transfer.upload(svg, place.workDir() + "/flame.svg");
            transfer.upload(packed, place.workDir() + "/flame.folded.gz");
            recording.profile(profile.drawn(null, Transfer.sealOf(svg).sha256()), transfer);

            write(picture, out -> Files.copy(svg, out));
            write(folded, out -> FoldedWriter.write(tree, out));
            report(stacks, tree);
            console.note("04_fetch_and_commit.java fetches " + place.workDir() + "/flame.svg from node " + node.name());
        }
    }

    private Stacks read(List<String> files) throws IOException {
        ReadOptions options = ReadOptions.DEFAULT.withFormat(format).withEvent(event).withCountSamples(count == Count.samples);
        Stacks stacks;
        try {
            stacks = files.equals(List.of("-")) ? StackReader.read("standard input", System.in, options)
                    : StackReader.read(files.stream().map(Path::of).toList(), options);
        } catch (NotStacksException e) {
            throw new Failure(Exit.INPUT, e.input() + (e.firstLines().isEmpty() ? " is empty" : " holds no stacks; it begins:\n  "
                    + String.join("\n  ", e.firstLines())), "Known are perf script text, folded stacks, pprof and perf.data.", e);
        } catch (NoSuchFileException e) {
            throw new Failure(Exit.INPUT, "no file " + e.getFile(), null, e);
        }
        if (stacks.events().size() > 1) console.warn("drawn is the event " + stacks.event() + " of " + stacks.events().keySet()
                + "; --event chooses another, or all");
        if (stacks.bad().count() > 0) console.warn(stacks.bad().count() + " lines were not understood and left out, the first: "
                + stacks.bad().first().get(0));
        return stacks;
    }

    private String unit(Stacks stacks) {
        return count == Count.samples || stacks.event() == null ? Amounts.SAMPLES
                : stacks.nanoseconds() ? Amounts.NANOSECONDS : stacks.event();
    }

    private static String title(Profile profile) {
        return profile.target() + " on " + profile.node();
    }

    private static String subtitle(Profile profile) {
        return String.format(Locale.ROOT, "%s, %.0f s at %d Hz (%s)%s", profile.start().replace('T', ' ').replace("Z", " UTC"),
                profile.seconds(), profile.frequency(), profile.event(),
                profile.kubernetes() == null ? "" : ", Kubernetes " + profile.kubernetes());
    }

    private void report(Stacks stacks, StackTree tree) {
        if ("-".equals(picture) || "-".equals(folded)) return; // standard output is taken
        Report report = Report.of(tree, unit(stacks), HOTTEST);
        result(report, report.text(console.colour()) + (picture == null ? "" : "\n\n" + picture));
    }

    /** Writes a file whole or not at all; nothing where its name is null, standard output where it is "-". */
    private void write(String name, Scratch.Content content) throws IOException {
        if (name == null) return;
        if (name.equals("-")) content.to(System.out);
        else Scratch.replace(Path.of(name), content);
    }
}
