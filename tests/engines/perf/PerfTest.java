package lib.engines.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.LocalNode;
import lib.node.Node;
import lib.node.Output;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where perf is missing, refuses, or is of no use. */
class PerfTest {
    @TempDir
    Path folder;

    /** This machine, where perf is what the test puts into a folder, if anything. */
    private final class OtherPerf extends LocalNode {
        @Override
        public Output stream(Sink sink, Input input, Duration timeout, String... words) {
            List<String> line = new ArrayList<>(List.of("env", "PATH=" + folder));
            line.addAll(List.of(words));
            line.replaceAll(word -> word.equals("sh") ? "/bin/sh" : word.replace("/usr/bin/perf_", "/none/perf_").replace("/usr/lib/linux-tools", "/none"));
            return super.stream(sink, input, timeout, line.toArray(String[]::new));
        }
    }

    @BeforeEach
    void tools() throws IOException {
        assumeTrue(Files.exists(Path.of("/bin/sh")) && Files.exists(Path.of("/usr/bin/env")), "no sh here");
        for (String tool : List.of("uname", "grep", "head", "mktemp", "rm", "cat", "sed", "cut", "stat", "id", "ls", "chmod", "date")) {
            for (String bin : List.of("/usr/bin", "/bin")) {
                Path program = Path.of(bin, tool);
                if (Files.exists(program) && !Files.exists(folder.resolve(tool))) Files.createSymbolicLink(folder.resolve(tool), program);
            }
        }
    }

    private Node perf(String script) throws IOException {
        Path perf = Files.writeString(folder.resolve("perf"), "#!/bin/sh\n" + script + "\n");
        assertTrue(perf.toFile().setExecutable(true));
        return new OtherPerf();
    }

    @Test
    void withoutPerfItIsSaidHowToGetIt() {
        Failure failure = assertThrows(Failure.class, () -> Perf.find(new OtherPerf()));
        assertEquals(Exit.KERNEL, failure.exitCode());
        assertTrue(failure.next().contains("linux-perf"), failure.next());
    }

    @Test
    void ubuntusScriptThatRefusesTheKernel() throws IOException {
        Node node = perf("echo \"WARNING: no perf for this kernel\" >&2; echo >&2; echo \"  install linux-tools-9.9.9\" >&2; exit 2");
        Failure failure = assertThrows(Failure.class, () -> Perf.find(node));
        assertEquals(Exit.KERNEL, failure.exitCode());
        assertTrue(failure.getMessage().contains("refuses kernel " + new LocalNode().run("uname", "-r").text()), failure.getMessage());
        assertTrue(failure.next().contains("linux-tools-generic"), failure.next());
    }

    @Test
    void debiansScriptThatRefusesTheKernel() throws IOException {
        Node node = perf("echo \"exec: perf_5.10: not found\" >&2; exit 127");
        Failure failure = assertThrows(Failure.class, () -> Perf.find(node));
        assertTrue(failure.next().contains("Debian 12"), failure.next());
    }

    @Test
    void aPerfThatCanOpenNoEventIsNamedWithItsKernel() throws IOException {
        Node node = perf("case $1 in --version) echo perf version 4.4.1 ;; *) echo \"Error:\" >&2; echo \"Invalid argument\" >&2; exit 255 ;; esac");
        Perf perf = Perf.find(node);
        assertEquals("perf version 4.4.1", perf.version());
        KernelSettings settings = new KernelSettings(2, 0, true, true, true, List.of());
        Failure failure = assertThrows(Failure.class, () -> perf.chooseEvent(node, settings, null, folder.toString(), null));
        assertEquals(Exit.KERNEL, failure.exitCode());
        assertTrue(failure.getMessage().contains("cycles: Invalid argument; cpu-clock: Invalid argument (perf version 4.4.1, kernel "), failure.getMessage());
        assertTrue(failure.next().contains("another perf"), failure.next());
    }

    @Test
    void whatPerfIsAskedToSampleIsAWordAndNoCommand() throws IOException {
        Path trap = folder.resolve("trap");
        Node node = perf("case $1 in --version) echo perf version 1 ;; *) exit 255 ;; esac");
        KernelSettings settings = new KernelSettings(2, 0, true, true, true, List.of());
        assertThrows(Failure.class, () -> Perf.find(node).chooseEvent(node, settings, "$(: > " + trap + "); : > " + trap, folder.toString(), 1));
        assertTrue(Files.notExists(trap));
    }
}
