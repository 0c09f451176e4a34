import java.nio.file.Files;
import lib.cli.Exit;
import lib.cli.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "kubeconfig", description = {"Print the cluster's kubeconfig, for cluster-admin."})
class KubeconfigCommand extends MiniCommand {
    @Option(names = "--path", description = "Print where it is instead: export KUBECONFIG=$(… kubeconfig --path).")
    private boolean path;

    @Override
    protected int run() {
        Machine.requireRoot("kubeconfig");
        if (!Files.exists(home.kubeconfig())) {
            throw new Failure(Exit.UNREACHABLE, "mini-k8s is not running", "mini-k8s up starts it.");
        }
        console.result(path ? home.kubeconfig().toString()
                : Machine.read(home.kubeconfig().toString()).stripTrailing());
        return Exit.DONE;
    }
}
