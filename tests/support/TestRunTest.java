package tests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tests.TestRun;

/** The sum that a run of tests ends with, and what it says of a JVM that was brought down. */
class TestRunTest {
    static class GoodToy {
        @Test
        void good() {}

        @Test
        void notHere() {
            assumeTrue(false, "only elsewhere");
        }
    }

    static class BadToy {
        @Test
        void bad() {
            assertEquals(1, 2);
        }
    }

    static class EndingToy {
        @Test
        void ends() {
            System.out.print("its last words");
            System.exit(0);
        }
    }

    /** What is run as a program. */
    static final class Toys {
        public static void main(String... args) {
            System.exit(TestRun.of(Toys.class, ".*Toy", args));
        }
    }

    @Test
    void aJvmThatWasBroughtDownIsAFailureAndTheRestRunsAllTheSame() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), Toys.class.getName(), "-j", "1").redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), said);
        List<String> lines = said.lines().toList();
        assertEquals("1 passed, 2 failed, 1 skipped", lines.get(lines.size() - 1), said);
        assertTrue(said.contains("its last words\n  FAILED   " + EndingToy.class.getName() + " ended with exit code 0"), said);
        assertTrue(said.contains("  FAILED   bad()\n") && said.contains("  skipped  notHere(): Assumption failed: only elsewhere\n"), said);
    }
}
