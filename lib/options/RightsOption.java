package lib.options;

import lib.cli.Section;
import picocli.CommandLine.Option;

/** What the pod with perf may do. */
@Section("Pod")
public final class RightsOption {
    private enum Rights { privileged, minimal }

    @Option(names = "--profile", paramLabel = "NAME",
            description = "The pod's rights: privileged, or minimal, three capabilities (default: ${DEFAULT-VALUE}).")
    private Rights rights = Rights.privileged;

    /** Whether it has a few capabilities only. */
    public boolean minimal() {
        return rights == Rights.minimal;
    }

    /** The manifest of a pod with these rights. */
    public String manifest() {
        return minimal() ? "manifests/perf-runner-minimal.yaml" : "manifests/perf-runner.yaml";
    }
}
