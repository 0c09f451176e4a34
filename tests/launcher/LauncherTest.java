package launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import launcher.Checkout.Ran;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest extends InCheckout {
    private static final String INPUT = "0123456789".repeat(20_000);

    @Test
    void aSecondRunNeedsNoJBangAndPrintsNothingOfItsOwn() throws Exception {
        assertKept(SCRIPT, "say");
        assertKept("flamegraph", "say");
        assertKept(checkout.root + "/" + SCRIPT, "say");
        assertKept("run", "flamegraph", "say");
        assertKept("-o", "flamegraph", "say");
        assertKept("run", "--offline", SCRIPT, "say");
    }

    @Test
    void argumentsArriveAsTheyAre() throws Exception {
        var arguments = List.of("", "two words", "a\nb\n", "it's", "\"$HOME\"", "*", "\\n", "`id`", "%x", "--", "-o");
        var words = new ArrayList<>(List.of(SCRIPT, "args"));
        words.addAll(arguments);
        Ran ran = checkout.run(words.toArray(String[]::new));
        assertEquals(String.join("\0", arguments) + "\0", ran.out(), ran.err());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 10, 18, 69, 130, 255})
    void exitCodesPassThrough(int code) throws Exception {
        assertEquals(new Ran("", "to stderr\n", code, 0), checkout.run(SCRIPT, "exit", "" + code));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aSingleThreadCompilesWhereThereAreFewProcessors(int processors) throws Exception {
        Path bin = Files.createTempDirectory(folder, "getconf");
        Path getconf = Files.writeString(bin.resolve("getconf"), "#!/bin/sh\necho " + processors + "\n");
        getconf.toFile().setExecutable(true);
        checkout.environment.compute("PATH", (name, path) -> bin + ":" + path);
        String options = checkout.run(SCRIPT, "options").out();
        assertEquals(processors <= 2, options.contains("-XX:CICompilerCount=1"), options);
        assertTrue(options.contains("-XX:TieredStopAtLevel=1"), options);
    }

    @Test
    void optionsOfJBangsComeBeforeTheName() throws Exception {
        // It is asked then, from wherever that is; its code 255 is not taken for the script's.
        Ran ran = checkout.run(checkout.home, INPUT, checkout.command("-Dtoy=1", "flamegraph", "count", "255"));
        assertEquals(new Ran("200000\n", "", 255, 1), ran);
    }

    @Test
    void standardInputReachesTheScript() throws Exception {
        assertEquals(new Ran("200000\n", "", 0, 0), checkout.run(checkout.root, INPUT, checkout.command(SCRIPT, "count", "0")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void signalsReachTheScript(String signal) throws Exception {
        Process process = checkout.start(checkout.root, checkout.command(SCRIPT, "sleep"));
        try (var out = process.inputReader()) {
            assertEquals("" + process.pid(), out.readLine(), "the launcher becomes the script's java");
            new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
            assertEquals("ended", out.readLine());
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(signal.equals("TERM") ? 143 : 130, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void worksFromAnyFolderAndBySymbolicLink() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("else where"));
        assertEquals(new Ran("one one one\n", "", 0, 0),
                checkout.run(elsewhere, "", checkout.command("flamegraph", "say")));
        assertEquals(new Ran("one one one\n", "", 0, 0), checkout.run(elsewhere, "", checkout.command(SCRIPT, "say")));
        assertEquals(new Ran("one one one\n", "", 0, 0),
                checkout.run(checkout.root, "", List.of("sh", "jbang", SCRIPT, "say")));
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), Path.of("second"));
        Files.createSymbolicLink(elsewhere.resolve("second"), checkout.root.resolve("jbang"));
        assertEquals(new Ran("one one one\n", "", 0, 0),
                checkout.run(elsewhere, "", List.of(link.toString(), "flamegraph", "say")));

        // A file that is here is meant before one of the same name that is there.
        Files.writeString(elsewhere.resolve(SCRIPT),
                "class other { public static void main(String... a) { System.out.println(a[0]); } }");
        assertEquals("mine\n", checkout.run(elsewhere, "", checkout.command(SCRIPT, "mine")).out());
    }

    @Test
    void whateverElseGoesToJBang() throws Exception {
        Ran list = checkout.run("alias", "list", "-f", "./jbang-catalog.json");
        assertTrue(list.out().contains("fetch-and-commit"), list.out() + list.err());
        Ran unknown = checkout.run("nothing-of-this-name");
        assertEquals(2, unknown.code(), unknown.err());
        assertTrue(unknown.err().contains("nothing-of-this-name"), unknown.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh", "mksh", "zsh --emulate sh"})
    void everyShellDoes(String shell) throws Exception {
        List<String> command = new ArrayList<>(List.of(shell.split(" ")));
        assumeTrue(Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, command.get(0)))), command.get(0) + " is not installed");
        command.addAll(checkout.command(SCRIPT, "args", "", "a b", "*"));
        assertEquals("\0a b\0*\0", checkout.run(checkout.root, "", command).out());
        checkout.useStandIn();
        Files.delete(checkout.kept().resolve("command"));
        Ran asked = checkout.run(checkout.root, "", command);
        assertEquals("\0a b\0*\0", asked.out(), asked.err());
        assertEquals(1, asked.asked());
        assertTrue(Files.exists(checkout.kept().resolve("command")));
    }

    // --- Never anything stale ---

    @Test
    void whatJBangMakesOfChangesIsRun() throws Exception {
        checkout.write("lib/toy/Word.java", Checkout.word("two"));
        checkout.write("manifests/word.txt", "two");
        Path jar = checkout.dependency("two");
        checkout.listJars();
        assertAsked("two two two");
        Files.delete(jar);
        Ran lost = checkout.run("-o", SCRIPT, "say");
        assertEquals(1, lost.asked());
        assertTrue(lost.code() != 0 && lost.err().contains("toy:dep:1"), lost.err());

        checkout.write("lib/toy/Word.java", Checkout.word("one"));
        checkout.write("manifests/word.txt", "one");
        checkout.dependency("one");
        checkout.listJars();
        checkout.useStandIn();
        assertAsked("one one one");
        keepCommand();
    }

    @Test
    void aChangedSourceIsNoticedEvenWithTheSameSizeAndAnOlderTime() throws Exception {
        checkout.useStandIn();
        Path source = checkout.root.resolve("lib/toy/Word.java");
        FileTime time = Files.getLastModifiedTime(source);
        checkout.write("lib/toy/Word.java", Checkout.word("two"));
        Files.setLastModifiedTime(source, FileTime.fromMillis(time.toMillis() - 86_400_000));
        assertAsked("one one one");
        checkout.write("lib/toy/Word.java", Checkout.word("one"));
        Files.setLastModifiedTime(source, time);
        assertAsked("one one one");
        assertKept(SCRIPT, "say");
    }

    @Test
    void aFileThatJoinsOrLeavesAGlobIsNoticed() throws Exception {
        checkout.write("lib/toy/Broken.java", "package lib.toy; class Broken { int a = \"\"; }");
        Ran broken = checkout.run(SCRIPT, "say");
        assertEquals("", broken.out());
        assertTrue(broken.code() != 0 && broken.err().contains("Broken.java"), broken.err());
        Files.delete(checkout.root.resolve("lib/toy/Broken.java"));
        assertKept(SCRIPT, "say");
    }

    @Test
    void aChangedResourceIsNoticed() throws Exception {
        checkout.useStandIn();
        checkout.write("manifests/word.txt", "two");
        assertAsked("one one one");
        checkout.write("manifests/word.txt", "one");
    }

    @Test
    void otherSettingsAreNoticed() throws Exception {
        checkout.useStandIn();
        checkout.environment.put("JBANG_APP_JAVA_OPTIONS", "-Dtoy=1");
        assertAsked("one one one");
        checkout.environment.remove("JBANG_APP_JAVA_OPTIONS");
        assertAsked("one one one");
        assertKept(SCRIPT, "say");
        checkout.environment.put("JAVA_HOME", folder.toString()); // there is no Java in it, so it is the same as before
        assertAsked("one one one");
    }

    @Test
    void settingsOfTheCallersFolderStayOutsideAndThoseOfTheCheckoutCount() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("jbang.properties"), "run.java = 11\n");
        Files.delete(checkout.kept().resolve("command"));
        Ran ran = checkout.run(elsewhere, "", checkout.command(SCRIPT, "say"));
        assertEquals("one one one\n", ran.out(), ran.err());
        assertKept(SCRIPT, "say");
        checkout.useStandIn();
        checkout.write("jbang.properties", "a = b\n");
        assertAsked("one one one");
        Files.delete(checkout.root.resolve("jbang.properties"));
    }

    @Test
    void anotherJavaIsNoticed() throws Exception {
        checkout.useStandIn();
        checkout.useNewCache();
        Path java = Files.createTempDirectory(folder, "java").resolve("java");
        Files.copy(folder.resolve("bin/java"), java, StandardCopyOption.COPY_ATTRIBUTES);
        checkout.environment.compute("PATH", (name, path) -> java.getParent() + ":" + path);
        assertAsked("one one one");
        assertKept(SCRIPT, "say");
        Path other = java.resolveSibling("other");
        Files.copy(java, other, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(other, java, StandardCopyOption.REPLACE_EXISTING);
        assertAsked("one one one");
    }

    // --- Little to work with ---

    @Test
    void withoutJavaItSaysWhatToInstall() throws Exception {
        checkout.environment.put("PATH", tools().toString());
        Ran ran = checkout.run("flamegraph", "say");
        assertEquals(69, ran.code(), ran.err());
        assertEquals("", ran.out());
        assertTrue(ran.err().contains("found no Java") && ran.err().contains("apt-get install openjdk-17"), ran.err());
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        checkout.environment.put("PATH", tools("java").toString());
        checkout.environment.put("MAVEN_OPTS", "-Xmx100m -Dmaven.repo.local=" + folder.resolve("nothing") + " -Da=b");
        Ran ran = checkout.run("version");
        assertEquals(69, ran.code(), ran.err());
        assertTrue(ran.err().contains("cannot get JBang") && ran.err().contains("install openjdk-17-jdk-headless maven"), ran.err());
    }

    // --- Another JBang on PATH ---

    private static Path installed(String version) throws Exception {
        Path bin = Files.createTempDirectory(folder, "installed");
        Files.writeString(bin.resolve("jbang"), "#!/bin/sh\n[ \"$1\" = version ] && { echo " + version + "; exit; }\n"
                + "printf '<%s>' \"$@\"\nexit 7\n");
        bin.resolve("jbang").toFile().setExecutable(true);
        checkout.environment.remove("KUBE_FLAMEGRAPH_JBANG");
        checkout.environment.put("PATH", bin + ":" + folder.resolve("bin") + ":" + System.getenv("PATH"));
        return bin;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.132.1", "0.132.1.5", "0.200.0", "1.0.0"})
    void aRecentJBangOnPathIsUsed(String version) throws Exception {
        installed(version);
        assertEquals(new Ran("<run><" + checkout.root + "/" + SCRIPT + "><a b><>", "", 7, 0),
                checkout.run("flamegraph", "a b", ""));
        assertEquals(new Ran("<alias><list>", "", 7, 0), checkout.run("alias", "list"));
        assertEquals(new Ran("<-Dtoy=1><" + checkout.root + "/" + SCRIPT + "><x>", "", 7, 0),
                checkout.run("-Dtoy=1", "flamegraph", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.132.0", "broken"})
    void anOldJBangOnPathIsNot(String version) throws Exception {
        checkout.useStandIn();
        installed(version);
        Files.delete(checkout.kept().resolve("command"));
        assertAsked("one one one");
    }

    @Test
    void theJarOfAnInstalledJBangIsRunDirectly() throws Exception {
        checkout.useStandIn();
        Path bin = installed("0.133.0");
        checkout.useNewCache();
        Path real = Files.createDirectory(bin.resolve("real"));
        Files.move(bin.resolve("jbang"), real.resolve("jbang"));
        Files.createSymbolicLink(bin.resolve("jbang"), Path.of("real/jbang"));
        Files.copy(checkout.jbang(), real.resolve("jbang.jar"));
        assertAsked("one one one");
        assertKept(SCRIPT, "say");
    }

    @Test
    void itDoesNotTakeItselfForAnInstalledOne() throws Exception {
        checkout.useStandIn();
        installed("0.0.1");
        checkout.environment.compute("PATH", (name, path) -> checkout.root + ":" + path);
        Files.delete(checkout.kept().resolve("command"));
        assertAsked("one one one");
    }

    /** A script on PATH that runs this launcher is a jbang like another; asked for its version, it must not ask itself. */
    @Test
    void aCopyOfItOnPathDoesNotCallItselfForEver() throws Exception {
        Path bin = installed("0.0.1");
        Path counted = folder.resolve("calls");
        Files.writeString(bin.resolve("jbang"), "#!/bin/sh\necho x >>'" + counted + "'\n[ $(wc -l <'" + counted + "') -gt 5 ] && exit 1\nexec '"
                + checkout.root.toString().replace("'", "'\\''") + "/jbang' \"$@\"\n");
        Ran ran = checkout.run(SCRIPT, "say");
        assertEquals("one one one\n", ran.out(), ran.err());
        assertTrue(Files.readAllLines(counted).size() <= 3, "it was called " + Files.readAllLines(counted).size() + " times");
    }

    // --- Archives ---

    @Test
    void anArchiveIsMadeInTheBackgroundAndUsed() throws Exception {
        Files.deleteIfExists(checkout.kept().resolve("busy"));
        try {
            assertKept(SCRIPT, "say");
            await(checkout.cache().resolve("jbang"), "archive.jsa");
            Path archive = await(checkout.kept(), ".jsa");
            Path log = folder.resolve("classes.log");
            // A learning run must not say a word more than another; the option says so on standard error.
            checkout.environment.put("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + log);
            assertEquals("one one one\n", checkout.run(SCRIPT, "say").out());
            List<String> loaded = Files.readAllLines(log);
            assertTrue(loaded.stream().anyMatch(line -> line.contains(" flamegraph source: shared objects file")),
                    "the script's class was not shared");
            List<String> lambdas = loaded.stream().filter(line -> line.contains(" flamegraph$Twice$$Lambda")).toList();
            assertEquals(2, lambdas.size(), lambdas.toString()); // alike, but each has a class of its own
            assertTrue(lambdas.stream().allMatch(line -> line.contains("source: shared objects file")), lambdas.toString());
            checkout.environment.remove("JAVA_TOOL_OPTIONS");

            Files.write(archive, new byte[] {1, 2, 3});
            assertKept(SCRIPT, "say");
            Files.delete(archive);
            Files.createDirectory(archive);
            assertKept(SCRIPT, "say");
            Files.delete(archive);
        } finally {
            Files.createDirectory(checkout.kept().resolve("busy"));
        }
    }

    @Test
    void whoReadsTheOutputDoesNotWaitForTheArchive() throws Exception {
        Path bin = Files.createTempDirectory(folder, "sleep");
        Path hold = Files.createFile(bin.resolve("hold"));
        Path sleep = Files.writeString(bin.resolve("sleep"), "#!/bin/sh\nwhile [ -e " + hold + " ]; do /bin/sleep 0.1; done\n");
        sleep.toFile().setExecutable(true);
        checkout.environment.compute("PATH", (name, path) -> bin + ":" + path);
        try {
            assertTimeoutPreemptively(Duration.ofSeconds(40), () -> assertKept(SCRIPT, "say"), "something keeps the pipe open");
        } finally {
            Files.delete(hold);
        }
    }

    /** Waits for a finished archive in a folder of the launcher's cache. */
    private static Path await(Path where, String suffix) throws Exception {
        for (int i = 0; i < 600; i++) {
            try (Stream<Path> files = Files.list(where)) {
                var found = files.filter(path -> path.toString().endsWith(suffix) && !path.endsWith("new.jsa")).findFirst();
                if (found.isPresent()) return found.get();
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no " + suffix + " within a minute");
    }

    @Test
    void aFullDiskOnlyMakesItSlower() throws Exception {
        Path full = Files.createDirectory(folder.resolve("full"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full.toString()).start();
        assumeTrue(mount.waitFor() == 0, "needs to mount a small disk");
        try {
            checkout.environment.put("XDG_CACHE_HOME", full.toString());
            Path kept = Checkout.folder(checkout.kept(full.resolve("kube-flamegraph")));
            Files.copy(checkout.kept().resolve("command"), kept.resolve("command"));
            try (var filler = Files.newOutputStream(full.resolve("filler"))) {
                filler.write(new byte[1 << 20]);
            } catch (IOException e) {
                // full now
            }
            assertKept(SCRIPT, "say");
            assertKept(SCRIPT, "say");
        } finally {
            new ProcessBuilder("umount", "-l", full.toString()).start().waitFor();
        }
    }
}
