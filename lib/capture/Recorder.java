package lib.capture;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Json;
import lib.cli.Progress;
import lib.node.Node;
import lib.node.Transfer;
import lib.profile.Data;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Sampling;
import lib.profile.Schema;

/**
 * Watches a recording from here to its end and writes down what it was. Ctrl-C ends the recording and keeps it; a
 * second one leaves it running.
 */
public final class Recorder {
    /** Each look is a request through the server that is measured: seldom is enough. */
    private static final long LOOK_EVERY_MS = 5_000;
    /** How long perf may take after its time to write down what it has. */
    private static final long GRACE_SECONDS = 60;

    private final Node node;
    private final String base;
    private final Console console;
    private final Recording recording;
    private final Transfer transfer;

    /** @param base work directory and name, such as /tmp/apiserver */
    public Recorder(Node node, String base, Console console) {
        this.node = node;
        this.base = base;
        this.console = console;
        this.recording = new Recording(node, base);
        this.transfer = new Transfer(node, console);
    }

    public Recording recording() {
        return recording;
    }

    /**
     * Looks at the kernel's settings and says what they mean; puts back before what a killed recording left changed.
     *
     * @param fix whether the recording may change what stands in its way
     * @return the settings as they are while it records
     * @throws Failure if they forbid it, or may not be changed
     */
    public KernelSettings kernel(boolean fix) {
        KernelFix.restoreLeft(node, workDir(), console);
        KernelSettings settings = KernelSettings.read(node);
        settings.explain().forEach(console::note);
        if (fix && !settings.fixed().changes().isEmpty()) {
            settings = settings.fixed();
            KernelFix.require(node, settings.changes());
            console.note("while it records: kernel." + String.join(", kernel.", settings.changes()));
        }
        settings.require();
        return settings;
    }

    private String workDir() {
        return base.substring(0, base.lastIndexOf('/'));
    }

    /**
     * Records, watches, and leaves the data and its metadata on the node.
     *
     * @param buildId the executable's GNU build id, or null
     * @param goBuildId its Go build id, or null
     * @param frequency samples a second and CPU
     * @throws Failure if nothing was recorded, or the recording was left running
     */
    public Profile record(Target target, String buildId, String goBuildId, Perf perf, KernelSettings settings, String event,
            int frequency, int seconds) {
        Profile plan = Profile.plan(null, target.program(buildId, goBuildId),
                new Place(node.name(), node.run("uname", "-r").text(), node.kubernetes(), settings.asMap()),
                new Sampling(perf.version(), event, frequency), seconds);
        AtomicBoolean started = new AtomicBoolean();
        Thread watcher = Thread.currentThread();
        // A first Ctrl-C while it starts must not leave it behind: it is started, then ended.
        try (Interrupts interrupts = Interrupts.handle(count -> {
            if (started.get() || count > 1) watcher.interrupt();
        })) {
            recording.start(perf, event, frequency, seconds, target, settings.changes(), Json.write(plan));
            started.set(true);
            return finish(perf, watch(interrupts));
        }
    }

    /**
     * Takes over a recording that was started before, and waits for its end where it still runs.
     *
     * @throws Failure if there is none
     */
    public Profile attach() {
        KernelFix.restoreLeft(node, workDir(), console);
        Perf perf = Perf.find(node);
        if (recording.state() instanceof Recording.State.None) {
            throw new Failure(Exit.RECORDING, "no recording " + recording.dataFile() + " was started on node " + node.name(),
                    "Start one: the same command without --attach. --target, --output and --work-dir name another.");
        }
        Thread watcher = Thread.currentThread();
        try (Interrupts interrupts = Interrupts.handle(count -> watcher.interrupt())) {
            return finish(perf, watch(interrupts));
        }
    }

    private Recording.State.Ended watch(Interrupts interrupts) {
        int handled = 0;
        try (Watch watch = new Watch()) {
            while (true) {
                try {
                    if (interrupts.count() > handled) throw new InterruptedException();
                    Recording.State state = recording.state();
                    if (state instanceof Recording.State.Ended ended) return ended;
                    if (state instanceof Recording.State.Running running) watch.until(running);
                    else killed(state);
                } catch (Failure | InterruptedException e) {
                    if (interrupts.count() == handled) throw e instanceof Failure failure ? failure : interrupted();
                    handled = interrupts.count();
                    Thread.interrupted();
                    if (handled > 1) throw interrupted();
                    console.note("ending the recording; what it has is kept (Ctrl-C again leaves it running)");
                    stop(interrupts);
                }
            }
        }
    }

