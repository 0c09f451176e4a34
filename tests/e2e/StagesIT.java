package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.git;
import static tests.e2e.MiniK8s.kubectl;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import lib.cli.Exit;
import lib.cli.Json;
import lib.profile.Profile;
import lib.profile.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import tests.support.GitHttpServer;

/** The five stages, one after the other and as one run, under load. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ResourceLock(MiniK8s.USUAL)
class StagesIT {
    private static final List<String> ENDINGS = List.of(".folded.gz", ".json", ".svg");

    @TempDir
    static Path folder;
    private static MiniK8s cluster;

    @BeforeAll
    static void up() throws IOException {
        cluster = new MiniK8s();
        cluster.load();
    }

    @AfterAll
    static void down() {
        if (cluster != null) cluster.close();
    }

    /** What the last commit holds of the result; the index of all is in it, and the first one tells git how to treat results, too. */
    private static List<String> kept(Path clone) throws Exception {
        List<String> all = git(clone, "show", "--name-only", "--format=", "HEAD").lines().sorted().toList();
        assertTrue(all.containsAll(List.of("results/README.md", "results/index.html")), all.toString());
        return all.stream().filter(file -> !file.matches("results/(\\.gitattributes|README\\.md|index\\.html)")).toList();
    }

    /** The one result in a clone: in its last commit, in three files and no other, and at the remote. */
    private static Profile result(Path clone) throws Exception {
        List<String> files = kept(clone);
        assertEquals(3, files.size(), files.toString());
        for (int i = 0; i < 3; i++) {
            assertTrue(files.get(i).matches("results/flame-\\d{8}-\\d{6}\\" + ENDINGS.get(i)), files.toString());
        }
        assertEquals(git(clone, "rev-parse", "HEAD"), git(clone, "ls-remote", "origin", "main").split("\\s")[0]);
        Profile profile = Json.read(Files.readString(clone.resolve(files.get(1))), Profile.class, Schema::current);
        String name = "results/flame-" + profile.outcome().start().replaceAll("[-:Z]", "").replace('T', '-');
        assertEquals(name + ".svg", files.get(2), "the name is the recording's start");

        byte[] svg = Files.readAllBytes(clone.resolve(files.get(2)));
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new java.io.ByteArrayInputStream(svg));
        assertEquals("svg", document.getDocumentElement().getNodeName());
        assertTrue(new String(svg, "UTF-8").contains(profile.target().name() + " on mini-k8s"), "the title says what and where");
        try (InputStream folded = new GZIPInputStream(Files.newInputStream(clone.resolve(files.get(0))))) {
            String text = new String(folded.readAllBytes(), "UTF-8");
            long weight = text.lines().mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
            assertTrue(weight > 0);
            assertTrue(text.startsWith(profile.target().name()), "the command is the root");
        }
        return profile;
    }

    @Test
    @Order(1)
    void theStagesOneByOne() throws Exception {
        Path clone = MiniK8s.clone(folder, "stages");
        Run debug = Run.jbang(clone, "01_debug_pod.java").exit(0);
        for (String program : List.of("kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler", "kubelet")) {
            assertTrue(debug.out().contains(program + "  PID "), debug.out());
        }
        Run runner = Run.jbang(clone, "01a_perf_runner.java").exit(0);
        assertTrue(runner.out().contains("will sample the event"), runner.out());
        Run record = Run.jbang(clone, "02_profile_apiserver.java", "-d", "20").exit(0);
        assertTrue(record.out().contains("samples of kube-apiserver"), record.out());
        Run draw = Run.jbang(clone, "03_flamegraph.java").exit(0);
        assertTrue(draw.out().contains("What it was done for"), draw.out());
        Run.jbang(clone, "04_fetch_and_commit.java").exit(0);

        Profile profile = result(clone);
        assertEquals("kube-apiserver", profile.target().name());
        assertEquals("mini-k8s", profile.where().node());
        assertEquals("v1.20.2", profile.where().kubernetes());
        assertEquals(20, profile.outcome().seconds());
        assertTrue(profile.outcome().samples() > 20, "under load there are samples: " + profile.outcome().samples());
        assertFalse(String.join(" ", profile.target().commandLine()).isEmpty());
    }

    @Test
    @Order(2)
    void doneTwiceItIsCommittedOnce() throws Exception {
        Path clone = folder.resolve("stages");
        String before = git(clone, "rev-parse", "HEAD");
        Run.jbang(clone, "04_fetch_and_commit.java").exit(0);
        assertEquals(before, git(clone, "rev-parse", "HEAD"));
        Run again = Run.jbang(clone, "03_flamegraph.java", "-q").exit(0);
        assertFalse(again.out().isEmpty());
        Run.jbang(clone, "04_fetch_and_commit.java").exit(0);
        assertEquals(before, git(clone, "rev-parse", "HEAD"), "the same recording gives the same bytes");
        Run.jbang(clone, "01a_perf_runner.java").exit(0);
        assertEquals("", git(clone, "status", "--porcelain"));
    }

    @Test
    @Order(3)
    void allStagesInOneRunTwice() throws Exception {
        Run.jbang(folder, "perf-runner", "--delete").exit(0);
        Path clone = MiniK8s.clone(folder, "lab");
        Run.jbang(clone, "lab", "-d", "10").exit(0);
        result(clone);
        Run.jbang(clone, "lab", "-d", "10").exit(0);
        result(clone);
        assertEquals("3", git(clone, "rev-list", "--count", "HEAD"));
        assertEquals(6, Files.list(clone.resolve("results")).filter(file -> file.getFileName().toString().startsWith("flame-")).count());
        assertEquals(0, kubectl("get", "pods", "-l", "app.kubernetes.io/name=perf-runner", "-o", "name").exit(0).out().length(),
                "lab deletes what it created");
    }

    @Test
    @Order(4)
    void pushedOverHttp() throws Exception {
        Path clone = MiniK8s.clone(folder, "http");
        git(folder.resolve("http.git"), "config", "http.receivepack", "true");
        try (GitHttpServer server = new GitHttpServer(folder, System.getenv(), "robot", "s3cret")) {
            git(clone, "remote", "set-url", "origin", "http://robot:s3cret@127.0.0.1:" + server.port() + "/http.git");
            Run run = Run.jbang(clone, "lab", "-d", "5").exit(0);
            assertTrue(run.out().contains("pushed to http://127.0.0.1:"), run.out());
            assertFalse((run.out() + run.err()).contains("s3cret"), "no password is shown");
            result(clone);
        }
    }

    @Test
    @Order(5)
    void theNodeAsThisMachine() throws Exception {
        Path clone = MiniK8s.clone(folder, "local");
        Path work = Files.createDirectory(folder.resolve("work"));
        Run.jbang(clone, "lab", "--local", "--target", "etcd", "-d", "5", "--keep", "--work-dir", work.toString()).exit(0);
        List<String> files = kept(clone);
        assertEquals(3, files.size(), files.toString());
        assertTrue(Files.exists(work.resolve("etcd.perf.data")));
    }

    @Test
    @Order(6)
    void anImageWithoutPerfGetsIt() throws Exception {
        Run.jbang(folder, "perf-runner", "--delete").exit(0);
        Run run = Run.jbang(folder, "01a_perf_runner.java", "--image", "localhost/perf-runner-bare:latest").exit(0);
        assertTrue(run.err().contains("installed"), run.err());
        Run.jbang(folder, "02_profile_apiserver.java", "-d", "3").exit(0);
        Run.jbang(folder, "perf-runner", "--delete").exit(0);
    }

    @Test
    @Order(7)
    void whatIsWrongIsSaidInSeconds() throws Exception {
        Path clone = folder.resolve("stages");
        Path kubeconfig = folder.resolve("kubeconfig");
        wrong(Exit.UNREACHABLE, Run.jbang(clone, "01a_perf_runner.java", "--kubeconfig", folder.resolve("none").toString()));
        Files.writeString(kubeconfig, "hello: [");
        wrong(Exit.UNREACHABLE, Run.jbang(clone, "01a_perf_runner.java", "--kubeconfig", kubeconfig.toString()));
        try (ServerSocket free = new ServerSocket(0)) {
            String there = kubectl("config", "view", "--raw", "--minify", "--flatten").exit(0).out();
            Files.writeString(kubeconfig, there.replaceAll("server: .*", "server: https://127.0.0.1:" + free.getLocalPort()));
        }
        wrong(Exit.UNREACHABLE, Run.jbang(clone, "01a_perf_runner.java", "--kubeconfig", kubeconfig.toString()));
        wrong(Exit.UNREACHABLE, Run.jbang(clone, "02_profile_apiserver.java", "--context", "nowhere"));
        wrong(Exit.POD_NOT_READY, Run.jbang(clone, "02_profile_apiserver.java"));
        wrong(Exit.FORBIDDEN, Run.jbang(clone, "01a_perf_runner.java", "-n", "no-privileged"));
        wrong(Exit.USAGE, Run.jbang(clone, "01a_perf_runner.java", "-n", "no-such-namespace"));
        wrong(Exit.POD_NOT_READY, Run.jbang(clone, "01a_perf_runner.java", "--image", "localhost/no-such-image:1"));
        assertEquals("", kubectl("get", "pods", "-o", "name").exit(0).out().replace("pod/debug-profiler\n", ""),
                "nothing privileged is left behind");
        wrong(Exit.TARGET, Run.jbang(clone, "01a_perf_runner.java", "--node", "no-such-node"));
        Run.jbang(clone, "01a_perf_runner.java").exit(0);
        wrong(Exit.TARGET, Run.jbang(clone, "02_profile_apiserver.java", "--target", "no-such-program"));
        wrong(Exit.TARGET, Run.jbang(clone, "03_flamegraph.java", "--target", "never-recorded"));
        wrong(Exit.RECORDING, Run.jbang(clone, "02_profile_apiserver.java", "--work-dir", "/no/such/dir"));
        Path plain = Files.createDirectory(folder.resolve("no repository"));
        wrong(Exit.GIT, Run.jbang(plain, "04_fetch_and_commit.java"));
        git(clone, "remote", "set-url", "origin", "file:///no/such/remote.git");
        Run.jbang(clone, "02_profile_apiserver.java", "-d", "2").exit(0);
        Run.jbang(clone, "03_flamegraph.java").exit(0);
        wrong(Exit.GIT, Run.jbang(clone, "04_fetch_and_commit.java"));
        assertTrue(git(clone, "log", "-1", "--format=%s").startsWith("Profile kube-apiserver"), "the commit stays");
        wrong(Exit.USAGE, Run.jbang(clone, "02_profile_apiserver.java", "-d", "soon"));
    }

    @Test
    @Order(8)
    void twoOfTheTargetAreListed() throws Exception {
        Path copy = folder.resolve("twin-of-sleep");
        Files.copy(Path.of("/bin/sleep").toRealPath(), copy);
        copy.toFile().setExecutable(true);
        Process one = new ProcessBuilder(copy.toString(), "120").start();
        Process two = new ProcessBuilder(copy.toString(), "121").start();
        try {
            Run run = Run.jbang(folder, "02_profile_apiserver.java", "--target", "twin-of-sleep");
            assertEquals(Exit.TARGET, run.exitCode(), run.err());
            assertTrue(run.err().contains("PID " + one.pid()) && run.err().contains("PID " + two.pid()), run.err());
        } finally {
            one.destroy();
            two.destroy();
        }
    }

    private static void wrong(int exitCode, Run run) {
        assertEquals(exitCode, run.exitCode(), run.out() + run.err());
        List<String> error = run.err().lines().dropWhile(line -> !line.startsWith("error: ")).toList();
        assertTrue(!error.isEmpty() && error.size() <= 2, run.err());
    }
}
