package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeListBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.Test;

/** Everything that is wrong is said at once, with the right exit code, and nothing is created. */
@EnableKubernetesMockClient(https = false)
class PreflightTest {
    private static final String MAY = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private static final String CREATE = "/api/v1/namespaces/default/pods?dryRun=All";

    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);

    KubernetesMockServer server;
    KubernetesClient client;

    private static String status(int code, String message) {
        return Serialization.asJson(new StatusBuilder().withCode(code).withMessage(message).withStatus("Failure").build());
    }

    private static Node node(String name, Map<String, String> labels) {
        return new NodeBuilder().withNewMetadata().withName(name).withLabels(labels).endMetadata().withNewStatus().endStatus().build();
    }

    private void version(String version) {
        server.setVersionInfo(new VersionInfo.Builder().withGitVersion(version).build());
    }

    /** The server allows all but these, which are words that its question holds. */
    private void forbid(String... words) {
        server.expect().post().withPath(MAY).andReply(200, request -> {
            String question = request.getUtf8Body();
            boolean no = words.length > 0;
            for (String word : words) no &= question.contains('"' + word + '"');
            return Map.of("status", Map.of("allowed", !no));
        }).always();
    }

    private void nodes(Node... nodes) {
        server.expect().get().withPath("/api/v1/nodes").andReturn(200, new NodeListBuilder().withItems(nodes).build()).always();
        for (Node node : nodes) server.expect().get().withPath("/api/v1/nodes/" + node.getMetadata().getName()).andReturn(200, node).always();
        server.expect().get().withPath("/api/v1/namespaces/kube-system/pods?labelSelector=component%3Dkube-apiserver")
                .andReturn(200, new PodListBuilder().build()).always();
    }

    private void preflight() {
        Config config = new ConfigBuilder(client.getConfiguration()).build();
        try (Cluster cluster = new Cluster(config, "default", List.of("-n", "default"), console)) {
            LabPod pod = new LabPod(cluster, console, "manifests/perf-runner.yaml");
            new Preflight(cluster, console).run(pod, null, pod::node);
        }
    }

    private List<String> changes() throws InterruptedException {
        List<String> changes = new ArrayList<>();
        for (var request = server.takeRequest(200, TimeUnit.MILLISECONDS); request != null; request = server.takeRequest(200, TimeUnit.MILLISECONDS)) {
            String line = request.method() + " " + request.getPath();
            if (!line.startsWith("GET") && !line.contains("dryRun=All") && !line.contains("selfsubject")) changes.add(line);
        }
        return changes;
    }

    @Test
    void whatIsWellIsSaidALineEach() throws InterruptedException {
        version("v1.30.1");
        forbid();
        server.expect().post().withPath(WHO).andReturn(201, Map.of("status", Map.of("userInfo",
                Map.of("username", "jane", "groups", List.of("admins", "system:authenticated"))))).always();
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(CREATE).andReturn(201, Map.of("kind", "Pod", "apiVersion", "v1")).always();
        preflight();
        List<String> lines = said.toString().lines().map(String::strip).toList();
        assertEquals(5, lines.size(), said.toString());
        assertTrue(lines.get(0).matches("server +Kubernetes v1.30.1 at http://.*"), said.toString());
        assertTrue(lines.get(1).matches("you are +jane \\(group admins\\)"), said.toString());
        assertTrue(lines.get(2).matches("rights +all that are needed in namespace default"), said.toString());
        assertTrue(lines.get(3).matches("node +cp"), said.toString());
        assertTrue(lines.get(4).matches("admission +the server would take the pod"), said.toString());
        assertEquals(List.of(), changes());
    }

    @Test
    void allThatIsWrongIsSaidTogether() throws InterruptedException {
        version("v1.30.1");
        forbid("exec");
        server.expect().post().withPath(WHO).andReturn(404, status(404, "none")).always();
        nodes(node("worker", Map.of()));
        Failure failure = assertThrows(Failure.class, this::preflight);
        assertEquals(Exit.FORBIDDEN, failure.exitCode());
        assertTrue(failure.getMessage().contains("you may not get pods/exec in namespace default; "), failure.getMessage());
        assertTrue(failure.getMessage().contains("managed cluster"), failure.getMessage());
        assertTrue(failure.next().contains("manifests/rbac.yaml"), failure.next());
        assertFalse(failure.getMessage().contains("\n"));
        assertEquals(2, said.toString().lines().filter(line -> line.strip().startsWith("NO ")).count(), said.toString());
        assertEquals(List.of(), changes());
    }

    @Test
    void withoutAControlPlaneNodeWhatWorksInsteadIsSaid() {
        version("v1.30.1");
        forbid();
        nodes(node("worker", Map.of()));
        Failure failure = assertThrows(Failure.class, this::preflight);
        assertEquals(Exit.TARGET, failure.exitCode());
        assertTrue(failure.next().contains("--engine pprof"), failure.next());
    }

    @Test
    void aRefusalByAdmissionIsSaidBeforeAnythingIsCreated() throws InterruptedException {
        version("v1.30.1");
        forbid();
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(CREATE).andReturn(403, status(403, "pods \"perf-runner\" is forbidden: violates PodSecurity \"baseline:latest\"")).always();
        Failure failure = assertThrows(Failure.class, this::preflight);
        assertEquals(Exit.FORBIDDEN, failure.exitCode());
        assertTrue(failure.getMessage().contains("violates PodSecurity"), failure.getMessage());
        assertEquals(List.of(), changes());
    }

    @Test
    void aNamespaceThatIsMissingIsSaid() {
        version("v1.30.1");
        forbid();
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(CREATE).andReturn(404, status(404, "namespaces \"default\" not found")).always();
        assertEquals(Exit.USAGE, assertThrows(Failure.class, this::preflight).exitCode());
    }

    @Test
    void whoMayNotCreatePodsIsNotToldTwice() {
        version("v1.30.1");
        forbid("create");
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(CREATE).andReturn(403, status(403, "User \"dev\" cannot create resource \"pods\"")).always();
        Failure failure = assertThrows(Failure.class, this::preflight);
        assertEquals("you may not create pods in namespace default", failure.getMessage());
    }

    @Test
    void aServerThatAnswersNoQuestionsIsTriedAllTheSame() {
        version("v1.30.1");
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(MAY).andReturn(403, status(403, "no")).always();
        server.expect().post().withPath(CREATE).andReturn(400, status(400, "admission webhook \"x\" does not support dry run")).always();
        preflight();
        assertTrue(said.toString().contains("the server does not say"), said.toString());
        assertTrue(said.toString().contains("a webhook does not answer such questions"), said.toString());
    }

    @Test
    void eventsAreNotNeeded() {
        version("v1.30.1");
        forbid("events");
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(CREATE).andReturn(409, status(409, "already exists")).always();
        preflight();
        assertTrue(said.toString().contains("you may not list events"), said.toString());
    }

    @Test
    void newerServersWantCreateForExec() {
        version("v1.35.0");
        forbid("create", "exec");
        nodes(node("cp", Map.of("node-role.kubernetes.io/control-plane", "")));
        server.expect().post().withPath(CREATE).andReturn(409, status(409, "already exists")).always();
        Failure failure = assertThrows(Failure.class, this::preflight);
        assertEquals("you may not create pods/exec in namespace default", failure.getMessage());
    }

    @Test
    void whoMayNotSeeTheSystemsPodsIsToldOfTheNodeOption() {
        version("v1.30.1");
        forbid();
        server.expect().get().withPath("/api/v1/nodes").andReturn(200, new NodeListBuilder().withItems(node("a", Map.of())).build()).always();
        server.expect().get().withPath("/api/v1/namespaces/kube-system/pods?labelSelector=component%3Dkube-apiserver")
                .andReturn(403, status(403, "User \"dev\" cannot list resource \"pods\"")).always();
        Failure failure = assertThrows(Failure.class, this::preflight);
        assertEquals(Exit.TARGET, failure.exitCode());
        assertTrue(failure.next().contains("--node"), failure.next());
    }

    @Test
    void clocksDifferByWhatCannotBeTheWay() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertEquals(Duration.ZERO, ServerClock.ahead(now, now, now));
        assertEquals(Duration.ZERO, ServerClock.ahead(now, now.plusMillis(900), now.plusMillis(950)), "dates are cut to seconds");
        assertEquals(Duration.ZERO, ServerClock.ahead(now.plusSeconds(40), now, now.plusSeconds(60)), "a slow answer");
        assertEquals(Duration.ofSeconds(40), ServerClock.ahead(now.plusSeconds(42), now, now.plusSeconds(2)));
        assertEquals(Duration.ofSeconds(-39), ServerClock.ahead(now.minusSeconds(40), now, now.plusSeconds(2)));
        assertTrue(Cluster.wrong(Duration.ofSeconds(-31)) && Cluster.wrong(Duration.ofSeconds(31)) && !Cluster.wrong(Duration.ofSeconds(30)));
    }

    private static String token(String claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return "eyJhbGciOiJub25lIn0." + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2lnbmF0dXJl";
    }

    @Test
    void whoWeAreBeforeServersCouldSay() {
        Config empty = Config.empty();
        String subject = "system:serviceaccount:lab:profiler";
        assertEquals(subject, Identity.of(new ConfigBuilder(empty).withOauthToken(token("{\"sub\":\"" + subject + "\"}")).build()).name());
        assertEquals("jane", Identity.of(new ConfigBuilder(empty).withImpersonateUsername("jane").withOauthToken("x.y.z").build()).name());
        String opaque = Identity.of(new ConfigBuilder(empty).withOauthToken("s3cret").build()).name();
        assertFalse(opaque.contains("s3cret"));
        assertNotNull(opaque);
        assertNull(Identity.of(empty).ended());
    }
}
