package lib.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.LocalNode;
import lib.node.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {
    @TempDir
    Path folder;

    private final Node node = new LocalNode();
    private final List<Process> started = new ArrayList<>();
    private Path program;

    @BeforeEach
    void needsProc() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/exe")), "no /proc here");
        program = Files.copy(Path.of("/bin/sleep").toRealPath(), folder.resolve("kube-apiserver-" + System.nanoTime()));
        program.toFile().setExecutable(true);
    }

    @AfterEach
    void endThem() {
        started.forEach(Process::destroyForcibly);
    }

    private int start(String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(List.of(arguments));
        Process process = new ProcessBuilder(words).start();
        started.add(process);
        return (int) process.pid();
    }

    @Test
    void theOneProcessOfThatExecutable() throws IOException {
        int pid = start("60");
        Target target = Target.find(node, program.getFileName().toString(), null);
        assertEquals(pid, target.pid());
        assertEquals(program.toRealPath().toString(), target.executable());
        assertEquals(List.of(program.toString(), "60"), target.commandLine());
        assertTrue(target.startTicks() > 0);
    }

    @Test
    void aNameInACommandLineDoesNotCount() throws IOException {
        Process other = new ProcessBuilder("sh", "-c", "sleep 60; : " + program.getFileName()).start();
        started.add(other);
        Failure failure = assertThrows(Failure.class, () -> Target.find(node, program.getFileName().toString(), null));
        assertEquals(Exit.TARGET, failure.exitCode());
    }

    @Test
    void twoAreListedAndThePidChooses() throws IOException {
        int first = start("60");
        int second = start("61");
        String name = program.getFileName().toString();
        Failure failure = assertThrows(Failure.class, () -> Target.find(node, name, null));
        assertEquals(Exit.TARGET, failure.exitCode());
        assertTrue(failure.getMessage().contains("PID " + first), failure.getMessage());
        assertTrue(failure.getMessage().contains("PID " + second), failure.getMessage());
        assertTrue(failure.next().contains("--pid"), failure.next());
        assertEquals(second, Target.find(node, name, second).pid());
    }

    @Test
    void aPidOfAnotherProgramIsRefused() throws IOException {
        int pid = start("60");
        Failure failure = assertThrows(Failure.class, () -> Target.find(node, "kube-apiserver", pid));
        assertEquals(Exit.TARGET, failure.exitCode());
        assertTrue(failure.getMessage().contains("not kube-apiserver"), failure.getMessage());
    }

    @Test
    void anExecutableThatWasReplacedIsStillFound() throws IOException {
        int pid = start("60");
        Files.delete(program);
        Target target = Target.find(node, program.getFileName().toString(), null);
        assertEquals(pid, target.pid());
        assertTrue(target.executable().endsWith(program.getFileName().toString()), target.executable());
    }

    @Test
    void aHostileNameOfAProgramIsAWordAndNoCommand() throws IOException {
        Path trap = folder.resolve("trap");
        Path hostile = Files.copy(program, folder.resolve("$(touch trap);`touch trap` 'x\" \u001b[2J"));
        hostile.toFile().setExecutable(true);
        Process process = new ProcessBuilder(hostile.toString(), "60").directory(folder.toFile()).start();
        started.add(process);
        Target target = Target.find(node, hostile.getFileName().toString(), null);
        assertEquals(process.pid(), target.pid());
        assertTrue(Files.notExists(trap));
    }
}
