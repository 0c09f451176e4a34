package tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.e2e.MiniK8s.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Every command that README shows, and each block of the lab's other pages, run once as it stands there, in a fresh clone. */
@ResourceLock(MiniK8s.USUAL)
class PagesIT {
    private static final List<String> PAGES = List.of("README.md", "docs/01-debug-pod.md", "docs/01a-perf-runner.md",
            "docs/02-profile-apiserver.md", "docs/03-flamegraph.md", "docs/04-fetch-and-commit.md", "mini-k8s/README.md");
    /** A block of shell, or a command between backquotes that is no mere name of a program. */
    private static final Pattern COMMAND = Pattern.compile(
            "(?ms)^```sh\\n(?<block>.*?)^```$|`(?<inline>(\\./jbang|jbang|kubectl|source) [^`]+)`");
    /** What is not run again here, and what is run in its place. */
    private static final Map<String, String> INSTEAD = Map.of(
            "./jbang test", "./jbang alias list", // the tests have a run of their own
            "./jbang e2e", "./jbang alias list", // this is it
            "./jbang fuzz", "./jbang -Dfuzz.lines=10000 fuzz", // for minutes
            "./jbang bench", "./jbang bench --help", // for hours
            "./jbang history compare", "./jbang lab -q -d 5 && ./jbang history compare", // the last one is another target's here
            "./jbang mini-k8s down", "./jbang mini-k8s status"); // the next command needs the cluster

    @TempDir
    static Path folder;
    private static Path clone;
    private static MiniK8s cluster;

    @BeforeAll
    static void fresh() throws IOException {
        cluster = new MiniK8s();
        cluster.load();
        git(folder, "clone", "-q", "--bare", Run.ROOT.toString(), "remote.git");
        clone = folder.resolve("a clone");
        git(folder, "clone", "-q", folder.resolve("remote.git").toString(), clone.toString());
        git(clone, "config", "user.name", "Lab");
        git(clone, "config", "user.email", "lab@example.org");
        // What the examples are about.
        Files.writeString(clone.resolve("before.folded"), "app;main;parse 10\napp;main;draw 5\n");
        Files.writeString(clone.resolve("after.folded"), "app;main;parse 4\napp;main;draw 9\n");
        Files.writeString(clone.resolve("budget.yaml"), "least-samples: 1\nbudgets:\n  - {total: true, cpus: 64}\n");
        Files.copy(clone.resolve("samples/apiserver.perf.txt.gz"), clone.resolve("perf.txt.gz"));
        Path built = Path.of(System.getProperty("user.home"), ".cache/mini-k8s/kubernetes-1.20.2/bin/kube-apiserver");
        if (Files.exists(built)) Files.copy(built, clone.resolve("kube-apiserver"));
        Run.in(clone, Map.of(), "perf", "record", "-q", "-o", "perf.data", "-e", "cpu-clock", "-g", "--", "sh", "-c",
                "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done").exit(0);
        Path bin = Files.createDirectory(folder.resolve("bin")); // JBang, installed
        Files.writeString(bin.resolve("jbang"), "#!/bin/sh\nexec '" + Run.ROOT.resolve("jbang") + "' \"$@\"\n");
        assertTrue(bin.resolve("jbang").toFile().setExecutable(true));
    }

    @AfterAll
    static void down() {
        if (cluster != null) cluster.close();
    }

    @TestFactory
    List<DynamicTest> commands() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String page : PAGES) {
            for (Matcher found = COMMAND.matcher(Files.readString(Run.ROOT.resolve(page))); found.find(); ) {
                if (found.group("block") == null && !page.equals("README.md")) continue; // what exercises speak of
                String block = found.group("block") != null ? found.group("block") : found.group("inline");
                for (String command : block.strip().split("\n")) {
                    String plain = command.replaceFirst("\\s+# .*", "");
                    if (seen.add(plain)) tests.add(DynamicTest.dynamicTest(page + ": " + plain, () -> run(plain)));
                }
            }
        }
        assertTrue(tests.size() > 15, "the pages show commands: " + tests.size());
        return tests;
    }

    private static void run(String command) {
        String real = INSTEAD.getOrDefault(command, command);
        Map<String, String> environment = real.startsWith("jbang ")
                ? Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")) : Map.of();
        Run run = Run.in(clone, environment, "bash", "-o", "pipefail", "-c",
                "exec </dev/null\n" + real); // perf script would read from a pipe
        assertEquals(0, run.exitCode(), run.out() + run.err());
    }
}
