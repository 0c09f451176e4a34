import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import lib.cli.Exit;
import lib.cli.Failure;

/**
 * The cgroup /mini-k8s, in every hierarchy of this machine. All processes of the cluster are in it or below from
 * their first instruction on, and a child cannot leave it by accident: it says exactly which processes are ours,
 * where a list of process ids would go stale.
 */
final class Cgroups {
    private static final String NAME = "mini-k8s";
    private static final List<String> V2_CONTROLLERS = List.of("cpu", "cpuset", "io", "memory", "pids");

    private final List<Path> roots;
    /** The hierarchy by which processes are found. */
    private final Path tracking;

    private Cgroups(List<Path> roots, Path tracking) {
        this.roots = roots;
        this.tracking = tracking;
    }

    /** Reads where this machine has mounted its cgroups. */
    static Cgroups ofMachine() {
        List<Path> roots = new ArrayList<>();
        Path tracking = null;
        for (String line : Machine.read("/proc/mounts").split("\n")) {
            String[] fields = line.split(" ");
            Path at = Path.of(fields[1]);
            boolean version1 = fields[2].equals("cgroup");
            if (!version1 && !fields[2].equals("cgroup2") || !Files.isWritable(at)) continue;
            if (fields[3].startsWith("ro,") || fields[3].equals("ro")) continue;
            roots.add(at);
            if (version1 ? at.endsWith("pids") : tracking == null) tracking = at;
        }
        return new Cgroups(roots, tracking);
    }

    boolean isEmpty() {
        return tracking == null;
    }

    /** Where the node's own daemons go: beside the pods, as a cgroup of version 2 has processes in its leaves only. */
    Path daemons() {
        return tracking.resolve(NAME).resolve("node");
    }

    void create() {
        try {
            for (Path root : roots) {
                Path ours = root.resolve(NAME);
                Files.createDirectories(ours);
                for (String file : List.of("cpuset.cpus", "cpuset.mems")) { // of version 1: empty until set
                    if (Files.exists(ours.resolve(file)) && !Files.exists(ours.resolve("cgroup.controllers"))) {
                        Files.writeString(ours.resolve(file), Files.readString(root.resolve(file)));
                    }
                }
                if (Files.exists(root.resolve("cgroup.controllers"))) {
                    delegate(root);
                    delegate(ours);
                }
            }
            Files.createDirectories(daemons());
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot make a cgroup: " + Machine.why(e), null, e);
        }
    }

    /** Version 2: lets the cgroups below use the controllers that this one has. */
    private static void delegate(Path cgroup) throws IOException {
        Set<String> there = Set.of(Files.readString(cgroup.resolve("cgroup.controllers")).strip().split(" "));
        for (String controller : V2_CONTROLLERS) {
            if (!there.contains(controller)) continue;
            Files.writeString(cgroup.resolve("cgroup.subtree_control"), "+" + controller);
        }
    }

    /** All processes of the cluster. */
    Set<Long> processes() {
        return processesBelow(tracking.resolve(NAME));
    }

    /** Those of its pods. */
    Set<Long> podProcesses() {
        return processesBelow(tracking.resolve(NAME).resolve("kubepods"));
    }

    private static Set<Long> processesBelow(Path cgroup) {
        Set<Long> found = new TreeSet<>();
        for (Path folder : folders(cgroup)) {
            try {
                for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) found.add(Long.valueOf(pid));
            } catch (IOException e) {
                // it has just been removed, with all that was in it
            }
        }
        return found;
    }

    /** Removes the cgroup and those below it; they must be empty of processes. */
    void remove() {
        for (Path root : roots) {
            List<Path> below = folders(root.resolve(NAME));
            below.sort(Comparator.reverseOrder()); // the deepest first
            for (Path folder : below) remove(folder);
        }
    }

    private static void remove(Path folder) {
        IOException last = null;
        for (int attempt = 0; attempt < 50; attempt++) { // busy while the last process is being buried
            try {
                Files.deleteIfExists(folder);
                return;
            } catch (IOException e) {
                last = e;
                Run.pause(50);
            }
        }
        throw new Failure(Exit.FAILED, "cannot remove the cgroup " + folder + ": " + last.getMessage(), null, last);
    }

    private static List<Path> folders(Path top) {
        while (Files.isDirectory(top)) {
            try (Stream<Path> all = Files.walk(top)) {
                return new ArrayList<>(all.filter(Files::isDirectory).toList());
            } catch (IOException | UncheckedIOException e) {
                Run.pause(20); // a cgroup ended while it was listed: look again
            }
        }
        return new ArrayList<>();
    }
}
