///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../01a_perf_runner.java
//SOURCES ../02_profile_apiserver.java
//SOURCES ../03_flamegraph.java
//SOURCES ../04_fetch_and_commit.java
//MAIN Lab

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Stage;
import lib.node.Cluster;
import lib.node.LabPod;
import lib.node.NodeOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Stages 01a to 04 in one run. An option goes to every stage that has it. */
@Command(name = "lab", sortOptions = false,
        description = "From a cluster to a flame graph in a git commit: stages 01a, 02, 03 and 04 in one run.",
        footer = {"", "Examples:", "  ./jbang lab", "  ./jbang lab -d 20", "  ./jbang lab --context staging --repo ~/profiles",
            "  ./jbang lab --local --target etcd"})
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class Lab extends Stage {
    @Mixin
    private NodeOptions connection;
    @Mixin
    private NodeOptions.Place place;

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
    protected int run() {
        if (place.local()) return stages();
        boolean ours = podIsAbsent();
        int exitCode = stage("01a", new PerfRunner());
        try {
            return exitCode == Exit.DONE ? stages() : exitCode;
        } finally {
            Thread.interrupted(); // Ctrl-C ends the stages, not the cleaning up
            if (ours && !keep && exitCode == Exit.DONE) stage("01a --delete", new PerfRunner(), "--delete");
        }
    }

    private int stages() {
        int exitCode = stage("02", new ProfileApiserver());
        if (exitCode == Exit.DONE) exitCode = stage("03", new Flamegraph());
        return exitCode == Exit.DONE ? stage("04", new FetchAndCommit()) : exitCode;
    }

    private boolean podIsAbsent() {
        try (Cluster cluster = connection.connect(console)) {
            return new LabPod(cluster, console, "manifests/perf-runner.yaml").current() == null;
        }
    }

    private int stage(String name, Stage stage, String... more) {
        console.step("Stage " + name);
        CommandLine line = new CommandLine(stage);
        List<String> args = new ArrayList<>(List.of(more));
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            OptionSpec same = line.getCommandSpec().findOption(given.longestName());
            if (same == null || same.arity().max() != given.arity().max()) continue; // --pid of 03 is another
            if (given.arity().max() == 0) args.add(given.longestName());
            else given.originalStringValues().forEach(value -> args.addAll(List.of(given.longestName(), value)));
        }
        return execute(stage, console, args.toArray(String[]::new));
    }
}
