package lib.options;

import lib.capture.Recording;
import lib.node.Node;
import picocli.CommandLine.Option;

/** Whose recording it is about. */
public final class TargetOption {
    /** The program that the lab is about. */
    public static final String USUAL = "kube-apiserver";

    @Option(names = "--target", paramLabel = "NAME", description = "Name of the executable that is profiled (default: ${DEFAULT-VALUE}).")
    private String name = USUAL;

    public String name() {
        return name;
    }

    /** The target's recording in a work directory of a node. */
    public Recording recording(Node node, String workDir) {
        return new Recording(node, workDir, name);
    }
}
