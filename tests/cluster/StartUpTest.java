package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.http.HttpClient;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartUpTest {
    @Test
    void aPropertyOfTheJvmAddsNobodyToTheClustersOwnAuthority() {
        String before = System.getProperty("javax.net.ssl.trustStore");
        System.setProperty("javax.net.ssl.trustStore", "/theirs");
        try {
            assertEquals("NONE", StartUp.trustingOnly(true, () -> System.getProperty("javax.net.ssl.trustStore")));
            assertEquals("/theirs", StartUp.trustingOnly(false, () -> System.getProperty("javax.net.ssl.trustStore")));
            assertEquals("/theirs", System.getProperty("javax.net.ssl.trustStore"));
        } finally {
            if (before == null) System.clearProperty("javax.net.ssl.trustStore");
            else System.setProperty("javax.net.ssl.trustStore", before);
        }
    }

    /** What the JVM would wait for at its end. */
    @Test
    void threadsThatWaitForTheNetworkAreEnded() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        HttpClient client = HttpClient.newHttpClient();
        List<Thread> waiting = Thread.getAllStackTraces().keySet().stream().filter(thread -> !before.contains(thread)).toList();
        assertFalse(waiting.isEmpty(), "java.net.http has no thread of its own any more: nothing is left to end");
        StartUp.end();
        for (Thread thread : waiting) {
            thread.join(10_000);
            assertFalse(thread.isAlive(), thread + " of " + client);
        }
    }
}
