package lib.engines;

import lib.capture.Engine;
import lib.capture.Recording;
import lib.cli.Console;
import lib.engines.perf.PerfEngine;

/** The engines that there are: the one place that names them. */
public final class Engines {
    private Engines() {}

    /** The engine for a recording, one to be made or one that there is. */
    public static Engine of(Recording recording, Console console) {
        return new PerfEngine(recording, console);
    }
}
