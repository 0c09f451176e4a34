package lib.engines.perf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;

/**
 * What the node's kernel allows: {@code kernel.perf_event_paranoid} and {@code kernel.kptr_restrict}, as the kernel's
 * Documentation/admin-guide/sysctl/kernel.rst defines them, and whether we have the capability that overrides the first.
 *
 * @param paranoid -1 to 4; above 2 is a distribution's own addition
 * @param kptrRestrict 0 to 2
 * @param privileged whether we have CAP_PERFMON or CAP_SYS_ADMIN
 * @param root whether we are user 0
 * @param syslog whether we have CAP_SYSLOG, which shows kernel addresses unless kptr_restrict is 2
 * @param changes what is set for the recording only, such as "kptr_restrict=1"; the other fields count with it
 */
public record KernelSettings(int paranoid, int kptrRestrict, boolean privileged, boolean root, boolean syslog,
        List<String> changes) {
    private static final Script READ = Script.of(KernelSettings.class, "kernel-settings.sh");
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYSLOG = 34;
    private static final int CAP_PERFMON = 38;

    /**
     * Reads the settings.
     *
     * @throws Failure if they cannot be read
     */
    public static KernelSettings read(Node node) {
        Output output = node.sh(READ);
        List<String> lines = output.lines();
        try {
            long caps = Long.parseUnsignedLong(lines.get(2), 16);
            return new KernelSettings(Integer.parseInt(lines.get(0)), Integer.parseInt(lines.get(1)),
                    has(caps, CAP_PERFMON) || has(caps, CAP_SYS_ADMIN), lines.get(3).equals("0"), has(caps, CAP_SYSLOG),
                    List.of());
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

    /** What each value means for a recording, and which other one would help, a line each. */
    public List<String> explain() {
        KernelSettings better = fixed();
        List<String> lines = new ArrayList<>();
        lines.add("kernel.perf_event_paranoid = " + paranoid + ": " + (privileged
                ? "no limit for us, we have CAP_PERFMON or CAP_SYS_ADMIN"
                : paranoid >= 3 ? "no perf for users without CAP_PERFMON"
                : paranoid == 2 ? "without CAP_PERFMON only our own processes, and no kernel frames"
                : paranoid >= 0 ? "enough for processes of our own, kernel frames included" : "no limit")
                + remedy(paranoid, better.paranoid));
        lines.add("kernel.kptr_restrict = " + kptrRestrict + ": " + (kernelNames()
                ? "kernel functions will have names"
                : "kernel functions will have no names" + (kptrRestrict >= 2 ? ", not even for root" : ""))
                + remedy(kptrRestrict, better.kptrRestrict));
        return lines;
    }

    private static String remedy(int is, int better) {
        return is == better ? "" : "; 02's --fix-kernel-settings makes it " + better + " while it records";
    }

    /**
     * The settings with only those changed that stand in the way of kernel frames and their names: as they are while
     * a recording runs that was told to fix them.
     */
    public KernelSettings fixed() {
        // With CAP_SYSLOG kptr_restrict 1 shows addresses; without it only 0 does, where paranoid is below 2.
        int perf = privileged && syslog ? paranoid : Math.min(paranoid, 1);
        int kernel = Math.min(kptrRestrict, syslog ? 1 : 0);
        List<String> wanted = new ArrayList<>();
        if (perf != paranoid) wanted.add("perf_event_paranoid=" + perf);
        if (kernel != kptrRestrict) wanted.add("kptr_restrict=" + kernel);
        return new KernelSettings(perf, kernel, privileged, root, syslog, List.copyOf(wanted));
    }

    /** Whether the kernel tells us the addresses of its functions (kallsyms_show_value in kernel/kallsyms.c). */
    public boolean kernelNames() {
        return kptrRestrict == 0 && paranoid < 2 || kptrRestrict <= 1 && syslog;
    }

    /**
     * Refuses what cannot work.
     *
     * @throws Failure with what would help
     */
    public void require() {
        if (paranoid >= 3 && !privileged) {
            throw new Failure(Exit.KERNEL, "kernel.perf_event_paranoid = " + paranoid + " forbids perf to us",
                    "Work in the privileged pod, become root, or record with --fix-kernel-settings.");
        }
    }

    /** The settings by name as they are while it records, for the metadata. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("kernel.perf_event_paranoid", Integer.toString(paranoid));
        map.put("kernel.kptr_restrict", Integer.toString(kptrRestrict));
        return map;
    }
}
