import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;

/** The running cluster: how it is started, when it is complete, how it is removed. */
final class ControlPlane {
    private static final String[] STATIC_PODS = {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler",
        "no-privileged"};
    private static final String BRIDGE = "mini-k8s0";
    /** Made by node/run.sh as places to mount on; outside of the node's mount namespace they stay empty. */
    private static final String[] MOUNT_PLACES = {"/run/containerd", "/var/lib/cni", "/var/log/pods",
        "/var/log/containers", "/var/lib/kubelet"};
    private static final int START_SECONDS = 180;

    private final Console console;
    private final Home home;
    private final Cgroups cgroups = Cgroups.ofMachine();

    ControlPlane(Console console, Home home) {
        this.console = console;
        this.home = home;
    }

    // --- Is it there? ------------------------------------------------------------------------------------------------

    /** A daemon of the node: containerd or kubelet. Empty if it does not run. */
    Optional<ProcessHandle> daemon(String name) {
        Path file = home.run().resolve(name + ".pid");
        if (cgroups.isEmpty() || !Files.exists(file)) return Optional.empty();
        long pid = Long.parseLong(Machine.read(file.toString()).strip());
        if (!cgroups.processes().contains(pid)) return Optional.empty(); // an old number, used again since
        return ProcessHandle.of(pid).filter(process -> process.info().command().orElse("").endsWith("/" + name));
    }

    /** Whether up has completed it and both daemons still run. */
    boolean running() {
        return Files.exists(home.completeMark()) && daemon("containerd").isPresent() && daemon("kubelet").isPresent();
    }

    /** Whether anything is left of it, running or not. */
    boolean anythingLeft() {
        return Files.exists(home.state()) || Files.exists(home.run()) || !cgroups.isEmpty()
                && Files.exists(cgroups.daemons());
    }

    // --- Start -------------------------------------------------------------------------------------------------------

    void start(Artifacts artifacts, Machine machine) {
        Map<String, String> values = values();
        makeState(values);
        machine.rememberSysctls();
        cgroups.create();

        console.step("Starting containerd");
        if (!Files.exists(artifacts.importedMark())) delete(home.containers()); // none, or of other images
        daemon("containerd", List.of());
        await("containerd", () -> Run.any(ctr("version")).ok(), "containerd");
        removeContainers(); // of a cluster that was not taken down: its images are kept, nothing else
        importImages(artifacts);

        console.step("Starting the kubelet; it starts the control plane as static pods");
        daemon("kubelet", kubelet());

        Api api = new Api(home);
        console.step("Waiting for the API server on " + api.server());
        await("kube-apiserver", api::ready, "kubelet");
        await("node " + Home.NAME, () -> api.find(nodePath()) != null, "kubelet");
        introduceNode(api);
        apply("no-privileged.yaml", values);
        await("the default service account",
                () -> api.find("/api/v1/namespaces/default/serviceaccounts/default") != null, "kubelet");
        await("the node to be Ready", () -> nodeReady(api.find(nodePath())), "kubelet");
        await("the static pods to be Ready", () -> notReady(api).isEmpty(), "kubelet");
        Machine.write(home.completeMark(), "");
    }

    private Map<String, String> values() {
        Map<String, String> values = new HashMap<>();
        values.put("NODE", Home.NAME);
        values.put("VERSION", Home.VERSION);
        values.put("STATE", home.state().toString());
        values.put("CONTAINERS", home.containers().toString());
        values.put("RUN", home.run().toString());
        values.put("PKI", home.pki().toString());
        List<Integer> given = new ArrayList<>();
        Object[] ports = {"API_PORT", 6443, "ETCD_PORT", 2379, "ETCD_PEER_PORT", 2380, "ETCD_HEALTH_PORT", 2381,
            "KUBELET_PORT", 10250, "KUBELET_HEALTH_PORT", 10248, "CONTROLLER_PORT", 10257, "SCHEDULER_PORT", 10259,
            "WEBHOOK_PORT", 9443};
        for (int i = 0; i < ports.length; i += 2) {
            int port = Machine.freePort((int) ports[i + 1], given);
            if (i == 0 && port != (int) ports[1]) console.note("port " + ports[1] + " is taken, using " + port);
            values.put((String) ports[i], Integer.toString(port));
        }
        return values;
    }

