package lib.engines.pprof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import lib.capture.Engine;
import lib.capture.Recording;
import lib.capture.Request;
import lib.capture.State;
import lib.capture.Target;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cluster.Cluster;
import lib.cluster.Kubeconfig;
import lib.cluster.ServerProfiler;
import lib.formats.PprofWriter;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.node.LocalNode;
import lib.node.Transfer;
import lib.profile.Ending;
import lib.profile.Profile;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small HTTP server stands for the API server. */
class PprofEngineTest {
    private static final String LIST = "kube-apiserver;k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1;compress/flate.(*compressor).deflate";

    @TempDir
    private Path folder;
    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);
    /** The seconds that were asked for, in turn. */
    private final List<String> asked = new ArrayList<>();
    private final CountDownLatch hangs = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private HttpServer server;
    private Cluster cluster;
    private int indexCode = 200;
    /** The piece that is not answered well, counted from 1, and how; 0 for one that never comes. */
    private int badPiece = -1;
    private int badCode;
    private PprofEngine engine;
    private Recording recording;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", exchange -> send(exchange, 404, new byte[0]));
        server.createContext("/version", exchange -> send(exchange, 200, "{\"major\": \"1\", \"gitVersion\": \"v1.36.0\"}".getBytes(StandardCharsets.UTF_8)));
        server.createContext("/metrics", exchange -> send(exchange, 200, "process_start_time_seconds 1000.5\n".getBytes(StandardCharsets.UTF_8)));
        server.createContext("/debug/pprof/", exchange -> send(exchange, indexCode, new byte[0]));
        server.createContext("/debug/pprof/profile", this::profile);
        server.start();
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {}}]
                current-context: c
                """.formatted(server.getAddress().getPort()));
        cluster = new Kubeconfig(kubeconfig, null, null).connect(console);
        Path work = Files.createDirectory(folder.resolve("work"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        recording = new Recording(new LocalNode(), work.toString(), "kube-apiserver");
        engine = new PprofEngine(recording, new ServerProfiler(cluster), console);
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        cluster.close();
        server.stop(0);
    }

    private static void send(HttpExchange exchange, int code, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void profile(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().getQuery());
        if (asked.size() != badPiece) {
            send(exchange, 200, pprof(LIST + " 30000000\nkube-apiserver;runtime.mcall 10000000\n"));
        } else if (badCode > 0) {
            send(exchange, badCode, new byte[0]);
        } else {
            hangs.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /** As Go writes it: a sample counts 10 ms. */
    private static byte[] pprof(String folded) throws IOException {
        StackTree tree = StackReader.read("folded", new ByteArrayInputStream(folded.getBytes(StandardCharsets.UTF_8)), new ReadOptions()).tree();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PprofWriter.write(tree, "cpu", Unit.CPU_NANOSECONDS, out);
        return out.toByteArray();
    }

    private Profile plan(int seconds) {
        Target target = engine.find("kube-apiserver", null);
        Request request = new Request(seconds, 99, null, false);
        Engine.Ready ready = engine.check(request, target);
        Profile plan = Profile.plan("token", target.program(null, null), ready.where(), ready.sampling(), seconds);
        engine.start(request, target, plan);
        return plan;
    }

    private State.Ended ended() throws InterruptedException {
        for (int i = 0; i < 3000; i++) {
            if (engine.state("token") instanceof State.Ended ended) return ended;
            Thread.sleep(10);
        }
        throw new AssertionError("it does not end");
    }

    @Test
    void piecesAreAskedForUntilTheTimeIsOverAndSummed() throws Exception {
        Profile profile = engine.finish(plan(25), ended());
        assertEquals(List.of("seconds=10", "seconds=10", "seconds=5"), asked);
        assertEquals(Ending.COMPLETE, profile.outcome().ended());
        assertEquals(25, profile.outcome().seconds());
        assertEquals("pprof of v1.36.0", profile.engine().program());
        assertEquals(100, profile.engine().frequency(), "Go's, whatever was asked for");
        assertEquals("127.0.0.1", profile.where().node(), "no pod of it is to be seen");
        assertTrue(said.toString().contains("1970-01-01T00:16:40Z"), said.toString());

        Path brought = folder.resolve("brought");
        engine.stacks(profile, brought);
        Stacks stacks = StackReader.read(List.of(brought), new ReadOptions());
        assertEquals(120_000_000, stacks.tree().totals()[0], "three pieces of 40 ms");
        assertEquals(Unit.CPU_NANOSECONDS, stacks.unit());
    }

    @Test
    void whatCameBeforeAProxyGaveUpIsKept() throws Exception {
        badPiece = 2;
        badCode = 504;
        Profile plan = plan(25);
        State.Ended ended = ended();
        assertEquals(Ending.FAILED, ended.ending());
        Profile profile = engine.finish(plan, ended);
        assertEquals(10, profile.outcome().seconds());
        assertTrue(said.toString().contains("HTTP 504"), said.toString());
    }

    @Test
    void toldToStopItKeepsWholePieces() throws Exception {
        badPiece = 2;
        Profile plan = plan(25);
        hangs.await();
        assertInstanceOf(State.Running.class, engine.state("token"));
        engine.stop("token");
        State.Ended ended = ended();
        assertEquals(Ending.INTERRUPTED, ended.ending());
        assertEquals(10, engine.finish(plan, ended).outcome().seconds());
    }

    @Test
    void stoppedBeforeTheFirstPieceItHasNothing() throws Exception {
        badPiece = 1;
        Profile plan = plan(5);
        hangs.await();
        engine.stop("token");
        State.Ended ended = ended();
        assertEquals(Exit.INTERRUPTED, assertThrows(Failure.class, () -> engine.finish(plan, ended)).exitCode());
    }

    @Test
    void refusalsSayWhatElseWorks() {
        indexCode = 403;
        Failure forbidden = assertThrows(Failure.class, () -> engine.find("kube-apiserver", null));
        assertEquals(Exit.FORBIDDEN, forbidden.exitCode());
        assertTrue(forbidden.next().contains("manifests/rbac-pprof.yaml"), forbidden.next());
        indexCode = 404;
        Failure off = assertThrows(Failure.class, () -> engine.find("kube-apiserver", null));
        assertEquals(Exit.RECORDING, off.exitCode());
        assertTrue(off.getMessage().contains("--profiling=false") && off.next().contains("--engine perf"), off.toString());
        assertEquals(Exit.USAGE, assertThrows(Failure.class, () -> engine.find("etcd", null)).exitCode());
    }

    @Test
    void onlyItsOwnFilesAreForgotten() throws Exception {
        Profile profile = engine.finish(plan(5), ended());
        recording.profile(profile, new Transfer(recording.node(), console));
        assertFalse(engine.forget("another"));
        assertTrue(Files.exists(Path.of(recording.metadata())));
        assertTrue(engine.forget("token"));
        try (var left = Files.list(Path.of(recording.workDir()))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void dataOfAnotherRecordingAreNotDrawn() throws Exception {
        Profile profile = engine.finish(plan(5), ended());
        Files.write(Path.of(recording.base() + ".pprof.gz"), pprof("x;y 10000000\n"));
        assertEquals(Exit.TRANSFER, assertThrows(Failure.class, () -> engine.stacks(profile, folder.resolve("x"))).exitCode());
    }
}
