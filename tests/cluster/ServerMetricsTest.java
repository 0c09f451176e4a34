package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import lib.cli.Console;
import lib.node.LocalNode;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Program;
import lib.profile.RequestCount;
import lib.profile.Sampling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A small HTTP server stands for the API server: it answers /metrics with what is next in a queue. */
class ServerMetricsTest {
    private static final Profile PLAN = Profile.plan(null, new Program("kube-apiserver", 1, "/x", List.of("x"), null, null),
            new Place("n", "6.1", "v1.36.0", null, Map.of()), new Sampling("perf", "cpu-clock", 99), 60);

    private record Next(int code, boolean gzip, String text) { }

    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);
    private final Deque<Next> answers = new ArrayDeque<>();
    private HttpServer server;
    private Cluster cluster;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/version", exchange -> send(exchange, new Next(200, false, "{\"major\": \"1\", \"gitVersion\": \"v1.36.0\"}")));
        server.createContext("/metrics", exchange -> send(exchange, answers.remove()));
        server.start();
        cluster = new Cluster(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort()).build(), "default", List.of(), console);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.stop(0);
    }

    private static void send(HttpExchange exchange, Next next) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (OutputStream out = next.gzip ? new GZIPOutputStream(body) : body) {
            out.write(next.text.getBytes(StandardCharsets.UTF_8));
        }
        if (next.gzip) exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(next.code, body.size());
        exchange.getResponseBody().write(body.toByteArray());
        exchange.close();
    }

    private static String counted(double started, int lists) {
        return "process_start_time_seconds " + started + "\napiserver_request_total{verb=\"LIST\",resource=\"pods\",code=\"200\"} " + lists + "\n";
    }

    private Profile recorded(double start) {
        ServerMetrics metrics = ServerMetrics.begin(cluster, start, console);
        return metrics.end(PLAN);
    }

    @Test
    void theDifferenceOfTwoReadingsIsNoted() {
        answers.add(new Next(200, true, counted(1000, 5)));
        answers.add(new Next(200, false, counted(1000, 9)));
        Profile profile = recorded(1001.2);
        assertEquals(List.of(new RequestCount("LIST", "pods", "", "", "200", 4, 0, 0)), profile.requests(), said.toString());
        assertEquals("", said.toString());
    }

    @Test
    void whereItCannotBeReadThatIsSaidOnce() {
        answers.add(new Next(403, false, "{}"));
        assertUnknown(0, "manifests/rbac.yaml");
        answers.add(new Next(404, false, "{}"));
        assertUnknown(0, "HTTP 404");
        answers.add(new Next(200, false, "apiserver_request_total{"));
        assertUnknown(0, "Prometheus");
    }

    @Test
    void aServerThatWasStartedBetweenOrIsAnotherHasOtherCounters() {
        answers.add(new Next(200, false, counted(1000, 5)));
        answers.add(new Next(200, false, counted(1030, 9)));
        assertUnknown(1000, "started anew");
        answers.add(new Next(200, false, counted(1000, 5)));
        assertUnknown(1500, "another API server");
        answers.add(new Next(200, false, counted(1000, 5)));
        answers.add(new Next(503, false, ""));
        assertUnknown(1000, "HTTP 503");
    }

    @Test
    void nothingIsAskedForOtherTargetsOrWithoutACluster() {
        try (LocalNode local = new LocalNode()) {
            assertNull(Traffic.begin(local, PLAN.target(), 1, true, true, console).end(PLAN).requests());
        }
        assertEquals("", said.toString());
    }

    private void assertUnknown(double start, String why) {
        said.getBuffer().setLength(0);
        assertNull(recorded(start).requests());
        assertTrue(said.toString().contains(why), said.toString());
        assertEquals(1, said.toString().lines().filter(line -> line.contains("stays unknown")).count(), said.toString());
        assertTrue(answers.isEmpty(), "all that was to be asked");
    }
}
