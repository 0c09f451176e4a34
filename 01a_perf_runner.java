///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/profile/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/cluster/*.java
//SOURCES lib/engines/perf/Perf.java lib/engines/perf/KernelFix.java lib/engines/perf/KernelSettings.java lib/engines/perf/package-info.java
//SOURCES lib/options/ClusterOptions.java lib/options/PodOptions.java lib/options/PodStage.java lib/options/RightsOption.java lib/options/WorkDirOption.java

import java.time.Duration;
import java.util.Map;
import lib.cluster.Cluster;
import lib.cluster.LabPod;
import lib.engines.perf.KernelSettings;
import lib.engines.perf.Perf;
import lib.node.Node;
import lib.options.ClusterOptions;
import lib.options.PodOptions;
import lib.options.PodStage;
import lib.options.RightsOption;
import lib.options.WorkDirOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stage 01a: a light pod with perf in it, on the control-plane node, where stages 02 and 03 do their work. */
@Command(name = "01a_perf_runner", sortOptions = false,
        description = "Starts a light pod on the control-plane node, installs perf into it if it is missing, and proves that"
                + " perf can open an event there.",
        footer = {"", "Examples:", "  ./jbang 01a_perf_runner.java", "  ./jbang 01a_perf_runner.java --image debian:bookworm-slim",
            "  ./jbang 01a_perf_runner.java --profile minimal --ttl 2h -n kube-system", "  ./jbang 01a_perf_runner.java --delete --with-files"})
class PerfRunner extends PodStage {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin
    private final RightsOption rights;
    @Mixin
    private final WorkDirOption workDir;

    PerfRunner() {
        this(new ClusterOptions(), new PodOptions(), new RightsOption(), new WorkDirOption());
    }

    PerfRunner(ClusterOptions cluster, PodOptions pod, RightsOption rights, WorkDirOption workDir) {
        super(cluster, pod);
        this.rights = rights;
        this.workDir = workDir;
    }

    public static void main(String... args) {
        main(new PerfRunner(), args);
    }

    @Option(names = "--with-files", description = "With --delete: remove too what the stages have left on the node.")
    private boolean withFiles;

    @Override
    protected void beforeDelete(Cluster cluster, LabPod pod) {
        if (!withFiles) return;
        console.step("Removing what the stages have left on the node");
        Perf.clear(cluster.podNode(pod.name(), Duration.ofSeconds(60)), workDir.inPod());
    }

    @Override
    protected String manifest() {
        return rights.manifest();
    }

    @Override
    protected void fit(LabPod pod) {
        if (workDir.asked() != null) pod.workDir(workDir.asked());
    }

    @Override
    protected String proceed(Cluster cluster, LabPod pod, Map<String, Object> data) {
        Node node = pod.enter(PATIENCE);
        node.guard(workDir.inPod()); // before a package manager uses it, while it still is as the kubelet made it
        console.step("Installing perf and curl, if they are missing");
        if (rights.minimal() && !Perf.installed(node)) {
            console.note("they are: the pod is started again, with the capabilities that a package manager needs");
            pod.capabilities(Perf.CAPABILITIES_TO_INSTALL);
            pod.start();
            node = pod.enter(PATIENCE);
        }
        console.note(Perf.install(node, console) ? "installed" : "both are there");
        Perf perf = Perf.find(node);

        console.step("Trying which event perf can open");
        KernelSettings settings = KernelSettings.read(node);
        settings.explain().forEach(console::note);
        settings.require();
        String event = perf.chooseEvent(node, settings, null, workDir.inPod(), null);
        console.command(node.byHand(perf.trial(event)));

        data.put("perf", perf.version());
        data.put("event", event);
        return perf.version() + " will sample the event " + event;
    }
}
