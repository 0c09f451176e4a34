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
//SOURCES lib/engines/pprof/*.java
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
import lib.flame.Drawing;
import lib.flame.FlameGraph;
import lib.formats.FoldedWriter;
import lib.insight.Answers;
import lib.insight.Basis;
import lib.insight.Difference;
import lib.insight.Report;
import lib.insight.Rules;
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
import picocli.CommandLine.Option;

/** Stage 03: fold the stacks, name the frames, draw the SVG. */
@Command(name = "03_flamegraph", sortOptions = false,
        description = "Draws a flame graph of what stage 02 recorded, or of any stacks in a file.",
        footer = {"", "-o takes a file for the SVG too (- for standard output): -o flame.svg", "", "Examples:",
            "  ./jbang 03_flamegraph.java", "  ./jbang 03_flamegraph.java --input perf.txt.gz -o flame.svg",
            "  perf script | ./jbang 03_flamegraph.java --input - -o - > flame.svg",
            "  ./jbang 03_flamegraph.java --input after.folded --diff before.folded -o diff.svg",
            "  ./jbang 03_flamegraph.java --input perf.txt --binary /usr/local/bin/kube-apiserver=./kube-apiserver"})
class Flamegraph extends Stage {
    /** How many functions the answer lists. */
    private static final int FUNCTIONS = 50;
    private static final int MOVERS = 10;
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

    @Option(names = "--answers", description = "Answer the lab's five questions by name instead.")
    private boolean answers;

    private String picture;
    private Report report;

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
        Stacks stacks = input.part(input.read(input.files(), console));
        Profile recorded = input.recorded();
        StackTree tree = named(stacks, input.files(), recorded != null);
        String unit = input.unit(stacks, recorded);
        Rules rules = recorded == null ? Rules.ofStacks(tree) : Rules.of(recorded.target().name());
        Basis basis = recorded == null || input.isPart() ? Basis.of(unit) : Basis.of(unit, recorded);
        StackTree before = look.before() == null ? null : before();
        if (picture == null && !exports.any()) picture = "flame.svg";
        String title = before != null ? "Differential flame graph" : recorded == null ? "Flame graph" : title(recorded);
        String subtitle = (recorded != null ? subtitle(recorded) : stacks.event() == null ? "" : "event " + stacks.event()) + input.part();
        answer(piped, tree, basis, rules);
        StackTree shown = before == null ? tree : Difference.of(before, tree);
        draw(picture, stacks, shown, look.drawing(title, subtitle, unit, input), rules);
        say(piped, shown, before, basis, rules);
    }

    private StackTree before() throws IOException {
        console.step("Comparing with " + look.before());
        List<String> files = List.of(look.before());
        return named(input.read(files, console), files, false);
    }

    /** @param marked whether kernel frames are known to be marked, as in kept stacks */
    private StackTree named(Stacks stacks, List<String> files, boolean marked) {
        StackTree tree = !input.canName(stacks) ? stacks.tree()
                : input.name(stacks, input.namesBeside(files, place.symbols(), console), console).tree();
        return (marked ? Labels.unmarked(tree) : tree).map(input.labels());
    }

    private void drawRecording(boolean piped) throws IOException {
        console.step("Opening the node");
        try (Node node = place.open(console); Scratch here = new Scratch()) {
            console.note("node " + node.name());
            Recording recording = target.recording(node, place.workDir());
            Transfer transfer = new Transfer(node, console);
            Profile profile = recording.profile();
            InputOptions.Read read = input.read(Engines.of(recording, profile, console), recording, profile, place.symbols(), console);
            Stacks stacks = read.stacks();
            Named named = read.named();
            StackTree tree = named.tree().map(input.labels());
            StackTree before = look.before() == null ? null : before();
            Rules rules = Rules.of(profile.target().name());
            Basis basis = input.isPart() ? Basis.of(input.unit(stacks)) : Basis.of(input.unit(stacks), profile);
            answer(piped, tree, basis, rules);
            StackTree shown = before == null ? tree : Difference.of(before, tree);
            Drawing drawing = look.drawing(title(profile), subtitle(profile) + input.part(), basis.unit(), input);
            if (input.isPart()) {
                if (picture == null && !exports.any()) picture = "flame.svg";
                draw(picture, stacks, shown, drawing, rules);
                say(piped, shown, before, basis, rules);
                return;
            }

            console.step("Drawing the flame graph, and putting it beside the data on the node");
            Path svg = here.file("flame.svg");
            draw(svg.toString(), stacks, shown, drawing, rules);
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
            say(piped, shown, before, basis, rules);
            console.note("04_fetch_and_commit.java fetches " + recording.picture() + " from node " + node.name());
        }
    }

    private void draw(String name, Stacks stacks, StackTree shown, Drawing drawing, Rules rules) throws IOException {
        ExportOptions.write(name, out -> FlameGraph.draw(shown, drawing, rules, out));
        exports.write(stacks, shown, drawing.title(), drawing.unit(), report);
    }

    private static String title(Profile profile) {
        return profile.target().name() + " on " + profile.where().node();
    }

    private static String subtitle(Profile profile) {
        return String.format(Locale.ROOT, "%s, %.0f s at %d Hz (%s)%s", profile.outcome().start().replace('T', ' ').replace("Z", " UTC"),
                profile.outcome().seconds(), profile.engine().frequency(), profile.engine().event(),
                profile.where().kubernetes() == null ? "" : ", Kubernetes " + profile.where().kubernetes());
    }

    private void answer(boolean piped, StackTree tree, Basis basis, Rules rules) {
        if (!piped || exports.answer()) report = Report.of(tree, basis, rules, FUNCTIONS);
    }

    /** What the stacks say, in short; null until this stage has run. */
    Report report() {
        return report;
    }

    private void say(boolean piped, StackTree shown, StackTree before, Basis basis, Rules rules) {
        if (piped) return;
        String text = answers ? Answers.text(report, before == null ? null : Report.of(before, basis, rules, FUNCTIONS))
                : report.text(console.terminal(), console.verbose());
        if (before != null && !answers) text += "\n\n" + Report.movers(shown, look.absolute(), MOVERS);
        result(report, text + (picture == null ? "" : "\n\n" + picture));
    }
}
