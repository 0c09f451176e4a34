package lib.options;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Section;
import lib.cluster.Cluster;
import lib.cluster.StartUp;
import lib.node.LocalNode;
import lib.node.Node;
import lib.replay.RecordingNode;
import lib.replay.ReplayedNode;
import lib.symbols.SymbolCache;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node, reached through which pod of which cluster; or this machine. */
@Section("Node")
public final class NodeOptions {
    /** How long a broken connection is tried again: an API server that restarts under load takes a minute or two. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--pod", paramLabel = "NAME", description = "The pod to work in (default: ${DEFAULT-VALUE}).")
    private String pod = "perf-runner";

    @Option(names = "--local", description = "The node is this machine: no cluster is needed.")
    private boolean local;

    @Mixin
    private WorkDirOption workDir = new WorkDirOption();

    /** Both are for samples/, see the page there. */
    @Option(names = "--record", paramLabel = "DIR", hidden = true)
    private Path record;

    @Option(names = "--replay", paramLabel = "DIR", hidden = true)
    private Path replay;

    /** The options of a node that was recorded into a folder. */
    public static NodeOptions replaying(Path folder) {
        NodeOptions options = new NodeOptions();
        options.replay = folder;
        return options;
    }

    /** The same cluster and work directory, but the node is this machine. */
    public NodeOptions here() {
        NodeOptions options = new NodeOptions();
        options.cluster = cluster;
        options.workDir = workDir;
        options.local = true;
        return options;
    }

    public ClusterOptions cluster() {
        return cluster;
    }

    public WorkDirOption workDirOption() {
        return workDir;
    }

    /** Where the node keeps what passes between the stages. */
    public String workDir() {
        return local ? workDir.here() : workDir.inPod();
    }

    public boolean local() {
        return local;
    }

    /** Where symbols are kept: the user's own cache; for a recorded node one of its own, as its binaries are not whole. */
    public SymbolCache symbols() {
        return replay == null ? SymbolCache.ofUser() : new SymbolCache(replay.resolve("symbols"));
    }

    /**
     * Opens the node: this machine, or the pod on it.
     *
     * @throws Failure if the cluster does not answer or the pod does not run
     */
    public Node open(Console console) {
        try {
            if (replay != null) return new ReplayedNode(replay);
            Node node = local ? new LocalNode() : podNode(console);
            return record == null ? node : new RecordingNode(node, record);
        } catch (IOException e) {
            throw new Failure(Exit.INPUT, "no recorded node: " + e.getMessage(), null, e);
        }
    }

    private Node podNode(Console console) {
        StartUp.pods();
        Cluster connected = cluster.connect(console);
        try {
            return connected.podNode(pod, PATIENCE);
        } catch (RuntimeException e) {
            connected.close();
            throw e;
        }
    }
}
