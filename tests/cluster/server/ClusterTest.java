package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers answer, and what it means to a user; a mock stands for servers that cannot be staged. */
class ClusterTest {
    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);

    private Cluster connect(int port) {
        return connect(new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:" + port).build());
    }

    private Cluster connect(Config config) {
        return new Cluster(new ConfigBuilder(config).build(), "default", List.of("-n", "default"), console);
    }

    @Test
    void aServerThatIsDownIsSaidAtOnce() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Failure failure = assertThrows(Failure.class, () -> connect(free));
        assertEquals(Exit.UNREACHABLE, failure.exitCode());
        assertTrue(failure.getMessage().contains("connection refused"), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"));
    }

    @Test
    void aHostThatDoesNotExistIsNamed() {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl("http://no-such-host.invalid:6443").build();
        Failure failure = assertThrows(Failure.class, () -> connect(config));
        assertEquals(Exit.UNREACHABLE, failure.exitCode());
        assertTrue(failure.getMessage().contains("no-such-host.invalid"), failure.getMessage());
    }

    private Failure answer(int code, String message) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> reply(exchange, code, status(code, message)));
        server.start();
        try {
            return assertThrows(Failure.class, () -> connect(server.getAddress().getPort()));
        } finally {
            server.stop(0);
        }
    }

    private static String status(int code, String message) {
        return Serialization.asJson(new StatusBuilder().withCode(code).withMessage(message).withStatus("Failure").build());
    }

    @Test
    void credentialsThatAreNotAccepted() throws IOException {
        Failure failure = answer(401, "Unauthorized");
        assertEquals(Exit.UNREACHABLE, failure.exitCode());
        assertTrue(failure.next().contains("Log in"), failure.next());
    }

    @Test
    void aServerThatFailsIsNotReachable() throws IOException {
        Failure failure = answer(503, "etcd is away");
        assertEquals(Exit.UNREACHABLE, failure.exitCode());
        assertTrue(failure.getMessage().contains("etcd is away"), failure.getMessage());
    }

    /** The server has taken the request, but the pod is there only later: the moment at which looking for it is too early. */
    @Test
    void aPodThatIsBeingMadeWhenInterruptedIsDeletedToo() throws IOException {
        Thread stage = Thread.currentThread();
        AtomicReference<String> pod = new AtomicReference<>();
        AtomicBoolean made = new AtomicBoolean();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService requests = Executors.newCachedThreadPool();
        server.setExecutor(requests);
        server.createContext("/version", exchange -> reply(exchange, 200, "{\"major\":\"1\",\"minor\":\"30\",\"gitVersion\":\"v1.30.2\"}"));
        server.createContext("/api/v1/namespaces/default/pods/perf-runner", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            switch (exchange.getRequestMethod()) {
                case "PATCH" -> {
                    stage.interrupt();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                    pod.set(body);
                    made.set(true);
                }
                case "DELETE" -> pod.set(null);
                default -> { }
            }
            String there = pod.get();
            reply(exchange, there == null ? 404 : 200, there == null ? status(404, "none") : there);
        });
        server.start();
        try (Cluster cluster = connect(server.getAddress().getPort())) {
            LabPod perf = new LabPod(cluster, console, "manifests/perf-runner.yaml");
            assertEquals(Exit.INTERRUPTED, assertThrows(Failure.class, perf::start).exitCode());
            assertTrue(made.get(), "the server made the pod");
            assertNull(pod.get(), "and it is deleted");
        } finally {
            Thread.interrupted();
            server.stop(0);
            requests.shutdownNow();
        }
    }

    private String idWhere(int code, String answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/version", exchange -> reply(exchange, 200, "{\"major\":\"1\",\"minor\":\"30\",\"gitVersion\":\"v1.30.2\"}"));
        server.createContext("/api/v1/namespaces/kube-system", exchange -> reply(exchange, code, answer));
        server.start();
        try (Cluster cluster = connect(server.getAddress().getPort())) {
            return cluster.id();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aClusterIsKnownByItsKubeSystemWhereThatMayBeSeen() throws IOException {
        assertEquals("0a1b-2c3d", idWhere(200, "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\",\"uid\":\"0a1b-2c3d\"}}"));
        assertNull(idWhere(403, status(403, "namespaces \"kube-system\" is forbidden")));
        assertNull(idWhere(200, "{\"metadata\":{\"uid\":\"x\\nSigned-off-by: y\"}}"), "no lines of a commit message");
        assertNull(idWhere(200, "<html>a proxy</html>"));
    }

    private static void reply(HttpExchange exchange, int code, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Nested
    @EnableKubernetesMockClient(https = false)
    class Answers {
        private static final String PODS = "/api/v1/namespaces/default/pods/";
        private static final String APPLY = "?fieldManager=kube-flamegraph&force=true";

        KubernetesMockServer server;
        KubernetesClient client;

        @Test
        void anImageThatCannotBePulledIsSaidAndThePodIsDeleted() throws InterruptedException {
            try (Cluster cluster = connect(client.getConfiguration())) {
                LabPod pod = new LabPod(cluster, console, "manifests/perf-runner.yaml");
                Pod pending = new PodBuilder().withNewMetadata().withName("perf-runner").withUid("u1")
                        .withLabels(Map.of("app.kubernetes.io/part-of", "kube-flamegraph")).endMetadata()
                        .withNewSpec().endSpec().withStatus(new PodStatusBuilder().withPhase("Pending")
                        .withContainerStatuses(new ContainerStatusBuilder().withName("perf").withNewState()
                        .withNewWaiting("rpc error: no such host", "ErrImagePull").endState().build()).build()).build();
                server.expect().get().withPath(PODS + "perf-runner").andReturn(404, status(404, "none")).once();
                server.expect().get().withPath(PODS + "perf-runner").andReturn(200, pending).always();
                server.expect().patch().withPath(PODS + "perf-runner" + APPLY).andReturn(200, pending).once();
                server.expect().delete().withPath(PODS + "perf-runner").andReturn(200, status(200, "deleted")).once();
                server.expect().get().withPath(PODS.replaceFirst("/$", "") + "?fieldSelector=metadata.name%3Dperf-runner&resourceVersion=0")
                        .andReturn(200, new PodListBuilder().withNewMetadata().withResourceVersion("1").endMetadata().build()).always();
                Failure failure = assertThrows(Failure.class, pod::start);
                assertEquals(Exit.POD_NOT_READY, failure.exitCode());
                assertTrue(failure.getMessage().contains("ErrImagePull (rpc error: no such host)"), failure.getMessage());
                assertTrue(failure.next().contains("--image"), failure.next());
                List<String> methods = new ArrayList<>();
                for (var request = server.takeRequest(1, TimeUnit.SECONDS); request != null; request = server.takeRequest(1, TimeUnit.SECONDS)) {
                    methods.add(request.method().toString());
                }
                assertTrue(methods.contains("DELETE"), "nothing privileged is left behind: " + methods);
            }
        }

        @Test
        void podSecurityRefusesThePod() {
            server.expect().get().withPath(PODS + "debug-profiler").andReturn(404, status(404, "none")).always();
            String message = "pods \"debug-profiler\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces"
                    + " (hostNetwork=true, hostPID=true), privileged (container \"debug\" must not set securityContext.privileged=true)";
            server.expect().patch().withPath(PODS + "debug-profiler" + APPLY)
                    .andReturn(403, status(403, message)).always();
            try (Cluster cluster = connect(client.getConfiguration())) {
                Failure failure = assertThrows(Failure.class, () -> new LabPod(cluster, console, "manifests/debug-profiler.yaml").start());
                assertEquals(Exit.FORBIDDEN, failure.exitCode());
                assertTrue(failure.getMessage().contains("violates PodSecurity"), failure.getMessage());
                assertTrue(failure.next().contains("-n"), failure.next());
            }
        }

        @Test
        void aRoleWithoutPodsIsForbidden() {
            server.expect().get().withPath(PODS + "perf-runner").andReturn(403,
                    status(403, "User \"dev\" cannot get resource \"pods\"")).always();
            try (Cluster cluster = connect(client.getConfiguration())) {
                Failure failure = assertThrows(Failure.class, () -> cluster.podNode("perf-runner", Duration.ZERO));
                assertEquals(Exit.FORBIDDEN, failure.exitCode());
                assertTrue(failure.getMessage().contains("dev"), failure.getMessage());
            }
        }
    }

    @Nested
    @EnableKubernetesMockClient(crud = true, https = false)
    class Contents {
        KubernetesMockServer server;
        KubernetesClient client;
        Cluster cluster;

        @BeforeEach
        void connected() {
            cluster = connect(client.getConfiguration());
        }

        private void node(String name, boolean ready, Map<String, String> labels) {
            client.nodes().resource(new NodeBuilder().withNewMetadata().withName(name).withLabels(labels).endMetadata()
                    .withNewStatus().addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").endCondition()
                    .addNewImage().withNames("localhost/perf-runner:latest", "localhost/perf-runner-bare:latest").endImage()
                    .endStatus().build()).create();
        }

        @Test
        void theControlPlaneNodeByItsLabel() {
            node("worker", true, Map.of());
            node("cp", true, Map.of("node-role.kubernetes.io/control-plane", ""));
            assertEquals("cp", cluster.controlPlaneNode(null, console));
        }

        @Test
        void theOlderLabelCountsToo() {
            node("a", true, Map.of());
            node("cp", true, Map.of("node-role.kubernetes.io/master", ""));
            assertEquals("cp", cluster.controlPlaneNode(null, console));
        }

        @Test
        void ofSeveralTheFirstThatIsReady() {
            Map<String, String> label = Map.of("node-role.kubernetes.io/control-plane", "");
            node("cp-1", false, label);
            node("cp-3", true, label);
            node("cp-2", true, label);
            assertEquals("cp-2", cluster.controlPlaneNode(null, console));
            assertTrue(said.toString().contains("cp-1, cp-2, cp-3"), said.toString());
        }

        @Test
        void withoutLabelsWhereTheStaticPodRuns() {
            node("a", true, Map.of());
            node("b", true, Map.of());
            client.resource(new PodBuilder().withNewMetadata().withName("kube-apiserver-b").withNamespace("kube-system")
                    .addToLabels("component", "kube-apiserver").endMetadata().withNewSpec().withNodeName("b").endSpec().build()).create();
            assertEquals("b", cluster.controlPlaneNode(null, console));
        }

        @Test
        void aManagedClusterHasNone() {
            node("a", true, Map.of());
            Failure failure = assertThrows(Failure.class, () -> cluster.controlPlaneNode(null, console));
            assertEquals(Exit.TARGET, failure.exitCode());
            assertTrue(failure.getMessage().contains("managed"), failure.getMessage());
        }

        @Test
        void theNodeThatIsAskedForMustExist() {
            node("a", true, Map.of());
            assertEquals("a", cluster.controlPlaneNode("a", console));
            Failure failure = assertThrows(Failure.class, () -> cluster.controlPlaneNode("x", console));
            assertEquals(Exit.TARGET, failure.exitCode());
            assertTrue(failure.getMessage().contains("it has a"), failure.getMessage());
        }

        @Test
        void anImageThatTheNodeHasNeedsNoRegistry() {
            node("a", true, Map.of());
            LabPod pod = new LabPod(cluster, console, "manifests/perf-runner.yaml");
            pod.node("a");
            pod.image(null);
            assertEquals("localhost/perf-runner:latest", pod.image());
            pod.image("mine:1");
            assertEquals("mine:1", pod.image());
        }

        @Test
        void whatIsNotOursStays() {
            client.resource(new PodBuilder().withNewMetadata().withName("perf-runner").withNamespace("default").endMetadata()
                    .withNewSpec().addNewContainer().withName("x").withImage("x").endContainer().endSpec().build()).create();
            LabPod pod = new LabPod(cluster, console, "manifests/perf-runner.yaml");
            assertEquals(Exit.FORBIDDEN, assertThrows(Failure.class, pod::delete).exitCode());
            assertEquals(Exit.FORBIDDEN, assertThrows(Failure.class, pod::start).exitCode());
            assertNotNull(client.pods().inNamespace("default").withName("perf-runner").get());
        }

        @Test
        void theWorkDirectoryAndTheTimeToLiveGoIntoTheManifest() {
            LabPod pod = new LabPod(cluster, console, "manifests/perf-runner.yaml");
            pod.workDir("/var/tmp/lab");
            pod.ttl(Duration.ofMinutes(5));
            String yaml = pod.yaml();
            assertTrue(yaml.contains("activeDeadlineSeconds: 300"), yaml);
            assertTrue(yaml.contains("mountPath: \"/var/tmp/lab\""), yaml);
            assertTrue(yaml.contains("path: \"/var/tmp/lab\""), yaml);
            assertFalse(yaml.contains("\"/tmp\""), yaml);
        }

        @Test
        void aPodThatIsMissingOrNotReady() {
            Failure missing = assertThrows(Failure.class, () -> cluster.podNode("perf-runner", Duration.ZERO));
            assertEquals(Exit.POD_NOT_READY, missing.exitCode());
            client.resource(new PodBuilder().withNewMetadata().withName("perf-runner").withNamespace("default").endMetadata()
                    .withNewSpec().addNewContainer().withName("x").withImage("x").endContainer().endSpec()
                    .withNewStatus().withPhase("Failed").withReason("DeadlineExceeded").endStatus().build()).create();
            Failure ended = assertThrows(Failure.class, () -> cluster.podNode("perf-runner", Duration.ZERO));
            assertEquals(Exit.POD_NOT_READY, ended.exitCode());
            assertTrue(ended.getMessage().contains("DeadlineExceeded"), ended.getMessage());
        }

        private LabPod.Seen seen(PodStatus status, Map<String, String> deleted) {
            Map<String, Object> metadata = new HashMap<>(Map.of("name", "perf-runner", "namespace", "default"));
            metadata.putAll(deleted);
            server.expect().get().withPath("/api/v1/namespaces/default/pods/perf-runner").andReturn(200, Map.of(
                    "apiVersion", "v1", "kind", "Pod", "metadata", metadata, "status", status, "spec", Map.of("nodeName", "cp",
                            "activeDeadlineSeconds", 90, "containers", List.of(Map.of("name", "x", "image", "perf:1"))))).once();
            return new LabPod(cluster, console, "manifests/perf-runner.yaml").seen();
        }

        @Test
        void howAPodIs() {
            assertNull(new LabPod(cluster, console, "manifests/perf-runner.yaml").seen());
            PodStatus runs = new PodStatusBuilder().withPhase("Running").withStartTime("2026-03-01T10:00:00Z")
                    .addNewCondition().withType("Ready").withStatus("True").endCondition().build();
            assertEquals(new LabPod.Seen(true, "ready", "cp", "perf:1", Instant.parse("2026-03-01T10:01:30Z")), seen(runs, Map.of()));
            assertEquals(new LabPod.Seen(false, "it is being deleted", "cp", "perf:1", Instant.parse("2026-03-01T10:01:30Z")),
                    seen(runs, Map.of("deletionTimestamp", "2026-03-01T10:00:30Z")));
            PodStatus pulls = new PodStatusBuilder().withPhase("Pending").addNewContainerStatus().withNewState()
                    .withNewWaiting().withReason("ErrImagePull").withMessage("no such image").endWaiting().endState().endContainerStatus().build();
            assertEquals(new LabPod.Seen(false, "ErrImagePull (no such image)", "cp", "perf:1", null), seen(pulls, Map.of()));
            assertEquals("DeadlineExceeded", seen(new PodStatusBuilder().withPhase("Failed").withReason("DeadlineExceeded").build(),
                    Map.of()).state());
            assertEquals("phase Pending", seen(new PodStatusBuilder().withPhase("Pending").build(), Map.of()).state());
        }

        /** Such as minikube writes; one that looks like an object of a cluster is no reason to know what that is made of. */
        @Test
        void extensionsInAKubeconfigAreLeftAlone(@TempDir Path folder) throws IOException {
            Path kubeconfig = Files.writeString(folder.resolve("config"), """
                    apiVersion: v1
                    kind: Config
                    current-context: here
                    contexts:
                    - name: here
                      context: {cluster: here, user: me, namespace: lab, extensions: [{name: context_info, extension: {version: v1.30.0}}]}
                    clusters:
                    - name: here
                      cluster:
                        server: %s
                        extensions:
                        - name: cluster_info
                          extension: {last-update: "2026-01-01", provider: minikube.sigs.k8s.io}
                        - name: odd
                          extension: {apiVersion: v1, kind: Pod, metadata: {name: x}, spec: 5}
                    users:
                    - name: me
                      user: {token: t}
                    extensions: [{name: list, extension: [1, {a: b}]}]
                    """.formatted(client.getMasterUrl()));
            try (Cluster found = new Kubeconfig(kubeconfig, null, null).connect(console)) {
                assertEquals("lab", found.namespace());
            }
        }
    }
}
