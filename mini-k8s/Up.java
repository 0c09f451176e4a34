import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import lib.cli.Exit;
import lib.cli.Failure;
import picocli.CommandLine.Command;

@Command(name = "up", description = {"Start the cluster; the first time, install and build what it needs.",
        "Adds the context mini-k8s to your kubeconfig and makes it the current one."})
class Up extends MiniCommand {
    private static final int ANSWER_SECONDS = 60;

    @Override
    protected int run() throws IOException {
        Machine machine = new Machine(console, home);
        machine.require("up");
        try (FileChannel channel = lockFile(home); FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new Failure(Exit.FAILED, "another mini-k8s up or down is at work", "Try again when it is done.");
            }
            ControlPlane cluster = new ControlPlane(console, home);
            if (cluster.running()) {
                requireAnswer();
                new UserKubeconfig(console, home).add();
                console.result("mini-k8s is running already: " + new Api(home).server());
                return Exit.DONE;
            }
            start(cluster, machine);
        }
        return Exit.DONE;
    }

    private void start(ControlPlane cluster, Machine machine) {
        machine.installToRun();
        Artifacts artifacts = new Artifacts(console, home, machine);
        artifacts.build();
        long start = System.nanoTime();
        if (cluster.anythingLeft()) {
            console.step("Removing what is left of an earlier cluster");
            cluster.remove(machine);
        }
        home.unpackScripts();
        cluster.start(artifacts, machine);
        UserKubeconfig user = new UserKubeconfig(console, home);
        user.add();
        console.note("context " + Home.NAME + " is the current one in " + user.file());
        console.command("kubectl get pods -A");
        console.result("mini-k8s is up: Kubernetes " + Home.VERSION + " on " + new Api(home).server() + ", started in "
                + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
    }

    /** The API server may be on its way back: the kubelet starts it again when it has died. */
    private void requireAnswer() {
        Api api = new Api(home);
        long deadline = System.nanoTime() + ANSWER_SECONDS * 1_000_000_000L;
        while (!api.ready()) {
            if (System.nanoTime() > deadline) {
                throw new Failure(Exit.UNREACHABLE, "the node runs, but the API server on " + api.server()
                        + " has not been ready for " + ANSWER_SECONDS + " s",
                        "Its log is below " + home.state().resolve("fixed/var/log/pods") + "; mini-k8s down, then up, "
                        + "starts afresh.");
            }
            Run.pause(500);
        }
    }

    /** One up or down at a time. The file is in the cache: it outlives both. */
    static FileChannel lockFile(Home home) {
        Path file = home.cache().resolve("lock");
        try {
            Files.createDirectories(home.cache());
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write " + file + ": " + Machine.why(e),
                    "Set MINI_K8S_CACHE to a folder that you can write to.", e);
        }
    }
}
