package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How servers of all releases refuse, and warn: a server's answers are staged, as none here is new enough. */
class RefusalsTest {
    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);
    private String version = "v1.30.2";
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/version", exchange -> reply(exchange, 200, "{\"gitVersion\":\"" + version + "\"}"));
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private static void reply(HttpExchange exchange, int code, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String status(int code, String message) {
        return Serialization.asJson(new StatusBuilder().withCode(code).withMessage(message).withStatus("Failure").build());
    }

    private Cluster connect() {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort()).build();
        return new Cluster(config, "default", List.of("-n", "default"), console);
    }

    private Failure created(int code, String message) {
        server.createContext("/api/v1/namespaces/default/pods", exchange -> reply(exchange, exchange.getRequestMethod().equals("GET") ? 404 : code,
                status(code, message)));
        try (Cluster cluster = connect()) {
            return assertThrows(Failure.class, () -> new LabPod(cluster, console, "manifests/perf-runner.yaml").start());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            422 | pods "perf-runner" is forbidden: ValidatingAdmissionPolicy 'no-host' with binding 'all' denied request: no hostPID
            400 | admission webhook "validate.kyverno.svc-fail" denied the request: privileged
            403 | admission webhook "gatekeeper" denied the request: privileged
            """)
    void admissionRefusesWithAnyCode(int code, String message) {
        Failure failure = created(code, message);
        assertEquals(Exit.FORBIDDEN, failure.exitCode());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertTrue(failure.next().contains("-n"), failure.next());
    }

    @Test
    void aWebhookThatDoesNotAnswerIsNoClusterOutOfReach() {
        Failure failure = created(500, "Internal error occurred: failed calling webhook \"x.y\": failed to call webhook: Post \"https://x\": EOF");
        assertEquals(Exit.FORBIDDEN, failure.exitCode());
        assertTrue(failure.getMessage().contains("a webhook that does not answer"), failure.getMessage());
        assertTrue(failure.next().contains("webhookconfigurations"), failure.next());
    }

    @Test
    void nothingOfTheClientsOwnWordsIsShown() {
        server.createContext("/api/v1/namespaces/default/pods/perf-runner", HttpExchange::close);
        try (Cluster cluster = connect()) {
            Failure failure = assertThrows(Failure.class, () -> new LabPod(cluster, console, "manifests/perf-runner.yaml").seen());
            assertEquals(Exit.UNREACHABLE, failure.exitCode());
            assertFalse(failure.getMessage().contains("Operation"), failure.getMessage());
            assertFalse(failure.getMessage().contains("An error has occurred"), failure.getMessage());
        }
    }

    @Test
    void whatTheServerWarnsOfIsShownOnce() {
        server.removeContext("/version");
        server.createContext("/version", exchange -> {
            exchange.getResponseHeaders().add("Warning", "299 - \"metadata.annotations[x]: \\\"y\\\" is deprecated\", 299 - \"and more\"");
            reply(exchange, 200, "{\"gitVersion\":\"v1.30.2\"}");
        });
        try (Cluster cluster = connect()) {
            cluster.client().getKubernetesVersion();
        }
        assertEquals("warning: the server says: metadata.annotations[x]: \"y\" is deprecated\nwarning: the server says: and more\n",
                said.toString().replace("\r", ""));
    }

    @Test
    void appArmorIsAFieldWhereTheServerHasIt() {
        for (String release : List.of("v1.29.9", "v1.30.0")) {
            version = release;
            try (Cluster cluster = connect()) {
                String yaml = new LabPod(cluster, console, "manifests/perf-runner-minimal.yaml").yaml();
                assertEquals(release.equals("v1.30.0"), yaml.contains("appArmorProfile"), yaml);
                assertEquals(release.equals("v1.29.9"), yaml.contains("container.apparmor.security.beta.kubernetes.io/perf"), yaml);
            }
        }
    }

    /** To Kubernetes 1.34 get is enough to run commands, from 1.35 on create is needed, too. */
    @ParameterizedTest
    @CsvSource({"v1.36.0, get, create pods/exec", "v1.36.0, none, 'get pods/exec, create pods/exec'", "v1.34.0, none, get pods/exec"})
    void theVerbThatIsMissingIsNamed(String release, String allowed, String missing) {
        version = release;
        server.createContext("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", exchange -> {
            String question = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            reply(exchange, 201, "{\"status\":{\"allowed\":" + question.contains("\"" + allowed + "\"") + "}}");
        });
        server.createContext("/api/v1/namespaces/default/pods/perf-runner", exchange -> reply(exchange, 200,
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"perf-runner\",\"uid\":\"u\"},"
                + "\"spec\":{\"containers\":[{\"name\":\"perf\"}]},\"status\":{\"phase\":\"Running\"}}"));
        server.createContext("/api/v1/namespaces/default/pods/perf-runner/exec", exchange -> reply(exchange, 403, status(403, "forbidden")));
        try (Cluster cluster = connect()) {
            var pod = cluster.client().pods().inNamespace("default").withName("perf-runner").get();
            Failure failure = assertThrows(Failure.class, () -> new PodNode(cluster, pod, Duration.ZERO, null).run("true"));
            assertEquals(Exit.FORBIDDEN, failure.exitCode());
            assertTrue(failure.getMessage().contains("you may not " + missing + " there"), failure.getMessage());
        }
    }
}
