package lib.capture;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Progress;
import lib.node.Node;
import lib.node.Transfer;
import lib.profile.Ending;
import lib.profile.Profile;

/**
 * Watches a recording from here to its end and writes down what it was. Ctrl-C ends the recording and keeps it; a
 * second one leaves it running.
 */
public final class Recorder {
    /** Each look is a request through the server that is measured: seldom is enough. */
    private static final long LOOK_EVERY_MS = 5_000;
    /** How long an engine may take after its time to write down what it has. */
    private static final long GRACE_SECONDS = 60;

    private final Recording recording;
    private final Engine engine;
    private final Node node;
    private final Console console;

    public Recorder(Recording recording, Engine engine, Console console) {
        this.recording = recording;
        this.engine = engine;
        this.node = recording.node();
        this.console = console;
    }

    /**
     * Records, watches, and leaves the data and its metadata on the node.
     *
     * @param noted adds what else was seen meanwhile to the plan: called as soon as the recording has ended
     * @throws Failure if nothing was recorded, or the recording was left running
     */
    public Profile record(Request request, Target target, Profile plan, UnaryOperator<Profile> noted) {
        AtomicBoolean started = new AtomicBoolean();
        Thread watcher = Thread.currentThread();
        // A first Ctrl-C while it starts must not leave it behind: it is started, then ended.
        try (Interrupts interrupts = Interrupts.handle(count -> {
            if (started.get() || count > 1) watcher.interrupt();
        })) {
            engine.start(request, target, plan);
            started.set(true);
            return finish(plan, watch(plan.recording(), interrupts), noted);
        }
    }

    /**
     * Takes over a recording that was started before, and waits for its end where it still runs.
     *
     * @throws Failure if there is none
     */
    public Profile attach() {
        engine.restore();
        Profile plan = recording.plan();
        if (plan == null || engine.state(plan.recording()) instanceof State.None) {
            throw new Failure(Exit.RECORDING, "no recording " + recording.base() + " was started on node " + node.name(),
                    "Start one: the same command without --attach. --target, --output and --work-dir name another.");
        }
        Thread watcher = Thread.currentThread();
        try (Interrupts interrupts = Interrupts.handle(count -> watcher.interrupt())) {
            return finish(plan, watch(plan.recording(), interrupts), UnaryOperator.identity());
        }
    }

    private State.Ended watch(String token, Interrupts interrupts) {
        int handled = 0;
        try (Watch watch = new Watch()) {
            while (true) {
                try {
                    if (interrupts.count() > handled) throw new InterruptedException();
                    State state = engine.state(token);
                    if (state instanceof State.Ended ended) return ended;
                    if (state instanceof State.Running running) watch.until(running);
                    else killed(token, state);
                } catch (Failure | InterruptedException e) {
                    if (interrupts.count() == handled) throw e instanceof Failure failure ? failure : interrupted();
                    handled = interrupts.count();
                    Thread.interrupted();
                    if (handled > 1) throw interrupted();
                    console.note("ending the recording; what it has is kept (Ctrl-C again leaves it running)");
                    stop(token, interrupts);
                }
            }
        }
    }

    private void stop(String token, Interrupts interrupts) {
        try {
            engine.stop(token);
        } catch (Failure e) {
            throw interrupts.count() > 1 ? interrupted() : e;
        }
    }

    private Failure interrupted() {
        return new Failure(Exit.INTERRUPTED, "the recording goes on, on node " + node.name() + ", and ends by itself",
                "Take it over: the same command with --attach.");
    }

    /** @throws Failure unless the recording has samples all the same, and counts as ended from now on */
    private void killed(String token, State state) {
        if (state instanceof State.Replaced) {
            throw new Failure(Exit.RECORDING, "another recording " + recording.base() + " was started on node " + node.name()
                    + " meanwhile", "Take that one over with --attach, or record again.");
        }
        if (!(state instanceof State.Lost lost)) {
            throw new Failure(Exit.RECORDING, "the files of the recording, " + recording.base() + ".*, were deleted on node "
                    + node.name(), "Record again.");
        }
        boolean kept = engine.salvage(token);
        engine.restore();
        String what = lost.rebooted() ? "node " + node.name() + " was started anew while it recorded" : "the recording was killed on node "
                + node.name() + " before it could end: out of memory, or its pod was deleted by force";
        if (!kept) throw new Failure(Exit.RECORDING, what + "; there is not a sample of it", "Record again, without --attach.");
        console.warn(what);
    }

    /** The time between two looks at the recording, shown as progress. */
    private final class Watch implements AutoCloseable {
        private static final long TICK_MS = 200;
        private Progress progress;

        void until(State.Running running) throws InterruptedException {
            if (running.elapsed() > running.seconds() + GRACE_SECONDS) {
                throw new Failure(Exit.RECORDING, "the recording " + recording.base() + " does not end on node " + node.name() + ", "
                        + (running.elapsed() - running.seconds()) + " s after its time", "Ctrl-C on --attach ends it.");
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

    private Profile finish(Profile plan, State.Ended ended, UnaryOperator<Profile> noted) {
        Profile profile = engine.finish(noted.apply(plan), ended);
        recording.profile(profile, new Transfer(node, console));
        if (profile.outcome().lost() > 0) {
            console.warn(String.format(Locale.ROOT, "%,d samples were lost (%.2f %%): the kernel's buffer was full",
                    profile.outcome().lost(), 100 * profile.outcome().lostShare()));
        }
        if (ended.ending() != Ending.COMPLETE && ended.ending() != Ending.FAILED) {
            console.warn("the recording ended early: " + ended.ending());
        }
        return profile;
    }
}
