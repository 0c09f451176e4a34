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
import lib.stacks.Profile;

/**
 * A recording by perf that runs on the node by itself. It is a job in a session of its own, so that neither a lost
 * connection nor the end of this program ends it; it ends after its time, when the target is gone, or by SIGINT. Its
 * state lies in files beside its data:
 *
 * <pre>
 * NAME.perf.job        who started it, the job's PID and start, when, for how long, the target's PID, the boot's id
 * NAME.perf.plan.json  the metadata as far as it was known at the start
 * NAME.kallsyms.gz     the kernel's symbols at that time
 * NAME.perf.pid        perf's PID
 * NAME.perf.log        what perf printed
 * NAME.perf.settings   kernel settings as they were, while they are changed
 * NAME.perf.exit       perf's exit code, why it ended, begin and end (seconds since 1970), load averages, "nothing" without data
 * NAME.perf.spare      nothing, see the job
 * NAME.perf.data.part  the data until perf has ended; then NAME.perf.data
 * </pre>
 */
public final class Recording {
    /** Exit code of the start script where another recording of this target runs. */
    private static final int BUSY = 75;
    /** Bytes that a sample takes at the most: perf's longest chain is 127 frames of 8 bytes, and its header. */
    private static final int LARGEST_SAMPLE = 1200;
    private static final long SPARE_BYTES = 16 << 20;

    /**
     * Functions: {@code lives PID TICKS BOOT} says whether a job runs; {@code end BASE} ends perf as Ctrl-C would.
     * {@code keep BASE} keeps the data of a perf that has ended. One that was killed, or had no space left, leaves a
     * header without the data's size (8 bytes at 48) and with bits for tables that it never wrote (32 bytes at 72), and
     * no perf reads a sample of that: the size of its whole records is set, and the bits are cleared. The offsets are
     * those of linux/tools/perf/Documentation/perf.data-file-format.txt. Fails where there is not one sample.
     */
    private static final String SHELL = KernelFix.SHELL + """
            lives() { [ -n "$2" ] && [ "$(ticks "$1")" = "$2" ] && [ "$3" = "$boot" ]; }
            end() {
              recorder=$(cat "$1.perf.pid" 2>/dev/null) || return 0
              case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) kill -INT "$recorder" ;; esac
            }
            header() { od -An -tu8 -j"$2" -N8 "$1" | tr -d ' '; }
            keep() {
              data=$1.perf.data.part
              [ -s "$data" ] || return 1
              if [ "$(header "$data" 48)" = 0 ]; then
                size=$(tail -c "+$(($(header "$data" 40) + 1))" "$data" | od -An -v -tu2 -w8 | awk '
                  NR == after + 1 {
                    if ($4 < 8 || $4 % 8) exit
                    if ($1 == 9 && $2 == 0) samples++
                    whole = after
                    after += $4 / 8
                  }
                  END { if (samples) printf "%.0f", 8 * (NR < after ? whole : after) }')
                [ -n "$size" ] || { rm -f "$data"; return 1; }
                bytes=
                for shift in 0 8 16 24 32 40 48 56; do bytes=$bytes$(printf '\\\\%03o' $((size >> shift & 255))); done
                printf "$bytes" | dd of="$data" bs=1 seek=48 conv=notrunc 2>/dev/null
                head -c 32 /dev/zero | dd of="$data" bs=1 seek=72 conv=notrunc 2>/dev/null
              fi
              mv -f "$data" "$1.perf.data"
            }
            """;

