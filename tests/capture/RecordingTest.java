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
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.node.LocalNode;
import lib.node.Node;
import lib.node.Output;
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

    private Node node = new LocalNode();
    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);
    private Process busy;
    private Target target;
    /** Found once: each trial of an event takes its time. */
    private static Perf perf;
    private static String event;
    private KernelSettings settings;
    private int relaxed;

    @BeforeEach
    void needsPerf() throws IOException {
        assumeTrue(node.run("perf", "--version").ok(), "no perf on this machine");
        settings = KernelSettings.read(node);
        assumeTrue(settings.paranoid() < 3 || settings.privileged(), "the kernel forbids perf to this user");
        Path program = Files.copy(Path.of("/usr/bin/yes").toRealPath(), folder.resolve("busy-" + System.nanoTime()));
        program.toFile().setExecutable(true);
        busy = new ProcessBuilder(program.toString()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        target = Target.find(node, program.getFileName().toString(), null);
        if (event != null) return;
        perf = Perf.find(node);
        try {
            event = perf.chooseEvent(node, settings, null, folder.toString(), target.pid());
        } catch (Failure e) {
            assumeTrue(false, "perf can open no event here: " + e.getMessage());
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        recording().stop();
        if (busy != null) busy.destroyForcibly().waitFor();
    }

    private Recording recording() {
        return new Recording(node, folder.resolve("busy").toString());
    }

    private Recorder recorder() {
        return new Recorder(node, folder.resolve("busy").toString(), console);
    }

    private Recording started(int seconds) {
        return started(seconds, 99);
    }

    private Recording started(int seconds, int frequency) {
        Recording recording = recording();
        Profile plan = new Profile(target.name(), target.pid(), target.executable(), target.commandLine(), null, null, "here",
                "k", null, perf.version(), event, frequency, null, seconds, 0, 0, null, null, settings.asMap(), 0, null, null, null);
        recording.start(perf, event, frequency, seconds, target, settings.changes(), Json.write(plan));
        return recording;
    }

    /** Waits until perf runs, and then as long as gives samples of a busy process. */
    private void recordSomething() throws InterruptedException {
        for (int i = 0; i < 100 && !Files.exists(folder.resolve("busy.perf.pid")); i++) Thread.sleep(100);
        Thread.sleep(1_000);
    }

    /** perf writes when its buffer is half full: that takes hundreds of samples. */
    private void recordUntilWritten() throws Exception {
        Path data = folder.resolve("busy.perf.data.part");
        for (int i = 0; i < 500 && (!Files.exists(data) || Files.size(data) < 200_000); i++) Thread.sleep(100);
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
        recording().script(perf, profile, new Transfer(node, console), text);
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
        recordSomething();
        first.stop();
        assertEquals("interrupted", recorder().attach().ended());
    }

    @Test
    void stoppedEarlyItIsKept() throws InterruptedException {
        Recording recording = started(60);
        assertInstanceOf(Recording.State.Running.class, recording.state());
        recordSomething();
        recording.stop();
        Profile profile = recorder().attach();
        assertEquals("interrupted", profile.ended());
        assertTrue(profile.seconds() < 60);
        assertTrue(profile.samples() > 0);
    }

    @Test
    void stoppedBeforePerfRunsItEndsAsSoonAsItDoes() {
        started(60);
        recording().stop();
        assertEquals("interrupted", ((Recording.State.Ended) ended()).why());
    }

    private Recording.State ended() {
        for (int i = 0; i < 50 && !(recording().state() instanceof Recording.State.Ended); i++) {
            assertTrue(node.run("sleep", "0.2").ok());
        }
        return recording().state();
    }

    @Test
    void whenTheTargetEndsTheRecordingEndsAndIsKept() throws InterruptedException {
        started(60);
        recordSomething();
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
    }

    @Test
    void aWorkDirectoryThatIsMissingIsSaidBeforeAnythingRuns() {
        Recording nowhere = new Recording(node, folder.resolve("none/busy").toString());
        Failure failure = assertThrows(Failure.class, () -> nowhere.start(perf, event, 99, 2, target, List.of(), "{}"));
        assertEquals(Exit.RECORDING, failure.exitCode());
    }

    @Test
    void metadataOfAnotherRecordingIsNotTakenForThisOne() throws Exception {
        Profile first = recorder().record(target, null, null, perf, settings, event, 99, 1);
        started(2);
        while (!(recording().state() instanceof Recording.State.Ended)) Thread.sleep(200);
        Path text = folder.resolve("stacks.gz");
        Failure failure = assertThrows(Failure.class, () -> recording().script(perf, first, new Transfer(node, console), text));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.next().contains("--attach"), failure.next());
        assertFalse(Files.exists(text));
        Files.delete(folder.resolve("busy.perf.data"));
        assertEquals(Exit.RECORDING, assertThrows(Failure.class,
                () -> recording().script(perf, first, new Transfer(node, console), text)).exitCode());
    }

    @Test
    void theFormerRecordingStaysUntilTheNextIsComplete() throws Exception {
        Path data = folder.resolve("busy.perf.data");
        Files.writeString(data, "the former one");
        started(30);
        recordSomething();
        assertEquals("the former one", Files.readString(data));
        recording().stop();
        recorder().attach();
        assertTrue(Files.size(data) > 1_000);
    }

    private ProcessHandle job() throws IOException {
        String[] words = Files.readString(folder.resolve("busy.perf.job")).split(" ");
        return ProcessHandle.of(Long.parseLong(words[1])).orElseThrow();
    }

    @Test
    void aJobThatWasKilledIsSaidItsPerfIsEndedAndItsDataKept() throws Exception {
        started(60);
        recordSomething();
        ProcessHandle recording = recording("busy.perf.pid");
        job().destroyForcibly();
        Profile profile = recorder().attach();
        assertEquals("failed", profile.ended());
        assertTrue(profile.samples() > 50, "a busy process for a second: " + profile.samples());
        assertTrue(said.toString().contains("killed"), said.toString());
        assertTrue(recording.onExit().get(10, TimeUnit.SECONDS) != null);
        assertEquals(profile, recorder().attach(), "it can be taken over again");
        Profile next = recorder().record(target, null, null, perf, settings, event, 99, 1);
        assertEquals("complete", next.ended());
    }

    @Test
    void aJobThatWasKilledWithItsPerfAndNothingWrittenIsLost() throws Exception {
        started(60);
        recordSomething();
        job().destroyForcibly();
        recording("busy.perf.pid").destroyForcibly();
        Failure failure = assertThrows(Failure.class, () -> recorder().attach());
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.getMessage().contains("not a sample"), failure.getMessage());
    }

    private ProcessHandle recording(String pidFile) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve(pidFile)).strip())).orElseThrow();
    }

    @Test
    void whatAKilledPerfHadWrittenIsKept() throws Exception {
        recorder().record(target, null, null, perf, settings, event, 99, 1);
        started(60, 10_000);
        recordUntilWritten();
        recording("busy.perf.pid").destroyForcibly();
        Profile profile = recorder().attach();
        assertEquals("failed", profile.ended());
        assertEquals(profile.samples(), samplesRead(profile), "whole records only");
        assertTrue(profile.samples() > 500, "about 100 bytes each: " + profile.samples());
    }

    private long samplesRead(Profile profile) throws IOException {
        Path text = folder.resolve("stacks.gz");
        recording().script(perf, profile, new Transfer(node, console), text);
        return StackReader.read(List.of(text), new ReadOptions()).tree().sampleTotals()[0];
    }

    /** No file of perf's may grow beyond 400 KiB: to perf that is what a full disk is. */
    @Test
    void perfThatCannotWriteAnyMoreKeepsWhatItHas() throws Exception {
        node = new LocalNode() {
            @Override
            public Output stream(Sink sink, Input input, Duration timeout, String... words) {
                return super.stream(sink, input, timeout, Arrays.stream(words).map(word -> word.replace("\"$perf\" record",
                        "sh -c 'trap \"\" XFSZ; ulimit -f 800; exec \"$@\"' limited \"$perf\" record")).toArray(String[]::new));
            }
        };
        Profile profile = recorder().record(target, null, null, perf, settings, event, 10_000, 60);
        assertEquals("failed", profile.ended());
        assertTrue(profile.seconds() < 60, "it ended by itself");
        assertTrue(profile.dataBytes() <= 400 << 10);
        assertTrue(said.toString().contains("failed to write perf data"), said.toString());
        assertTrue(profile.samples() > 500, "about 100 bytes each: " + profile.samples());
        assertEquals(profile.samples(), samplesRead(profile), "whole records only");
    }

    @Test
    void aPerfThatFailsBeforeTheFirstSampleLeavesTheFormerRecording() throws Exception {
        Profile former = recorder().record(target, null, null, perf, settings, event, 99, 1);
        Failure failure = assertThrows(Failure.class, () -> recorder().record(target, null, null, perf, settings, "no-such-event", 99, 1));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.getMessage().contains("perf failed with exit code"), failure.getMessage());
        assertEquals(former.samples(), samplesRead(recording().profile()));
    }

    @Test
    void aJobThatIsToldToEndKeepsWhatItHas() throws Exception {
        started(60);
        recordSomething();
        job().destroy();
        Profile profile = recorder().attach();
        assertEquals("interrupted", profile.ended());
        assertTrue(profile.samples() > 0);
    }

    @Test
    void aJobOfBeforeTheNodeWasRestartedIsSaidAndItsDataKept() throws Exception {
        started(60, 10_000);
        recordUntilWritten();
        job().destroyForcibly();
        recording("busy.perf.pid").destroyForcibly();
        Path file = folder.resolve("busy.perf.job");
        String job = Files.readString(file);
        Files.writeString(file, job.replaceFirst("[0-9a-f-]{36}\\s*$", "00000000-0000-0000-0000-000000000000\n"));
        assertEquals("failed", recorder().attach().ended());
        assertTrue(said.toString().contains("started anew"), said.toString());
    }

    /** This machine, but for the kernel settings: they are files of the test's own, so that none of the machine's change. */
    private final class Restricted extends LocalNode {
        private final Path kernel = folder.resolve("kernel");

        Restricted() throws IOException {
            Files.createDirectories(kernel.resolve("random"));
            Files.copy(Path.of("/proc/sys/kernel/random/boot_id"), kernel.resolve("random/boot_id"));
            Files.writeString(kernel.resolve("perf_event_paranoid"), settings.paranoid() + "\n");
            Files.writeString(kernel.resolve("kptr_restrict"), "2\n");
        }

        @Override
        public Output stream(Sink sink, Input input, Duration timeout, String... words) {
            return super.stream(sink, input, timeout, Arrays.stream(words)
                    .map(word -> word.replace("/proc/sys/kernel/", kernel + "/")).toArray(String[]::new));
        }

        int value() throws IOException {
            return Integer.parseInt(Files.readString(kernel.resolve("kptr_restrict")).strip());
        }
    }

    private Restricted restricted() throws IOException {
        Restricted kernel = new Restricted();
        node = kernel;
        relaxed = KernelSettings.read(node).fixed().kptrRestrict();
        assertTrue(relaxed < 2);
        return kernel;
    }

    @Test
    void kernelSettingsAreChangedWhileItRecordsAndNotOtherwise() throws Exception {
        try (Restricted kernel = restricted()) {
            assertEquals(List.of(), recorder().kernel(false).changes());
            settings = recorder().kernel(true);
            assertEquals(2, kernel.value(), "asking changes nothing");
            perf.chooseEvent(node, settings, null, folder.toString(), target.pid());
            assertEquals(2, kernel.value(), "the trial puts it back");
            started(5);
            recordSomething();
            assertEquals(relaxed, kernel.value());
            Profile profile = recorder().attach();
            assertEquals(Integer.toString(relaxed), profile.settings().get("kernel.kptr_restrict"));
            assertEquals(2, kernel.value());
            assertFalse(Files.exists(folder.resolve("busy.perf.settings")));
        }
    }

    @Test
    void kernelSettingsAreRestoredWhenTheJobIsToldToEndOrTheTargetEnds() throws Exception {
        try (Restricted kernel = restricted()) {
            settings = recorder().kernel(true);
            started(60);
            recordSomething();
            assertEquals(relaxed, kernel.value());
            job().destroy();
            while (!(recording().state() instanceof Recording.State.Ended)) Thread.sleep(200);
            assertEquals(2, kernel.value());
            started(60);
            recordSomething();
            busy.destroyForcibly().waitFor();
            while (!(recording().state() instanceof Recording.State.Ended)) Thread.sleep(200);
            assertEquals(2, kernel.value());
        }
    }

    @Test
    void kernelSettingsThatAKilledJobLeftAreRestoredByTheNextRun() throws Exception {
        try (Restricted kernel = restricted()) {
            settings = recorder().kernel(true);
            started(60);
            recordSomething();
            recorder().kernel(false);
            assertEquals(relaxed, kernel.value(), "the job lives: what it set stays");
            ProcessHandle job = job();
            job.destroyForcibly();
            job.onExit().get(5, TimeUnit.SECONDS);
            assertEquals(relaxed, kernel.value());
            recorder().kernel(false);
            assertEquals(2, kernel.value());
            assertTrue(said.toString().contains("kernel.kptr_restrict changed; it is 2 again"), said.toString());
            assertFalse(Files.exists(folder.resolve("busy.perf.settings")));
            recording().stop();
        }
    }

    @Test
    void aNoteOfSettingsIsBelievedOnlyIfItIsOursAndOfThisBoot() throws Exception {
        try (Restricted kernel = restricted()) {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            Path note = folder.resolve("x.perf.settings");
            Path elsewhere = Files.writeString(folder.resolve("other"), "1 0 " + boot + "\nkptr_restrict 0 2\n");
            Files.createSymbolicLink(note, elsewhere);
            recorder().kernel(false);
            assertEquals(2, kernel.value(), "a link");
            Files.delete(note);
            Files.writeString(note, "1 0 " + boot + "\nkptr_restrict 0 2\n");
            if (settings.root()) {
                Files.setAttribute(note, "unix:uid", 65534);
                recorder().kernel(false);
                assertEquals(2, kernel.value(), "another user's");
                Files.setAttribute(note, "unix:uid", 0);
            }
            Files.writeString(note, "1 0 another-boot\nkptr_restrict 0 2\n");
            recorder().kernel(false);
            assertEquals(2, kernel.value(), "another boot's");
            Files.writeString(note, "1 0 " + boot + "\nkptr_restrict 0 1\n../../tmp/x 0 1\nkptr_restrict $(id) 2\n");
            recorder().kernel(false);
            assertEquals(2, kernel.value(), "set by somebody else meanwhile, or no value");
            assertFalse(Files.exists(note));
        }
    }

    @Test
    void lostSamplesAreCountedOnce() {
        assertEquals(0, Recording.lost(""));
        assertEquals(7, Recording.lost("  yes PERF_RECORD_LOST lost 3\n  yes PERF_RECORD_LOST lost 4\n"));
        assertEquals(9, Recording.lost("PERF_RECORD_LOST lost 3\nPERF_RECORD_LOST lost 4\nPERF_RECORD_LOST_SAMPLES lost 9\n"));
    }

    @Test
    void whatThePerfHereLosesIsSaidAsAShare() throws IOException {
        Path data = folder.resolve("busy.perf.data");
        assumeTrue(node.run("perf", "record", "-q", "-e", "cpu-clock", "-F", "20000", "-m", "1", "-g", "-p", "" + target.pid(),
                "-o", data.toString(), "--", "sleep", "1").ok(), "perf may not sample so often");
        var ended = new Recording.State.Ended(0, "complete", Instant.now(), Instant.now(), List.of(), true);
        Recording.Found found = recording().examine(perf, ended, new Transfer(node, console));
        assumeTrue(found.lost() > 0, "nothing was lost");
        assertEquals((double) found.lost() / (found.lost() + found.samples()), found.lostShare(), 1e-9);
        assertTrue(found.samples() + found.lost() <= 21_000, "1 s of one CPU at 20 kHz: " + found);
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
