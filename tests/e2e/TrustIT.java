package tests.e2e;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lib.cli.Exit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Somebody else on the node, before and during every stage. */
@ResourceLock(MiniK8s.USUAL)
class TrustIT {
    @TempDir
    static Path folder;
    private static MiniK8s cluster;

    @BeforeAll
    static void up() throws IOException {
        cluster = new MiniK8s();
        cluster.load();
        Run.jbang(folder, "01a_perf_runner.java").exit(0);
    }

    @AfterAll
    static void down() {
        if (cluster != null) cluster.close();
    }

    private static final List<String> PROTECTIONS = List.of("symlinks", "hardlinks", "fifos", "regular");

    private static Path protection(String what) {
        return Path.of("/proc/sys/fs/protected_" + what);
    }

    /** A user of the node who tries to have a hand in every file of ours, whether the kernel hinders him or not. */
    @Test
    void nobodyOnTheNodeHasAHandInARecording() throws Exception {
        Path clone = MiniK8s.clone(folder, "attacked");
        Path victims = Files.createDirectory(folder.resolve("victims"));
        Path victim = Files.writeString(victims.resolve("file"), "root");
        Path script = Files.copy(Run.ROOT.resolve("tests/shell/attacker.sh"), Files.createTempFile("attacker", ".sh"), REPLACE_EXISTING);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> before = new TreeMap<>();
        for (String what : PROTECTIONS) before.put(what, Files.readString(protection(what)));
        try {
            for (String guard : List.of("0", "1")) {
                for (String what : PROTECTIONS) Files.writeString(protection(what), guard);
                String paranoid = Files.readString(Path.of("/proc/sys/kernel/perf_event_paranoid"));
                Process attacker = new ProcessBuilder("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", script.toString(),
                        MiniK8s.WORK, victim.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                try {
                    Run.jbang(clone, "02_profile_apiserver.java", "-d", "3").exit(0);
                    Run.jbang(clone, "03_flamegraph.java").exit(0);
                    Run.jbang(clone, "04_fetch_and_commit.java").exit(0);
                    // Where all may write into the folder he gets his files in; no stage believes one, or waits for one.
                    Files.setPosixFilePermissions(Path.of(MiniK8s.WORK), PosixFilePermissions.fromString("rwxrwxrwx"));
                    for (int i = 0; i < 100 && !his(); i++) Thread.sleep(100);
                    assertTrue(his(), "he is at work");
                    for (String stage : List.of("02_profile_apiserver.java", "03_flamegraph.java", "04_fetch_and_commit.java")) {
                        Run refused = Run.jbang(clone, stage).exit(Exit.RECORDING);
                        assertTrue(refused.err().contains("others can write into the folder") && refused.seconds() < 60, refused.err());
                    }
                } finally {
                    attacker.destroy();
                    attacker.waitFor();
                    Files.setPosixFilePermissions(Path.of(MiniK8s.WORK), PosixFilePermissions.fromString("rwx------"));
                    Run.in(folder, Map.of(), "find", MiniK8s.WORK, "-mindepth", "1", "(", "-user", "65534", "-o", "-links", "+1", ")", "-delete").exit(0);
                }
                assertEquals("root", Files.readString(victim), "guard " + guard);
                assertEquals(paranoid, Files.readString(Path.of("/proc/sys/kernel/perf_event_paranoid")));
                try (var files = Files.list(victims)) {
                    assertEquals(1, files.count(), "nothing was made beside it");
                }
            }
        } finally {
            for (String what : PROTECTIONS) Files.writeString(protection(what), before.get(what));
            Files.delete(script);
        }
        assertEquals("3", git(clone, "rev-list", "--count", "HEAD"), "two recordings were kept beside him");
        assertEquals("", git(clone, "status", "--porcelain"));
    }

    private static boolean his() throws IOException {
        return !Run.in(folder, Map.of(), "find", MiniK8s.WORK, "-mindepth", "1", "-user", "65534").out().isBlank();
    }
}
