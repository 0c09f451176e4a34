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
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Stage;
import lib.node.Cluster;
import lib.node.LabPod;
import lib.node.NodeOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Stages 01a to 04 in one run. An option goes to every stage that has it. */
@Command(name = "lab", sortOptions = false,
        description = "From a cluster to a flame graph in a git commit: stages 01a, 02, 03 and 04 in one run.",
        footer = {"", "Examples:", "  ./jbang lab --demo", "  ./jbang lab", "  ./jbang lab -d 20", "  ./jbang lab --context staging --repo ~/profiles",
            "  ./jbang lab --local --target etcd"})
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class Lab extends Stage {
    @Mixin
    private NodeOptions connection;
    @Mixin
    private NodeOptions.Place place;

    @Option(names = "--demo", description = "Without a cluster: replay a recording of a real kube-apiserver through the same stages.")
    private boolean demo;

    @Option(names = "--node", paramLabel = "NAME", description = "The node (default: the control-plane node).")
    private String node;

    @Option(names = "--image", paramLabel = "IMAGE", description = "Image of the pod with perf.")
    private String image;

    @Option(names = "--profile", paramLabel = "NAME", description = "The pod's rights: privileged, or minimal.")
    private String profile;

    @Option(names = "--ttl", paramLabel = "TIME", description = "How long the pod may live (default: 1h).")
    private String ttl;

    @Option(names = "--target", paramLabel = "NAME", description = "Name of the executable to profile (default: kube-apiserver).")
    private String target;

    @Option(names = "--pid", paramLabel = "PID", description = "The process, where several have that name.")
    private Integer pid;

    @Option(names = {"-d", "--duration"}, paramLabel = "TIME", description = "How long to record (default: 60s).")
    private String duration;

    @Option(names = {"-F", "--frequency"}, paramLabel = "HZ", description = "Samples a second and CPU (default: 99).")
    private Integer frequency;

    @Option(names = {"-e", "--event"}, paramLabel = "EVENT", description = "The perf event to sample.")
    private String event;

    @Option(names = "--fix-kernel-settings", description = "While it records, change the kernel settings that stand in the way.")
    private boolean fixKernel;

    @Option(names = "--repo", paramLabel = "DIR", description = "The git repository (default: the current folder's).")
    private Path repository;

    @Option(names = "--results", paramLabel = "DIR", description = "Folder for the results, in the repository (default: results).")
    private Path results;

    @Option(names = "--no-push", description = "Commit only.")
    private boolean noPush;

    @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "First line of the commit message.")
    private String message;

    @Option(names = "--keep", description = "Leave the pod running; otherwise what this run created is deleted.")
    private boolean keep;

    public static void main(String... args) {
        main(new Lab(), args);
    }

    @Override
    protected int run() throws IOException {
        if (demo) return demo();
        if (place.local()) return stages();
        boolean ours = podIsAbsent();
        int exitCode = stage("01a", new PerfRunner(), List.of());
        try {
            return exitCode == Exit.DONE ? stages() : exitCode;
        } finally {
            Interrupts.cleaningUp();
            if (ours && !keep && exitCode == Exit.DONE) stage("01a --delete", new PerfRunner(), List.of("--delete"));
        }
    }

    private int stages() {
        return stages(List.of(), List.of());
    }

    /**
     * @param forAll further words for each stage
     * @param forLast further words for stage 04
     */
    private int stages(List<String> forAll, List<String> forLast) {
        int exitCode = stage("02", new ProfileApiserver(), forAll);
        if (exitCode == Exit.DONE) exitCode = stage("03", new Flamegraph(), forAll);
        List<String> last = new ArrayList<>(forAll);
        last.addAll(forLast);
        return exitCode == Exit.DONE ? stage("04", new FetchAndCommit(), last) : exitCode;
    }

    private int demo() throws IOException {
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            if (!List.of("--demo", "--quiet", "--verbose").contains(given.longestName())) {
                throw new ParameterException(spec.commandLine(), given.longestName() + " has no meaning with --demo");
            }
        }
        Demo unpacked = Demo.unpack();
        console.step("Replaying a recording of a real kube-apiserver under load; on a cluster, this takes a minute more");
        int exitCode = stages(List.of("--replay", unpacked.node().toString()), List.of("--repo", unpacked.repository().toString()));
        if (exitCode == Exit.DONE) {
            Path picture = unpacked.picture();
            result(Map.of("svg", picture.toString(), "repository", unpacked.repository().toString()), String.format("""

                    Open the flame graph in a browser:  %s
                    The repository that keeps it:       %s
                    On your own cluster:                ./jbang lab
                    On a cluster on this machine:       ./jbang mini-k8s up && ./jbang lab    (Linux, root)""",
                    picture, unpacked.repository()));
        }
        return exitCode;
    }

    private boolean podIsAbsent() {
        try (Cluster cluster = connection.connect(console)) {
            return new LabPod(cluster, console, "manifests/perf-runner.yaml").seen() == null;
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

    private int stage(String name, Stage stage, List<String> more) {
        console.step("Stage " + name);
        CommandLine line = new CommandLine(stage);
        List<String> args = new ArrayList<>(more);
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            OptionSpec same = line.getCommandSpec().findOption(given.longestName());
            if (same == null || same.arity().max() != given.arity().max()) continue; // --pid of 03 is another
            if (given.arity().max() == 0) args.add(given.longestName());
            else given.originalStringValues().forEach(value -> args.addAll(List.of(given.longestName(), value)));
        }
        return execute(stage, console, args.toArray(String[]::new));
    }
}
