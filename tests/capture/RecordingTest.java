package lib.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.node.LocalNode;
import lib.node.Node;
import lib.node.Transfer;
import lib.stacks.Profile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records a busy process of this machine with the real perf. */
class RecordingTest {
    @TempDir
    Path folder;

    private final Node node = new LocalNode();
    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false);
    private Process busy;
    private Target target;
    private Perf perf;
    private KernelSettings settings;
    private String event;

    @BeforeEach
    void needsPerf() throws IOException {
        assumeTrue(node.run("perf", "--version").ok(), "no perf on this machine");
        settings = KernelSettings.read(node);
        assumeTrue(settings.paranoid() < 3 || settings.privileged(), "the kernel forbids perf to this user");
        Path program = Files.copy(Path.of("/usr/bin/yes").toRealPath(), folder.resolve("busy-" + System.nanoTime()));
        program.toFile().setExecutable(true);
        busy = new ProcessBuilder(program.toString()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        target = Target.find(node, program.getFileName().toString(), null);
        perf = Perf.find(node);
        try {
            event = perf.chooseEvent(node, settings, null, folder.toString(), target.pid());
        } catch (Failure e) {
            assumeTrue(false, "perf can open no event here: " + e.getMessage());
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        if (busy != null) busy.destroyForcibly().waitFor();
    }

    private Recording recording() {
        return new Recording(node, folder.resolve("busy").toString());
    }

    private Recorder recorder() {
        return new Recorder(node, folder.resolve("busy").toString(), console);
    }

    private Recording started(int seconds) {
        Recording recording = recording();
        Profile plan = new Profile(target.name(), target.pid(), target.executable(), target.commandLine(), null, null, "here",
                "k", null, perf.version(), event, 99, null, seconds, 0, 0, null, null, settings.asMap(), 0, null, null, null);
        recording.start(perf, event, 99, seconds, target, Json.write(plan));
        return recording;
    }

    @Test
    void aRecordingLeavesDataAndMetadata() throws IOException {
        Profile profile = recorder().record(target, null, null, perf, settings, event, 99, 2);
        assertTrue(profile.samples() > 0);
        assertEquals("complete", profile.ended());
        assertEquals(2, profile.seconds());
        assertEquals(Files.size(folder.resolve("busy.perf.data")), profile.dataBytes());
        assertEquals(profile, recording().profile());
        assertFalse(Files.exists(folder.resolve("busy.perf.data.part")));
        Path text = folder.resolve("stacks.gz");
        recording().script(perf, new Transfer(node, console), text);
        assertTrue(Files.size(text) > 0);
        assertFalse(Files.exists(folder.resolve("busy.perf.script.gz")), "nothing is left behind on the node");
    }

    @Test
    void whatWasStartedBeforeCanBeTakenOver() {
        started(2);
        Profile profile = recorder().attach();
        assertEquals(target.pid(), profile.pid());
        assertTrue(profile.samples() > 0);
    }

    @Test
    void aSecondRecordingOfTheSameTargetIsRefusedWhileOneRuns() throws InterruptedException {
        Recording first = started(30);
        Failure failure = assertThrows(Failure.class, () -> started(30));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.next().contains("--attach"), failure.next());
        Thread.sleep(1_500);
        first.stop();
        assertEquals("interrupted", recorder().attach().ended());
    }

    @Test
    void stoppedEarlyItIsKept() throws InterruptedException {
        Recording recording = started(60);
        assertInstanceOf(Recording.State.Running.class, recording.state());
        Thread.sleep(1_000);
        recording.stop();
        Profile profile = recorder().attach();
        assertEquals("interrupted", profile.ended());
        assertTrue(profile.seconds() < 60);
        assertTrue(profile.samples() > 0);
    }

    @Test
    void whenTheTargetEndsTheRecordingEndsAndIsKept() throws InterruptedException {
        started(60);
        Thread.sleep(1_500);
        busy.destroyForcibly().waitFor();
        Profile profile = recorder().attach();
        assertEquals("target exited", profile.ended());
        assertTrue(profile.samples() > 0);
    }

    @Test
    void withoutARecordingThereIsNothingToTakeOver() {
        assertInstanceOf(Recording.State.None.class, recording().state());
        assertEquals(Exit.RECORDING, assertThrows(Failure.class, () -> recorder().attach()).exitCode());
        assertEquals(Exit.TARGET, assertThrows(Failure.class, () -> recording().profile()).exitCode());
        assertEquals(Exit.RECORDING, assertThrows(Failure.class,
                () -> recording().script(perf, new Transfer(node, console), folder.resolve("x"))).exitCode());
    }

    @Test
    void aWorkDirectoryThatIsMissingIsSaidBeforeAnythingRuns() {
        Recording nowhere = new Recording(node, folder.resolve("none/busy").toString());
        Failure failure = assertThrows(Failure.class, () -> nowhere.start(perf, event, 99, 2, target, "{}"));
        assertEquals(Exit.RECORDING, failure.exitCode());
    }

    @Test
    void anEventThatDoesNotExistIsAKernelRefusal() {
        Failure failure = assertThrows(Failure.class,
                () -> perf.chooseEvent(node, settings, "no-such-event", folder.toString(), target.pid()));
        assertEquals(Exit.KERNEL, failure.exitCode());
    }

    @Test
    void aDamagedMetadataFileIsNotUnderstood() throws IOException {
        Files.writeString(folder.resolve("busy.profile.json"), "{\"start\":\"../../etc\"}");
        assertEquals(Exit.INPUT, assertThrows(Failure.class, () -> recording().profile()).exitCode());
    }
}
