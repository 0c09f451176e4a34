package lib.engines.perf;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.capture.Engine;
import lib.capture.Recording;
import lib.capture.Request;
import lib.capture.State;
import lib.capture.Target;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.node.Transfer;
import lib.profile.Data;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Sampling;

/**
 * Records by perf, in a job that runs on the node by itself: neither a lost connection nor the end of this program ends it; it
 * ends after its time, when the target is gone, or by SIGINT. Its state lies in files, which start.sh lists.
 */
public final class PerfEngine implements Engine {
    private static final Script START = script("start.sh");
    private static final Script JOB = script("record.sh");
    private static final Script STATE = script("state.sh");
    private static final Script STOP = script("stop.sh");
    private static final Script SALVAGE = script("salvage.sh");
    private static final Script FORGET = script("forget.sh");
    private static final Script CUT_OFF = script("cut-off.sh");
    private static final Script SPACE = Script.guarded(PerfEngine.class, "space.sh");
    private static final Script PRINT = Script.guarded(PerfEngine.class, "print.sh");
    private static final Script LOST = Script.of(PerfEngine.class, "lost.sh");

    /** Bytes that a sample takes at the most: perf's longest chain is 127 frames of 8 bytes, and its header. */
    private static final int LARGEST_SAMPLE = 1200;
    private static final long SPARE_BYTES = 16 << 20;
    /** Bytes of data, and of its text compressed, that are looked at: a long recording of a large node has some GB. */
    private static final long MOST_DATA = 64L << 30;
    private static final long MOST_TEXT = 4L << 30;
    /** perf script is the slowest step of all: minutes for a recording of many CPUs. */
    private static final Duration PRINT_WITHIN = Duration.ofMinutes(10);

    /** So many of a hundred stacks that were cut off are worth a warning. */
    private static final int CUT_OFF_PERCENT = 1;

    private static final Pattern STATS = Pattern.compile("^\\s*(\\w+) events:\\s+(\\d+)", Pattern.MULTILINE);
    private static final Pattern LOST_RECORD = Pattern.compile("PERF_RECORD_LOST(_SAMPLES)?\\b.*?lost\\s+(\\d+)");

    private final Recording recording;
    private final Node node;
    private final Console console;
    private final Transfer transfer;
    private Perf perf;
    private KernelSettings settings;
    private String event;

    public PerfEngine(Recording recording, Console console) {
        this.recording = recording;
        this.node = recording.node();
        this.console = console;
        this.transfer = new Transfer(node, console);
    }

    private static Script script(String last) {
        return Script.guarded(PerfEngine.class, "kernel.sh", "recording.sh", last);
    }

    private Perf perf() {
        if (perf == null) perf = Perf.find(node);
        return perf;
    }

    private String data() {
        return recording.base() + ".perf.data";
    }

    private String log() {
        return recording.base() + ".perf.log";
    }

    @Override
    public Target find(String name, Integer pid) {
        console.command(node.byHand("sh", "-c", "ls -l /proc/[0-9]*/exe | grep '/" + name + "$'"));
        return Target.find(node, name, pid);
    }

    @Override
    public Ready check(Request request, Target target) {
        console.command(node.byHand("sysctl", "kernel.perf_event_paranoid", "kernel.kptr_restrict"));
        restore();
        settings = KernelSettings.read(node);
        settings.explain().forEach(console::note);
        if (request.changeKernel() && !settings.fixed().changes().isEmpty()) {
            settings = settings.fixed();
            KernelFix.require(node, settings.changes());
            console.note("while it records: kernel." + String.join(", kernel.", settings.changes()));
        }
        settings.require();
        event = perf().chooseEvent(node, settings, request.event(), recording.workDir(), target.pid());
        console.note(perf.version() + ", event " + event);
        return new Ready(new Sampling(perf.version(), event, request.frequency()), new Place(node.name(), node.run("uname", "-r").text(),
                node.kubernetes(), node.cluster(), settings.asMap()), node.byHand(perf.record(event, request.frequency(), target.pid(), data(),
                request.seconds()).toArray(String[]::new)));
    }

    @Override
    public void restore() {
        KernelFix.restoreLeft(node, recording.base(), console);
    }

