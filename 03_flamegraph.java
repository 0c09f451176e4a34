///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVAC_OPTIONS -XDstringConcat=inline
//JAVA_OPTIONS -XX:+UseSerialGC -XX:-UsePerfData -XX:Tier4InvocationThreshold=20000 -XX:Tier4BackEdgeThreshold=100000 -XX:FreqInlineSize=60
//SOURCES lib/stacks/*.java
//SOURCES lib/formats/*.java
//SOURCES lib/elf/*.java
//SOURCES lib/profile/*.java
//SOURCES lib/insight/*.java
//SOURCES lib/flame/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/cluster/*.java
//SOURCES lib/replay/*.java
//SOURCES lib/capture/*.java
//SOURCES lib/engines/*.java
//SOURCES lib/engines/perf/*.java
//SOURCES lib/symbols/*.java
//SOURCES lib/options/ClusterOptions.java lib/options/ExportOptions.java lib/options/InputOptions.java lib/options/NodeOptions.java lib/options/PictureOptions.java lib/options/TargetOption.java lib/options/WorkDirOption.java

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import lib.capture.Recording;
import lib.cli.Exit;
import lib.cli.Scratch;
import lib.cli.Stage;
import lib.engines.Engines;
import lib.flame.FlameGraph;
import lib.formats.FoldedWriter;
import lib.insight.Difference;
import lib.insight.Report;
import lib.node.Node;
import lib.node.Transfer;
import lib.options.ExportOptions;
import lib.options.InputOptions;
import lib.options.NodeOptions;
import lib.options.PictureOptions;
import lib.options.TargetOption;
import lib.profile.Drawn;
import lib.profile.Profile;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.symbols.Named;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stage 03: fold the stacks, name the frames, draw the SVG. */
@Command(name = "03_flamegraph", sortOptions = false,
        description = "Draws a flame graph of what stage 02 recorded, or of any stacks in a file.",
        footer = {"", "-o takes a file for the SVG too (- for standard output): -o flame.svg", "", "Examples:",
            "  ./jbang 03_flamegraph.java", "  ./jbang 03_flamegraph.java --input perf.txt.gz -o flame.svg",
            "  perf script | ./jbang 03_flamegraph.java --input - -o - > flame.svg",
            "  ./jbang 03_flamegraph.java --input after.folded --diff before.folded -o diff.svg",
            "  ./jbang 03_flamegraph.java --input perf.txt --binary /usr/local/bin/kube-apiserver=./kube-apiserver"})
class Flamegraph extends Stage {
    private static final int HOTTEST = 10;
    /** The stacks that are kept say which frames are the kernel's, so that they can be drawn again alike. */
    private static final Labels KEPT = new Labels(true, false, false, false);

    @Mixin
    private final InputOptions input = new InputOptions();
    @Mixin
    private final PictureOptions look = new PictureOptions();
    @Mixin
    private final ExportOptions exports = new ExportOptions();
    @Mixin
    private final NodeOptions place;
    @Mixin
    private final TargetOption target;

    private String picture;

    Flamegraph() {
        this(new NodeOptions(), new TargetOption());
    }

    Flamegraph(NodeOptions place, TargetOption target) {
        this.place = place;
        this.target = target;
    }

    public static void main(String... args) {
        main(new Flamegraph(), args);
    }

    @Override
    protected void outputFile(String value) {
        picture = value;
    }

    @Override
    protected int run() throws Exception {
        boolean piped = exports.toStandardOutput(picture);
        if (input.files().isEmpty()) drawRecording(piped);
        else drawFiles(piped);
        return Exit.DONE;
    }

    private void drawFiles(boolean piped) throws IOException {
        console.step("Reading " + String.join(", ", input.files()));
        Stacks stacks = input.read(input.files(), console);
        StackTree tree = named(stacks);
        if (look.before() != null) {
            console.step("Comparing with " + look.before());
            tree = Difference.of(named(input.read(List.of(look.before()), console)), tree);
        }
        if (picture == null && !exports.any()) picture = "flame.svg";
        draw(picture, stacks, tree, look.before() == null ? "Flame graph" : "Differential flame graph",
                stacks.event() == null ? "" : "event " + stacks.event());
        report(piped, stacks, tree);
    }

    private StackTree named(Stacks stacks) {
        StackTree tree = input.canName() ? input.name(stacks, input.names(place.symbols(), console), console).tree() : stacks.tree();
        return tree.map(input.labels());
    }

    private void drawRecording(boolean piped) throws IOException {
        console.step("Opening the node");
        try (Node node = place.open(console); Scratch here = new Scratch()) {
            console.note("node " + node.name());
            Recording recording = target.recording(node, place.workDir());
            Transfer transfer = new Transfer(node, console);
            Profile profile = recording.profile();
            InputOptions.Read read = input.read(Engines.of(recording, console), recording, profile, place.symbols(), console);
            Stacks stacks = read.stacks();
            Named named = read.named();
            StackTree tree = named.tree().map(input.labels());
            if (look.before() != null) tree = Difference.of(named(input.read(List.of(look.before()), console)), tree);

            console.step("Drawing the flame graph, and putting it beside the data on the node");
            Path svg = here.file("flame.svg");
            draw(svg.toString(), stacks, tree, profile.target().name() + " on " + profile.where().node(), subtitle(profile));
            Path packed = here.file("flame.folded.gz");
            Scratch.replace(packed, out -> {
                GZIPOutputStream gzip = new GZIPOutputStream(out);
                FoldedWriter.write(named.tree().map(KEPT), gzip);
                gzip.finish();
            });
            transfer.upload(svg, recording.picture());
            transfer.upload(packed, recording.folded());
            Drawn drawn = new Drawn(Transfer.sealOf(svg).sha256(), Transfer.sealOf(packed).sha256());
            recording.profile(profile.drawn(named.statistics(), drawn), transfer);

            ExportOptions.write(picture, out -> Files.copy(svg, out));
            report(piped, stacks, tree);
            console.note("04_fetch_and_commit.java fetches " + recording.picture() + " from node " + node.name());
        }
    }

    private void draw(String name, Stacks stacks, StackTree tree, String title, String subtitle) throws IOException {
        String unit = input.unit(stacks);
        ExportOptions.write(name, out -> FlameGraph.draw(tree, look.drawing(title, subtitle, unit, input), out));
        exports.write(stacks, tree, title, unit);
    }

    private static String subtitle(Profile profile) {
        return String.format(Locale.ROOT, "%s, %.0f s at %d Hz (%s)%s", profile.outcome().start().replace('T', ' ').replace("Z", " UTC"),
                profile.outcome().seconds(), profile.engine().frequency(), profile.engine().event(),
                profile.where().kubernetes() == null ? "" : ", Kubernetes " + profile.where().kubernetes());
    }

    private void report(boolean piped, Stacks stacks, StackTree tree) {
        if (piped) return;
        Report report = Report.of(tree, input.unit(stacks), HOTTEST);
        String movers = tree.hasBefore() ? "\n\n" + Report.movers(tree, look.absolute(), HOTTEST) : "";
        result(report, report.text(console.colour()) + movers + (picture == null ? "" : "\n\n" + picture));
    }
}
