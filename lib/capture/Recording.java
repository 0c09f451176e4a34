package lib.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.cli.Scratch;
import lib.node.Node;
import lib.node.Output;
import lib.node.Transfer;
import lib.profile.Ending;
import lib.profile.Profile;
import lib.profile.Schema;

/**
 * A recording by perf that runs on the node by itself, as a {@link Job}: neither a lost connection nor the end of this
 * program ends it; it ends after its time, when the target is gone, or by SIGINT. Its state lies in files beside its data.
 */
public final class Recording {
    /** Bytes that a sample takes at the most: perf's longest chain is 127 frames of 8 bytes, and its header. */
    private static final int LARGEST_SAMPLE = 1200;
    private static final long SPARE_BYTES = 16 << 20;

    /** $1 perf, $2 its data, $3 where to put the text, $4 the data's size. A pipe would hide that perf failed. */
    private static final String SCRIPT = """
            [ -f "$2" ] || exit 66
            [ "$(wc -c <"$2")" -eq "$4" ] || exit 67
            umask 077
            { "$1" script --no-inline --show-mmap-events -F +pid -i "$2" 2>"$3.err"; echo $? >"$3.code"; } | gzip -1c >"$3.part"
            packed=$?
            read -r code <"$3.code"
            [ "$code" = 0 ] && [ $packed = 0 ] && mv -f "$3.part" "$3"
            done=$?
            [ $done = 0 ] || { tail -n 1 "$3.err" >&2; rm -f "$3.part"; }
            rm -f "$3.err" "$3.code"
            exit $done""";

    /** perf script is the slowest step of all: minutes for a recording of many CPUs. */
    private static final Duration SCRIPT_WITHIN = Duration.ofMinutes(10);

    private static final Pattern STATS = Pattern.compile("^\\s*(\\w+) events:\\s+(\\d+)", Pattern.MULTILINE);
    private static final Pattern LOST = Pattern.compile("PERF_RECORD_LOST(_SAMPLES)?\\b.*?lost\\s+(\\d+)");

    private final Node node;
    private final String base;

    /** @param base work directory and name, such as /tmp/apiserver */
    public Recording(Node node, String base) {
        this.node = node;
        this.base = base;
    }

    /** What the job says of itself. */
    public sealed interface State {
        /** No recording of this target was started here. */
        record None() implements State {}

        /**
         * It runs.
         *
         * @param elapsed seconds since it began
         * @param seconds how long it is to run
         */
        record Running(long elapsed, long seconds) implements State {}

        /**
         * It has ended.
         *
         * @param exitCode perf's
         * @param kept whether perf left data with samples
         */
        record Ended(int exitCode, Ending why, Instant begin, Instant end, List<Double> load, boolean kept) implements State {}

        /**
         * The job was killed before it could say how it ended.
         *
         * @param rebooted whether the node was started anew meanwhile
         */
        record Lost(boolean rebooted) implements State {}
    }

    public String dataFile() {
        return base + ".perf.data";
    }

    /** The command that records, as one would type it. */
    public String byHand(Perf perf, String event, int frequency, int pid, int seconds) {
        return node.byHand(perf.path(), "record", "-e", event, "-F", Integer.toString(frequency), "-g", "-p",
                Integer.toString(pid), "-o", dataFile(), "--", "sleep", Integer.toString(seconds));
    }

    /**
     * Starts recording on the node.
     *
     * @param frequency samples a second and CPU
     * @param changes kernel settings to change while it runs, see {@link KernelSettings#changes}
     * @param plan what is known of it now; it waits beside the data for whoever sees the recording end
     * @throws Failure if there is not enough space, if one of this target runs already, or if it does not start
     */
    public void start(Perf perf, String event, int frequency, int seconds, Target target, List<String> changes, String plan) {
        requireSpace(frequency, seconds);
        Output output = node.sh(Job.START, Job.RUN, base, UUID.randomUUID().toString(), perf.path(), event, Integer.toString(frequency),
                Integer.toString(seconds), Integer.toString(target.pid()), Long.toString(target.startTicks()), plan,
                String.join(" ", changes));
        if (output.exitCode() == Job.BUSY) {
            throw new Failure(Exit.RECORDING, "a recording of " + target.name() + " is running on node " + node.name()
                    + " already", "Wait for it and take it over with --attach.");
        }
        if (!output.ok()) {
            throw new Failure(Exit.RECORDING, "the recording does not start: " + output.complaint(),
                    "Can " + base + ".perf.* be written there? --work-dir names another place.");
        }
    }

