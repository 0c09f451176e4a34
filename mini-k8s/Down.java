import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import lib.cli.Exit;
import lib.cli.Failure;
import picocli.CommandLine.Command;

@Command(name = "down", description = {
        "Remove the cluster with all that it holds, and its context from your kubeconfig.",
        "The cache of programs and images stays, so that the next up is quick."})
class Down extends MiniCommand {
    @Override
    protected int run() throws IOException {
        Machine.requireRoot("down");
        ControlPlane cluster = new ControlPlane(console, home);
        if (!cluster.anythingLeft()) {
            console.result("mini-k8s is not running");
            return Exit.DONE;
        }
        try (FileChannel channel = Up.lockFile(home); FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new Failure(Exit.FAILED, "another mini-k8s up or down is at work", "Try again when it is done.");
            }
            console.step("Ending the kubelet, the pods and containerd");
            cluster.remove(new Machine(console, home));
        }
        console.result("mini-k8s is down; " + home.cache() + " is kept");
        return Exit.DONE;
    }
}
