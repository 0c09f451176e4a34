package launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import launcher.Checkout.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is built is whole, whoever builds at the same time and however that ends, and of the jars that were tested. */
class FirstStartTest extends InCheckout {
    private static final String WAITS = "jbang: waits for another first start";

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        Files.deleteIfExists(folder.resolve("hold"));
        for (Process process : started) process.destroyForcibly();
    }

    private Process start(Path root, String... shell) throws IOException {
        List<String> command = new ArrayList<>(List.of(shell));
        command.addAll(List.of(root.resolve("jbang").toString(), SCRIPT, "say"));
        Process process = checkout.start(root, command);
        started.add(process);
        return process;
    }

    private static void await(BooleanSupplier state, String what) throws InterruptedException {
        for (int i = 0; i < 3000; i++) {
            if (state.getAsBoolean()) return;
            Thread.sleep(10);
        }
        throw new AssertionError(what);
    }

    /** What the stand-in for JBang has noted of its builds: "begin PID" and "end PID". */
    private static List<String> builds() {
        try {
            return Files.exists(folder.resolve("builds")) ? Files.readAllLines(folder.resolve("builds")) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether a launcher says that it waits; otherwise it says nothing for as long as it builds. */
    private static boolean waits(Process process) throws Exception {
        var err = process.errorReader();
        await(() -> ready(err) || !process.isAlive()
                || process.children().anyMatch(child -> builds().contains("begin " + child.pid())), "neither builds nor waits");
        return ready(err) && err.readLine().equals(WAITS);
    }

    private static boolean ready(BufferedReader reader) {
        try {
            return reader.ready();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertSaysOne(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes());
        assertEquals("one one one\n", out, () -> {
            try {
                return new String(process.getErrorStream().readAllBytes());
            } catch (IOException e) {
                return e.toString();
            }
        });
        assertEquals(0, process.waitFor());
    }

    private static Path clone(int number) throws IOException {
        Path clone = Files.createTempDirectory(folder, "clone" + number);
        try (Stream<Path> files = Files.walk(checkout.root)) {
            for (Path file : files.skip(1).toList()) Files.copy(file, clone.resolve(checkout.root.relativize(file).toString()));
        }
        return clone;
    }

    // --- At once ---

    @ParameterizedTest
    @CsvSource({"12, flock", "3, perl"})
    void firstStartsAtOnceFromAsManyClonesBuildOnce(int clones, String tool) throws Exception {
        checkout.useStandIn();
        checkout.useNewCache();
        checkout.environment.put("PATH", folder.resolve("bin") + ":" + tools("sha256sum", tool));
        Files.createFile(folder.resolve("hold"));
        for (int i = 0; i < clones; i++) start(clone(i));
        int waiting = 0;
        for (Process process : started) {
            if (waits(process)) waiting++;
        }
        assertEquals(clones - 1, waiting);
        Files.delete(folder.resolve("hold"));
        for (Process process : started) assertSaysOne(process);
        assertEquals(2, builds().size(), builds().toString());
    }

    @Test
    void firstStartsOfJBangItselfAtOnceDoNotDisturbEachOther() throws Exception {
        checkout.useNewCache();
        for (int i = 0; i < 3; i++) start(clone(i));
        for (Process process : started) assertSaysOne(process);
    }

    @Test
    void aScriptThatRunsOnKeepsNobodyWaiting() throws Exception {
        checkout.useStandIn();
        checkout.useNewCache();
        Process runsOn = checkout.start(checkout.root, checkout.command(SCRIPT, "sleep"));
        started.add(runsOn);
        assertEquals("" + runsOn.pid(), runsOn.inputReader().readLine());
        Path clone = clone(1);
        Ran ran = checkout.run(clone, "", List.of(clone.resolve("jbang").toString(), SCRIPT, "say"));
        assertEquals(new Ran("one one one\n", "", 0, 1), ran);
    }

    // --- Killed ---

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh", "mksh", "zsh --emulate sh"})
    void whoIsKilledKeepsOthersWaitingForAsLongAsItsJBangBuilds(String shell) throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, shell.split(" ")[0]))), shell + " is not installed");
        checkout.useStandIn();
        checkout.useNewCache();
        Files.createFile(folder.resolve("hold"));
        Process killed = start(checkout.root, shell.split(" "));
        await(() -> builds().size() == 1, "does not build");
        killed.destroyForcibly().waitFor();

        Process next = start(checkout.root, shell.split(" "));
        assertTrue(waits(next), builds().toString());
        Files.delete(folder.resolve("hold"));
        assertSaysOne(next);
        List<String> begins = builds().stream().filter(line -> line.startsWith("begin")).toList();
        // One after the other, and the second because nobody saw the first one's end.
        assertEquals(begins.stream().flatMap(line -> Stream.of(line, line.replace("begin", "end"))).toList(), builds());
        assertEquals(2, begins.size());
    }

    @Test
    void aBuildThatWasKilledIsMadeAnew() throws Exception {
        checkout.useStandIn();
        checkout.useNewCache();
        Files.createFile(folder.resolve("hold"));
        Process killed = start(checkout.root);
        await(() -> builds().size() == 1, "does not build");
        killed.destroyForcibly().waitFor();
        ProcessHandle jbang = ProcessHandle.of(Long.parseLong(builds().get(0).substring("begin ".length()))).orElseThrow();
        jbang.destroyForcibly();
        await(() -> !jbang.isAlive(), "is not killed");
        Files.delete(folder.resolve("hold"));

        assertAsked("one one one");
        assertKept(SCRIPT, "say");
    }

    // --- Broken ---

    enum Damage {
        CUT_OFF {
            @Override
            void to(Path jar) throws IOException {
                byte[] whole = Files.readAllBytes(jar);
                Files.write(jar, Arrays.copyOf(whole, whole.length * 2 / 3));
            }
        },
        WITHOUT_MAIN_CLASS {
            @Override
            void to(Path jar) throws IOException {
                rewrite(jar, true);
            }
        },
        WITH_AN_EMPTY_ENTRY {
            @Override
            void to(Path jar) throws IOException {
                rewrite(jar, false);
            }
        };

        abstract void to(Path jar) throws IOException;

        private static void rewrite(Path jar, boolean entries) throws IOException {
            byte[] whole = Files.readAllBytes(jar);
            try (var in = new ZipInputStream(new ByteArrayInputStream(whole));
                    var out = new JarOutputStream(Files.newOutputStream(jar), new Manifest())) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    if (entry.getName().startsWith("META-INF/")) continue;
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    if (entries) in.transferTo(out);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenJarIsBuiltAnew(Damage damage) throws Exception {
        checkout.useStandIn();
        Path cache = checkout.useNewCache();
        assertAsked("one one one");
        Path jar = cache.resolve("jars").resolve(Files.readString(folder.resolve("build")));
        damage.to(jar);
        assertAsked("one one one");
        assertKept(SCRIPT, "say");

        // Left by somebody else, such as a launcher that had no lock yet.
        damage.to(jar);
        Files.delete(jar.resolveSibling("finished"));
        assertAsked("one one one");
        assertKept(SCRIPT, "say");
    }

    @Test
    void aLostBuildIsMadeAgain() throws Exception {
        checkout.useStandIn();
        Path cache = checkout.useNewCache();
        assertAsked("one one one");
        Files.delete(cache.resolve("jars").resolve(Files.readString(folder.resolve("build"))));
        assertAsked("one one one");
    }

    // --- Other jars ---

    @Test
    void anotherDependencyIsRefusedByName() throws Exception {
        checkout.useStandIn();
        Path jar = checkout.dependency("two");
        Ran refused = checkout.run(SCRIPT, "say");
        assertEquals(69, refused.code());
        assertEquals("", refused.out());
        assertTrue(refused.err().contains("lib/jars.sha256")
                && refused.err().contains(Checkout.sha256(jar) + "  toy/dep/1/dep-1.jar"), refused.err());
        assertEquals(69, checkout.run("-Dtoy=1", SCRIPT, "say").code());

        checkout.listJars();
        assertAsked("one one two");
        checkout.dependency("one");
        checkout.listJars();
        assertAsked("one one one");
        keepCommand();
    }

    @Test
    void aJarThatIsNotListedIsRefused() throws Exception {
        checkout.useStandIn();
        String list = Files.readString(checkout.root.resolve("lib/jars.sha256"));
        checkout.write("lib/jars.sha256", "");
        assertEquals(69, checkout.run(SCRIPT, "say").code());
        Files.delete(checkout.root.resolve("lib/jars.sha256"));
        assertEquals(69, checkout.run(SCRIPT, "say").code());
        checkout.write("lib/jars.sha256", list);
        assertKept(SCRIPT, "say");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256sum", "shasum", "openssl", ""})
    void jarsAreComparedByWhatIsThereAndOnlyWhenACommandLineIsMade(String tool) throws Exception {
        checkout.useStandIn();
        checkout.environment.put("PATH", folder.resolve("bin") + ":" + tools("flock", "perl", tool.isEmpty() ? "sh" : tool));
        assertKept(SCRIPT, "say");
        Files.delete(checkout.kept().resolve("command"));
        if (tool.isEmpty()) {
            Ran ran = checkout.run(SCRIPT, "say");
            assertEquals(69, ran.code());
            assertTrue(ran.err().contains("sha256sum"), ran.err());
        } else {
            assertAsked("one one one");
        }
    }

    @Test
    void aDamagedJBangIsRefused() throws Exception {
        checkout.useStandIn();
        byte[] damaged = Files.readAllBytes(checkout.jbang());
        damaged[damaged.length / 2] ^= 1;
        Path good = Files.move(checkout.jbang(), checkout.jbang().resolveSibling("good"));
        Files.write(checkout.jbang(), damaged);
        Ran ran = checkout.run("version");
        assertEquals(new Ran("", ran.err(), 69, 0), ran);
        assertTrue(ran.err().contains("jbang-cli-0.132.1-all.jar"), ran.err());
        Files.delete(checkout.jbang());
        Files.move(good, checkout.jbang());
        Files.delete(checkout.kept().resolve("command"));
        assertAsked("one one one");
    }
}
