package lib.options;

import java.nio.file.Path;
import lib.cli.Console;
import lib.cli.Failure;
import lib.cli.Section;
import lib.cluster.Cluster;
import lib.cluster.Kubeconfig;
import picocli.CommandLine.Option;

/** Which cluster: the options are kubectl's. */
@Section("Cluster")
public final class ClusterOptions {
    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The kubeconfig file, as for kubectl.")
    private Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "The kubeconfig's context.")
    private String context;

    @Option(names = {"-n", "--namespace"}, paramLabel = "NAME",
            description = "Namespace of the pod (default: the context's, or default).")
    private String namespace;

    /**
     * Connects to the cluster.
     *
     * @throws Failure if there is no kubeconfig, no such context, or no answer
     */
    public Cluster connect(Console console) {
        return new Kubeconfig(kubeconfig, context, namespace).connect(console);
    }
}
