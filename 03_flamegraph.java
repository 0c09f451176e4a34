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

    /** Stacks that are to be drawn, and what is known of them. */
    private record Subject(Stacks stacks, StackTree tree, Rules rules, Basis basis, String title, String subtitle) { }

    /** A subject as it is drawn: where it is compared, its difference to what was before; else that is null. */
    private record Shown(Subject of, StackTree before, StackTree tree, Drawing drawing) { }

    private void drawFiles(boolean piped) throws IOException {
        console.step("Reading " + String.join(", ", input.files()));
        Stacks stacks = input.part(input.read(input.files(), console));
        Profile recorded = input.recorded();
        StackTree tree = named(stacks, input.files(), recorded != null);
        Rules rules = recorded == null ? Rules.ofStacks(tree) : Rules.of(recorded.target().name());
        String title = look.before() != null ? "Differential flame graph" : recorded == null ? "Flame graph" : recorded.title();
        String subtitle = recorded != null ? subtitle(recorded) : stacks.event() == null ? "" : "event " + stacks.event();
        save(compared(new Subject(stacks, tree, rules, basis(input.unit(stacks, recorded), recorded), title, subtitle), piped), piped);
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
            Named named = read.named();
            Shown shown = compared(new Subject(read.stacks(), named.tree().map(input.labels()), Rules.of(profile.target().name()),
                    basis(input.unit(read.stacks()), profile), profile.title(), subtitle(profile)), piped);
            if (input.isPart()) {
                save(shown, piped);
                return;
            }

            console.step("Drawing the flame graph, and putting it beside the data on the node");
            Path svg = here.file("flame.svg");
            draw(svg.toString(), shown);
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
            say(piped, shown);
            console.note("04_fetch_and_commit.java fetches " + recording.picture() + " from node " + node.name());
        }
    }

    /** Of a part of a recording it is not known how much was recorded. */
    private Basis basis(String unit, Profile recorded) {
        return recorded == null || input.isPart() ? Basis.of(unit) : Basis.of(unit, recorded);
    }

    /** Finds what the stacks say, and what has changed where they are to be compared. */
    private Shown compared(Subject of, boolean piped) throws IOException {
        StackTree before = null;
        if (look.before() != null) {
            console.step("Comparing with " + look.before());
            List<String> files = List.of(look.before());
            before = named(input.read(files, console), files, false);
        }
        if (!piped || exports.answer()) report = Report.of(of.tree, of.basis, of.rules, FUNCTIONS);
        return new Shown(of, before, before == null ? of.tree : Difference.of(before, of.tree),
                look.drawing(of.title, of.subtitle + input.part(), of.basis.unit(), input));
    }

    /** Into the files that were asked for, and flame.svg where none was. */
    private void save(Shown shown, boolean piped) throws IOException {
        if (picture == null && !exports.any()) picture = "flame.svg";
        draw(picture, shown);
        say(piped, shown);
    }

    private void draw(String name, Shown shown) throws IOException {
        Drawing drawing = shown.drawing;
        ExportOptions.write(name, out -> FlameGraph.draw(shown.tree, drawing, shown.of.rules, out));
        exports.write(shown.of.stacks, shown.tree, drawing.title(), drawing.unit(), report);
    }

    private static String subtitle(Profile profile) {
        return String.format(Locale.ROOT, "%s, %.0f s at %d Hz (%s)%s", profile.outcome().start().replace('T', ' ').replace("Z", " UTC"),
                profile.outcome().seconds(), profile.engine().frequency(), profile.engine().event(),
                profile.where().kubernetes() == null ? "" : ", Kubernetes " + profile.where().kubernetes());
    }

    /** What the stacks say, in short; null until this stage has run. */
    Report report() {
        return report;
    }

    private void say(boolean piped, Shown shown) {
        if (piped) return;
        Subject of = shown.of;
        String text = answers ? Answers.text(report, shown.before == null ? null : Report.of(shown.before, of.basis, of.rules, FUNCTIONS))
                : report.text(console.terminal(), console.verbose());
        if (shown.before != null && !answers) text += "\n\n" + Report.movers(shown.tree, look.absolute(), MOVERS);
        result(report, text + (picture == null ? "" : "\n\n" + picture));
    }
}
