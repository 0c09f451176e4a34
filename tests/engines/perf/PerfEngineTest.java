package lib.engines.perf;

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
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import lib.capture.Engine;
import lib.capture.Recorder;
import lib.capture.Recording;
import lib.capture.Request;
import lib.capture.State;
import lib.capture.Target;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.node.LocalNode;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Sampling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records a busy process of this machine with the real perf. */
class PerfEngineTest {
    @TempDir
    Path folder;

    private Node node = new Quick();
    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);
    private Process busy;
    private Target target;
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
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        engine().stop(token());
        if (busy != null) busy.destroyForcibly().waitFor();
    }

    /** This machine, looked at more often than one that the looks come to over a server. */
    private static class Quick extends LocalNode {
        @Override
        public void pause(long ms) throws InterruptedException {
            super.pause(ms / 20);
        }
    }

    private Recording recording() {
        return new Recording(node, folder.toString(), "busy");
    }

    private PerfEngine engine() {
        return new PerfEngine(recording(), console);
    }

    /** The token of the recording that was started last, or one of none. */
    private String token() throws IOException {
        Path job = folder.resolve("busy.perf.job");
        return Files.exists(job) ? Files.readString(job).split(" ")[0] : "none";
    }

    private static Request request(int seconds, int frequency) {
        return new Request(seconds, frequency, null, false);
    }

    private Profile plan(Request request, Engine.Ready ready) {
        return Profile.plan(UUID.randomUUID().toString(), target.program(null, null), ready.where(), ready.sampling(), request.seconds());
    }

    private PerfEngine started(int seconds) {
        return started(request(seconds, 99));
    }

    private PerfEngine started(Request request) {
        PerfEngine engine = engine();
        engine.start(request, target, plan(request, engine.check(request, target)));
        return engine;
    }

    private Profile record(Request request) {
        PerfEngine engine = engine();
        Engine.Ready ready = engine.check(request, target);
        return new Recorder(recording(), engine, console).record(request, target, plan(request, ready), UnaryOperator.identity());
    }

    private Profile attach() {
        return new Recorder(recording(), engine(), console).attach();
    }

    private static void until(Callable<Boolean> state) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!state.call()) {
            assertTrue(System.nanoTime() < giveUp, "it does not come to that");
            Thread.sleep(20);
        }
    }

    private void awaitPerf() throws Exception {
        Path pid = folder.resolve("busy.perf.pid");
        until(() -> Files.exists(pid) && Files.size(pid) > 0);
        Path open = Path.of("/proc", Long.toString(perfProcess().pid()), "fd");
        until(() -> {
            try (Stream<Path> files = Files.list(open)) {
                return files.anyMatch(file -> leadsTo(file, "perf_event"));
            }
        });
    }

    private static boolean leadsTo(Path link, String what) {
        try {
            return Files.readSymbolicLink(link).toString().contains(what);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** Waits until perf listens, and then as long as gives a busy process 0.4 s of CPU time. */
    private void recordSomething() throws Exception {
        awaitPerf();
        Duration before = cpuTime();
        until(() -> cpuTime().minus(before).toMillis() >= 400);
    }

    private Duration cpuTime() {
        return busy.toHandle().info().totalCpuDuration().orElseThrow();
    }

    /** perf writes when its buffer is half full: that takes hundreds of samples. */
    private void recordUntilWritten() throws Exception {
        Path data = folder.resolve("busy.perf.data.part");
        until(() -> Files.exists(data) && Files.size(data) >= 200_000);
    }

    @Test
    void aRecordingLeavesDataAndMetadata() throws IOException {
        Profile profile = record(request(2, 99));
        assertTrue(profile.outcome().samples() > 0);
        assertEquals(Ending.COMPLETE, profile.outcome().ended());
        assertEquals(2, profile.outcome().seconds());
        assertEquals(Files.size(folder.resolve("busy.perf.data")), profile.data().bytes());
        assertEquals(profile, recording().profile());
        assertFalse(Files.exists(folder.resolve("busy.perf.data.part")));
        Path text = folder.resolve("stacks.gz");
        engine().stacks(profile, text);
        assertTrue(Files.size(text) > 0);
        assertFalse(Files.exists(folder.resolve("busy.perf.script.gz")), "nothing is left behind on the node");
    }

    @Test
    void whatWasStartedBeforeCanBeTakenOver() {
        started(2);
        Profile profile = attach();
        assertEquals(target.pid(), profile.target().pid());
        assertTrue(profile.outcome().samples() > 0);
    }

    @Test
    void aSecondRecordingOfTheSameTargetIsRefusedWhileOneRuns() throws Exception {
        PerfEngine first = started(30);
        Failure failure = assertThrows(Failure.class, () -> started(30));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.next().contains("--attach"), failure.next());
        recordSomething();
        first.stop(token());
        assertEquals(Ending.INTERRUPTED, attach().outcome().ended());
    }

    @Test
    void stoppedEarlyItIsKept() throws Exception {
        PerfEngine recording = started(60);
        assertInstanceOf(State.Running.class, recording.state(token()));
        recordSomething();
        recording.stop(token());
        Profile profile = attach();
        assertEquals(Ending.INTERRUPTED, profile.outcome().ended());
        assertTrue(profile.outcome().seconds() < 60);
        assertTrue(profile.outcome().samples() > 0);
    }

    @Test
    void stoppedBeforePerfRunsItEndsAsSoonAsItDoes() throws Exception {
        started(60);
        engine().stop(token());
        assertEquals(Ending.INTERRUPTED, ((State.Ended) ended()).ending());
    }

    private State ended() throws Exception {
        until(() -> engine().state(token()) instanceof State.Ended);
        return engine().state(token());
    }

    @Test
    void whenTheTargetEndsTheRecordingEndsAndIsKept() throws Exception {
        started(60);
        recordSomething();
        busy.destroyForcibly().waitFor();
        Profile profile = attach();
        assertEquals(Ending.TARGET_EXITED, profile.outcome().ended());
        assertTrue(profile.outcome().samples() > 0);
    }

    @Test
    void withoutARecordingThereIsNothingToTakeOver() throws IOException {
        assertInstanceOf(State.None.class, engine().state(token()));
        assertEquals(Exit.RECORDING, assertThrows(Failure.class, () -> attach()).exitCode());
        assertEquals(Exit.TARGET, assertThrows(Failure.class, () -> recording().profile()).exitCode());
    }

    @Test
    void aWorkDirectoryThatIsMissingIsSaidBeforeAnythingRuns() {
        PerfEngine nowhere = new PerfEngine(new Recording(node, folder.resolve("none").toString(), "busy"), console);
        Failure failure = assertThrows(Failure.class, () -> nowhere.check(request(2, 99), target));
        assertEquals(Exit.RECORDING, failure.exitCode());
    }

    @Test
    void metadataOfAnotherRecordingIsNotTakenForThisOne() throws Exception {
        Profile first = record(request(1, 99));
        started(2);
        ended();
        Path text = folder.resolve("stacks.gz");
        Failure failure = assertThrows(Failure.class, () -> engine().stacks(first, text));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.next().contains("--attach"), failure.next());
        assertFalse(Files.exists(text));
        Files.delete(folder.resolve("busy.perf.data"));
        assertEquals(Exit.RECORDING, assertThrows(Failure.class,
                () -> engine().stacks(first, text)).exitCode());
    }

    @Test
    void theFormerRecordingStaysUntilTheNextIsComplete() throws Exception {
        Path data = folder.resolve("busy.perf.data");
        Files.writeString(data, "the former one");
        started(30);
        recordSomething();
        assertEquals("the former one", Files.readString(data));
        engine().stop(token());
        attach();
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
        ProcessHandle perf = perfProcess();
        job().destroyForcibly();
        Profile profile = attach();
        assertEquals(Ending.FAILED, profile.outcome().ended());
        assertTrue(profile.outcome().samples() > 20, "a busy process for 0.4 s: " + profile.outcome().samples());
        assertTrue(said.toString().contains("killed"), said.toString());
        assertTrue(perf.onExit().get(10, TimeUnit.SECONDS) != null);
        assertEquals(profile, attach(), "it can be taken over again");
        Profile next = record(request(1, 99));
        assertEquals(Ending.COMPLETE, next.outcome().ended());
    }

    @Test
    void aJobThatWasKilledWithItsPerfAndNothingWrittenIsLost() throws Exception {
        started(60);
        awaitPerf();
        assertTrue(node.run("kill", "-STOP", Long.toString(perfProcess().pid())).ok(), "it must not write any more");
        job().destroyForcibly();
        perfProcess().destroyForcibly();
        Failure failure = assertThrows(Failure.class, () -> attach());
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.getMessage().contains("not a sample"), failure.getMessage());
    }

    private ProcessHandle perfProcess() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("busy.perf.pid")).split(" ")[0])).orElseThrow();
    }

    @Test
    void whatAKilledPerfHadWrittenIsKept() throws Exception {
        record(request(1, 99));
        started(request(60, 10_000));
        recordUntilWritten();
        perfProcess().destroyForcibly();
        Profile profile = attach();
        assertEquals(Ending.FAILED, profile.outcome().ended());
        assertEquals(profile.outcome().samples(), samplesRead(profile), "whole records only");
        assertTrue(profile.outcome().samples() > 500, "about 100 bytes each: " + profile.outcome().samples());
    }

    private long samplesRead(Profile profile) throws IOException {
        Path text = folder.resolve("stacks.gz");
        engine().stacks(profile, text);
        return StackReader.read(List.of(text), new ReadOptions()).tree().sampleTotals()[0];
    }

    /** No file of perf's may grow beyond 400 KiB: to perf that is what a full disk is. */
    @Test
    void perfThatCannotWriteAnyMoreKeepsWhatItHas() throws Exception {
        node = new Quick() {
            @Override
            public Output stream(Sink sink, Input input, Duration timeout, String... words) {
                return super.stream(sink, input, timeout, Arrays.stream(words).map(word -> word.replace("\"$@\" >>\"$base.perf.log\"",
                        "sh -c 'trap \"\" XFSZ; ulimit -f 800; exec \"$@\"' limited \"$@\" >>\"$base.perf.log\"")).toArray(String[]::new));
            }
        };
        Profile profile = record(request(60, 10_000));
        assertEquals(Ending.FAILED, profile.outcome().ended());
        assertTrue(profile.outcome().seconds() < 60, "it ended by itself");
        assertTrue(profile.data().bytes() <= 400 << 10);
        assertTrue(said.toString().contains("failed to write perf data"), said.toString());
        assertTrue(profile.outcome().samples() > 500, "about 100 bytes each: " + profile.outcome().samples());
        assertEquals(profile.outcome().samples(), samplesRead(profile), "whole records only");
    }

    @Test
    void aPerfThatFailsBeforeTheFirstSampleLeavesTheFormerRecording() throws Exception {
        Profile former = record(request(1, 99));
        node = new Quick() {
            @Override
            public Output stream(Sink sink, Input input, Duration timeout, String... words) {
                boolean start = Script.named(words)[0].equals("start");
                return super.stream(sink, input, timeout, Arrays.stream(words).map(word -> start && word.equals(former.engine().event())
                        ? "no-such-event" : word).toArray(String[]::new));
            }
        };
        Failure failure = assertThrows(Failure.class, () -> record(request(1, 99)));
        assertEquals(Exit.RECORDING, failure.exitCode());
        assertTrue(failure.getMessage().contains("perf failed with exit code"), failure.getMessage());
        assertEquals(former.outcome().samples(), samplesRead(recording().profile()));
    }

    @Test
    void aJobThatIsToldToEndKeepsWhatItHas() throws Exception {
        started(60);
        recordSomething();
        job().destroy();
        Profile profile = attach();
        assertEquals(Ending.INTERRUPTED, profile.outcome().ended());
        assertTrue(profile.outcome().samples() > 0);
    }

    @Test
    void aJobOfBeforeTheNodeWasRestartedIsSaidAndItsDataKept() throws Exception {
        started(request(60, 10_000));
        recordUntilWritten();
        job().destroyForcibly();
        perfProcess().destroyForcibly();
        Path file = folder.resolve("busy.perf.job");
        String job = Files.readString(file);
        Files.writeString(file, job.replaceFirst(" [0-9a-f-]{36} ", " 00000000-0000-0000-0000-000000000000 "));
        assertEquals(Ending.FAILED, attach().outcome().ended());
        assertTrue(said.toString().contains("started anew"), said.toString());
    }

    /** This machine, but for the kernel settings: they are files of the test's own, so that none of the machine's change. */
    private final class Restricted extends Quick {
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

    private static Request changing(int seconds) {
        return new Request(seconds, 99, null, true);
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
            assertEquals("2", engine().check(request(5, 99), target).where().settings().get("kernel.kptr_restrict"));
            engine().check(changing(5), target);
            assertEquals(2, kernel.value(), "checking changes nothing, the trial puts it back");
            started(changing(5));
            recordSomething();
            assertEquals(relaxed, kernel.value());
            Profile profile = attach();
            assertEquals(Integer.toString(relaxed), profile.where().settings().get("kernel.kptr_restrict"));
            assertEquals(2, kernel.value());
            assertFalse(Files.exists(folder.resolve("busy.perf.settings")));
        }
    }

    @Test
    void kernelSettingsAreRestoredWhenTheJobIsToldToEndOrTheTargetEnds() throws Exception {
        try (Restricted kernel = restricted()) {
            started(changing(60));
            recordSomething();
            assertEquals(relaxed, kernel.value());
            job().destroy();
            ended();
            assertEquals(2, kernel.value());
            started(changing(60));
            recordSomething();
            busy.destroyForcibly().waitFor();
            ended();
            assertEquals(2, kernel.value());
        }
    }

    @Test
    void kernelSettingsThatAKilledJobLeftAreRestoredByTheNextRun() throws Exception {
        try (Restricted kernel = restricted()) {
            started(changing(60));
            recordSomething();
            engine().restore();
            assertEquals(relaxed, kernel.value(), "the job lives: what it set stays");
            ProcessHandle job = job();
            job.destroyForcibly();
            job.onExit().get(5, TimeUnit.SECONDS);
            assertEquals(relaxed, kernel.value());
            engine().restore();
            assertEquals(2, kernel.value());
            assertTrue(said.toString().contains("kernel.kptr_restrict changed; it is 2 again"), said.toString());
            assertFalse(Files.exists(folder.resolve("busy.perf.settings")));
            engine().stop(token());
        }
    }

    @Test
    void aNoteOfSettingsIsBelievedOnlyIfTheJobThatMayChangeThemWroteIt() throws Exception {
        try (Restricted kernel = restricted()) {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            Path note = folder.resolve("x.perf.settings");
            Path job = folder.resolve("x.perf.job");
            String dead = "token 1 0 0 60 1 " + boot;
            Files.writeString(kernel.kernel.resolve("kptr_restrict"), "1\n");

            Files.writeString(note, "token\nkptr_restrict 2 1\n");
            engine().restore();
            assertEquals(1, kernel.value(), "no job wrote it");
            for (String other : List.of("other 1 0 0 60 1 " + boot + " kptr_restrict=1", dead, dead + " kptr_restrict=0",
                    "token 1 0 0 60 1 another-boot kptr_restrict=1")) {
                Files.writeString(job, other + "\n");
                Files.writeString(note, "token\nkptr_restrict 2 1\n");
                engine().restore();
                assertEquals(1, kernel.value(), "written by another job, which may not change it, or of another boot: " + other);
            }
            Files.writeString(job, dead + " kptr_restrict=1\n");
            for (String wrong : List.of("kptr_restrict 0 1", "kptr_restrict 2 0", "../../tmp/x 2 1", "kptr_restrict $(id) 1", "kptr_restrict -1 1")) {
                Files.writeString(note, "token\n" + wrong + "\n");
                engine().restore();
                assertEquals(1, kernel.value(), "less strict, set by somebody else meanwhile, or no value: " + wrong);
                assertFalse(Files.exists(note));
            }
            Path elsewhere = Files.writeString(folder.resolve("other"), "token\nkptr_restrict 2 1\n");
            Files.createSymbolicLink(note, elsewhere);
            assertThrows(Failure.class, () -> engine().restore(), "a link");
            Files.delete(note);
            Files.writeString(note, "token\nkptr_restrict 2 1\n");
            if (settings.root()) {
                Files.setAttribute(note, "unix:uid", 65534);
                assertThrows(Failure.class, () -> engine().restore(), "another user's");
                Files.setAttribute(note, "unix:uid", 0);
            }
            assertEquals(1, kernel.value());
            engine().restore();
            assertEquals(2, kernel.value(), "this one is");
        }
    }

    @Test
    void whatAnotherRecordingLeftIsNotBelieved() throws Exception {
        PerfEngine first = started(60);
        String token = token();
        assertInstanceOf(State.Replaced.class, first.state("another"));
        first.stop("another");
        assertFalse(first.salvage("another"));
        assertFalse(first.forget("another"));
        Files.writeString(folder.resolve("busy.perf.exit"), "another\n0\ncomplete\n1\n2\n0.0 0.0 0.0\n");
        assertInstanceOf(State.Running.class, first.state(token), "it goes on");
        assertFalse(first.forget(token), "while it runs");
        recordSomething();
        first.stop(token);
        attach();
        assertTrue(first.forget(token));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("busy.")).toList());
        }
    }

    @Test
    void lostSamplesAreCountedOnce() {
        assertEquals(0, PerfEngine.lost(""));
        assertEquals(7, PerfEngine.lost("  yes PERF_RECORD_LOST lost 3\n  yes PERF_RECORD_LOST lost 4\n"));
        assertEquals(9, PerfEngine.lost("PERF_RECORD_LOST lost 3\nPERF_RECORD_LOST lost 4\nPERF_RECORD_LOST_SAMPLES lost 9\n"));
    }

    @Test
    void whatThePerfHereLosesIsSaidAsAShare() throws IOException {
        Path data = folder.resolve("busy.perf.data");
        assumeTrue(node.run("perf", "record", "-q", "-e", "cpu-clock", "-F", "20000", "-m", "1", "-g", "-p", "" + target.pid(),
                "-o", data.toString(), "--", "sleep", "1").ok(), "perf may not sample so often");
        var ended = new State.Ended(0, Ending.COMPLETE, Instant.now(), Instant.now(), List.of(), true);
        Profile plan = plan(request(1, 20_000), new Engine.Ready(new Sampling("perf", "cpu-clock", 20_000), new Place("here", "k", null, null, Map.of()), ""));
        Outcome found = engine().finish(plan, ended).outcome();
        assumeTrue(found.lost() > 0, "nothing was lost");
        assertTrue(found.samples() + found.lost() <= 21_000, "1 s of one CPU at 20 kHz: " + found);
    }

    @Test
    void anEventThatDoesNotExistIsAKernelRefusal() {
        Failure failure = assertThrows(Failure.class,
                () -> engine().check(new Request(1, 99, "no-such-event", false), target));
        assertEquals(Exit.KERNEL, failure.exitCode());
    }
}
