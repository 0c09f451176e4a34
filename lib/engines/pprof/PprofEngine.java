package lib.engines.pprof;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.capture.Engine;
import lib.capture.Recording;
import lib.capture.Request;
import lib.capture.State;
import lib.capture.Target;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Scratch;
import lib.cluster.ServerProfiler;
import lib.formats.NotStacksException;
import lib.formats.PprofWriter;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.node.Script;
import lib.node.Transfer;
import lib.profile.Data;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Sampling;
import lib.stacks.Stacks;

/**
 * Asks kube-apiserver for its own CPU profile, again and again until the time is over, and keeps the sum beside the metadata.
 * Short pieces, as proxies end what lasts; between two of them the server stops and starts its profiler, which is not recorded.
 * It runs here: what ends this program ends the recording.
 */
public final class PprofEngine implements Engine {
    /** What {@link Sampling#program} begins with. */
    public static final String NAME = "pprof";
    private static final String PROGRAM = "kube-apiserver";
    private static final String EVENT = "cpu";
    /** Go's profiler takes 100 samples a second and CPU; what it is asked for by HTTP cannot change that (runtime/pprof). */
    private static final int FREQUENCY = 100;
    /** Seconds; the shortest limits of proxies are 30 and 60. */
    private static final int PIECE = 10;
    private static final long MOST_DATA = 256 << 20;
    private static final Script FORGET = Script.guarded(PprofEngine.class, "forget.sh");

    private final Recording recording;
    private final Console console;
    private final ServerProfiler server;
    private final Transfer transfer;
    private final List<byte[]> pieces = new ArrayList<>();
    private Thread job;
    private String token;
    private Instant begin;
    private int wanted;
    private int recorded;
    private Failure failure;
    private Ending ending;

    /** @param server whom to ask; null where only a recording that there is matters */
    public PprofEngine(Recording recording, ServerProfiler server, Console console) {
        this.recording = recording;
        this.server = server;
        this.console = console;
        this.transfer = new Transfer(recording.node(), console);
    }

    private String data() {
        return recording.base() + ".pprof.gz";
    }

    @Override
    public Target find(String name, Integer pid) {
        if (!name.equals(PROGRAM) || pid != null) {
            throw new Failure(Exit.USAGE, "through the API only " + PROGRAM + " can be profiled, by its name", "Others: --engine perf.");
        }
        server.mustOffer();
        return new Target(name, 0, 0, name, List.of()); // the server does not offer its command line
    }

    @Override
    public Ready check(Request request, Target target) {
        Instant started = server.started();
        String node = server.node(started);
        int servers = server.servers();
        console.note("the API server on " + node + (started == null ? "" : ", which started at " + started.truncatedTo(ChronoUnit.SECONDS))
                + (servers > 1 ? ", one of " + servers + " behind this address" : ""));
        if (request.frequency() != FREQUENCY) console.note("Go's profiler takes " + FREQUENCY + " samples a second and CPU");
        return new Ready(new Sampling(NAME + " of " + server.version(), EVENT, FREQUENCY),
                new Place(node, null, server.version(), server.cluster(), Map.of()), server.byHand(Math.min(PIECE, request.seconds())));
    }

    @Override
    public void start(Request request, Target target, Profile plan) {
        token = plan.recording();
        begin = Instant.now();
        wanted = request.seconds();
        job = new Thread(this::ask, "pprof");
        job.setDaemon(true);
        job.start();
    }

    private void ask() {
        try {
            while (recorded() < wanted) {
                int seconds = Math.min(PIECE, wanted - recorded());
                byte[] piece = server.cpu(seconds);
                synchronized (this) {
                    pieces.add(piece);
                    recorded += seconds;
                }
            }
            end(Ending.COMPLETE, null);
        } catch (Failure e) {
            boolean stopped = e.exitCode() == Exit.INTERRUPTED;
            end(stopped ? Ending.INTERRUPTED : Ending.FAILED, stopped ? null : e);
        }
    }

    private synchronized int recorded() {
        return recorded;
    }

    private synchronized void end(Ending how, Failure why) {
        ending = how;
        failure = why;
    }

    @Override
    public synchronized State state(String asked) {
        if (!asked.equals(token)) return new State.None();
        if (ending == null) return new State.Running(Math.min(wanted, Duration.between(begin, Instant.now()).toSeconds()), wanted);
        return new State.Ended(failure == null ? 0 : failure.exitCode(), ending, begin, Instant.now(), List.of(), !pieces.isEmpty());
    }

    /** What a piece has so far is lost: the server sends it at its end. */
    @Override
    public void stop(String asked) {
        if (!asked.equals(token)) return;
        job.interrupt();
        try {
            job.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean salvage(String asked) {
        return false;
    }

    @Override
    public boolean forget(String asked) {
        return recording.node().sh(FORGET, recording.base(), asked, recording.picture(), recording.folded()).ok();
    }

    @Override
    public void restore() { }

    @Override
    public Profile finish(Profile plan, State.Ended ended) {
        if (!ended.kept()) {
            if (failure != null) throw failure;
            throw new Failure(Exit.INTERRUPTED, "interrupted before the first " + PIECE + " s were there", null);
        }
        if (failure != null) console.warn("the recording ended early: " + failure.getMessage());
        try (Scratch here = new Scratch()) {
            List<Path> files = new ArrayList<>();
            for (byte[] piece : pieces) files.add(Files.write(here.file("piece" + files.size()), piece));
            Stacks sum = StackReader.read(files, new ReadOptions());
            Path whole = here.file("sum.pprof.gz");
            try (OutputStream out = Files.newOutputStream(whole)) {
                PprofWriter.write(sum.tree(), sum.event(), sum.unit(), out);
            }
            transfer.upload(whole, data());
            Transfer.Seal seal = Transfer.sealOf(whole);
            long samples = sum.events().getOrDefault(sum.event(), 0L);
            return plan.recorded(plan.engine(), new Outcome(begin.truncatedTo(ChronoUnit.SECONDS).toString(), recorded,
                    samples, 0, ended.load(), ended.ending()), new Data(seal.size(), seal.sha256()));
        } catch (NotStacksException e) {
            throw new Failure(Exit.RECORDING, "the profile has no samples: " + e.getMessage(), "Record under load, or for longer (-d).", e);
        } catch (IOException e) {
            throw new Failure(Exit.RECORDING, "the profile cannot be kept: " + e.getMessage(), null, e);
        }
    }

    @Override
    public void stacks(Profile profile, Path to) {
        console.command(recording.node().byHand("cat", data()));
        Transfer.Seal seal = transfer.seal(data(), MOST_DATA);
        if (seal == null) throw new Failure(Exit.RECORDING, data() + " is not there", "Record it first with 02_profile_apiserver.java.");
        if (!seal.sha256().equals(profile.data().sha256())) {
            throw new Failure(Exit.TRANSFER, data() + " is of another recording than " + recording.metadata(), "Record again.");
        }
        transfer.download(data(), to, MOST_DATA);
    }
}
