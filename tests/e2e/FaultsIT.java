package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.git;
import static tests.e2e.MiniK8s.kubectl;
import static tests.e2e.MiniK8s.profile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lib.cli.Exit;
import lib.profile.Ending;
import lib.profile.Profile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tests.support.Proxy;

/** What may break while a recording runs, broken on a real cluster; this machine is its node. */
@Isolated // it stops the API server, and looks at every perf of the machine
class FaultsIT {
    @TempDir
    static Path folder;
    private static MiniK8s cluster;
    private static int number;

    @BeforeAll
    static void up() throws IOException {
        cluster = new MiniK8s();
        cluster.load();
    }

    @AfterAll
    static void down() {
        if (cluster != null) cluster.close();
    }

    @BeforeEach
    void pod() throws Exception {
        healthy();
        Run.jbang(folder, "01a_perf_runner.java").exit(0);
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        healthy();
        for (int i = 0; i < 60 && !perfs().isEmpty(); i++) Thread.sleep(1000);
        assertEquals(List.of(), perfs(), "no recording goes on");
    }

    // ---- what the tests are made of ----

    /** A script that runs. */
    private record Running(Process process, Path output) {
        String text() throws IOException {
            return Files.readString(output);
        }

        Running until(String shown) throws Exception {
            for (int i = 0; i < 1200 && !text().contains(shown) && process.isAlive(); i++) Thread.sleep(100);
            assertTrue(text().contains(shown), shown + " in " + text());
            return this;
        }

        /** Until perf records; its data begin to be there. */
        Running recording(String base) throws Exception {
            until("==> Recording");
            for (int i = 0; i < 600 && !Files.exists(Path.of(base + ".perf.pid")) && process.isAlive(); i++) Thread.sleep(100);
            assertTrue(process.isAlive(), text());
            return this;
        }

        Running signal(String name) {
            Run.in(folder, Map.of(), "kill", "-" + name, Long.toString(process.pid())).exit(0);
            return this;
        }

