package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import lib.node.LocalNode;
import lib.profile.ClientCount;
import lib.profile.Clients;
import lib.profile.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of an audit log as kube-apiserver writes them, counted by this machine's shell. */
class AuditLogTest {
    @TempDir
    Path folder;

    private final LocalNode node = new LocalNode();
    private Path log;

    @BeforeEach
    void setUp() throws IOException {
        log = folder.resolve("audit.log");
        assumeTrue(System.getProperty("user.name").equals("root") && Files.exists(Path.of("/proc/self/root")), "root on Linux");
        append(line("list", "old", "kubectl/v1.32.4 (linux/amd64)", "pods", "", "00:00:01.000000Z"));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private void append(String... lines) throws IOException {
        Files.write(log, List.of(lines), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String line(String verb, String user, String agent, String resource, String more, String end) {
        return event(verb, user, agent, "{\"resource\":\"" + resource + "\",\"namespace\":\"kube-system\",\"name\":\"x\",\"apiVersion\":\"v1\"" + more + "}", end);
    }

    private static String event(String verb, String user, String agent, String object, String end) {
        return "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"RequestResponse\",\"auditID\":\"1\",\"stage\":\"ResponseComplete\","
                + "\"requestURI\":\"/api?x=\\\"verb\\\":\\\"bad\\\"\",\"verb\":\"" + verb + "\",\"user\":{\"username\":\"" + user
                + "\",\"groups\":[\"system:masters\"]},\"impersonatedUser\":{\"username\":\"other\"},\"sourceIPs\":[\"127.0.0.1\"],\"userAgent\":\""
                + agent + "\"" + (object == null ? "" : ",\"objectRef\":" + object) + ",\"responseStatus\":{\"metadata\":{},\"code\":200},"
                + "\"requestObject\":{\"username\":\"wrong\",\"stageTimestamp\":\"2026-01-01T09:09:09.000000Z\"},"
                + "\"requestReceivedTimestamp\":\"2026-11-25T23:59:59.500000Z\",\"stageTimestamp\":\"2026-11-26T" + end + "\",\"annotations\":{\"a\":\"b\"}}";
    }

    private static Program program(String... more) {
        List<String> words = new java.util.ArrayList<>(List.of("kube-apiserver", "--secure-port=6443"));
        words.addAll(List.of(more));
        return new Program("kube-apiserver", (int) ProcessHandle.current().pid(), "/x", words, null, null);
    }

    private AuditLog begin() {
        return AuditLog.begin(node, program("--audit-log-path=" + log));
    }

    @Test
    void whatCameMeanwhileIsCountedByWhoAndWhat() throws IOException {
        AuditLog audit = begin();
        append(line("list", "system:node:a", "kubelet/v1.36.0 (linux/amd64) kubernetes/x", "pods", "", "00:00:01.000000Z"),
                line("list", "system:node:a", "kubelet/v1.36.0 (linux/arm64)", "pods", "", "00:00:00.000000Z"),
                line("create", "o\\\"neil\\\\x", "curl/7", "pods", ",\"subresource\":\"exec\"", "00:00:00.250000Z"),
                line("get", "early", "x", "pods", "", "00:00:01.000000Z").replace("ResponseComplete", "RequestReceived"),
                event("get", "system:anonymous", "probe", null, "00:00:00.000000Z"), "2026-11-25 a line of the legacy format", "{\"stage\":\"Respo");
        assertEquals(new Clients(Clients.AUDIT_LOG, List.of(
                new ClientCount("system:node:a", "kubelet/v1.36.0", null, "LIST", "pods", "kube-system", 2, 2),
                new ClientCount("o\"neil\\x", "curl/7", null, "POST", "pods/exec", "kube-system", 1, 0.75),
                new ClientCount("system:anonymous", "probe", null, "GET", "", "", 1, 0.5))), audit.end());
    }

    @Test
    void aRotatedLogIsReadInBothFiles() throws IOException {
        AuditLog audit = begin();
        append(line("get", "a", "x", "pods", "", "00:00:00.000000Z"));
        Files.move(log, folder.resolve("audit-2026-11-26T00-00-00.000.log"));
        append(line("get", "a", "x", "pods", "", "00:00:00.000000Z"));
        assertEquals(List.of(new ClientCount("a", "x", null, "GET", "pods", "kube-system", 2, 1)), audit.end().counts());
    }

    @Test
    void seldomOnesAreOneForEachVerb() throws IOException {
        AuditLog audit = begin();
        for (int i = 0; i < 250; i++) {
            append(line("get", "user-" + i, "x", "pods", "", "00:00:00.000000Z"), line("get", "user-0", "x", "pods", "", "00:00:00.000000Z"));
        }
        List<ClientCount> counts = audit.end().counts();
        assertEquals(201, counts.size());
        assertEquals(new ClientCount("user-0", "x", null, "GET", "pods", "kube-system", 251, 125.5), counts.get(0));
        assertEquals(new ClientCount("others", "", null, "GET", "others", "", 50, 25), counts.get(200));
    }

    @Test
    void onlyAPlainFileOfRootsIsRead() throws IOException {
        assertNull(AuditLog.begin(node, program()));
        assertNull(AuditLog.begin(node, program("--audit-log-path=-")));
        assertNull(AuditLog.begin(node, program("--audit-log-path", folder + "/none")));
        Path link = Files.createSymbolicLink(folder.resolve("link"), log);
        assertNull(AuditLog.begin(node, program("--audit-log-path", link.toString())));
        Files.setAttribute(log, "unix:uid", 12345);
        assertNull(begin());
        Files.setAttribute(log, "unix:uid", 0);
        assertEquals(List.of(), begin().end().counts(), "and nothing came to it");
    }
}
