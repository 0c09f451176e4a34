package lib.engines.perf;

import java.util.List;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;

/**
 * Kernel settings that are changed while a recording runs. Who changes them is a process on the node: it notes the
 * former values in a file beside the recording, and puts them back when it ends, however it ends. Only SIGKILL keeps
 * it from that; then the next run finds the note. It is believed only if it is of the job that was allowed to change just
 * these, and never makes a setting less strict. A value that somebody else has set meanwhile stays.
 */
final class KernelFix {
    private static final Script RESTORE_LEFT = Script.guarded(KernelFix.class, "kernel.sh", "restore-left.sh");
    private static final Script TRY = Script.of(KernelFix.class, "try-settings.sh");

    private KernelFix() {}

    /**
     * Puts back what recordings that were killed have left changed, and says so.
     *
     * @param base of one of them: it is looked for all that lie in the same folder
     */
    static void restoreLeft(Node node, String base, Console console) {
        Output output = node.sh(RESTORE_LEFT, base);
        for (String line : output.lines()) {
            String[] words = line.split(" ");
            if (words.length == 2) {
                console.warn("a recording was killed on node " + node.name() + " and left kernel." + words[0]
                        + " changed; it is " + words[1] + " again");
            }
        }
        if (!output.err().isBlank()) console.warn("kernel settings that a killed recording left changed stay so: " + output.complaint());
    }

    /**
     * Makes sure that we may change these settings; changes nothing.
     *
     * @throws Failure if we may not
     */
    static void require(Node node, List<String> changes) {
        Output output = node.sh(TRY, changes.toArray(String[]::new));
        if (output.ok()) return;
        throw new Failure(Exit.KERNEL, "kernel settings cannot be changed from here: " + output.complaint(),
                (node.kubernetes() == null ? "Become root" : "Start the pod with 01a_perf_runner.java --profile privileged")
                        + ", or on the node: sysctl -w kernel." + String.join(" kernel.", changes));
    }
}
