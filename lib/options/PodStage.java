package lib.options;

import java.util.LinkedHashMap;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Shell;
import lib.cli.Stage;
import lib.cluster.Cluster;
import lib.cluster.LabPod;
import lib.cluster.Preflight;
import lib.cluster.StartUp;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A stage that starts a pod of the lab on the control-plane node, shows how it is, and deletes it. */
public abstract class PodStage extends Stage {
    @Mixin
    private final ClusterOptions connection;

    @Mixin
    private final PodOptions wanted;

    @ArgGroup(exclusive = true)
    private Instead instead = new Instead();

    private static final class Instead {
        @Option(names = "--status", description = "Only say how the pod is.")
        private boolean status;

        @Option(names = "--delete", description = "Delete the pod.")
        private boolean delete;

        @Option(names = "--dry-run", description = "Only ask the server whether it would take the pod, and print its YAML.")
        private boolean dryRun;
    }

    protected PodStage(ClusterOptions connection, PodOptions wanted) {
        this.connection = connection;
        this.wanted = wanted;
    }

    private Boolean leaves;
    private Runnable last = () -> { };

    /**
     * This stage, to leave the pod instead, at the end of a run: see {@link LabPod#leave}.
     *
     * @param made whether this run has made it
     */
    public PodStage leaving(boolean made) {
        instead.delete = true;
        leaves = made;
        return this;
    }

    /** Has something done once the stage has done its work, while the pod still says that it is in use. */
    public void last(Runnable action) {
        last = action;
    }

    /** The pod's manifest: a path below the repository, which is its name on the class path too. */
    protected abstract String manifest();

    /** What else the stage's own options change in the pod. */
    protected void fit(LabPod pod) {}

    /**
     * What the stage does once the pod is ready.
     *
     * @param data what the stage finds, for -o json; the pod's description goes before it
     * @return the lines to print below the pod's own
     */
    protected abstract String proceed(Cluster cluster, LabPod pod, Map<String, Object> data);

    /** What the stage does before it deletes the pod. */
    protected void beforeDelete(Cluster cluster, LabPod pod) {}

    @Override
    protected void prepare() {
        StartUp.begin();
    }

    @Override
    protected int run() {
        console.step("Connecting to the cluster");
        if (!instead.status) StartUp.pods();
        try (Cluster cluster = connection.connect(console)) {
            console.note("Kubernetes " + cluster.version() + ", namespace " + cluster.namespace());
            try (LabPod pod = new LabPod(cluster, console, manifest())) {
                if (instead.status) return status(cluster, pod);
                if (instead.delete) return delete(cluster, pod);
                return start(cluster, pod);
            }
        }
    }

    private int start(Cluster cluster, LabPod pod) {
        console.step("Checking everything that is needed, before anything is created");
        console.command(kubectl(cluster, "auth can-i --list"));
        console.command(kubectl(cluster, "get nodes", "-l", "node-role.kubernetes.io/control-plane"));
        console.command(kubectl(cluster, "create --dry-run=server", "-f", manifest()));
        new Preflight(cluster, console).run(pod, wanted.node(), found -> {
            wanted.fit(pod, found);
            fit(pod);
        });
        if (instead.dryRun) {
            console.result(pod.yaml().stripTrailing());
            return Exit.DONE;
        }
        console.step("Starting pod " + pod.name() + " with image " + pod.image());
        console.command(kubectl(cluster, "apply --server-side", "-f", manifest()));
        console.note(pod.start() ? "ready" : "it runs already");
        Map<String, Object> found = new LinkedHashMap<>();
        String lines = proceed(cluster, pod, found);
        last.run();
        Map<String, Object> data = describe(cluster, pod, pod.seen());
        String text = line(data) + "\n" + lines;
        data.putAll(found);
        result(data, text);
        return Exit.DONE;
    }

    private int status(Cluster cluster, LabPod pod) {
        LabPod.Seen seen = pod.seen();
        Map<String, Object> data = describe(cluster, pod, seen);
        result(data, line(data));
        return seen != null && seen.ready() ? Exit.DONE : Exit.POD_NOT_READY;
    }

    private int delete(Cluster cluster, LabPod pod) {
        if (pod.seen() != null) beforeDelete(cluster, pod);
        console.command(kubectl(cluster, "delete pod", pod.name()));
        boolean deleted = leaves == null ? pod.delete() : pod.leave(leaves);
        result(Map.of("deleted", deleted), deleted ? "pod " + pod.name() + " deleted"
                : leaves == null ? "there is no pod " + pod.name() : "pod " + pod.name() + " is not deleted");
        return Exit.DONE;
    }

    private static Map<String, Object> describe(Cluster cluster, LabPod pod, LabPod.Seen seen) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("pod", pod.name());
        data.put("namespace", cluster.namespace());
        data.put("state", seen == null ? "absent" : seen.state());
        data.put("node", seen == null ? null : seen.node());
        data.put("image", seen == null ? null : seen.image());
        data.put("expires", seen == null || seen.expires() == null ? null : seen.expires().toString());
        return data;
    }

    private static String line(Map<String, Object> pod) {
        String text = "pod " + pod.get("namespace") + "/" + pod.get("pod") + ": " + pod.get("state");
        if (pod.get("node") != null) text += ", on node " + pod.get("node") + ", image " + pod.get("image");
        return pod.get("expires") == null ? text : text + ", expires " + pod.get("expires");
    }

    /** A kubectl line for the same cluster and namespace. */
    protected static String kubectl(Cluster cluster, String verb, String... words) {
        return "kubectl " + verb + " " + Shell.join(cluster.kubectlOptions()) + (words.length == 0 ? "" : " " + Shell.join(words));
    }
}
