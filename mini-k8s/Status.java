import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lib.cli.Exit;
import lib.cli.Failure;
import picocli.CommandLine.Command;

@Command(name = "status", description = {"Show what runs, since when, in which version.",
        "Exit code 0 when the cluster answers and is Ready, 10 when not."})
class Status extends MiniCommand {
    /** The result, as -o json gives it; times in UTC. */
    record Report(boolean running, String server, String version, String kubeconfig, Map<String, Process> processes,
            Map<String, String> conditions, List<String> notReady) {}

    record Process(long pid, String since) {}

    @Override
    protected int run() {
        Machine.requireRoot("status");
        ControlPlane cluster = new ControlPlane(console, home);
        if (!cluster.running()) {
            String left = cluster.anythingLeft() ? ", but parts of it are left" : "";
            throw new Failure(Exit.UNREACHABLE, "mini-k8s is not running" + left, "mini-k8s up starts it.");
        }
        Api api = new Api(home);
        JsonNode node = api.find("/api/v1/nodes/" + Home.NAME);
        Map<String, String> conditions = new LinkedHashMap<>();
        if (node != null) {
            for (JsonNode condition : node.path("status").path("conditions")) {
                conditions.put(condition.path("type").asText(), condition.path("status").asText());
            }
        }
        JsonNode version = api.find("/version");
        List<String> notReady = node == null ? List.of() : ControlPlane.notReady(api);
        boolean running = ControlPlane.nodeReady(node) && version != null;
        Report report = new Report(running, api.server(), version == null ? null : version.path("gitVersion").asText(),
                home.kubeconfig().toString(), processes(), conditions, notReady);
        result(report, text(report));
        return running ? Exit.DONE : Exit.UNREACHABLE;
    }

    private Map<String, Process> processes() {
        Map<String, Process> found = new TreeMap<>();
        for (long pid : Cgroups.ofMachine().processes()) {
            ProcessHandle.of(pid).map(ProcessHandle::info).ifPresent(info -> {
                String path = info.command().orElse("");
                String name = path.substring(path.lastIndexOf('/') + 1);
                boolean part = name.equals("etcd") || name.equals("kubelet") || name.equals("containerd")
                        || name.startsWith("kube-");
                if (part) {
                    found.put(name, new Process(pid,
                            info.startInstant().map(at -> at.truncatedTo(ChronoUnit.SECONDS)).map(Instant::toString)
                                    .orElse("?")));
                }
            });
        }
        return found;
    }

    private String text(Report report) {
        List<String> lines = new ArrayList<>();
        lines.add("Kubernetes " + (report.version() == null ? "does not answer" : report.version()) + " on "
                + report.server());
        lines.add("kubeconfig  " + report.kubeconfig());
        lines.add("logs        " + home.log("kubelet").getParent() + ", " + home.state().resolve("fixed/var/log/pods"));
        lines.add("");
        report.processes().forEach((name, process) ->
                lines.add("%-24s pid %-8d since %s".formatted(name, process.pid(), process.since())));
        lines.add("");
        report.conditions().forEach((type, status) -> lines.add("%-24s %s".formatted(type, status)));
        if (!report.notReady().isEmpty()) lines.add("pods not Ready           " + String.join(" ", report.notReady()));
        return String.join("\n", lines);
    }
}
