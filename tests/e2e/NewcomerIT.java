package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Somebody's first minutes: another user than root, with an empty home, a space in the path, and later no network. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NewcomerIT {
    private static final String USER = "kfg-newcomer";

    private static Path folder;
    private static Path clone;

    @BeforeAll
    static void arrive() throws IOException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can make another user");
        folder = Files.createTempDirectory("new comer");
        clone = folder.resolve("the clone");
        git(folder, "clone", "-q", Run.ROOT.toString(), clone.toString());
        Run.in(folder, Map.of(), "useradd", "--create-home", "--home-dir", folder.resolve("home").toString(), USER).exit(0);
        Run.in(folder, Map.of(), "chown", "-R", USER, folder.toString()).exit(0);
    }

    @AfterAll
    static void leave() {
        if (folder == null) return;
        Run.in(Path.of("/"), Map.of(), "sh", "-c", "userdel -f \"$1\" 2>/dev/null; rm -rf \"$2\"; for demo in /tmp/kube-flamegraph-demo*; do"
                + " [ \"$(stat -c %u \"$demo\")\" = \"$3\" ] && rm -rf \"$demo\"; done", "sh", USER, folder.toString(),
                Run.in(folder, Map.of(), "id", "-u", USER).out().strip());
    }

    private static Run as(String command, String... around) {
        String[] words = new String[around.length + 4];
        System.arraycopy(around, 0, words, 0, around.length);
        System.arraycopy(new String[] {"su", USER, "-c", command}, 0, words, around.length, 4);
        return Run.in(clone, Map.of(), words);
    }

    @Test
    @Order(1)
    void theFirstCommandBringsAllThatItNeeds() throws IOException {
        Run demo = as("LC_ALL=C ./jbang lab --demo").exit(0); // the plainest locale: the sources are UTF-8 all the same
        String picture = demo.out().replaceAll("(?s).*\n(\\S+\\.svg)\n.*", "$1");
        assertTrue(Files.readString(Path.of(picture)).startsWith("<svg") || Files.readString(Path.of(picture)).startsWith("<?xml"), picture);
        assertTrue(Files.exists(folder.resolve("home/.m2")), "what it needs is in the user's own home");
    }

    @Test
    @Order(2)
    void fromThenOnNoNetworkIsNeeded() {
        as("./jbang lab --demo -q", "unshare", "-n").exit(0);
        as("./jbang -o lab --demo -q", "unshare", "-n").exit(0);
    }

    @Test
    @Order(3)
    void theRevisionIsTheClones() {
        assertEquals("lab " + git(Run.ROOT, "describe", "--always", "--tags", "--abbrev=12"), as("./jbang lab --version").exit(0)
                .out().lines().findFirst().orElse(""));
    }

    @Test
    @Order(4)
    void withoutAClusterItSaysWhatThereIs() {
        Run lab = as("./jbang lab");
        assertEquals(10, lab.exitCode(), lab.err());
        assertTrue(lab.err().contains("./jbang lab --demo"), lab.err());
        assertFalse(lab.err().contains("mini-k8s up"), "mini-k8s is root's: " + lab.err());
    }

    @Test
    @Order(5)
    void coloursAndBarsAreForTerminals() {
        String terminal = "TERM=xterm script -qec './jbang lab --demo' /dev/null";
        String coloured = as(terminal).exit(0).out();
        assertTrue(coloured.contains("\u001b[1m==> ") && coloured.contains("█"), coloured);
        assertFalse(as("NO_COLOR=1 " + terminal).exit(0).out().contains("\u001b[1m"), "NO_COLOR is respected");
        Run piped = as("./jbang lab --demo").exit(0);
        assertFalse((piped.out() + piped.err()).contains("\u001b"), "none where no terminal is");
    }
}
