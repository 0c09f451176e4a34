package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom we trust, and to whom we say who we are. */
class KubeconfigTest {
    @TempDir
    Path folder;

    private final ConcurrentLinkedQueue<Map<String, List<String>>> asked = new ConcurrentLinkedQueue<>();
    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false);
    private final Properties properties = (Properties) System.getProperties().clone();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(new HashMap<>(exchange.getRequestHeaders()));
            byte[] version = "{\"gitVersion\":\"v1.30.2\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, version.length);
            exchange.getResponseBody().write(version);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
        System.setProperties(properties);
    }

    private Path kubeconfig(String cluster, String user) throws IOException {
        return Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts: [{name: here, context: {cluster: here, user: me}}]
                clusters: [{name: here, cluster: {%s}}]
                users: [{name: me, user: {%s}}]
                """.formatted(cluster, user));
    }

    private Cluster connect(String cluster, String user) throws IOException {
        return new Kubeconfig(kubeconfig(cluster, user), null, null).connect(console);
    }

    private String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** The client reads each of these, as a property and as a variable of the environment, which are one to it. */
    @Test
    void theClientsOwnSettingsChangeNothing() throws IOException {
        System.setProperty("kubernetes.trust.certificates", "true");
        System.setProperty("kubernetes.disable.hostname.verification", "true");
        System.setProperty("kubernetes.master", "http://192.0.2.1:1");
        System.setProperty("kubernetes.auth.token", "theirs");
        System.setProperty("kubernetes.namespace", "theirs");
        System.setProperty("kubernetes.impersonate.username", "theirs");
        System.setProperty("kubernetes.truststore.file", "/nonexistent");
        System.setProperty("kubernetes.certs.ca.file", "/nonexistent");
        System.setProperty("https.proxy", "http://192.0.2.1:1");
        System.setProperty("http.proxy", "http://192.0.2.1:1");
        try (Cluster cluster = connect("server: \"http://" + address() + "\"", "token: t")) {
            Config config = cluster.client().getConfiguration();
            assertEquals("default", cluster.namespace());
            assertEquals("http://" + address(), cluster.server());
            assertFalse(config.isTrustCerts());
            assertFalse(config.isDisableHostnameVerification());
            assertNull(config.getCaCertFile());
            assertNull(config.getTrustStoreFile());
            assertNull(config.getImpersonateUsername());
            assertNull(config.getAutoOAuthToken());
            assertFalse(config.refresh().isTrustCerts());
            assertFalse(String.valueOf(config.refresh().getAutoOAuthToken()).contains("theirs"));
        }
    }

    @Test
    void aServerWithoutCertificateGetsNoToken() throws IOException {
        Path ran = folder.resolve("ran");
        String plugin = "exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, args: [-c, \"touch " + ran + "\"]}";
        for (String user : List.of("token: s3cret", "username: u, password: s3cret", plugin)) {
            connect("server: \"http://" + address() + "\"", user).close();
        }
        assertEquals(3, asked.size());
        for (Map<String, List<String>> headers : asked) assertFalse(headers.containsKey("Authorization"), headers.toString());
        assertFalse(Files.exists(ran), "and nobody is asked for one");
    }

    @Test
    void nothingShowsTheUserAndTheQueryInAServersAddress() throws IOException {
        String hidden = "s3cret";
        try (Cluster cluster = connect("server: \"http://me:" + hidden + "@" + address() + "/?token=" + hidden + "\"", "token: t")) {
            assertEquals("http://" + address(), cluster.server());
            assertFalse(cluster.client().getMasterUrl().toString().contains(hidden));
        }
        server.stop(0);
        for (String url : List.of("http://me:" + hidden + "@" + address() + "/?token=" + hidden, "http://me:" + hidden + "@h ost",
                "ftp://me:" + hidden + "@host", "https://me:" + hidden + "@host:notaport")) {
            Failure failure = assertThrows(Failure.class, () -> connect("server: \"" + url + "\"", "token: t").close(), url);
            assertEquals(Exit.UNREACHABLE, failure.exitCode());
            assertSilent(failure, hidden);
        }
    }

    @Test
    void aFileThatCannotBeReadIsNotQuoted() throws IOException {
        Path file = Files.writeString(folder.resolve("broken"), "users:\n- name: me\n  user: s3cret\n");
        Failure failure = assertThrows(Failure.class, () -> new Kubeconfig(file, null, null).connect(console));
        assertSilent(failure, "s3cret");
        Files.writeString(file, "users:\n- name: [s3cret: {");
        failure = assertThrows(Failure.class, () -> new Kubeconfig(file, null, null).connect(console));
        assertTrue(failure.getMessage().contains("line 2"), failure.getMessage());
        assertSilent(failure, "s3cret");
    }

    private static void assertSilent(Failure failure, String hidden) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertFalse(trace.toString().contains(hidden), trace.toString());
    }

    private static Config through(String server, String own, Map<String, String> environment) {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(server).withHttpsProxy(own).build();
        Proxies.use(config, environment);
        return config;
    }

    @Test
    void proxiesAreKubectls() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://u:p%40@proxy:3128", "NO_PROXY", "10.0.0.0/8, *.local");
        Config config = through("https://cp.example:6443/", null, environment);
        assertEquals("http://proxy:3128", config.getHttpsProxy());
        assertEquals("u p@", config.getProxyUsername() + " " + config.getProxyPassword());
        assertArrayEquals(new String[] {"10.0.0.0/8", ".local"}, config.getNoProxy());
        assertEquals("http://small:80", through("https://cp:6443/", null, Map.of("https_proxy", "small")).getHttpsProxy());
        assertNull(through("https://cp:6443/", null, Map.of("HTTP_PROXY", "http://proxy:1")).getHttpProxy());
        assertNull(through("https://cp:6443/", null, Map.of("HTTPS_PROXY", "http://proxy:1", "NO_PROXY", "*")).getHttpsProxy());
        for (String here : List.of("https://localhost:1/", "https://127.0.0.2:1/", "https://[::1]:1/")) {
            assertNull(through(here, null, environment).getHttpsProxy(), here);
        }
        assertEquals("socks5://own:1080", through("https://127.0.0.1:1/", "socks5://own", environment).getHttpsProxy());
        assertSilent(assertThrows(Failure.class, () -> through("https://cp:1/", null, Map.of("HTTPS_PROXY", "http://u:s3 cret@x"))), "cret");
    }
}