    private void requireSpace(int frequency, int seconds) {
        Output output = node.sh("df -Pk \"$(dirname \"$1\")\" | awk 'NR == 2 { print $4 }' && nproc", base);
        List<String> lines = output.lines();
        if (!output.ok() || lines.size() != 2 || !lines.get(0).matches("\\d{1,15}") || !lines.get(1).matches("\\d{1,5}")) {
            throw new Failure(Exit.RECORDING, "the work directory of " + base + " cannot be used: " + output.complaint(),
                    "Does it exist on the node? --work-dir names another place.");
        }
        long free = Long.parseLong(lines.get(0)) << 10;
        long need = SPARE_BYTES + (long) LARGEST_SAMPLE * frequency * seconds * Integer.parseInt(lines.get(1));
        if (free < need) {
            throw new Failure(Exit.RECORDING, "the node has " + (free >> 20) + " MiB free where " + base
                    + ".perf.data goes; such a recording can need " + (need >> 20),
                    "Free some space there, record for a shorter time (-d), or name another place with --work-dir.");
        }
    }

    /**
     * The metadata of a recording that has ended.
     *
     * @throws Failure if there is none
     */
    public Profile profile() {
        String text = node.text(base + ".profile.json");
        if (text == null) {
            throw new Failure(Exit.TARGET, "no recording " + base + ".profile.json on node " + node.name(),
                    "Record first with 02_profile_apiserver.java.");
        }
        try {
            Profile profile = Json.read(text, Profile.class, Schema::current);
            profile.startedAt();
            return profile;
        } catch (IllegalArgumentException | NullPointerException | DateTimeParseException e) {
            throw new Failure(Exit.INPUT, base + ".profile.json on node " + node.name() + " is not understood: "
                    + e.getMessage(), "Record again.", e);
        }
    }

    /** Writes the metadata onto the node. */
    public void profile(Profile profile, Transfer transfer) {
        try (Scratch here = new Scratch()) {
            Path file = here.file("profile.json");
            Files.writeString(file, Json.write(profile));
            transfer.upload(file, base + ".profile.json");
        } catch (IOException e) {
            throw new Failure(Exit.RECORDING, "no temporary file: " + e.getMessage(), null, e);
        }
    }

    /**
     * Brings the kernel's symbols (/proc/kallsyms, gzip) as they were when the recording began.
     *
     * @return whether there are any
     */
    public boolean kernelNames(Transfer transfer, Path to) {
        if (transfer.seal(base + ".kallsyms.gz") == null) return false;
        transfer.download(base + ".kallsyms.gz", to);
        return true;
    }

    /** The plan that was given at the start, or an empty text. */
    public String plan() {
        String text = node.text(base + ".perf.plan.json");
        return text == null ? "" : text;
    }

