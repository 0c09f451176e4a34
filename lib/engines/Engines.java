package lib.engines;

import lib.capture.Engine;
import lib.capture.Recording;
import lib.cli.Console;
import lib.cluster.Cluster;
import lib.cluster.ServerProfiler;
import lib.engines.perf.PerfEngine;
import lib.engines.pprof.PprofEngine;
import lib.profile.Profile;

/** The engines that there are: the one place that names them. */
public final class Engines {
    private Engines() {}

    /**
     * The engine for a recording that is to be made.
     *
     * @param cluster whose API server gives its own profile; null where perf records on the node
     */
    public static Engine of(Recording recording, Cluster cluster, Console console) {
        return cluster == null ? new PerfEngine(recording, console) : new PprofEngine(recording, new ServerProfiler(cluster), console);
    }

    /** The engine that made a recording. */
    public static Engine of(Recording recording, Profile profile, Console console) {
        boolean pprof = profile.engine().program().startsWith(PprofEngine.NAME + " ");
        return pprof ? new PprofEngine(recording, null, console) : new PerfEngine(recording, console);
    }
}
