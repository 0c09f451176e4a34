///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/stacks/*.java
//SOURCES lib/formats/*.java
//SOURCES lib/elf/*.java
//SOURCES lib/profile/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/cluster/*.java
//SOURCES lib/replay/*.java
//SOURCES lib/capture/*.java
//SOURCES lib/engines/*.java
//SOURCES lib/engines/perf/*.java
//SOURCES lib/symbols/*.java
//SOURCES lib/options/ClusterOptions.java lib/options/NodeOptions.java lib/options/SamplingOptions.java lib/options/TargetOption.java lib/options/WorkDirOption.java

import java.util.Locale;
import java.util.UUID;
import lib.capture.Engine;
import lib.capture.Recorder;
import lib.capture.Recording;
import lib.capture.Request;
import lib.capture.Target;
import lib.cli.Durations;
import lib.cli.Exit;
import lib.cli.Stage;
import lib.cluster.Traffic;
import lib.engines.Engines;
import lib.node.Node;
import lib.node.Transfer;
import lib.options.NodeOptions;
import lib.options.SamplingOptions;
import lib.options.TargetOption;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.symbols.BuildId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stage 02: find the process, check the kernel, record its stacks. */
@Command(name = "02_profile_apiserver", sortOptions = false,
        description = "Records where a live kube-apiserver spends its CPU time, with perf on its node.",
        footer = {"", "Examples:", "  ./jbang 02_profile_apiserver.java", "  ./jbang 02_profile_apiserver.java -d 20 -F 199",
            "  ./jbang 02_profile_apiserver.java --target etcd", "  ./jbang 02_profile_apiserver.java --local --target java --pid 4711"})
class ProfileApiserver extends Stage {
    @Mixin
    private final NodeOptions place;
    @Mixin
    private final TargetOption target;
    @Mixin
    private final SamplingOptions sampling;

    @Option(names = "--output", paramLabel = "NAME",
            description = "Name of the files in the work directory (default: apiserver, or the target's name).")
    private String output;

    @Option(names = "--attach", description = "Take over a recording that was started before, running or ended.")
    private boolean attach;

    @Option(names = "--dry-run", description = "Check everything, and only print the command that would record.")
    private boolean dryRun;

    @Option(names = "--no-metrics", description = "Do not read the API server's counters: what a request costs stays unknown.")
    private boolean noMetrics;

    @Option(names = "--no-who", description = "Do not note who sends the API server's requests.")
    private boolean noWho;

    ProfileApiserver() {
        this(new NodeOptions(), new TargetOption(), new SamplingOptions());
    }

    ProfileApiserver(NodeOptions place, TargetOption target, SamplingOptions sampling) {
        this.place = place;
        this.target = target;
        this.sampling = sampling;
    }

    public static void main(String... args) {
        main(new ProfileApiserver(), args);
    }

    @Override
    protected int run() {
        console.step("Opening the node");
        try (Node node = place.open(console)) {
            console.note("node " + node.name() + (node.kubernetes() == null ? "" : ", Kubernetes " + node.kubernetes()));
            Recording recording = output == null ? target.recording(node, place.workDir())
                    : new Recording(node, place.workDir(), output);
            Engine engine = Engines.of(recording, console);
            Recorder recorder = new Recorder(recording, engine, console);
            if (attach) console.debug("what it was asked for meanwhile stays unknown: the counters were not read when it began");
            Profile profile = attach ? recorder.attach() : record(node, engine, recorder);
            if (profile == null) return Exit.DONE;
            result(profile, summary(profile, recording));
            return profile.outcome().ended().exitCode();
        }
    }

    private Profile record(Node node, Engine engine, Recorder recorder) {
        console.step("Finding the process of " + target.name());
        console.command(node.byHand("sh", "-c", "ls -l /proc/[0-9]*/exe | grep '/" + target.name() + "$'"));
        Target process = Target.find(node, target.name(), sampling.pid());
        console.note("PID " + process.pid() + "  " + process.executable());

        console.step("Checking the kernel");
        Request request = sampling.request();
        Engine.Ready ready = engine.check(dryRun ? request.withoutChanges() : request, process);

        console.step("Recording for " + Durations.show(request.duration()) + " at " + request.frequency() + " Hz");
        console.command(ready.byHand());
        if (dryRun) return null;
        BuildId build = BuildId.of(node, new Transfer(node, console), process.pid(), process.executable());
        Profile plan = Profile.plan(UUID.randomUUID().toString(), process.program(build.gnu(), build.go()),
                new Place(node.name(), node.run("uname", "-r").text(), node.kubernetes(), node.cluster(), ready.settings()),
                ready.sampling(), request.seconds());
        Traffic traffic = Traffic.begin(node, plan.target(), process.startTicks(), !noMetrics, !noWho, console);
        return recorder.record(request, process, plan, traffic::end);
    }

    private static String summary(Profile profile, Recording recording) {
        Outcome outcome = profile.outcome();
        return String.format(Locale.ROOT, "%,d samples of %s (PID %d) in %.0f s, event %s, %d lost (%.2f %%), %,d KiB%s%n%s on node %s",
                outcome.samples(), profile.target().name(), profile.target().pid(), outcome.seconds(), profile.engine().event(),
                outcome.lost(), 100 * outcome.lostShare(), (profile.data().bytes() + 1023) >> 10,
                outcome.ended() == Ending.COMPLETE ? "" : "; ended early: " + outcome.ended(),
                recording.metadata(), profile.where().node()).replace("\r\n", "\n");
    }
}