    private void stop(Interrupts interrupts) {
        try {
            recording.stop();
        } catch (Failure e) {
            throw interrupts.count() > 1 ? interrupted() : e;
        }
    }

    private Failure interrupted() {
        return new Failure(Exit.INTERRUPTED, "the recording goes on, on node " + node.name() + ", and ends by itself",
                "Take it over: the same command with --attach.");
    }

    /** @throws Failure unless the recording has samples all the same, and counts as ended from now on */
    private void killed(Recording.State state) {
        if (!(state instanceof Recording.State.Lost lost)) {
            throw new Failure(Exit.RECORDING, "the files of the recording, " + base + ".perf.*, were deleted on node " + node.name(),
                    "Record again.");
        }
        boolean kept = recording.salvage();
        KernelFix.restoreLeft(node, workDir(), console);
        String what = lost.rebooted() ? "node " + node.name() + " was started anew while it recorded" : "the recording was killed on node "
                + node.name() + " before it could end: out of memory, or its pod was deleted by force";
        if (!kept) throw new Failure(Exit.RECORDING, what + "; there is not a sample of it", "Record again, without --attach.");
        console.warn(what);
    }

    /** The time between two looks at the recording, shown as progress. */
    private final class Watch implements AutoCloseable {
        private static final long TICK_MS = 200;
        private Progress progress;

        void until(Recording.State.Running running) throws InterruptedException {
            if (running.elapsed() > running.seconds() + GRACE_SECONDS) {
                throw new Failure(Exit.RECORDING, "perf does not end on node " + node.name() + ", "
                        + (running.elapsed() - running.seconds()) + " s after its time", "Look at it: "
                        + node.byHand("cat", base + ".perf.log"));
            }
            if (progress == null) progress = new Progress(console, "recording", running.seconds(), "s");
            long left = (running.seconds() - running.elapsed()) * 1000;
            long wait = left > 0 ? Math.min(LOOK_EVERY_MS, left) : TICK_MS;
            for (long waited = 0; waited < wait; waited += TICK_MS) {
                progress.at(Math.min(running.seconds(), running.elapsed() + waited / 1000));
                node.pause(TICK_MS);
            }
        }

        @Override
        public void close() {
            if (progress != null) progress.close();
        }
    }

    private Profile finish(Perf perf, Recording.State.Ended ended) {
        Recording.Found found = recording.examine(perf, ended, transfer);
        Profile plan = plan();
        Sampling planned = plan.engine();
        Profile profile = new Profile(plan.schema(), plan.recording(), plan.target(), plan.where(),
                new Sampling(planned.program(), found.event(), planned.frequency()),
                new Outcome(ended.begin().toString(), seconds(plan, ended), found.samples(), found.lost(), ended.load(), ended.why()),
                new Data(found.data().size(), found.data().sha256()), null, null);
        recording.profile(profile, transfer);
        if (found.lost() > 0) {
            console.warn(String.format(Locale.ROOT, "%,d samples were lost (%.2f %%): the kernel's buffer was full",
                    found.lost(), 100 * profile.outcome().lostShare()));
        }
        if (ended.why() != Ending.COMPLETE) {
            console.warn("the recording ended early: " + (ended.why() == Ending.FAILED ? recording.failure(ended) : ended.why()));
        }
        return profile;
    }

    private static double seconds(Profile plan, Recording.State.Ended ended) {
        // The job sees the end half a second late: a recording that ran its time took just that.
        return ended.why() == Ending.COMPLETE ? plan.outcome().seconds() : Duration.between(ended.begin(), ended.end()).toSeconds();
    }

    private Profile plan() {
        try {
            return Json.read(recording.plan(), Profile.class, Schema::current);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.RECORDING, "what was recorded is not known: " + e.getMessage(), "Record again.", e);
        }
    }
}
