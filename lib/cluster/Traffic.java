package lib.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.node.Node;
import lib.profile.ClientCount;
import lib.profile.Clients;
import lib.profile.Profile;
import lib.profile.Program;

/**
 * What is asked of kube-apiserver while it is recorded: which requests, by its own counters; and by whom, by its audit log, or
 * by priority and fairness where it has none. What cannot be known is left out of the profile.
 */
public final class Traffic {
    private static final String SERVER = "kube-apiserver";
    private static final Pattern BOOT = Pattern.compile("(?m)^btime (\\d{1,12})$");
    /** Of a process's start, for programs on Linux: USER_HZ. */
    private static final double TICKS_A_SECOND = 100;

    private ServerMetrics metrics;
    private AuditLog audit;
    private InFlight inFlight;

    private Traffic() { }

    /**
     * Takes note of where the counters of a server stand that is reached through the API alone.
     *
     * @param count whether to read the counters
     * @param who whether to see who asks
     */
    public static Traffic begin(Cluster cluster, boolean count, boolean who, Console console) {
        Traffic traffic = new Traffic();
        if (count) traffic.metrics = ServerMetrics.begin(cluster, 0, console);
        if (who) traffic.inFlight = InFlight.begin(cluster, console);
        return traffic;
    }

    /**
     * Takes note of where counters and log stand; of other programs than kube-apiserver there is nothing to know.
     *
     * @param program the one that is recorded
     * @param startTicks when its process started, in clock ticks since boot
     * @param count whether to read the counters
     * @param who whether to see who asks
     */
    public static Traffic begin(Node node, Program program, long startTicks, boolean count, boolean who, Console console) {
        Traffic traffic = new Traffic();
        if (!program.name().equals(SERVER)) return traffic;
        Cluster cluster = node instanceof PodNode pod ? pod.reachedThrough() : null;
        if (who) traffic.audit = AuditLog.begin(node, program);
        if (count && cluster != null) traffic.metrics = ServerMetrics.begin(cluster, start(node, startTicks), console);
        if (who && traffic.audit == null && cluster != null) traffic.inFlight = InFlight.begin(cluster, console);
        return traffic;
    }

    /** Seconds since 1970; 0 where the node does not tell. */
    private static double start(Node node, long ticks) {
        String text = node.text("/proc/stat");
        Matcher boot = BOOT.matcher(text == null ? "" : text);
        return boot.find() ? Long.parseLong(boot.group(1)) + ticks / TICKS_A_SECOND : 0;
    }

    /** A profile with what was asked since; to be called once, as soon as the recording has ended. */
    public Profile end(Profile profile) {
        Profile counted = metrics == null ? profile : metrics.end(profile);
        if (audit != null) return counted.asked(audit.end());
        if (inFlight == null) return counted;
        inFlight.close();
        List<ClientCount> seen = new ArrayList<>(metrics == null ? List.of() : metrics.flows());
        seen.addAll(inFlight.seen());
        return seen.isEmpty() ? counted : counted.asked(new Clients(Clients.FAIRNESS, seen));
    }
}