        int exit() throws Exception {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("it does not end: " + text());
            }
            return process.exitValue();
        }
    }

    private static Running start(Path in, String... words) throws IOException {
        return start(in, Map.of(), words);
    }

    private static Running start(Path in, Map<String, String> environment, String... words) throws IOException {
        // What runs in the background of a shell ignores Ctrl-C, and hands that down.
        List<String> line = new ArrayList<>(List.of("env", "--default-signal=INT", Run.ROOT.resolve("jbang").toString()));
        line.addAll(List.of(words));
        Path output = folder.resolve("output" + number++);
        ProcessBuilder builder = new ProcessBuilder(line).directory(in.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new Running(builder.start(), output);
    }

    private static List<Long> perfs() {
        return ProcessHandle.allProcesses().filter(p -> p.info().command().orElse("").matches(".*/perf(_\\d.*)?")).map(ProcessHandle::pid).toList();
    }

    private static long pid(String program) {
        return ProcessHandle.allProcesses().filter(p -> p.info().command().orElse("").endsWith("/" + program))
                .mapToLong(ProcessHandle::pid).min().orElseThrow();
    }

    private static void signal(String name, long pid) {
        Run.in(folder, Map.of(), "kill", "-" + name, Long.toString(pid)).exit(0);
    }

    private static void healthy() throws Exception {
        for (int i = 0; i < 120 && kubectl("get", "--raw", "/readyz").exitCode() != 0; i++) Thread.sleep(1000);
        kubectl("get", "--raw", "/readyz").exit(0);
    }

    private static Map<String, String> through(int port) throws IOException {
        String there = kubectl("config", "view", "--raw", "--minify", "--flatten").exit(0).out();
        Path kubeconfig = folder.resolve("kubeconfig" + number++);
        Files.writeString(kubeconfig, there.replaceAll("server: .*", "server: https://127.0.0.1:" + port));
        return Map.of("KUBECONFIG", kubeconfig.toString());
    }

    private static int apiPort() {
        String server = kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}").exit(0).out();
        return Integer.parseInt(server.strip().replaceAll(".*:", ""));
    }

    // ---- the API server, which carries us ----

    @Test
    void theApiserverIsKilledWhileItIsRecorded() throws Exception {
        Running run = start(folder, "02_profile_apiserver.java", "-d", "30").recording(MiniK8s.WORK + "/apiserver");
        Thread.sleep(10_000);
        signal("KILL", pid("kube-apiserver"));
        assertEquals(Exit.DONE, run.exit(), run.text());
        Profile profile = profile(MiniK8s.WORK + "/apiserver");
        assertEquals(Ending.TARGET_EXITED, profile.outcome().ended());
        assertTrue(profile.outcome().seconds() >= 8 && profile.outcome().seconds() < 25, "as long as it lived: " + profile.outcome().seconds());
        assertTrue(profile.outcome().samples() > 0 && run.text().contains("ended early: target exited"), run.text());
    }

    @Test
    void theApiserverIsKilledWhileAnotherIsRecorded() throws Exception {
        Running run = start(folder, "02_profile_apiserver.java", "--target", "etcd", "-d", "20").recording(MiniK8s.WORK + "/etcd");
        Thread.sleep(3_000);
        signal("KILL", pid("kube-apiserver"));
        assertEquals(Exit.DONE, run.exit(), run.text());
        Profile profile = profile(MiniK8s.WORK + "/etcd");
        assertEquals(Ending.COMPLETE, profile.outcome().ended());
        assertEquals(20, profile.outcome().seconds());
        assertEquals(0, profile.outcome().lost());
    }

    @Test
    void etcdStandsStillForTenSeconds() throws Exception {
        Running run = start(folder, "02_profile_apiserver.java", "-d", "15").recording(MiniK8s.WORK + "/apiserver");
        long etcd = pid("etcd");
        signal("STOP", etcd);
        try {
            Thread.sleep(10_000);
        } finally {
            signal("CONT", etcd);
        }
        assertEquals(Exit.DONE, run.exit(), run.text());
        // Its liveness probe may have restarted kube-apiserver meanwhile; what was recorded until then is kept.
        assertTrue(List.of(Ending.COMPLETE, Ending.TARGET_EXITED).contains(profile(MiniK8s.WORK + "/apiserver").outcome().ended()), run.text());
        assertTrue(profile(MiniK8s.WORK + "/apiserver").outcome().samples() > 0);
    }

    @Test
    void everyConnectionIsCutAfterFourSeconds() throws Exception {
        Path clone = MiniK8s.clone(folder, "cut");
        try (Proxy proxy = new Proxy(apiPort(), 0, 4_000)) {
            Map<String, String> cut = through(proxy.port());
            Run.jbang(clone, cut, "02_profile_apiserver.java", "-d", "12").exit(0);
            assertEquals(Ending.COMPLETE, profile(MiniK8s.WORK + "/apiserver").outcome().ended());
            Run.jbang(clone, cut, "03_flamegraph.java").exit(0);
            Run.jbang(clone, cut, "04_fetch_and_commit.java").exit(0);
        }
        assertEquals(3, git(clone, "show", "--name-only", "--format=", "HEAD").lines().filter(file -> file.contains("/flame-")).count());
    }

    @Test
    void everythingIsDelayedByTwoSeconds() throws Exception {
        try (Proxy proxy = new Proxy(apiPort(), 1_000, 0)) { // one on the way there, one on the way back
            Run.jbang(folder, through(proxy.port()), "02_profile_apiserver.java", "-d", "5", "-o", "json").exit(0);
        }
        assertEquals(Ending.COMPLETE, profile(MiniK8s.WORK + "/apiserver").outcome().ended());
        assertEquals(5, profile(MiniK8s.WORK + "/apiserver").outcome().seconds());
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpInSeconds() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = Run.jbang(folder, through(silent.getLocalPort()), "01a_perf_runner.java").exit(Exit.UNREACHABLE);
            assertTrue(run.seconds() < 60, "after " + run.seconds() + " s");
        }
    }

    @Test
    void anExpiredCertificateIsSaidSo() throws Exception {
        Path work = Files.createDirectory(folder.resolve("ca"));
        Files.writeString(work.resolve("index"), "");
        Files.writeString(work.resolve("openssl.cnf"), "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nnew_certs_dir=.\nserial=serial\n"
                + "rand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\norganizationName=optional\n");
        Run.in(work, Map.of(), "sh", "-ec", "openssl req -newkey rsa:2048 -nodes -keyout key.pem -subj /O=system:masters/CN=late -out csr.pem\n"
                + "openssl ca -batch -config openssl.cnf -cert /var/lib/mini-k8s/pki/ca.crt -keyfile /var/lib/mini-k8s/pki/ca.key"
                + " -in csr.pem -startdate 20200101000000Z -enddate 20200201000000Z -notext -out cert.pem").exit(0);
        String there = kubectl("config", "view", "--raw", "--minify", "--flatten").exit(0).out();
        Path kubeconfig = Files.writeString(folder.resolve("expired"), there
                .replaceAll("client-certificate-data: .*", "client-certificate: " + work.resolve("cert.pem"))
                .replaceAll("client-key-data: .*", "client-key: " + work.resolve("key.pem")));
        Run run = Run.jbang(folder, Map.of("KUBECONFIG", kubeconfig.toString()), "01_debug_pod.java").exit(Exit.UNREACHABLE);
        assertTrue(run.err().lines().filter(line -> line.startsWith("error: ")).count() == 1, run.err());
        assertEquals("", kubectl("get", "pods", "-o", "name", "-l", "app.kubernetes.io/name=debug-profiler").exit(0).out());
    }

    // ---- the client ----

    @Test
    void aKilledClientsRecordingIsTakenOver() throws Exception {
        Running run = start(folder, "02_profile_apiserver.java", "-d", "12").recording(MiniK8s.WORK + "/apiserver");
        run.process().destroyForcibly().waitFor();
        Run busy = Run.jbang(folder, "02_profile_apiserver.java", "-d", "2").exit(Exit.RECORDING);
        assertTrue(busy.err().contains("--attach"), busy.err());
        Run.jbang(folder, "02_profile_apiserver.java", "--attach").exit(0);
        assertEquals(Ending.COMPLETE, profile(MiniK8s.WORK + "/apiserver").outcome().ended());
        assertEquals(12, profile(MiniK8s.WORK + "/apiserver").outcome().seconds());
    }

    @Test
    void ctrlCEndsTheRecordingAndKeepsIt() throws Exception {
        Running run = start(folder, "02_profile_apiserver.java", "-d", "120").recording(MiniK8s.WORK + "/apiserver");
        Thread.sleep(4_000);
        assertEquals(Exit.INTERRUPTED, run.signal("INT").exit(), run.text());
        assertEquals(Ending.INTERRUPTED, profile(MiniK8s.WORK + "/apiserver").outcome().ended());
        assertTrue(profile(MiniK8s.WORK + "/apiserver").outcome().samples() > 0);
        Run.jbang(folder, "03_flamegraph.java").exit(0);
    }

    @Test
    void aSecondCtrlCLeavesTheRecordingRunning() throws Exception {
        try (Proxy slow = new Proxy(apiPort(), 700, 0)) { // so that the second one comes while the first is still being obeyed
            Running run = start(folder, through(slow.port()), "02_profile_apiserver.java", "-d", "45").recording(MiniK8s.WORK + "/apiserver");
            Thread.sleep(2_000);
            run.signal("INT").until("ending the recording").signal("INT");
            assertEquals(Exit.INTERRUPTED, run.exit(), run.text());
        }
        Run attached = Run.jbang(folder, "02_profile_apiserver.java", "--attach");
        assertTrue(List.of(0, Exit.INTERRUPTED).contains(attached.exitCode()), attached.err()); // the first may have arrived
        assertTrue(profile(MiniK8s.WORK + "/apiserver").outcome().samples() > 0);
    }

    /** The pictures of kube-apiserver on the node, half ones too. */
    private static List<String> drawn() throws IOException {
        try (var files = Files.list(Path.of(MiniK8s.WORK))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("flame.svg")).toList();
        }
    }

    @Test
    void ctrlCLeavesNothingHalfDoneAnywhereElse() throws Exception {
        Path clone = MiniK8s.clone(folder, "ctrl-c");
        Run.jbang(clone, "02_profile_apiserver.java", "-d", "3").exit(0);
        Run.jbang(clone, "03_flamegraph.java").exit(0);
        byte[] picture = Files.readAllBytes(Path.of(MiniK8s.WORK + "/flame.svg"));

        Running draw = start(clone, "03_flamegraph.java").until("==> Bringing the stacks").signal("INT");
        assertEquals(Exit.INTERRUPTED, draw.exit(), draw.text());
        assertEquals(List.of("flame.svg"), drawn(), "no half picture");
        Running fetch = start(clone, "04_fetch_and_commit.java").until("==> Fetching").signal("INT");
        assertEquals(Exit.INTERRUPTED, fetch.exit(), fetch.text());
        assertEquals("", git(clone, "status", "--porcelain"), "no half result");
        assertEquals("1", git(clone, "rev-list", "--count", "HEAD"));
        assertEquals(picture.length, Files.size(Path.of(MiniK8s.WORK + "/flame.svg")), "the former picture is whole");

        Run.jbang(clone, "01a_perf_runner.java", "--delete").exit(0);
        for (String stage : List.of("01_debug_pod.java", "01a_perf_runner.java")) {
            Running pod = start(clone, stage).until("==> Starting pod").signal("INT");
            assertEquals(Exit.INTERRUPTED, pod.exit(), pod.text());
            gone();
        }
        Running lab = start(clone, "lab", "-d", "60").recording(MiniK8s.WORK + "/apiserver");
        assertEquals(Exit.INTERRUPTED, lab.signal("INT").exit(), lab.text());
        gone();
    }

    private static void gone() throws Exception {
        String[] pods = {"get", "pods", "-o", "name", "-l", "app.kubernetes.io/part-of=kube-flamegraph"};
        for (int i = 0; i < 60 && !kubectl(pods).out().isBlank(); i++) Thread.sleep(1000);
        assertEquals("", kubectl(pods).exit(0).out(), "no pod is left behind");
    }

    // ---- the node ----

    /** A process that uses a whole CPU, named busy-target. */
    private Process busyTarget() throws IOException {
        Path busy = Files.createTempDirectory(folder, "program").resolve("busy-target");
        Files.copy(Path.of("/bin/bash").toRealPath(), busy);
        assertTrue(busy.toFile().setExecutable(true));
        return new ProcessBuilder(busy.toString(), "-c", "while :; do :; done").start();
    }

    @Test
    void theTargetIsKilledWhileItIsRecorded() throws Exception {
        Process target = busyTarget();
        try {
            Running run = start(folder, "02_profile_apiserver.java", "--local", "--target", "busy-target", "-d", "60").recording(MiniK8s.WORK + "/busy-target");
            Thread.sleep(3_000);
            target.destroyForcibly().waitFor();
            assertEquals(Exit.DONE, run.exit(), run.text());
            assertEquals(Ending.TARGET_EXITED, profile(MiniK8s.WORK + "/busy-target").outcome().ended());
            assertTrue(profile(MiniK8s.WORK + "/busy-target").outcome().samples() > 50, "a busy loop: " + profile(MiniK8s.WORK + "/busy-target").outcome().samples());
        } finally {
            target.destroyForcibly();
        }
    }

    @Test
    void thePodIsDeletedWhileItRecords() throws Exception {
        Running run = start(folder, "02_profile_apiserver.java", "-d", "60").recording(MiniK8s.WORK + "/apiserver");
        Thread.sleep(3_000);
        kubectl("delete", "pod", "perf-runner").exit(0);
        assertTrue(run.exit() != Exit.DONE, run.text());
        Run.jbang(folder, "01a_perf_runner.java").exit(0);
        Run.jbang(folder, "02_profile_apiserver.java", "--attach").exit(Exit.INTERRUPTED);
        assertEquals(Ending.INTERRUPTED, profile(MiniK8s.WORK + "/apiserver").outcome().ended());
        assertTrue(profile(MiniK8s.WORK + "/apiserver").outcome().samples() > 0, "what was recorded until then is kept");
    }

    @Test
    void theNodesDiskIsFullBeforeAndWhileItRecords() throws Exception {
        Path work = Files.createDirectory(folder.resolve("small"));
        Run.in(folder, Map.of(), "mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", work.toString()).exit(0);
        Process target = busyTarget();
        try {
            Run before = Run.jbang(folder, "02_profile_apiserver.java", "--local", "--work-dir", work.toString(), "-d", "5").exit(Exit.RECORDING);
            assertTrue(before.err().contains("MiB free"), before.err());
            int enough = 32 + 100 * Runtime.getRuntime().availableProcessors(); // MiB, for 2,000 * 40 samples a processor
            Run.in(folder, Map.of(), "mount", "-o", "remount,size=" + enough + "m", work.toString()).exit(0);
            Running run = start(folder, "02_profile_apiserver.java", "--local", "--work-dir", work.toString(), "--target", "busy-target",
                    "-F", "2000", "-d", "40").recording(work + "/busy-target");
            Path data = work.resolve("busy-target.perf.data.part");
            for (int i = 0; i < 300 && (!Files.exists(data) || Files.size(data) < 400_000); i++) Thread.sleep(100); // perf makes it
            Path fill = work.resolve("fill");
            Run.in(folder, Map.of(), "dd", "if=/dev/zero", "of=" + fill, "bs=64k", "status=none");
            assertEquals(Exit.RECORDING, run.exit(), run.text());
            assertTrue(run.text().contains("No space left"), run.text());
            Profile kept = profile(work + "/busy-target");
            assertEquals(Ending.FAILED, kept.outcome().ended());
            assertTrue(kept.outcome().samples() > 1_000, "400 KB of them: " + kept.outcome().samples());
            Files.delete(fill);
            Run.jbang(folder, "03_flamegraph.java", "--local", "--work-dir", work.toString(), "--target", "busy-target").exit(0);
            assertTrue(Files.readString(work.resolve("busy-target.flame.svg")).contains("busy-target"), "drawn from what was kept");
        } finally {
            target.destroyForcibly();
            Run.in(folder, Map.of(), "umount", "-l", work.toString()).exit(0);
        }
    }
}
