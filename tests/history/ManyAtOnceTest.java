package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Several who keep results at the same moment: all arrive, one commit each, and nothing is broken. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class ManyAtOnceTest {
    private static final Instant START = Instant.parse("2025-01-31T00:00:00Z");

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;
    private Path bare;

    @BeforeEach
    void remote() throws Exception {
        box = Sandbox.judgedByGit(folder, git);
        bare = box.bare("bare.git", box.repository("seed"));
    }

    private void atOnce(List<Callable<Void>> people) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(people.size());
        try {
            for (Future<Void> one : pool.invokeAll(people, 5, TimeUnit.MINUTES)) one.get();
        } finally {
            pool.shutdownNow();
        }
    }

    private Void keep(Path clone, String branch, int second) throws Exception {
        String start = START.plusSeconds(second).toString();
        try (GitRepo repo = box.open(clone, branch).deriving(DerivedTest.LIST)) {
            Path results = repo.folder(Path.of("results"), Sandbox.profile(start, "ab".repeat(32)));
            repo.push(repo.commit(box.resultIn(results, start), "Profile at " + start + "\n"), false);
        }
        return null;
    }

    private void allArrived(String branch, int people, int times) throws Exception {
        List<String> subjects = box.git(bare, "log", "--format=%s", branch).lines().filter(line -> line.startsWith("Profile")).sorted().toList();
        assertEquals(Stream.iterate(0, i -> i + 1).limit((long) people * times).map(i -> "Profile at " + START.plusSeconds(i)).toList(), subjects);
        assertEquals(people * times, box.git(bare, "ls-tree", "-r", "--name-only", branch).lines().filter(file -> file.endsWith(".json")).count());
        assertEquals("", box.git(bare, "rev-list", "--merges", branch));
        for (String commit : box.git(bare, "rev-list", branch, "--", "results/*.json").split("\n")) {
            List<String> there = box.git(bare, "ls-tree", "-r", "--name-only", commit, "results").lines().filter(file -> file.endsWith(".json"))
                    .map(file -> file.substring("results/".length(), file.length() - ".json".length())).toList();
            assertEquals(there, box.git(bare, "show", commit + ":results/index.html").lines().skip(1).toList(), "the index of " + commit);
        }
        assertEquals("", box.git(bare, "fsck", "--strict", "--no-dangling"));
    }

    private void eachFromAClone(String branch, int people, int times) throws Exception {
        List<Callable<Void>> all = new ArrayList<>();
        for (int i = 0; i < people; i++) {
            Path clone = box.clone("clone" + i, bare.toString());
            int first = i * times;
            all.add(() -> {
                for (int j = 0; j < times; j++) keep(clone, branch, first + j);
                return null;
            });
        }
        atOnce(all);
        allArrived(branch == null ? "main" : branch, people, times);
    }

    @Test
    void twoPeople() throws Exception {
        eachFromAClone(null, 2, 5);
        for (int i = 0; i < 2; i++) assertEquals("", box.git(box.root.resolve("clone" + i), "status", "--porcelain"));
    }

    @Test
    void threeOnABranchOfResults() throws Exception {
        eachFromAClone("profiles", 3, 2);
    }

    @Test
    void eightInOneWorkTree() throws Exception {
        Path clone = box.clone("clone", bare.toString());
        List<Callable<Void>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int second = i;
            all.add(() -> keep(clone, null, second));
        }
        atOnce(all);
        allArrived("main", 8, 1);
        assertEquals("", box.git(clone, "status", "--porcelain"));
        assertEquals(box.git(bare, "rev-parse", "main"), box.git(clone, "rev-parse", "main"));
        try (Stream<Path> left = Files.list(clone.resolve(".git"))) {
            assertEquals(List.of(), left.map(file -> file.getFileName().toString()).filter(name -> name.contains("index") && !name.equals("index")).toList());
        }
    }

    @Test
    void whoIsWaitedForIsSaid() throws Exception {
        Path clone = box.clone("clone", bare.toString());
        Path lock = clone.resolve(".git/index.lock");
        Process other = new ProcessBuilder("sh", "-c", "exec 3> '" + lock + "'; echo locked; read -r line; rm '" + lock + "'").start();
        other.inputReader().readLine();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Void> kept = pool.submit(() -> keep(clone, null, 0));
            while (box.said.isEmpty() && !kept.isDone()) Thread.onSpinWait();
            other.outputWriter().append("end\n").close();
            kept.get(1, TimeUnit.MINUTES);
        } finally {
            pool.shutdownNow();
            other.destroy();
        }
        assertTrue(box.said.get(0).contains("(PID " + other.pid() + ")") && box.said.get(0).contains("index.lock"), box.said.get(0));
    }
}