    /** How the recording stands. */
    public State state() {
        Output output = node.sh(Job.STATE, base);
        List<String> lines = output.lines();
        try {
            return switch (lines.get(0)) {
                case "none" -> new State.None();
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

    /**
     * Brings the stacks of a recording that has ended here, as {@code perf script} prints them, compressed with gzip.
     * perf must run on the node and while the target lives, for it reads the target's own files.
     *
     * @param profile its metadata
     * @param to the file to write
     * @throws Failure if there is no recording, the metadata is another's, or perf cannot read it
     */
    public void script(Perf perf, Profile profile, Transfer transfer, Path to) {
        String text = base + ".perf.script.gz";
        Output output = node.sh(SCRIPT_WITHIN, SCRIPT, perf.path(), dataFile(), text, Long.toString(profile.data().bytes()));
        switch (output.exitCode()) {
            case 0 -> { }
            case 66 -> throw new Failure(Exit.RECORDING, dataFile() + " is not on node " + node.name(),
                    "Record it first with 02_profile_apiserver.java.");
            case 67 -> throw new Failure(Exit.RECORDING, dataFile() + " on node " + node.name() + " is a newer recording than "
                    + base + ".profile.json describes", "Take it over first: 02_profile_apiserver.java --attach.");
            default -> throw new Failure(Exit.RECORDING, "perf script failed: " + output.complaint() + " (" + perf.version() + ")",
                    "Record again, with the perf of the pod as it is now.");
        }
        transfer.download(text, to);
        node.run("rm", "-f", text);
    }

    /** The command of {@link #script} as one would type it. */
    public String scriptByHand(Perf perf) {
        return node.byHand(perf.path(), "script", "--no-inline", "--show-mmap-events", "-F", "+pid", "-i", dataFile());
    }

    /** Ends the recording now; what was recorded is kept. */
    public void stop() {
        node.sh(Job.STOP, base);
    }

    /**
     * Keeps what a killed recording has, and ends its perf where that has outlived it.
     *
     * @return whether there was a sample; the state is then {@link State.Ended}
     */
    public boolean salvage() {
        return node.sh(Job.SALVAGE, base).ok();
    }

    /**
     * What was recorded.
     *
     * @param samples number of samples
     * @param lost number of samples that the kernel had no room for
     * @param event the event that was sampled
     */
    public record Found(long samples, long lost, String event, Transfer.Seal data) {
    }

    /**
     * Looks at the data of a recording that has ended.
     *
     * @throws Failure if there is none, or it has no samples
     */
    public Found examine(Perf perf, State.Ended ended, Transfer transfer) {
        Transfer.Seal seal = ended.kept() ? transfer.seal(dataFile()) : null;
        if (seal == null) throw empty(ended, "perf left no data", "Is there space at " + base + ".perf.data?");
        Output stats = node.run(perf.path(), "report", "--stats", "-i", dataFile());
        long samples = 0;
        boolean losses = false;
        for (Matcher line = STATS.matcher(stats.text()); line.find(); ) {
            if (line.group(1).equals("SAMPLE")) samples = Math.max(samples, Long.parseLong(line.group(2)));
            if (line.group(1).startsWith("LOST")) losses = true;
        }
        if (samples == 0) {
            throw empty(ended, "the recording has no samples: the process used no CPU, or perf cannot read its"
                    + " own file (" + stats.complaint() + ")", "Record under load, or for longer (-d).");
        }
        String event = node.run(perf.path(), "evlist", "-i", dataFile()).lines().stream().findFirst().orElse("unknown");
        return new Found(samples, losses ? lost(perf) : 0, event, seal);
    }

    /** What to say of a recording without samples; nothing is wrong with one that was soon interrupted. */
    private Failure empty(State.Ended ended, String why, String next) {
        return switch (ended.why()) {
            case INTERRUPTED -> new Failure(Exit.INTERRUPTED, "interrupted before a sample was taken", null);
            case FAILED -> new Failure(Exit.RECORDING, failure(ended), "Its whole output: " + node.byHand("cat", base + ".perf.log"));
            default -> new Failure(Exit.RECORDING, why, next);
        };
    }

    /** Why perf ended as it should not, as far as it said so. */
    public String failure(State.Ended ended) {
        String log = node.text(base + ".perf.log");
        return "perf failed with exit code " + ended.exitCode() + (log == null || log.isBlank() ? ""
                : ": " + Perf.reason(new Output(ended.exitCode(), new byte[0], log)));
    }

    private long lost(Perf perf) {
        Output output = node.sh("\"$1\" script --show-lost-events -F comm -G -i \"$2\" 2>/dev/null | grep PERF_RECORD_LOST",
                perf.path(), dataFile());
        return lost(output.text());
    }

    /** Kernels since 6.0 count lost samples once more in records of their own: the two are not added. */
    static long lost(String records) {
        long inBuffer = 0;
        long counted = 0;
        for (Matcher record = LOST.matcher(records); record.find(); ) {
            if (record.group(1) == null) inBuffer += Long.parseLong(record.group(2));
            else counted += Long.parseLong(record.group(2));
        }
        return Math.max(inBuffer, counted);
    }
}
