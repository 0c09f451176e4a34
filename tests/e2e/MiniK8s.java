package tests.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Json;
import lib.profile.Profile;
import lib.profile.Schema;
import org.junit.jupiter.api.Assumptions;

/** The cluster that the tests use: brought up if it is not there, and left as it was found. */
final class MiniK8s implements AutoCloseable {
    /** What a class holds that works in the usual namespace and writes the usual files on the node. */
    static final String USUAL = "usual namespace and work directory";

    /** Where the node keeps what passes between the stages: the pods' /tmp, and this machine's for root. */
    static final String WORK = "/var/lib/kube-flamegraph";

    private final boolean wasUp;
    private Process load;

    MiniK8s() {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "mini-k8s needs Linux");
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "mini-k8s needs root");
        wasUp = Run.jbang(Run.ROOT, "mini-k8s", "status").exitCode() == 0;
        if (!wasUp) Run.jbang(Run.ROOT, "mini-k8s", "up").exit(0);
    }

    /** A mixed load on the API server until the cluster is closed, five minutes at the most. */
    void load() throws IOException {
        load = new ProcessBuilder(Run.ROOT.resolve("jbang").toString(), "mini-k8s", "load", "--duration", "300s")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** What kubectl prints. */
    static Run kubectl(String... words) {
        String[] line = new String[words.length + 1];
        line[0] = "kubectl";
        System.arraycopy(words, 0, line, 1, words.length);
        return Run.in(Run.ROOT, java.util.Map.of(), line);
    }

    /** What a stage wrote on the node, which is this machine, of the recording whose files begin so. */
    static Profile profile(String base) throws IOException {
        return Json.read(Files.readString(Path.of(base + ".profile.json")), Profile.class, Schema::current);
    }

    /** A bare repository and a clone of it, with one commit. */
    static Path clone(Path folder, String name) throws IOException {
        Path bare = folder.resolve(name + ".git");
        Path clone = folder.resolve(name);
        Run.in(folder, java.util.Map.of(), "git", "init", "-q", "--bare", "-b", "main", bare.toString()).exit(0);
        Run.in(folder, java.util.Map.of(), "git", "clone", "-q", "file://" + bare, clone.toString()).exit(0);
        git(clone, "config", "user.name", "Lab");
        git(clone, "config", "user.email", "lab@example.org");
        git(clone, "checkout", "-q", "-B", "main");
        Files.writeString(clone.resolve("README"), "profiles\n");
        git(clone, "add", "README");
        git(clone, "commit", "-q", "-m", "Begin");
        git(clone, "push", "-q", "-u", "origin", "main");
        return clone;
    }

    static String git(Path folder, String... words) {
        String[] line = new String[words.length + 1];
        line[0] = "git";
        System.arraycopy(words, 0, line, 1, words.length);
        return Run.in(folder, java.util.Map.of(), line).exit(0).out().strip();
    }

    @Override
    public void close() {
        if (load != null) { // else the pods that there may be are another class's
            load.destroy();
            load.onExit().join();
            Run.jbang(Run.ROOT, "perf-runner", "--delete");
            Run.jbang(Run.ROOT, "debug-pod", "--delete");
        }
        if (!wasUp) Run.jbang(Run.ROOT, "mini-k8s", "down").exit(0);
    }
}
