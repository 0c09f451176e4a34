package lib.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import lib.cli.Console;
import lib.profile.ClientCount;
import lib.profile.Profile;

/**
 * What kube-apiserver says of its own requests: its counters, read when a recording begins and when it ends. Where that cannot
 * be, it is said once, and the recording lacks them.
 */
final class ServerMetrics {
    private static final String PATH = "/metrics";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** The time of boot, to which starts are relative, moves by a second when the clock is set. */
    private static final double STARTS_MAY_DIFFER = 2;

    private final Cluster cluster;
    private final Console console;
    private Metrics before;
    private Metrics after;

    private ServerMetrics(Cluster cluster, Console console) {
        this.cluster = cluster;
        this.console = console;
    }

    /**
     * Reads the counters for the first time.
     *
     * @param start when the recorded server's process started, in seconds since 1970, for of several servers behind one address
     *     another may answer; 0 where that is not known
     */
    static ServerMetrics begin(Cluster cluster, double start, Console console) {
        ServerMetrics metrics = new ServerMetrics(cluster, console);
        Metrics first = metrics.read();
        if (first != null && start > 0 && first.started() > 0 && Math.abs(start - first.started()) > STARTS_MAY_DIFFER) {
            metrics.unknown("another API server answers than the one that is recorded");
        } else {
            metrics.before = first;
        }
        return metrics;
    }

    /** Reads them again: a profile with what was counted between. */
    Profile end(Profile profile) {
        if (before == null) return profile;
        after = read();
        if (after == null) return profile;
        if (after.started() != before.started()) {
            unknown("the API server was started anew, or another one answered");
            after = null;
            return profile;
        }
        return profile.counted(RequestCounts.between(before, after));
    }

    /** What flowed through priority and fairness until the end; none where it is not known. */
    List<ClientCount> flows() {
        return after == null ? List.of() : RequestCounts.flowsBetween(before, after);
    }

    /** One reading, or null where there is none; then it is said why. */
    private Metrics read() {
        try {
            Answer answer = Answer.get(cluster.client(), PATH, TIMEOUT);
            if (answer.code() == 403 || answer.code() == 401) {
                unknown("you may not get " + PATH + "; manifests/rbac.yaml has the right");
            } else if (answer.code() != 200) {
                unknown(PATH + " answers with HTTP " + answer.code());
            } else {
                try (InputStream text = answer.text()) {
                    return Metrics.read(text);
                }
            }
        } catch (IOException e) {
            unknown(PATH + ": " + e.getMessage());
        }
        return null;
    }

    private void unknown(String why) {
        console.note("which requests it answers stays unknown: " + why);
    }
}
