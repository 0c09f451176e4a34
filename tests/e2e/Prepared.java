package tests.e2e;

import java.util.List;

/** What must be there before test classes run side by side. */
public final class Prepared {
    private static final List<String> SCRIPTS = List.of("01_debug_pod.java", "01a_perf_runner.java", "02_profile_apiserver.java",
            "03_flamegraph.java", "04_fetch_and_commit.java", "lab");

    private Prepared() {}

    /**
     * Builds every script once, for two builds at the same time can spoil JBang's cache.
     *
     * @return whether the cluster is up; else it is the first class that brings it up, and takes it down
     */
    public static boolean forSeveral() {
        if (Run.jbang(Run.ROOT, "mini-k8s", "status").exitCode() != 0) return false;
        for (String script : SCRIPTS) Run.jbang(Run.ROOT, script, "--help").exit(0);
        return true;
    }
}
