package lib.capture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Node;
import lib.node.Output;

/**
 * What the node's kernel allows: {@code kernel.perf_event_paranoid} and {@code kernel.kptr_restrict}, as the kernel's
 * Documentation/admin-guide/sysctl/kernel.rst defines them, and whether we have the capability that overrides the first.
 *
 * @param paranoid -1 to 4; above 2 is a distribution's own addition
 * @param kptrRestrict 0 to 2
 * @param privileged whether we have CAP_PERFMON or CAP_SYS_ADMIN
 * @param root whether we are user 0
 * @param syslog whether we have CAP_SYSLOG, which shows kernel addresses where kptr_restrict is 1
 */
public record KernelSettings(int paranoid, int kptrRestrict, boolean privileged, boolean root, boolean syslog) {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYSLOG = 34;
    private static final int CAP_PERFMON = 38;

    /**
     * Reads the settings.
     *
     * @throws Failure if they cannot be read
     */
    public static KernelSettings read(Node node) {
        Output output = node.sh("cat /proc/sys/kernel/perf_event_paranoid /proc/sys/kernel/kptr_restrict"
                + " && sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status && id -u");
        List<String> lines = output.lines();
        try {
            long caps = Long.parseUnsignedLong(lines.get(2), 16);
            return new KernelSettings(Integer.parseInt(lines.get(0)), Integer.parseInt(lines.get(1)),
                    has(caps, CAP_PERFMON) || has(caps, CAP_SYS_ADMIN), lines.get(3).equals("0"), has(caps, CAP_SYSLOG));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new Failure(Exit.KERNEL, "the kernel settings of node " + node.name() + " cannot be read: "
                    + output.complaint(), "Was this kernel built without perf events?", e);
        }
    }

    private static boolean has(long caps, int capability) {
        return (caps >>> capability & 1) != 0;
    }

    /** Whether only user-space frames can be recorded. */
    public boolean userOnly() {
        return paranoid >= 2 && !privileged;
    }

    /** What each value means for a recording, a line each. */
    public List<String> explain() {
        List<String> lines = new ArrayList<>();
        lines.add("kernel.perf_event_paranoid = " + paranoid + ": " + (privileged
                ? "no limit for us, we have CAP_PERFMON or CAP_SYS_ADMIN"
                : paranoid >= 3 ? "no perf for users without CAP_PERFMON"
                : paranoid == 2 ? "without CAP_PERFMON only our own processes, and no kernel frames"
                : paranoid >= 0 ? "enough for processes of our own, kernel frames included" : "no limit"));
        lines.add("kernel.kptr_restrict = " + kptrRestrict + ": " + (kernelNames()
                ? "kernel functions will have names"
                : "kernel functions will have no names" + (kptrRestrict >= 2 ? ", not even for root" : "")));
        return lines;
    }

    /** Whether the kernel tells us the addresses of its functions. */
    public boolean kernelNames() {
        return kptrRestrict == 0 && (paranoid < 2 || privileged) || kptrRestrict == 1 && syslog;
    }

    /**
     * Refuses what cannot work.
     *
     * @throws Failure with what would help
     */
    public void require() {
        if (paranoid >= 3 && !privileged) {
            throw new Failure(Exit.KERNEL, "kernel.perf_event_paranoid = " + paranoid + " forbids perf to us",
                    "Work in the privileged pod, become root, or: sysctl -w kernel.perf_event_paranoid=1");
        }
    }

    /** The settings by name, as the metadata keeps them. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("kernel.perf_event_paranoid", Integer.toString(paranoid));
        map.put("kernel.kptr_restrict", Integer.toString(kptrRestrict));
        return map;
    }
}
