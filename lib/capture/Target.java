package lib.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.profile.Program;

/**
 * A process on the node that is to be profiled.
 *
 * @param name the program's name, as the user calls it
 * @param pid its process id on the node; 0 where that cannot be seen
 * @param startTicks when it started, in clock ticks since boot: with the PID it says which process this was; 0 likewise
 * @param executable path of its executable as the process sees it
 * @param commandLine its words, what may be secret left out
 */
public record Target(String name, int pid, long startTicks, String executable, List<String> commandLine) {
    private static final Script FIND = Script.of(Target.class, "find-process.sh");
    private static final Script DESCRIBE = Script.of(Target.class, "describe-process.sh");
    private static final Pattern EXE = Pattern.compile("/proc/(\\d{1,9})/exe -> (.+)$");

    /**
     * What a recording's metadata keep of it.
     *
     * @param buildId GNU build id of the executable, or null
     * @param goBuildId Go's build id, or null
     */
    public Program program(String buildId, String goBuildId) {
        return new Program(name, pid, executable, commandLine, buildId, goBuildId);
    }

    /**
     * Finds the process whose executable has this name; what its command line says does not count.
     *
     * @param pid the one that is meant, or null where there should be only one
     * @throws Failure if there is none, or several, or the PID is another program's
     */
    public static Target find(Node node, String name, Integer pid) {
        List<Integer> found = new ArrayList<>();
        String other = null;
        for (String line : node.sh(FIND, name, pid == null ? "none" : pid.toString()).lines()) {
            Matcher exe = EXE.matcher(line);
            if (!exe.find()) continue;
            int candidate = Integer.parseInt(exe.group(1));
            String program = baseName(exe.group(2));
            if (program.equals(name)) found.add(candidate);
            else if (pid != null && candidate == pid) other = program;
        }
        if (pid != null && !found.contains(pid)) {
            throw new Failure(Exit.TARGET, other == null ? "no process " + pid + " on node " + node.name()
                    + " whose executable can be seen" : "process " + pid + " is " + other + ", not " + name,
                    other == null ? null : "--target " + other + " profiles it.");
        }
        if (pid == null && found.isEmpty()) {
            throw new Failure(Exit.TARGET, "no process on node " + node.name() + " has an executable named " + name,
                    node.kubernetes() == null ? "--target names another program; without --local it is sought in the cluster."
                            : "Is the pod on the control-plane node, and one with hostPID? --target names another program.");
        }
        if (pid == null && found.size() > 1) {
            List<String> shown = new ArrayList<>();
            for (int candidate : found) shown.add("  " + describe(node, name, candidate));
            throw new Failure(Exit.TARGET, found.size() + " processes are " + name + ":\n" + String.join("\n", shown),
                    "Choose one with --pid.");
        }
        return at(node, name, pid != null ? pid : found.get(0));
    }

    private static String describe(Node node, String name, int pid) {
        try {
            Target target = at(node, name, pid);
            String words = String.join(" ", target.commandLine);
            return "PID " + pid + "  " + (words.length() > 100 ? words.substring(0, 100) + "…" : words);
        } catch (Failure e) {
            return "PID " + pid + "  (ended meanwhile)";
        }
    }

    private static Target at(Node node, String name, int pid) {
        Output output = node.sh(DESCRIBE, Integer.toString(pid));
        List<String> lines = output.lines();
        if (!output.ok() || lines.size() < 2 || !lines.get(0).matches("\\d{1,18}")) {
            throw new Failure(Exit.TARGET, "process " + pid + " on node " + node.name() + " cannot be read: " + output.complaint(),
                    null);
        }
        return new Target(name, pid, Long.parseLong(lines.get(0)), withoutDeleted(lines.get(1)),
                CommandLine.withoutSecrets(lines.subList(2, lines.size())));
    }

    private static String baseName(String path) {
        String file = withoutDeleted(path);
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** The kernel marks an executable that was deleted or replaced while it runs. */
    private static String withoutDeleted(String path) {
        return path.endsWith(" (deleted)") ? path.substring(0, path.length() - " (deleted)".length()) : path;
    }
}
