///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/cli/*.java
//SOURCES lib/profile/*.java
//SOURCES lib/stacks/*.java
//SOURCES lib/formats/*.java
//SOURCES lib/elf/*.java
//SOURCES lib/insight/*.java
//SOURCES lib/flame/*.java
//SOURCES lib/node/*.java
//SOURCES lib/capture/*.java
//SOURCES lib/symbols/*.java
//SOURCES lib/convert/*.java

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import lib.capture.KernelSettings;
import lib.capture.Perf;
import lib.capture.Recorder;
import lib.capture.Target;
import lib.cli.Durations;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Stage;
import lib.convert.Input;
import lib.convert.Recorded;
import lib.insight.Report;
import lib.node.Node;
import lib.node.NodeOptions;
import lib.node.Transfer;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Profile;
import lib.symbols.BuildId;
import lib.symbols.SymbolCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stage 02: find the process, check the kernel, record its stacks. */
@Command(name = "02_profile_apiserver", sortOptions = false,
        description = "Records where a live kube-apiserver spends its CPU time, with perf on its node.",
        footer = {"", "Examples:", "  ./jbang 02_profile_apiserver.java", "  ./jbang 02_profile_apiserver.java -d 20 -F 199",
            "  ./jbang 02_profile_apiserver.java --target etcd", "  ./jbang 02_profile_apiserver.java --local --target java --pid 4711"})
class ProfileApiserver extends Stage {
    private static final int HOTTEST = 5;

    @Mixin
    private NodeOptions connection;
    @Mixin
    private NodeOptions.Place place;

    @Option(names = "--target", paramLabel = "NAME", defaultValue = "kube-apiserver",
            description = "Name of the executable to profile (default: ${DEFAULT-VALUE}).")
    private String targetName;

    @Option(names = "--pid", paramLabel = "PID", description = "The process, where several have that name.")
    private Integer pid;

    @Option(names = {"-d", "--duration"}, paramLabel = "TIME", defaultValue = "60s", converter = Durations.class,
            description = "How long to record (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(names = {"-F", "--frequency"}, paramLabel = "HZ", defaultValue = "99",
            description = "Samples a second and CPU (default: ${DEFAULT-VALUE}).")
    private int frequency;

    @Option(names = {"-e", "--event"}, paramLabel = "EVENT",
            description = "The perf event to sample (default: cycles, or cpu-clock where the CPU counts none).")
    private String event;

    @Option(names = "--output", paramLabel = "NAME",
            description = "Name of the files in the work directory (default: apiserver, or the target's name).")
    private String output;

    @Option(names = "--fix-kernel-settings", description = "While it records, change the kernel settings that stand in the way.")
    private boolean fixKernel;

    @Option(names = "--attach", description = "Take over a recording that was started before, running or ended.")
    private boolean attach;

    @Option(names = "--dry-run", description = "Check everything, and only print the command that would record.")
    private boolean dryRun;

    public static void main(String... args) {
        main(new ProfileApiserver(), args);
    }

    @Override
    protected int run() throws Exception {
        console.step("Opening the node");
        try (Node node = connection.open(place, console)) {
            console.note("node " + node.name() + (node.kubernetes() == null ? "" : ", Kubernetes " + node.kubernetes()));
            String name = output != null ? Target.fileName(output) : Target.fileName(targetName);
            Recorder recorder = new Recorder(node, place.workDir() + "/" + name, console);
            Profile profile = attach ? recorder.attach() : record(node, recorder);
            if (profile != null) result(profile, summary(profile, recorder) + firstLook(node, profile, recorder));
            return profile == null ? Exit.DONE : profile.outcome().ended().exitCode();
        }
    }

    private Profile record(Node node, Recorder recorder) throws Exception {
        console.step("Finding the process of " + targetName);
        console.command(node.byHand("sh", "-c", "ls -l /proc/[0-9]*/exe | grep '/" + targetName + "$'"));
        Target target = Target.find(node, targetName, pid);
        console.note("PID " + target.pid() + "  " + target.executable());

        console.step("Checking the kernel");
        console.command(node.byHand("sysctl", "kernel.perf_event_paranoid", "kernel.kptr_restrict"));
        KernelSettings settings = recorder.kernel(fixKernel && !dryRun);
        Perf perf = Perf.find(node);
        String chosen = perf.chooseEvent(node, settings, event, place.workDir(), target.pid());
        console.note(perf.version() + ", event " + chosen);

        console.step("Recording for " + Durations.show(duration) + " at " + frequency + " Hz");
        int seconds = (int) duration.toSeconds();
        console.command(recorder.recording().byHand(perf, chosen, frequency, target.pid(), seconds));
        if (dryRun) return null;
        BuildId build = BuildId.of(node, new Transfer(node, console), target.pid(), target.executable());
        return recorder.record(target, build.gnu(), build.go(), perf, settings, chosen, frequency, seconds);
    }

    /** Where the time went, in short. The recording counts even where that cannot be told. */
    private String firstLook(Node node, Profile profile, Recorder recorder) {
        if (json()) return "";
        try {
            Input input = new Input();
            Recorded recorded = Recorded.read(input, recorder.recording(), profile, node, new Transfer(node, console),
                    SymbolCache.ofUserOr(place.replayed()), console);
            return "\n\n" + Report.of(recorded.named().tree(), input.unit(recorded.stacks()), HOTTEST).text(console.colour());
        } catch (Failure | IOException e) {
            console.warn("the recording is there, but cannot be looked at yet: " + e.getMessage());
            return "";
        }
    }

    private String summary(Profile profile, Recorder recorder) {
        Outcome outcome = profile.outcome();
        return String.format(Locale.ROOT, "%,d samples of %s (PID %d) in %.0f s, event %s, %d lost (%.2f %%), %,d KiB%s%n%s on node %s",
                outcome.samples(), profile.target().name(), profile.target().pid(), outcome.seconds(), profile.engine().event(), outcome.lost(),
                100 * outcome.lostShare(), (profile.data().bytes() + 1023) >> 10,
                outcome.ended() == Ending.COMPLETE ? "" : "; ended early: " + outcome.ended(),
                recorder.recording().dataFile(), profile.where().node()).replace("\r\n", "\n");
    }
}
