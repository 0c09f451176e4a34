package lib.engines.perf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;

/** The perf program on the node: found, installed where it is missing, and asked which event it can count. */
public final class Perf {
    private static final int TRIAL_HZ = 99;
    private static final Duration INSTALL_WITHIN = Duration.ofMinutes(10);
    /** Exit code of a script where a recording runs. */
    static final int BUSY = 75;

    private static final Script FIND = Script.of(Perf.class, "find.sh");
    private static final Script INSTALL = Script.of(Perf.class, "install.sh");
    private static final Script TRY_EVENT = Script.guarded(Perf.class, "kernel.sh", "try-event.sh");
    private static final Script CLEAR = Script.guarded(Perf.class, "kernel.sh", "recording.sh", "clear.sh");

    /** What apk and apt-get do as root in a container: change owners and modes, drop to another user, chroot. */
    public static final List<String> CAPABILITIES_TO_INSTALL =
            List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "SYS_CHROOT");

    /** The letters are those of perf-list(1). */
    private static final Pattern MODIFIERS = Pattern.compile("(.+):([ukhIGHpPSDWe]+)");

    private final String path;
    private final String version;

    private Perf(String path, String version) {
        this.path = path;
        this.version = version;
    }

    public String path() {
        return path;
    }

    /** What {@code perf --version} prints, such as "perf version 6.1.90". */
    public String version() {
        return version;
    }

    /** The command that records a process. */
    List<String> record(String event, int frequency, int pid, String data, int seconds) {
        List<String> words = sampling(event, frequency, pid);
        words.addAll(List.of("-o", data, "--", "sleep", Integer.toString(seconds)));
        return words;
    }

    /**
     * Not with -N: the vdso would have no names, which perf keeps in its own cache only, in the pod with the target's binary.
     *
     * @param pid the process; null for what perf itself starts
     */
    private List<String> sampling(String event, int frequency, Integer pid) {
        List<String> words = new ArrayList<>(List.of(path, "record", "-e", event, "-F", Integer.toString(frequency), "-g"));
        if (pid != null) words.addAll(List.of("-p", pid.toString()));
        return words;
    }

    /** The command that prints stacks; the node has better to do. */
    List<String> print(String data) {
        return List.of("nice", "-n", "19", path, "script", "--no-inline", "--show-mmap-events", "-F", "+pid", "-i", data);
    }

    /** A command that shows that perf can open an event, as one would type it. */
    public String[] trial(String event) {
        List<String> words = sampling(event, TRIAL_HZ, null);
        words.addAll(List.of("--", "sleep", "0.1"));
        return words.toArray(String[]::new);
    }

    /**
     * Finds perf on the node.
     *
     * @throws Failure if there is none that runs, saying how to get one
     */
    public static Perf find(Node node) {
        Output output = node.sh(FIND);
        List<String> lines = output.lines();
        if (output.ok() && lines.size() == 2) return new Perf(lines.get(0), lines.get(1));
        if (output.exitCode() == 3) throw refuses(node, lines);
        throw new Failure(Exit.KERNEL, "there is no perf on node " + node.name(), node.kubernetes() == null
                ? "Install it: Debian linux-perf, Ubuntu linux-tools-generic, Fedora and Alpine perf."
                : "01a_perf_runner.java installs it into the pod.");
    }

    /** Debian's and Ubuntu's perf may be a script that looks for a perf of the very kernel that runs. */
    private static Failure refuses(Node node, List<String> lines) {
        String kernel = lines.isEmpty() ? "this kernel" : "kernel " + lines.get(0);
        String words = String.join(" ", lines.subList(Math.min(1, lines.size()), lines.size())).strip();
        String remedy = words.contains("linux-tools") ? "In an Ubuntu image install linux-tools-generic: the perf in it is used, whatever"
                + " kernel runs."
                : words.contains("perf_") || words.contains("linux-perf") ? "In a Debian image install linux-perf of Debian 12 or newer,"
                + " which has no such script."
                : "Use an image with the perf program itself.";
        return new Failure(Exit.KERNEL, "perf on node " + node.name() + " is a script that refuses " + kernel + ": " + words,
                remedy + (node.kubernetes() == null ? "" : " Or 01a_perf_runner.java --image alpine:3.22, or debian:bookworm-slim."));
    }

    /**
     * Removes what recordings have left in a work directory.
     *
     * @throws Failure if one of them runs
     */
    public static void clear(Node node, String workDir) {
        Output output = node.sh(CLEAR, workDir + "/perf");
        if (output.exitCode() == BUSY) {
            throw new Failure(Exit.RECORDING, "the recording " + output.text() + " runs on node " + node.name(), "Wait for its end.");
        }
        if (!output.ok()) throw new Failure(Exit.RECORDING, "what lies in " + workDir + " cannot be removed: " + output.complaint(), null);
    }

    /** Whether perf and curl are there. */
    public static boolean installed(Node node) {
        return node.sh(FIND).ok() && node.run("curl", "--version").ok();
    }

    /**
     * Installs perf and curl if one of them is missing; needs no network where both are there.
     *
     * @return whether something was installed
     * @throws Failure if it did not work
     */
    public static boolean install(Node node, Console console) {
        if (installed(node)) return false;
        console.command(node.byHand("sh", "-c", "apk add perf curl xz || apt-get install linux-perf curl xz-utils || dnf install perf curl xz"));
        Output output = node.sh(INSTALL_WITHIN, INSTALL);
        if (!output.ok()) {
            throw new Failure(Exit.KERNEL, "perf cannot be installed in the pod: " + output.complaint(),
                    "Choose an image that has perf with --image; then no network is needed.");
        }
        return true;
    }

    /**
     * The first event that perf can really open for a process: the CPU's cycle counter, or where there is none (most
     * virtual machines) the kernel's clock.
     *
     * @param asked the only one to try, or null
     * @param workDir where the trial may write
     * @param pid the process to try it on; null for a command that perf itself starts
     * @throws Failure if none can be opened
     */
    public String chooseEvent(Node node, KernelSettings settings, String asked, String workDir, Integer pid) {
        String suffix = settings.userOnly() ? ":u" : "";
        List<String> events = asked != null ? List.of(asked) : List.of("cycles" + suffix, "cpu-clock" + suffix);
        List<String> complaints = new ArrayList<>();
        for (String event : events) {
            // perf may take cpu-clock by itself when cycles are missing: the recording says what it was.
            Output output = node.sh(TRY_EVENT, trial(workDir, settings, event, pid));
            if (output.exitCode() == 66) {
                throw new Failure(Exit.RECORDING, "the work directory " + workDir + " cannot be written to on node "
                        + node.name() + ": " + output.complaint(), "--work-dir names another place.");
            }
            if (output.ok() && !output.text().isBlank()) return plainEvent(output.lines().get(0));
            complaints.add(event + ": " + reason(output));
        }
        throw new Failure(Exit.KERNEL, "perf cannot open an event" + (pid == null ? "" : " for process " + pid) + ": " + String.join("; ", complaints)
                + " (" + version + ", kernel " + node.run("uname", "-r").text() + ")",
                settings.root() ? "Try 01a_perf_runner.java --profile privileged, or an image with another perf (--image). Some"
                        + " hypervisors and containers forbid perf events altogether."
                        : "Only root may profile another user's process.");
    }

    private String[] trial(String workDir, KernelSettings settings, String event, Integer pid) {
        List<String> words = new ArrayList<>(List.of(workDir + "/perf-trial", String.join(" ", settings.changes())));
        words.addAll(sampling(event, TRIAL_HZ, pid));
        return words.toArray(String[]::new);
    }

    /** An event's name without the precision and host modifiers that perf adds by itself: cpu-clock:pppH is cpu-clock. */
    static String plainEvent(String listed) {
        Matcher event = MODIFIERS.matcher(listed.strip());
        if (!event.matches()) return listed.strip();
        String modifiers = event.group(2).replaceAll("[pPH]", "");
        return event.group(1) + (modifiers.isEmpty() ? "" : ":" + modifiers);
    }

    /** perf explains at length; the line that says why is the one that names a failure. */
    static String reason(Output output) {
        return output.err().lines().map(String::strip).filter(l -> !l.isEmpty() && !l.equals("Error:")).findFirst()
                .orElse(output.complaint());
    }
}