    private void makeState(Map<String, String> values) {
        console.step("Making keys, certificates and configuration in " + home.state());
        try {
            Files.createDirectories(home.state().resolve("log"));
            Files.createDirectories(home.run());
            for (Path folder : List.of(home.state(), home.run())) { // etcd's data and the keys are nobody else's
                Files.setPosixFilePermissions(folder,
                        PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write " + home.state() + ": " + Machine.why(e), null, e);
        }
        Run.checked(home.scripts().resolve("make-pki.sh").toString(), home.pki().toString(), Home.NAME,
                "https://127.0.0.1:" + values.get("API_PORT"));
        values.put("CA_BASE64", Base64.getEncoder().encodeToString(
                Machine.read(home.pki().resolve("ca.crt").toString()).getBytes()));
        for (String name : STATIC_PODS) fill("static-pods/" + name + ".yaml", "static-pods/" + name + ".yaml", values);
        fill("node/containerd.toml", "containerd.toml", values);
        fill("node/kubelet.yaml", "kubelet.yaml", values);
        fill("node/pod-network.conflist", "cni/pod-network.conflist", values);
        fill("node/audit-policy.yaml", "audit-policy.yaml", values);
    }

    private void fill(String resource, String file, Map<String, String> values) {
        Machine.write(home.state().resolve(file), Home.fill(new String(Home.resource(resource)), values));
    }

    private void daemon(String name, List<String> command) {
        List<String> all = new ArrayList<>(List.of(home.scripts().resolve("node/run.sh").toString(), name,
                home.state().toString(), home.run().toString(), cgroups.daemons().toString()));
        all.addAll(command);
        Run.checked(all.toArray(String[]::new));
    }

    private List<String> kubelet() {
        return List.of(home.bin().resolve("kubelet").toString(),
                "--config=" + home.state().resolve("kubelet.yaml"),
                "--kubeconfig=" + home.pki().resolve("kubelet.kubeconfig"),
                "--hostname-override=" + Home.NAME,
                "--root-dir=" + home.state().resolve("kubelet"),
                "--cert-dir=" + home.state().resolve("kubelet/pki"),
                "--container-runtime=remote",
                "--container-runtime-endpoint=unix://" + home.run().resolve("containerd.sock"),
                "--cloud-provider=external", // the kubelet itself refuses a loopback address: up sets it
                "--register-with-taints=node-role.kubernetes.io/master=:NoSchedule,"
                        + "node-role.kubernetes.io/control-plane=:NoSchedule");
    }

    private String[] ctr(String... arguments) {
        return Stream.concat(Stream.of("ctr", "--address", home.run().resolve("containerd.sock").toString(),
                "--namespace", "k8s.io"), Stream.of(arguments)).toArray(String[]::new);
    }

    private void importImages(Artifacts artifacts) {
        if (Files.exists(artifacts.importedMark())) return;
        console.step("Unpacking the images");
        for (String image : Artifacts.IMAGES) {
            console.debug("image " + image);
            Run.checked(ctr("images", "import", artifacts.image(image).toString()));
        }
        Machine.write(artifacts.importedMark(), "");
    }

    /** Their processes must have ended. */
    private void removeContainers() {
        for (String container : Run.checked(ctr("containers", "list", "--quiet")).lines().toList()) {
            Run.any(ctr("tasks", "delete", "--force", container)); // most have none any more
            Run.checked(ctr("containers", "delete", container));
        }
    }

    /** What a cloud's controller and kubeadm would do: the node's address, its role, its taint lifted. */
    private void introduceNode(Api api) {
        api.patch(nodePath() + "/status", Api.STRATEGIC_PATCH, """
                {"status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"},
                                          {"type": "Hostname", "address": "%s"}]}}""".formatted(Home.NAME));
        api.patch(nodePath(), Api.MERGE_PATCH, """
                {"metadata": {"labels": {"node-role.kubernetes.io/control-plane": "",
                                         "node-role.kubernetes.io/master": ""}}}""");
        kubectl("taint", "node", Home.NAME, "node.cloudprovider.kubernetes.io/uninitialized-"); // if it is there
    }

    private void apply(String name, Map<String, String> values) {
        fill("node/" + name, name, values);
        await(name, () -> kubectl("apply", "-f", home.state().resolve(name).toString()).ok(), "kubelet");
    }

    private Run.Output kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + home.kubeconfig()));
        command.addAll(List.of(arguments));
        return Run.any(command);
    }

    private static String nodePath() {
        return "/api/v1/nodes/" + Home.NAME;
    }

    static boolean nodeReady(JsonNode node) {
        return node != null && conditionTrue(node, "Ready");
    }

    private static boolean conditionTrue(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals(type)) return condition.path("status").asText().equals("True");
        }
        return false;
    }

    /** Static pods that are not Ready; a kubelet shows each under its own name and the node's. */
    static List<String> notReady(Api api) {
        List<String> missing = new ArrayList<>();
        for (String name : STATIC_PODS) {
            JsonNode pod = api.find("/api/v1/namespaces/kube-system/pods/" + name + "-" + Home.NAME);
            if (pod == null || !conditionTrue(pod, "Ready")) missing.add(name);
        }
        return missing;
    }

    private void await(String what, BooleanSupplier condition, String log) {
        long deadline = System.nanoTime() + START_SECONDS * 1_000_000_000L;
        while (!condition.getAsBoolean()) {
            for (String daemon : List.of("containerd", "kubelet")) {
                boolean started = Files.exists(home.run().resolve(daemon + ".pid"));
                if (started && daemon(daemon).isEmpty() && !starting(daemon)) {
                    throw new Failure(Exit.FAILED, daemon + " has ended: " + lastLine(home.log(daemon)),
                            "Its log is " + home.log(daemon) + "; mini-k8s down removes what was started.");
                }
            }
            if (System.nanoTime() > deadline) {
                throw new Failure(Exit.FAILED, "waited " + START_SECONDS + " s in vain for " + what,
                        "See " + home.log(log) + " and " + home.state().resolve("fixed/var/log/pods")
                                + "; mini-k8s down removes what was started.");
            }
            Run.pause(200);
        }
        console.debug(what + ": yes");
    }

    /** Between its first instruction and the program proper it is still the shell script. */
    private boolean starting(String daemon) {
        String pid = Machine.read(home.run().resolve(daemon + ".pid").toString()).strip();
        return ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    private static String lastLine(Path log) {
        List<String> lines = Machine.read(log.toString()).lines().toList();
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }

    // --- Removal -----------------------------------------------------------------------------------------------------

    /** Ends and removes all that belongs to the cluster, whatever state it is in. The cache stays. */
    void remove(Machine machine) {
        // The kubelet first, or it would start its pods again.
        end(() -> daemon("kubelet").map(kubelet -> Set.of(kubelet.pid())).orElse(Set.of()), 10);
        console.debug("the kubelet has ended");
        end(cgroups::podProcesses, 3);
        if (daemon("containerd").isPresent()) removeContainers();
        console.debug("the pods have ended");
        end(cgroups::processes, 1);
        console.debug("containerd has ended");
        // With the last process the node's mount namespace has gone, and the pods' network namespaces with it.
        if (Files.exists(Path.of("/sys/class/net", BRIDGE))) Run.checked("ip", "link", "delete", BRIDGE);
        cgroups.remove();
        machine.restoreSysctls();
        UserKubeconfig.remove(console, home);
        console.debug("the kubeconfig is as before");
        delete(home.state());
        delete(home.run());
        for (String place : MOUNT_PLACES) new java.io.File(place).delete(); // only where it is empty
    }

    /** SIGTERM to each of them, also to those that appear meanwhile; after so many seconds SIGKILL. Waits for all. */
    private static void end(Supplier<Set<Long>> processes, int seconds) {
        Set<Long> told = new HashSet<>();
        long gentle = System.nanoTime() + seconds * 1_000_000_000L;
        long deadline = gentle + 20_000_000_000L;
        for (Set<Long> left = processes.get(); !left.isEmpty(); left = processes.get()) {
            boolean force = System.nanoTime() > gentle;
            for (long pid : left) {
                if (force) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                else if (told.add(pid)) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
            }
            if (System.nanoTime() > deadline) {
                throw new Failure(Exit.FAILED, "processes " + left + " do not end", "Look at them with ps -fp PID.");
            }
            Run.pause(50);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) return;
        Run.checked("rm", "-rf", "--one-file-system", folder.toString());
    }
}
