//SOURCES ../../mini-k8s/Home.java ../../mini-k8s/Machine.java ../../mini-k8s/Cgroups.java ../../mini-k8s/Run.java
//SOURCES ../../mini-k8s/UserKubeconfig.java

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.cli.Console;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of mini-k8s that touch what belongs to the user; the rest is proven by running it. */
class MiniK8sTest {
    @TempDir
    Path folder;

    private final Console console = new Console(new PrintWriter(System.out), new PrintWriter(System.err), false, false);

    private Home home() throws IOException {
        assumeTrue(Run.exists("kubectl"), "kubectl is not installed, and it is kubectl that changes a kubeconfig");
        Home home = new Home(folder.resolve("cache"), folder.resolve("state"), folder.resolve("run"));
        Files.createDirectories(home.pki());
        Files.writeString(home.kubeconfig(), "clusters:\n- cluster:\n    server: https://127.0.0.1:6444\n");
        for (String name : List.of("ca.crt", "admin.crt", "admin.key")) {
            Files.writeString(home.pki().resolve(name), name);
        }
        return home;
    }

    private static String view(Path file, String path) {
        return Run.checked("kubectl", "--kubeconfig=" + file, "config", "view", "--raw", "-o", "jsonpath=" + path);
    }

    @Test
    void theUsersContextsComeBack() throws IOException {
        Home home = home();
        Path file = folder.resolve("config with a space");
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: work
                contexts:
                - {name: work, context: {cluster: far, user: me, namespace: mine}}
                - {name: play, context: {cluster: far, user: me}}
                clusters:
                - {name: far, cluster: {server: "https://cluster.invalid"}}
                users:
                - {name: me, user: {token: secret}}
                """);
        String before = view(file, "{}");
        UserKubeconfig user = new UserKubeconfig(console, home, file);
        user.add();
        user.add(); // up on a running cluster: the former context must not be taken to be ours
        assertEquals("mini-k8s", view(file, "{.current-context}"));
        assertEquals("https://127.0.0.1:6444", view(file, "{.clusters[?(@.name=='mini-k8s')].cluster.server}"));
        assertEquals("secret", view(file, "{.users[?(@.name=='me')].user.token}"));
        UserKubeconfig.remove(console, home);
        assertEquals(before, view(file, "{}"));
    }

    @Test
    void anotherContextThatTheUserChoseStaysCurrent() throws IOException {
        Home home = home();
        Path file = folder.resolve("config");
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                contexts:
                - {name: a, context: {cluster: x, user: x}}
                """);
        new UserKubeconfig(console, home, file).add();
        Run.checked("kubectl", "--kubeconfig=" + file, "config", "use-context", "a");
        UserKubeconfig.remove(console, home);
        assertEquals("a", view(file, "{.current-context}"));
        assertEquals("a", view(file, "{.contexts[*].name}"));
    }

    @Test
    void aFileThatWasNotThereIsGoneAgain() throws IOException {
        Home home = home();
        Path file = folder.resolve("new/config");
        new UserKubeconfig(console, home, file).add();
        assertTrue(Files.exists(file));
        UserKubeconfig.remove(console, home);
        assertFalse(Files.exists(file));
    }

    @Test
    void theFirstFileOfKubeconfigIsTheUsers() {
        assertEquals(Path.of("/a b/one"), UserKubeconfig.file(Map.of("KUBECONFIG", ":/a b/one:/two"), "/home/x"));
        assertEquals(Path.of("/home/x/.kube/config"), UserKubeconfig.file(Map.of("KUBECONFIG", ""), "/home/x"));
    }

    @Test
    void theCacheIsWhereTheUserSays() {
        assertEquals(Path.of("/m"), Home.cacheFolder(Map.of("MINI_K8S_CACHE", "/m", "XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/x/mini-k8s"), Home.cacheFolder(Map.of("XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of(System.getProperty("user.home"), ".cache/mini-k8s"),
                Home.cacheFolder(Map.of("XDG_CACHE_HOME", "relative")));
    }

    @Test
    void aTemplateIsFilledWholly() {
        assertEquals("a $1 \\ z", Home.fill("a @ONE_2@ z", Map.of("ONE_2", "$1 \\")));
        assertThrows(IllegalArgumentException.class, () -> Home.fill("@NONE@", Map.of()));
    }

    @Test
    void aTakenPortIsPassedOver() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Integer> given = new ArrayList<>();
            int first = Machine.freePort(taken.getLocalPort(), given);
            int second = Machine.freePort(taken.getLocalPort(), given);
            assertNotEquals(taken.getLocalPort(), first);
            assertNotEquals(first, second);
            assertEquals(List.of(first, second), given);
        }
    }
}
