///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/cli/*.java
//SOURCES lib/profile/*.java
//SOURCES lib/node/*.java
//SOURCES lib/capture/*.java
//FILES manifests/perf-runner.yaml=manifests/perf-runner.yaml
//FILES manifests/perf-runner-minimal.yaml=manifests/perf-runner-minimal.yaml

import java.time.Duration;
import java.util.Map;
import lib.capture.KernelSettings;
import lib.capture.Perf;
import lib.node.Cluster;
import lib.node.LabPod;
import lib.node.Node;
import lib.node.PodStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stage 01a: a light pod with perf in it, on the control-plane node, where stages 02 and 03 do their work. */
@Command(name = "01a_perf_runner", sortOptions = false,
        description = "Starts a light pod on the control-plane node, installs perf into it if it is missing, and proves that"
                + " perf can open an event there.",
        footer = {"", "Examples:", "  ./jbang 01a_perf_runner.java", "  ./jbang 01a_perf_runner.java --image debian:bookworm-slim",
            "  ./jbang 01a_perf_runner.java --profile minimal --ttl 2h -n kube-system", "  ./jbang 01a_perf_runner.java --delete"})
class PerfRunner extends PodStage {
    @Option(names = "--work-dir", paramLabel = "DIR", defaultValue = "/tmp",
            description = "Where the node keeps what passes between the stages (default: ${DEFAULT-VALUE}).")
    private String workDir;

    @Option(names = "--profile", paramLabel = "NAME", defaultValue = "privileged",
            description = "The pod's rights: privileged, or minimal, three capabilities (default: ${DEFAULT-VALUE}).")
    private Rights rights;

    private enum Rights { privileged, minimal }

    public static void main(String... args) {
        main(new PerfRunner(), args);
    }

    @Override
    protected String manifest() {
        return rights == Rights.minimal ? "manifests/perf-runner-minimal.yaml" : "manifests/perf-runner.yaml";
    }

    @Override
    protected void fit(LabPod pod) {
        pod.workDir(workDir);
    }

    @Override
    protected String proceed(Cluster cluster, LabPod pod, Map<String, Object> data) {
        Node node = cluster.podNode(pod.name(), Duration.ofSeconds(60));
        console.step("Installing perf and curl, if they are missing");
        if (rights == Rights.minimal && !Perf.installed(node)) {
            console.note("they are: the pod is started again, with the capabilities that a package manager needs");
            pod.capabilities(Perf.CAPABILITIES_TO_INSTALL);
            pod.start();
            node = cluster.podNode(pod.name(), Duration.ofSeconds(60));
        }
        console.note(Perf.install(node, console) ? "installed" : "both are there");
        Perf perf = Perf.find(node);

        console.step("Trying which event perf can open");
        KernelSettings settings = KernelSettings.read(node);
        settings.explain().forEach(console::note);
        settings.require();
        console.command(node.byHand(perf.path(), "record", "-e", "cycles", "-F", "99", "-g", "--", "sleep", "0.1"));
        String event = perf.chooseEvent(node, settings, null, workDir, null);

        data.put("perf", perf.version());
        data.put("event", event);
        return perf.version() + " will sample the event " + event;
    }
}
