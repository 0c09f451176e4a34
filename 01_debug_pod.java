///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/profile/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/cluster/*.java
//SOURCES lib/options/ClusterOptions.java lib/options/PodOptions.java lib/options/PodStage.java

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cluster.Cluster;
import lib.cluster.LabPod;
import lib.node.Node;
import lib.options.ClusterOptions;
import lib.options.PodOptions;
import lib.options.PodStage;
import picocli.CommandLine.Command;

/** Stage 01: a privileged pod on the control-plane node, to look around as on the node itself. */
@Command(name = "01_debug_pod", sortOptions = false,
        description = "Starts a privileged debug pod on the control-plane node and shows what it sees there.",
        footer = {"", "Examples:", "  ./jbang 01_debug_pod.java", "  ./jbang 01_debug_pod.java --status",
            "  ./jbang 01_debug_pod.java --node cp-2 --ttl 30m", "  ./jbang 01_debug_pod.java --delete"})
class DebugPod extends PodStage {
    private static final List<String> CONTROL_PLANE =
            List.of("kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler", "kubelet");
    private static final Pattern EXE = Pattern.compile("/proc/(\\d+)/exe -> .*/([^/ ]+)");

    DebugPod() {
        super(new ClusterOptions(), new PodOptions());
    }

    public static void main(String... args) {
        main(new DebugPod(), args);
    }

    @Override
    protected String manifest() {
        return "manifests/debug-profiler.yaml";
    }

    @Override
    protected String proceed(Cluster cluster, LabPod pod, Map<String, Object> data) {
        Map<String, String> seen = controlPlane(pod);
        StringBuilder lines = new StringBuilder("It sees these processes of the control plane:\n");
        seen.forEach((program, pids) -> lines.append("  ").append(program).append("  PID ").append(pids).append('\n'));
        if (seen.isEmpty()) lines.append("  none: is this the right node?\n");
        String enter = kubectl(cluster, "exec -it", pod.name(), "--", "sh");
        data.put("processes", seen);
        data.put("enter", enter);
        return lines + "Enter it:  " + enter + "    (the node's files are under /host)";
    }

    private Map<String, String> controlPlane(LabPod pod) {
        console.step("Looking at the processes of the control plane");
        Map<String, String> seen = new TreeMap<>();
        Node node = pod.enter(Duration.ofSeconds(20));
        String[] list = {"sh", "-c", "ls -l /proc/[0-9]*/exe 2>/dev/null; true"};
        console.command(node.byHand(list));
        for (String line : node.run(list).lines()) {
            Matcher exe = EXE.matcher(line);
            if (exe.find() && CONTROL_PLANE.contains(exe.group(2))) {
                seen.merge(exe.group(2), exe.group(1), (before, pid) -> before + ", " + pid);
            }
        }
        return seen;
    }
}
