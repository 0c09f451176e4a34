package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.kubectl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Exit;
import lib.profile.Profile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Recording with few rights, and on a kernel that hides its functions; this machine is the node. */
@ResourceLock(MiniK8s.USUAL)
class CaptureIT {
    private static final Path KPTR_RESTRICT = Path.of("/proc/sys/kernel/kptr_restrict");

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

    private static String kptrRestrict() throws IOException {
        return Files.readString(KPTR_RESTRICT).strip();
    }

    private static Profile profile() throws IOException {
        return MiniK8s.profile(MiniK8s.WORK + "/apiserver");
    }

    private static void await(String value) throws Exception {
        for (int i = 0; i < 300 && !kptrRestrict().equals(value); i++) Thread.sleep(100);
        assertEquals(value, kptrRestrict());
    }

    /** Until perf records, with the settings changed. */
    private static void recording() throws Exception {
        for (int i = 0; i < 300 && !Files.exists(Path.of(MiniK8s.WORK + "/apiserver.perf.pid")); i++) Thread.sleep(100);
        assertEquals("1", kptrRestrict());
    }

    private static Process profiler(String... words) throws IOException {
        List<String> line = new java.util.ArrayList<>(List.of(Run.ROOT.resolve("jbang").toString(), "02_profile_apiserver.java"));
        line.addAll(List.of(words));
        return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void threeCapabilitiesAreEnoughForEveryName() throws IOException {
        Path clone = MiniK8s.clone(folder, "minimal");
        Run.jbang(clone, "lab", "--profile", "minimal", "--keep", "-d", "5").exit(0);
        Profile profile = profile();
        assertEquals(0, profile.naming().unknown(), profile.naming().toString());
        assertTrue(profile.naming().by().get("perf") > 0, "the kernel's frames: " + profile.naming());
        String rights = kubectl("get", "pod", "perf-runner", "-o", "jsonpath={.spec.containers[0].securityContext.capabilities}").exit(0).out();
        assertEquals("{\"add\":[\"PERFMON\",\"SYS_PTRACE\",\"SYSLOG\"],\"drop\":[\"ALL\"]}", rights);
        String before = kptrRestrict();
        try {
            Files.writeString(KPTR_RESTRICT, "2");
            Run refused = Run.jbang(folder, "02_profile_apiserver.java", "-d", "2", "--fix-kernel-settings").exit(Exit.KERNEL);
            assertTrue(refused.err().contains("--profile privileged"), refused.err());
        } finally {
            Files.writeString(KPTR_RESTRICT, before);
        }
        Run.jbang(folder, "01a_perf_runner.java", "--delete").exit(0);
    }

    @Test
    void anImageWithoutPerfGetsTheRightsToInstallIt() {
        Run.jbang(folder, "01a_perf_runner.java", "--delete").exit(0);
        Run run = Run.jbang(folder, "01a_perf_runner.java", "--profile", "minimal", "--image", "localhost/perf-runner-bare:latest").exit(0);
        assertTrue(run.err().contains("installed"), run.err());
        Run again = Run.jbang(folder, "01a_perf_runner.java", "--profile", "minimal", "--image", "localhost/perf-runner-bare:latest").exit(0);
        assertTrue(again.err().contains("it runs already"), again.err());
        Run.jbang(folder, "02_profile_apiserver.java", "-d", "2").exit(0);
        Run.jbang(folder, "01a_perf_runner.java", "--delete").exit(0);
    }

    @Test
    void kernelSettingsAreChangedOnRequestAndPutBackWhateverHappens() throws Exception {
        String before = kptrRestrict();
        Run.jbang(folder, "01a_perf_runner.java").exit(0);
        try {
            Files.writeString(KPTR_RESTRICT, "2");
            Run plain = Run.jbang(folder, "02_profile_apiserver.java", "-d", "2").exit(0);
            assertTrue(plain.err().contains("--fix-kernel-settings makes it 1"), plain.err());
            assertEquals("2", kptrRestrict());
            assertEquals("2", profile().where().settings().get("kernel.kptr_restrict"));

            Process whole = profiler("-d", "4", "--fix-kernel-settings");
            recording();
            assertEquals(0, whole.waitFor());
            assertEquals("2", kptrRestrict());
            assertEquals("1", profile().where().settings().get("kernel.kptr_restrict"));
            Run.jbang(folder, "03_flamegraph.java").exit(0);
            assertEquals(0, profile().naming().unknown(), "kernel functions have names: " + profile().naming());

            Process interrupted = profiler("-d", "60", "--fix-kernel-settings");
            recording();
            interrupted.destroy(); // SIGTERM is as Ctrl-C
            interrupted.waitFor();
            assertEquals("2", kptrRestrict());

            Process killed = profiler("-d", "6", "--fix-kernel-settings");
            recording();
            killed.descendants().forEach(ProcessHandle::destroyForcibly);
            killed.destroyForcibly().waitFor();
            await("2");
            Run.jbang(folder, "02_profile_apiserver.java", "--attach").exit(0);

            Process deleted = profiler("-d", "60", "--fix-kernel-settings");
            recording();
            Run.jbang(folder, "01a_perf_runner.java", "--delete").exit(0);
            await("2");
            int exitCode = deleted.waitFor(); // it meets the pod's end while it watches, or while it looks at what was recorded
            assertTrue(exitCode == Exit.POD_NOT_READY || exitCode == Exit.RECORDING, "exit code " + exitCode);
        } finally {
            Files.writeString(KPTR_RESTRICT, before);
        }
    }
}
