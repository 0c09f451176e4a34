///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../01a_perf_runner.java
//SOURCES ../02_profile_apiserver.java
//SOURCES ../03_flamegraph.java
//SOURCES ../04_fetch_and_commit.java
//SOURCES Demo.java
//FILES samples/transcript.json=../samples/transcript.json
//FILES samples/apiserver.perf.txt.gz=../samples/apiserver.perf.txt.gz
//FILES samples/kube-apiserver.sparse.gz=../samples/kube-apiserver.sparse.gz
//MAIN Lab

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.capture.Recording;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Stage;
import lib.cluster.Cluster;
import lib.cluster.LabPod;
import lib.engines.Engines;
import lib.node.Node;
import lib.options.KeepingOptions;
import lib.options.NodeOptions;
import lib.options.PodOptions;
import lib.options.RightsOption;
import lib.options.SamplingOptions;
import lib.options.TargetOption;
import lib.profile.Profile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Stages 01a to 04 in one run. */
@Command(name = "lab", sortOptions = false,
        description = "From a cluster to a flame graph in a git commit: stages 01a, 02, 03 and 04 in one run.",
        footer = {"", "Examples:", "  ./jbang lab --demo", "  ./jbang lab", "  ./jbang lab -d 20",
            "  ./jbang lab --context staging --repo ~/profiles", "  ./jbang lab --local --target etcd"})
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class Lab extends Stage {
    @Mixin
    private final NodeOptions place = new NodeOptions();
    @Mixin
    private final PodOptions pod = new PodOptions();
    @Mixin
    private final RightsOption rights = new RightsOption();
    @Mixin
    private final TargetOption target = new TargetOption();
    @Mixin
    private final SamplingOptions sampling = new SamplingOptions();
    @Mixin
    private final KeepingOptions keeping = new KeepingOptions();

    @Option(names = "--demo", description = "Without a cluster: replay a recording of a real kube-apiserver through the same stages.")
    private boolean demo;

    @Option(names = "--keep", description = "Leave the pod running and the files on the node; otherwise what this run created is deleted.")
    private boolean keep;

    public static void main(String... args) {
        main(new Lab(), args);
    }

    @Override
    protected int run() throws IOException {
        if (demo) return demo();
        if (place.local() || sampling.throughApi()) {
            NodeOptions here = place.here();
            return thenForget(stages(here, keeping), here);
        }
        try (Cluster cluster = connect(); LabPod shared = new LabPod(cluster, console, rights.manifest())) {
            boolean made = shared.seen() == null;
            PerfRunner runner = runner();
            runner.last(shared::hold); // from one stage to the next, too
            int exitCode = stage("01a", runner, false);
            try {
                return exitCode == Exit.DONE ? thenForget(stages(place, keeping), place) : exitCode;
            } finally {
                Interrupts.cleaningUp();
                shared.close();
                if (exitCode == Exit.DONE && !keep && (made || shared.leftToTheLast())) stage("01a --delete", runner().leaving(made), false);
            }
        }
    }

    /** Where a stage failed, the files stay for whoever goes on from there. */
    private int thenForget(int exitCode, NodeOptions on) {
        if (exitCode == Exit.DONE && !keep) forget(on);
        return exitCode;
    }

    private PerfRunner runner() {
        return new PerfRunner(place.cluster(), pod, rights, place.workDirOption());
    }

    /** What the profile says comes last: once, in short, and where the rest is. */
    private int stages(NodeOptions on, KeepingOptions into) {
        Flamegraph drawn = new Flamegraph(on, target);
        FetchAndCommit kept = new FetchAndCommit(on, target, into);
        int exitCode = stage("02", new ProfileApiserver(on, target, sampling), false);
        if (exitCode == Exit.DONE) exitCode = stage("03", drawn, true);
        if (exitCode == Exit.DONE) exitCode = stage("04", kept, true);
        if (drawn.report() != null && !json()) console.result("\n" + drawn.report().answer());
        if (kept.told() != null && !json()) console.result("\n" + kept.told());
        return exitCode;
    }

    /** What is in git need not stay on the node. */
    private void forget(NodeOptions on) {
        console.step("Removing what this run has left on the node");
        try (Node node = on.open(console)) {
            Recording recording = target.recording(node, on.workDir());
            Profile profile = recording.profile();
            String token = profile.recording();
            if (token == null || !Engines.of(recording, profile, console).forget(token)) console.note("another recording is there by now: it stays");
        } catch (Failure e) {
            console.warn("files stay on the node: " + e.getMessage());
        }
    }

    private int demo() throws IOException {
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            if (!List.of("--demo", "--quiet", "--verbose").contains(given.longestName())) {
                throw new ParameterException(spec.commandLine(), given.longestName() + " has no meaning with --demo");
            }
        }
        Demo unpacked = Demo.unpack();
        console.step("Replaying a recording of a real kube-apiserver under load; on a cluster, this takes a minute more");
        int exitCode = stages(NodeOptions.replaying(unpacked.node()), KeepingOptions.in(unpacked.repository()));
        if (exitCode == Exit.DONE) {
            Path picture = unpacked.picture();
            result(Map.of("svg", picture.toString(), "repository", unpacked.repository().toString()), """

                    Open the picture in a browser; it is in a repository of its own.
                    On your own cluster:           ./jbang lab
                    On a cluster on this machine:  ./jbang mini-k8s up && ./jbang lab (Linux, root)""");
        }
        return exitCode;
    }

    private Cluster connect() {
        try {
            return place.cluster().connect(console);
        } catch (Failure e) {
            throw e.exitCode() == Exit.UNREACHABLE ? new Failure(e.exitCode(), e.getMessage(), ways(e.next()), e) : e;
        }
    }

    /** What can be done on this machine where there is no cluster that answers. */
    private static String ways(String next) {
        List<String> ways = new ArrayList<>();
        if (next != null) ways.add(next);
        ways.add("What else fits this machine:");
        ways.add("  ./jbang lab --demo                      a recording of a real cluster, replayed; needs nothing");
        if (ProcessHandle.allProcesses().anyMatch(p -> p.info().command().orElse("").endsWith("/kube-apiserver"))) {
            ways.add("  ./jbang lab --local                     the kube-apiserver that runs here, without a cluster's help");
        }
        if (System.getProperty("os.name").equals("Linux") && System.getProperty("user.name").equals("root")) {
            ways.add("  ./jbang mini-k8s up && ./jbang lab      a real cluster on this machine");
        }
        return String.join("\n       ", ways);
    }

    private int stage(String name, Stage stage, boolean silent) {
        console.step("Stage " + name);
        return part(stage, silent);
    }
}
