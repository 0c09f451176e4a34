package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.kubectl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The roles of manifests/rbac.yaml are enough for everything, and each of their rules is needed. */
class RightsIT {
    private static final String NAMESPACE = "profiling";

    @TempDir
    static Path folder;
    private static MiniK8s cluster;
    private static Map<String, String> asProfiler;

    /** A service account that has these roles and no other rights, and a kubeconfig of its own. */
    @BeforeAll
    static void up() throws IOException {
        cluster = new MiniK8s();
        kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found").exit(0);
        kubectl("create", "namespace", NAMESPACE).exit(0);
        kubectl("-n", NAMESPACE, "create", "serviceaccount", "profiler").exit(0);
        roles();
        String account = "--serviceaccount=" + NAMESPACE + ":profiler";
        kubectl("-n", NAMESPACE, "create", "rolebinding", "profiler", "--role=profiler", account).exit(0);
        kubectl("create", "clusterrolebinding", "profiler-it", "--clusterrole=profiler-nodes", account).exit(0);
        String token = token("profiler");
        String config = kubectl("config", "view", "--raw", "--minify", "--flatten").exit(0).out()
                .replaceAll("client-certificate-data: .*", "token: " + token).replaceAll("client-key-data: .*\n", "\n")
                .replaceFirst("(cluster: \\S+)", "$1\n    namespace: " + NAMESPACE);
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), config);
        asProfiler = Map.of("KUBECONFIG", kubeconfig.toString());
    }

    /** The token that the cluster makes for a service account by itself: older kubectl cannot ask for another. */
    private static String token(String account) {
        String secret = "";
        for (int i = 0; i < 60 && secret.isEmpty(); i++) {
            secret = kubectl("-n", NAMESPACE, "get", "serviceaccount", account, "-o", "jsonpath={.secrets[0].name}").out().strip();
        }
        String encoded = kubectl("-n", NAMESPACE, "get", "secret", secret, "-o", "jsonpath={.data.token}").exit(0).out().strip();
        return new String(java.util.Base64.getDecoder().decode(encoded), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void roles() {
        kubectl("-n", NAMESPACE, "apply", "-f", Run.ROOT.resolve("manifests/rbac.yaml").toString()).exit(0);
    }

    @AfterEach
    void whole() {
        roles();
    }

    @AfterAll
    static void down() {
        if (cluster == null) return;
        kubectl("delete", "clusterrolebinding", "profiler-it", "--ignore-not-found");
        kubectl("delete", "clusterrolebinding", "reader-it", "--ignore-not-found");
        kubectl("delete", "clusterrole", "profiler-nodes", "profiler-pprof", "--ignore-not-found");
        kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
        cluster.close();
    }

    /** A script by that account, in a work directory of our own on the node: other classes may record meanwhile. */
    private static Run jbang(Path in, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        if (!words[0].equals("01_debug_pod.java")) line.addAll(List.of("--work-dir", "/var/lib/kube-flamegraph-" + NAMESPACE));
        return Run.jbang(in, asProfiler, line.toArray(String[]::new));
    }

    private static Run jbang(String... words) {
        return jbang(folder, words);
    }

    private static void without(String kind, String name, int rule) {
        kubectl("-n", NAMESPACE, "patch", kind, name, "--type=json",
                "-p", "[{\"op\": \"remove\", \"path\": \"/rules/" + rule + "\"}]").exit(0);
    }

    private static void nothingIsThere() {
        assertEquals("", kubectl("-n", NAMESPACE, "get", "pods", "-o", "name").exit(0).out(), "nothing was created");
    }

    private static Run refused(String... words) {
        Run run = jbang(words).exit(Exit.FORBIDDEN);
        assertEquals(2, run.err().lines().dropWhile(line -> !line.startsWith("error: ")).count(), run.err());
        return run;
    }

    @Test
    void theRolesAreEnoughForEveryStage() throws IOException {
        Path clone = MiniK8s.clone(folder, "rights");
        Run debug = jbang("01_debug_pod.java").exit(0);
        assertTrue(debug.err().contains("system:serviceaccount:" + NAMESPACE + ":profiler"), "says who we are: " + debug.err());
        assertTrue(debug.err().contains("Started: Started container"), "events are shown: " + debug.err());
        jbang("01_debug_pod.java", "--status").exit(0);
        jbang("01_debug_pod.java", "--delete").exit(0);
        jbang("01a_perf_runner.java").exit(0);
        Run recorded = jbang("02_profile_apiserver.java", "-d", "3").exit(0);
        assertFalse(recorded.err().contains("stays unknown"), recorded.err());
        jbang("03_flamegraph.java").exit(0);
        jbang(clone, "04_fetch_and_commit.java").exit(0);
        jbang("01a_perf_runner.java", "--delete").exit(0);
        jbang(clone, "lab", "-d", "3", "--profile", "minimal").exit(0);
        nothingIsThere();
        String token = Files.readString(Path.of(asProfiler.get("KUBECONFIG"))).replaceFirst("(?s).*token: (\\S+).*", "$1");
        Run verbose = jbang("01a_perf_runner.java", "-v", "-n", "no-privileged").exit(Exit.FORBIDDEN);
        assertFalse((verbose.out() + verbose.err()).contains(token), "no token is shown");
    }

    /** Of a control plane of which nobody reaches a node. */
    @Test
    void aProfileThroughTheApiNeedsNoPod() throws IOException {
        kubectl("apply", "-f", Run.ROOT.resolve("manifests/rbac-pprof.yaml").toString()).exit(0);
        kubectl("-n", NAMESPACE, "create", "serviceaccount", "reader").exit(0);
        kubectl("create", "clusterrolebinding", "reader-it", "--clusterrole=profiler-pprof", "--serviceaccount=" + NAMESPACE + ":reader").exit(0);
        String profiler = Files.readString(Path.of(asProfiler.get("KUBECONFIG")));
        Path kubeconfig = Files.writeString(folder.resolve("reader"), profiler.replaceFirst("token: \\S+", "token: " + token("reader")));
        Path clone = MiniK8s.clone(folder, "reader-clone");
        String[] lab = {"lab", "--engine", "pprof", "-d", "12", "--work-dir", Files.createDirectory(folder.resolve("here")).toString()};
        Run.in(folder, Map.of(), "chmod", "700", folder.resolve("here").toString()).exit(0);
        Run run = Run.jbang(clone, Map.of("KUBECONFIG", kubeconfig.toString()), lab).exit(0);
        assertTrue(run.err().contains("the API server on mini-k8s, which started at"), run.err());
        assertTrue(run.out().contains("CPU (") && run.out().contains(".svg"), run.out());
        assertEquals("2", MiniK8s.git(clone, "rev-list", "--count", "HEAD"));
        kubectl("delete", "clusterrolebinding", "reader-it").exit(0);
        Run refused = Run.jbang(clone, Map.of("KUBECONFIG", kubeconfig.toString()), lab).exit(Exit.FORBIDDEN);
        assertTrue(refused.err().contains("manifests/rbac-pprof.yaml"), refused.err());
    }

    @Test
    void withoutPodsNothingIsCreated() {
        without("role", "profiler", 0);
        assertTrue(refused("01a_perf_runner.java").err().contains("create pods"));
        nothingIsThere();
    }

    @Test
    void withoutExecNothingIsCreatedAndWhatRunsIsNotEntered() {
        without("role", "profiler", 1);
        assertTrue(refused("01_debug_pod.java").err().contains("you may not get pods/exec in namespace " + NAMESPACE));
        assertTrue(refused("01a_perf_runner.java").err().contains("pods/exec"));
        nothingIsThere();
        Run.jbang(folder, "01a_perf_runner.java", "-n", NAMESPACE).exit(0);
        assertTrue(refused("02_profile_apiserver.java").err().contains("pods/exec"));
        Run.jbang(folder, "01a_perf_runner.java", "-n", NAMESPACE, "--delete").exit(0);
    }

    @Test
    void withoutEventsTheStartIsOnlyNotShown() {
        without("role", "profiler", 2);
        Run run = jbang("01a_perf_runner.java").exit(0);
        assertTrue(run.err().contains("you may not list events"), run.err());
        jbang("01a_perf_runner.java", "--delete").exit(0);
    }

    @Test
    void withoutNodesNothingIsCreated() {
        without("clusterrole", "profiler-nodes", 0);
        assertTrue(refused("01a_perf_runner.java").err().contains("nodes"));
        nothingIsThere();
    }

    @Test
    void withoutTheNamespaceOnlyTheClustersIdStaysUnknown() {
        jbang("01a_perf_runner.java").exit(0);
        assertTrue(jbang("02_profile_apiserver.java", "-d", "1", "-o", "json").exit(0).out().matches("(?s).*\"cluster\" : \"[0-9a-f-]{36}\".*"));
        without("clusterrole", "profiler-nodes", 3);
        assertTrue(jbang("02_profile_apiserver.java", "-d", "1", "-o", "json").exit(0).out().contains("\"cluster\" : null"));
        jbang("01a_perf_runner.java", "--delete").exit(0);
    }

    @Test
    void withoutMetricsOnlyTheRequestsStayUnknown() {
        without("clusterrole", "profiler-nodes", 1);
        jbang("01a_perf_runner.java").exit(0);
        Run run = jbang("02_profile_apiserver.java", "-d", "3").exit(0);
        assertEquals(1, run.err().lines().filter(line -> line.contains("you may not get /metrics")).count(), run.err());
        jbang("01a_perf_runner.java", "--delete").exit(0);
    }
}
