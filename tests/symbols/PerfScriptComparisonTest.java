package lib.symbols;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lib.cli.Console;
import lib.formats.FoldedWriter;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we make of perf.data is what {@code perf script} prints of it, thread by thread, where this machine has a perf that records. */
class PerfScriptComparisonTest {
    private static final Console QUIET = new Console(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()), false, false);
    /** Busy for a second in itself, in libc and in the kernel, then in a child. */
    private static final String BUSY = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); case $(($i % 5000)) in 0) : </dev/null;; esac; done; head -c 80000000 /dev/zero >/dev/null";

    @TempDir
    Path dir;

    private boolean run(Path output, String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).redirectOutput(output.toFile()).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @BeforeEach
    void needsPerf() throws IOException, InterruptedException {
        assumeTrue(run(dir.resolve("x"), "perf", "record", "-e", "cpu-clock", "-o", dir.resolve("try").toString(), "--", "true"), "no perf that may record");
    }

    private static Map<String, Long> folded(StackTree tree) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FoldedWriter.write(tree.map(new Labels(true, true, true, false)), out);
        Map<String, Long> lines = new HashMap<>();
        out.toString().lines().forEach(line -> lines.put(line.substring(0, line.lastIndexOf(' ')), Long.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return lines;
    }

    private void compare(String... more) throws IOException, InterruptedException {
        Path data = dir.resolve("data");
        Path text = dir.resolve("text");
        List<String> record = new ArrayList<>(List.of("perf", "record", "-F", "999", "-g", "-o", data.toString()));
        record.addAll(List.of(more));
        record.addAll(List.of("--", "sh", "-c", BUSY));
        assumeTrue(run(dir.resolve("x"), record.toArray(String[]::new)), "this perf does not know " + record);
        assumeTrue(run(text, "perf", "script", "--force", "--show-mmap-events", "-F", "+pid", "--no-inline", "-i", data.toString()), "perf does not read it");
        ReadOptions options = new ReadOptions().root(ReadOptions.Root.THREAD).event(ReadOptions.ALL_EVENTS).countSamples(true);
        Stacks theirs = StackReader.read(List.of(text), options);
        Stacks ours = StackReader.read(List.of(data), options);
        assertEquals(theirs.events(), ours.events());
        Map<String, Long> expected = folded(theirs.tree());
        Map<String, Long> found = folded(new FrameNames(new SymbolCache(dir.resolve("cache")), QUIET, false).name(ours).tree());
        long all = ours.tree().sampleTotals()[0];
        long different = 0;
        StringBuilder shown = new StringBuilder();
        for (Map.Entry<String, Long> one : expected.entrySet()) {
            long missing = one.getValue() - found.getOrDefault(one.getKey(), 0L);
            different += Math.max(0, missing);
            if (missing > 0 && shown.length() < 2000) shown.append('\n').append(one.getKey());
        }
        // where perf takes what follows a call that never returns for the caller, see docs/deviations.md
        assertTrue(50 * different <= all, different + " of " + all + " samples differ, such as" + shown);
        assertTrue(all > 100, "there is something to compare");
    }

    @Test
    void aProgramWithLibraries() throws IOException, InterruptedException {
        compare("-e", "cpu-clock");
    }

    @Test
    void severalEventsAndCompressed() throws IOException, InterruptedException {
        compare("-e", "cpu-clock,task-clock:u", "-z");
    }

    @Test
    void withBuildIdsInTheRecords() throws IOException, InterruptedException {
        compare("-e", "cpu-clock", "--buildid-mmap");
    }
}
