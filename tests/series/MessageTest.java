package lib.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessageTest {
    /** What git itself takes for trailers. */
    private static List<String> trailers(String message) throws IOException {
        Process git = new ProcessBuilder("git", "interpret-trailers", "--parse").start();
        try (var in = git.getOutputStream()) {
            in.write(message.getBytes(StandardCharsets.UTF_8));
        }
        return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }

    @BeforeEach
    void sameSamples() {
        Made.afresh();
    }

    @Test
    void theSubjectSaysWhatWhereHowMuchAndWhatMost() throws IOException {
        String subject = Message.of(new Made().result(), null, null).lines().findFirst().orElseThrow();
        assertTrue(subject.matches("Profile kube-apiserver v1\\.31\\.2 on cp-1: 1\\.01 CPUs, LIST (39|40|41) %"), subject);
    }

    @Test
    void gitReadsTheTrailersAndNothingElseAsSuch() throws IOException {
        assertEquals("""
                Profile-Target: kube-apiserver
                Profile-Version: v1.31.2
                Profile-Build: abc123
                Profile-Node: cp-1
                Profile-Cluster: 0a1b2c3d-0000-4000-8000-000000000001
                Profile-Engine: perf version 6.1.90
                Profile-Event: cpu-clock
                Profile-Start: 2026-11-20T10:00:00Z
                Profile-Seconds: 60
                Profile-Samples: 6000
                Profile-CPUs: 1.01
                Profile-Load: 1.5 1.0 0.5""".lines().toList(), trailers(Message.of(new Made().result(), null, null)));
    }

    @Test
    void whatANodeSaysMakesNoLines() throws IOException {
        Made hostile = new Made();
        hostile.node = "cp-1\n\nSigned-off-by: somebody\u2028else <x@example.org>";
        hostile.cluster = null;
        String message = Message.of(hostile.result(), null, null);
        assertFalse(message.lines().anyMatch(line -> line.startsWith("Signed-off-by")), message);
        assertEquals(11, trailers(message).size());
        assertTrue(trailers(message).stream().allMatch(line -> line.startsWith("Profile-")), message);
    }

    @Test
    void theBodyHasTheAnswerAndTheChange() throws IOException {
        Result before = new Made().result();
        Made later = new Made().at("2026-11-20T11:00:00Z").share(Made.LIST, 0.6);
        later.version = "v1.32.0";
        String message = Message.of(later.result(), before, null);
        assertTrue(message.contains("\n1.01 CPUs were busy for 60 s.\n"), message);
        assertTrue(message.contains("\nAgainst flame-20261120-100000 (Kubernetes v1.31.2 → v1.32.0)\n"), message);
        assertTrue(message.lines().anyMatch(line -> line.matches("  list (3[89]|4[01])\\.\\d % → (59|60|61)\\.\\d % \\(\\+.*points\\)")), message);
        assertTrue(message.contains("\n  code: serialization "), "it is no call: " + message);
        assertTrue(message.lines().collect(Collectors.toList()).contains("Hottest functions, by their own time"), message);
    }

    @Test
    void theUsersSubjectIsKeptAndAnEmptyOneIsNone() throws IOException {
        Result result = new Made().result();
        assertTrue(Message.of(result, null, "Before the upgrade").startsWith("Before the upgrade\n\n"));
        assertTrue(Message.of(result, null, " ").startsWith("Profile kube-apiserver"));
    }
}