    /**
     * The job: $1 base of the file names, $2 token of the starter, $3 perf, $4 event, $5 frequency, $6 seconds,
     * $7 and $8 PID and start time of the target, $9 the plan, $10 kernel settings to change. Where perf fills the disk,
     * the space of the spare file is what is left for saying so.
     */
    private static final String JOB = SHELL + """
            base=$1 perf=$3 event=$4 frequency=$5 seconds=$6 pid=$7 born=$8
            umask 077
            set -C
            echo "$2 $$ $(ticks $$) $(date +%s) $seconds $pid $boot" 2>/dev/null >"$base.perf.job" || exit 1
            set +C
            trap 'restore "$base.perf.settings" >/dev/null' EXIT
            stopped=
            trap 'stopped=1; end "$base"' HUP INT TERM
            rm -f "$base.perf.data.part"
            head -c 65536 /dev/zero >"$base.perf.spare"
            printf '%s' "$9" >"$base.perf.plan.json"
            begin=$(date +%s) why=complete code=1
            if relax "$base.perf.settings" ${10} 2>"$base.perf.log"; then
              gzip -1c /proc/kallsyms >"$base.kallsyms.gz" 2>/dev/null
              begin=$(date +%s)
              "$perf" record -e "$event" -F "$frequency" -g -p "$pid" -o "$base.perf.data.part" -- sleep "$seconds" \\
                >"$base.perf.log" 2>&1 &
              recorder=$!
              echo $recorder >"$base.perf.pid"
              while kill -0 $recorder 2>/dev/null; do
                if [ "$why" = complete ] && [ "$(ticks "$pid")" != "$born" ]; then
                  why="target exited"
                  kill -INT $recorder
                fi
                [ -n "$stopped" ] && kill -INT $recorder
                sleep 0.5 2>/dev/null || sleep 1
              done
              wait $recorder
              code=$?
            fi
            restore "$base.perf.settings" >/dev/null
            trap - EXIT
            end=$(date +%s)
            if [ "$why" = complete ]; then
              if [ "$(ticks "$pid")" != "$born" ] && [ $((end - begin)) -lt "$seconds" ]; then why="target exited"
              elif [ -n "$stopped" ]; then why=interrupted
              else case $code in 0) ;; 130 | 143) why=interrupted ;; *) why=failed ;; esac; fi # 128 and INT or TERM
            fi
            keep "$base" && kept=1 || kept=
            rm -f "$base.perf.pid" "$base.perf.data.part.old" "$base.perf.spare"
            {
              echo $code; echo "$why"; echo $begin; echo $end; cut -d' ' -f1-3 /proc/loadavg
              [ -n "$kept" ] || echo nothing
            } >"$base.perf.exit.part" && mv -f "$base.perf.exit.part" "$base.perf.exit"
            """;

    /** Starts the job unless one runs: $1 is the job, what follows its arguments. Sent twice, it starts one. */
    private static final String START = SHELL + """
            script=$1
            shift
            if [ -e "$1.perf.job" ]; then
              read -r owner job born begin seconds pid booted <"$1.perf.job"
              [ "$owner" = "$2" ] && exit 0
              if [ ! -f "$1.perf.exit" ] && lives "$job" "$born" "$booted"; then cat "$1.perf.job"; exit 75; fi
              end "$1"
              rm -f "$1.perf.job" "$1.perf.pid" || exit 1
            fi
            : >>"$1.perf.log" && rm -f "$1.perf.exit" || exit 1
            chmod 600 "$1.perf.log"
            setsid sh -c "$script" perf-job "$@" </dev/null >/dev/null 2>&1 &
            for i in 1 2 3 4 5 6 7 8 9 10; do
              if [ -s "$1.perf.job" ]; then
                read -r owner rest <"$1.perf.job"
                [ "$owner" = "$2" ] && exit 0
                cat "$1.perf.job"
                exit 75
              fi
              sleep 0.3 2>/dev/null || sleep 1
            done
            echo "the job did not start in $(dirname "$1")" >&2
            exit 1""";

    /** Prints how the job stands: its exit file, or "running" and the seconds it has run; "lost", or "rebooted". */
    private static final String STATE = SHELL + """
            if [ -f "$1.perf.exit" ]; then echo ended; cat "$1.perf.exit"; exit; fi
            [ -f "$1.perf.job" ] || { echo none; exit; }
            read -r owner job born begin seconds pid booted <"$1.perf.job"
            if lives "$job" "$born" "$booted"; then echo running; echo $(($(date +%s) - begin)); echo "$seconds"
            elif [ -f "$1.perf.exit" ]; then echo ended; cat "$1.perf.exit"
            elif [ "$booted" = "$boot" ]; then echo lost
            else echo rebooted; fi""";

