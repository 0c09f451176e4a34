package lib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Json;
import org.junit.jupiter.api.Test;

class ProfileTest {
    /** As stage 04 kept it before the metadata had parts. */
    private static final String VERSION_1 = """
            {"target": "kube-apiserver", "pid": 6468, "executable": "/usr/local/bin/kube-apiserver", "commandLine": ["kube-apiserver", "-v"],
             "buildId": null, "goBuildId": "5Bf/4LP", "node": "cp-1", "kernel": "6.1.0", "kubernetes": "v1.20.2",
             "engine": "perf version 6.1.176", "event": "cpu-clock", "frequency": 99, "start": "2026-11-21T02:59:03Z", "seconds": 60.0,
             "samples": 4653, "lost": 3, "load": [7.97, 5.69, 5.17], "ended": "target exited", "settings": {"kernel.kptr_restrict": "0"},
             "dataBytes": 1702080, "dataSha256": "e6a5", "naming": {"frames": 10, "named": 9, "by": {"perf": 9}, "unknown": 1,
             "transferredBytes": 7}, "pictureSha256": "5ec3"}""";

    private static Profile read(String json) {
        return Json.read(json, Profile.class, Schema::current);
    }

    @Test
    void anEarlierFormIsReadWhole() {
        Profile profile = new Profile(2, null,
                new Program("kube-apiserver", 6468, "/usr/local/bin/kube-apiserver", List.of("kube-apiserver", "-v"), null, "5Bf/4LP"),
                new Place("cp-1", "6.1.0", "v1.20.2", null, Map.of("kernel.kptr_restrict", "0")),
                new Sampling("perf version 6.1.176", "cpu-clock", 99),
                new Outcome("2026-11-21T02:59:03Z", 60, 4653, 3, List.of(7.97, 5.69, 5.17), Ending.TARGET_EXITED),
                new Data(1702080, "e6a5"), new Naming(10, 9, Map.of("perf", 9L), 1, 7), new Drawn("5ec3", null), null, null);
        assertEquals(profile, read(VERSION_1));
        assertEquals(profile, read(Json.write(profile)), "and the form of now");
        assertEquals(0.783, profile.cpus(), 0.001);
    }

    @Test
    void aNewerFormIsRefusedByItsNumber() {
        String newer = assertThrows(IllegalArgumentException.class, () -> read("{\"schema\": 3}")).getMessage();
        assertTrue(newer.contains("3") && newer.contains("newer"), newer);
    }

    @Test
    void whatEveryRecordingHasMustBeThere() {
        assertThrows(IllegalArgumentException.class, () -> read("{\"schema\": 2, \"target\": {\"name\": \"x\"}}"));
        assertThrows(IllegalArgumentException.class, () -> read("{\"schema\": 2, \"outcome\": {\"ended\": \"somehow\"}}"));
        assertThrows(IllegalArgumentException.class, () -> read("[]"));
        assertNull(read("{\"target\": \"x\"}").data(), "an earlier recording may lack nearly all");
    }

    @Test
    void anEndingHasTheExitCodeOfItsKind() {
        assertEquals(Exit.DONE, Ending.COMPLETE.exitCode());
        assertEquals(Exit.DONE, Ending.TARGET_EXITED.exitCode());
        assertEquals(Exit.INTERRUPTED, Ending.INTERRUPTED.exitCode());
        assertEquals(Exit.RECORDING, Ending.FAILED.exitCode());
    }
}