    @Override
    public void start(Request request, Target target, Profile plan) {
        requireSpace(request);
        List<String> words = new ArrayList<>(List.of(recording.base(), JOB.text(), plan.recording(),
                Integer.toString(request.seconds()), Integer.toString(target.pid()), Long.toString(target.startTicks()), Json.write(plan),
                String.join(" ", settings.changes())));
        words.addAll(perf.record(event, request.frequency(), target.pid(), data() + ".part", request.seconds()));
        Output output = node.sh(START, words.toArray(String[]::new));
        if (output.exitCode() == Perf.BUSY) {
            throw new Failure(Exit.RECORDING, "a recording of " + target.name() + " is running on node " + node.name()
                    + " already", "Wait for it and take it over with --attach.");
        }
        if (!output.ok()) {
            throw new Failure(Exit.RECORDING, "the recording does not start: " + output.complaint(),
                    "Can " + recording.base() + ".perf.* be written there? --work-dir names another place.");
        }
    }

    private void requireSpace(Request request) {
        Output output = node.sh(SPACE, recording.base());
        List<String> lines = output.lines();
        if (!output.ok() || lines.size() != 2 || !lines.get(0).matches("\\d{1,15}") || !lines.get(1).matches("\\d{1,5}")) {
            throw new Failure(Exit.RECORDING, "the work directory of " + recording.base() + " cannot be used: " + output.complaint(),
                    "Does it exist on the node? --work-dir names another place.");
        }
        long free = Long.parseLong(lines.get(0)) << 10;
        long need = SPARE_BYTES + (long) LARGEST_SAMPLE * request.frequency() * request.seconds() * Integer.parseInt(lines.get(1));
        if (free < need) {
            throw new Failure(Exit.RECORDING, "the node has " + (free >> 20) + " MiB free where " + data()
                    + " goes; such a recording can need " + (need >> 20),
                    "Free some space there, record for a shorter time (-d), or name another place with --work-dir.");
        }
    }

    @Override
    public State state(String token) {
        Output output = node.sh(STATE, recording.base(), token);
        List<String> lines = output.lines();
        try {
            return switch (lines.get(0)) {
                case "none" -> new State.None();
                case "other" -> new State.Replaced();
                case "running" -> new State.Running(Long.parseLong(lines.get(1)), Long.parseLong(lines.get(2)));
                case "lost", "rebooted" -> new State.Lost(lines.get(0).equals("rebooted"));
                case "ended" -> new State.Ended(Integer.parseInt(lines.get(1)), Ending.of(lines.get(2)), instant(lines.get(3)),
                        instant(lines.get(4)), load(lines.get(5)), lines.size() == 6);
                default -> throw new NumberFormatException(lines.get(0));
            };
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new Failure(Exit.RECORDING, "the state of the recording cannot be read on node " + node.name() + ": "
                    + output.complaint(), null, e);
        }
    }

    private static Instant instant(String seconds) {
        return Instant.ofEpochSecond(Long.parseLong(seconds));
    }

    private static List<Double> load(String averages) {
        List<Double> load = new ArrayList<>();
        for (String word : averages.split(" ")) load.add(Double.parseDouble(word));
        return load;
    }

    @Override
    public void stop(String token) {
        node.sh(STOP, recording.base(), token);
    }

    @Override
    public boolean salvage(String token) {
        return node.sh(SALVAGE, recording.base(), token).ok();
    }

    @Override
    public boolean forget(String token) {
        return node.sh(FORGET, recording.base(), token, recording.picture(), recording.folded()).ok();
    }

    @Override
    public Profile finish(Profile plan, State.Ended ended) {
        Transfer.Seal seal = ended.kept() ? transfer.seal(data(), MOST_DATA) : null;
        if (seal == null) throw empty(plan, ended, "perf left no data", "Is there space at " + data() + "?");
        Output stats = node.run(perf().path(), "report", "--stats", "-i", data());
        long samples = 0;
        boolean losses = false;
        for (Matcher line = STATS.matcher(stats.text()); line.find(); ) {
            if (line.group(1).equals("SAMPLE")) samples = Math.max(samples, Long.parseLong(line.group(2)));
            if (line.group(1).startsWith("LOST")) losses = true;
        }
        if (samples == 0) {
            throw empty(plan, ended, "the recording has no samples: the process used no CPU, or perf cannot read its"
                    + " own file (" + stats.complaint() + ")", "Record under load, or for longer (-d).");
        }
        if (ended.ending() == Ending.FAILED) console.warn("the recording ended early: " + failure(plan, ended));
        warnOfStacksCutOff();
        // The job sees the end half a second late: a recording that ran its time took just that.
        double seconds = ended.ending() == Ending.COMPLETE ? plan.outcome().seconds()
                : Duration.between(ended.begin(), ended.end()).toSeconds();
        String sampled = node.run(perf.path(), "evlist", "-i", data()).lines().stream().findFirst().orElse("unknown");
        return plan.recorded(new Sampling(plan.engine().program(), sampled, plan.engine().frequency()),
                new Outcome(ended.begin().toString(), seconds, samples, losses ? lost() : 0, ended.load(), ended.ending()),
                new Data(seal.size(), seal.sha256()));
    }