    /** Tells the job to end, which ends its perf, now or as soon as it has started it; or perf, where the job is gone. */
    private static final String STOP = SHELL + """
            [ -f "$1.perf.exit" ] && exit 0
            read -r owner job born begin seconds pid booted 2>/dev/null <"$1.perf.job" || exit 0
            if [ -O "$1.perf.job" ] && lives "$job" "$born" "$booted"; then kill -TERM "$job"; else end "$1"; fi""";

    /** Ends what a job that was killed has left, as the job would have: keeps the data and says so, if there is a sample. */
    private static final String SALVAGE = SHELL + """
            [ -f "$1.perf.exit" ] && exit 0
            end "$1"
            for i in 1 2 3 4 5 6 7 8 9 10; do
              case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) sleep 0.5 2>/dev/null || sleep 1 ;; *) break ;; esac
            done
            read -r owner job born begin seconds pid booted <"$1.perf.job" && end=$(stat -c %Y "$1.perf.data.part") && keep "$1" || exit 1
            rm -f "$1.perf.pid" "$1.perf.data.part.old" "$1.perf.spare"
            {
              echo 137; echo failed; echo $begin; echo $end; cut -d' ' -f1-3 /proc/loadavg
            } >"$1.perf.exit.part" && mv -f "$1.perf.exit.part" "$1.perf.exit\"""";

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
         * @param why "complete", "interrupted", "target exited" or "failed"
         * @param kept whether perf left data with samples
         */
        record Ended(int exitCode, String why, Instant begin, Instant end, List<Double> load, boolean kept) implements State {}

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
        Output output = node.sh(START, JOB, base, UUID.randomUUID().toString(), perf.path(), event, Integer.toString(frequency),
                Integer.toString(seconds), Integer.toString(target.pid()), Long.toString(target.startTicks()), plan,
                String.join(" ", changes));
        if (output.exitCode() == BUSY) {
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
            Profile profile = Json.read(text, Profile.class);
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
        Output output = node.sh(STATE, base);
        List<String> lines = output.lines();
        try {
            return switch (lines.get(0)) {
                case "none" -> new State.None();
                case "running" -> new State.Running(Long.parseLong(lines.get(1)), Long.parseLong(lines.get(2)));
                case "lost", "rebooted" -> new State.Lost(lines.get(0).equals("rebooted"));
                case "ended" -> new State.Ended(Integer.parseInt(lines.get(1)), lines.get(2), instant(lines.get(3)),
                        instant(lines.get(4)), load(lines.get(5)), lines.size() == 6);
                default -> throw new NumberFormatException(lines.get(0));
            };
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
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
        Output output = node.sh(SCRIPT_WITHIN, SCRIPT, perf.path(), dataFile(), text, Long.toString(profile.dataBytes()));
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
        node.sh(STOP, base);
    }

    /**
     * Keeps what a killed recording has, and ends its perf where that has outlived it.
     *
     * @return whether there was a sample; the state is then {@link State.Ended}
     */
    public boolean salvage() {
        return node.sh(SALVAGE, base).ok();
    }

    /**
     * What was recorded.
     *
     * @param samples number of samples
     * @param lost number of samples that the kernel had no room for
     * @param event the event that was sampled
     */
    public record Found(long samples, long lost, String event, Transfer.Seal data) {
        /** Lost samples as a share of all, 0 to 1. */
        public double lostShare() {
            return lost == 0 ? 0 : (double) lost / (samples + lost);
        }
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
            case "interrupted" -> new Failure(Exit.INTERRUPTED, "interrupted before a sample was taken", null);
            case "failed" -> new Failure(Exit.RECORDING, failure(ended), "Its whole output: " + node.byHand("cat", base + ".perf.log"));
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
