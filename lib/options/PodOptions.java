package lib.options;

import java.time.Duration;
import lib.cli.Durations;
import lib.cli.Section;
import lib.cluster.LabPod;
import picocli.CommandLine.Option;

/** The pod that is started: where, of which image, for how long. */
@Section("Pod")
public final class PodOptions {
    @Option(names = "--node", paramLabel = "NAME", description = "The node (default: the control-plane node).")
    private String node;

    @Option(names = "--image", paramLabel = "IMAGE",
            description = "The image (default: localhost/<pod's name> where the node has it, else the manifest's).")
    private String image;

    @Option(names = "--ttl", paramLabel = "TIME", converter = Durations.class,
            description = "How long the pod may live, such as 30m or 2h (default: the manifest's, 1h).")
    private Duration ttl;

    /** The node that was asked for, or null. */
    String node() {
        return node;
    }

    /** Makes the pod as it was asked for, on that node. */
    void fit(LabPod pod, String found) {
        pod.node(found);
        if (node != null) pod.nodeWasAskedFor();
        pod.image(image);
        if (ttl != null) pod.ttl(ttl);
    }
}