    /** What lies nearest the root of a stack is what the kernel leaves out, and with it what the work was done for. */
    private void warnOfStacksCutOff() {
        String[] seen = node.sh(CUT_OFF, recording.base()).text().split("\\s+");
        if (seen.length < 3 || !seen[0].matches("\\d+") || !seen[1].matches("\\d+")) return;
        long samples = Long.parseLong(seen[0]);
        long cut = Long.parseLong(seen[1]);
        if (cut == 0 || cut * 100 < samples * CUT_OFF_PERCENT) return;
        console.warn(String.format(Locale.ROOT, "%.0f %% of the stacks are cut off at %s frames, the kernel's limit, and have lost their"
                + " root; sysctl kernel.perf_event_max_stack=255 before a recording keeps more", 100.0 * cut / samples, seen[2]));
    }

    /** What to say of a recording without samples; nothing is wrong with one that was soon interrupted. */
    private Failure empty(Profile plan, State.Ended ended, String why, String next) {
        return switch (ended.ending()) {
            case INTERRUPTED -> new Failure(Exit.INTERRUPTED, "interrupted before a sample was taken", null);
            case FAILED -> new Failure(Exit.RECORDING, failure(plan, ended), "Its whole output: " + node.byHand("cat", log()));
            default -> new Failure(Exit.RECORDING, why, next);
        };
    }

    /** Why perf ended as it should not, as far as it said so. */
    private String failure(Profile plan, State.Ended ended) {
        String log = node.text(log());
        boolean ours = log != null && log.startsWith(plan.recording() + "\n");
        return "perf failed with exit code " + ended.exitCode() + (!ours ? ""
                : ": " + Perf.reason(new Output(ended.exitCode(), new byte[0], log.substring(plan.recording().length()))));
    }

    private long lost() {
        return lost(node.sh(LOST, perf.path(), data()).text());
    }

    /** Kernels since 6.0 count lost samples once more in records of their own: the two are not added. */
    static long lost(String records) {
        long inBuffer = 0;
        long counted = 0;
        for (Matcher record = LOST_RECORD.matcher(records); record.find(); ) {
            if (record.group(1) == null) inBuffer += Long.parseLong(record.group(2));
            else counted += Long.parseLong(record.group(2));
        }
        return Math.max(inBuffer, counted);
    }

    /** As {@code perf script} prints them, compressed with gzip; while the target lives, for perf reads the target's own files. */
    @Override
    public void stacks(Profile profile, Path to) {
        List<String> print = perf().print(data());
        console.command(node.byHand(print.toArray(String[]::new)));
        String text = recording.base() + ".perf.script." + UUID.randomUUID() + ".gz";
        List<String> words = new ArrayList<>(List.of(data(), Long.toString(profile.data().bytes()), profile.data().sha256(), text));
        words.addAll(print);
        Output output = node.sh(PRINT_WITHIN, PRINT, words.toArray(String[]::new));
        switch (output.exitCode()) {
            case 0 -> { }
            case 66 -> throw new Failure(Exit.RECORDING, data() + " is not on node " + node.name(),
                    "Record it first with 02_profile_apiserver.java.");
            case 67 -> throw new Failure(Exit.RECORDING, data() + " on node " + node.name() + " is another recording than "
                    + recording.metadata() + " describes", "Take it over first: 02_profile_apiserver.java --attach.");
            default -> throw new Failure(Exit.RECORDING, "perf script failed: " + output.complaint() + " (" + perf.version() + ")",
                    "Record again, with the perf of the pod as it is now.");
        }
        try {
            transfer.download(text, to, MOST_TEXT);
        } finally {
            node.run("rm", "-f", text);
        }
    }
}
