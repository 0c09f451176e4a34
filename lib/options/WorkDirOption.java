package lib.options;

import java.nio.file.Path;
import lib.cli.Section;
import picocli.CommandLine.Option;

/** Where the node keeps what passes between the stages. */
@Section("Node")
public final class WorkDirOption {
    /** In the pod, as in the lab; what it is on the node say the manifests. */
    private static final String IN_POD = "/tmp";
    /** On this machine, for root as for the pods. */
    private static final String OF_ROOT = "/var/lib/kube-flamegraph";

    @Option(names = "--work-dir", paramLabel = "DIR",
            description = "Where the node keeps what passes between the stages; nobody else may write there (default: in the pod"
                    + " /tmp, which is the node's /var/lib/kube-flamegraph; with --local that, or ~/.local/state/kube-flamegraph).")
    private String asked;

    /** The folder that was asked for, or null. */
    public String asked() {
        return asked;
    }

    /** The folder in a pod. */
    public String inPod() {
        return asked == null ? IN_POD : asked;
    }

    /** The folder on this machine. */
    String here() {
        if (asked != null) return Path.of(asked).toAbsolutePath().normalize().toString();
        if ("root".equals(System.getProperty("user.name"))) return OF_ROOT;
        String xdg = System.getenv("XDG_STATE_HOME");
        Path state = xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".local", "state");
        return state.resolve("kube-flamegraph").toString();
    }
}
