package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.stacks.Labels;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each difference that docs/deviations.md tells of, shown by an input of our own. */
class DeviationsTest {
    private static final Path DOC = Path.of("docs/deviations.md");

    /**
     * An example.
     *
     * @param difference as the document calls it
     * @param input for stackcollapse-perf.pl with {@code --all}
     * @param ours what we make of it
     * @param onlyTheirs how many lines of the script's result are not in ours
     * @param onlyOurs how many lines of ours are not in the script's
     */
    private record Example(String difference, String input, String ours, int onlyTheirs, int onlyOurs) { }

    private static String sample(String comm, String... frames) {
        StringBuilder text = new StringBuilder(comm + " 12 [001] 5.123456: 1 cycles:\n");
        for (String frame : frames) text.append("\t    7f01 ").append(frame).append('\n');
        return text.append('\n').toString();
    }

    private static final String MAIN = "main+0x2 (/bin/x)";

    private static final List<Example> EXAMPLES = List.of(
            new Example("last sample", sample("prog", MAIN) + sample("prog", "f+0x1 (/bin/x)", MAIN).stripTrailing() + "\n",
                "prog;main 1\nprog;main;f 1\n", 0, 1),
            new Example("`[vdso]`", sample("prog", "__vdso_time+0x1 ([vdso])", MAIN), "prog;main;__vdso_time 1\n", 1, 1),
            new Example("quotes", sample("prog", "RegExp:[\"']+0x1 (/tmp/perf-12.map)", MAIN), "prog;main;RegExp:[\"']_[j] 1\n", 1, 1),
        new Example("Rust's hash", sample("prog", "<&T as alpha::Show>::show::h0123456789abcdef+0x1 (/bin/x)", MAIN), "prog;main;<&T as alpha::Show>::show 1\n", 1, 1),
            new Example("empty symbol", sample("prog", " (/lib/y.so)", MAIN), "prog;main;[y.so] 1\n", 1, 1),
            new Example("lines that end in CR LF", sample("prog", MAIN).replace("\n", "\r\n"), "prog;main 1\n", 0, 1),
            new Example("a command of one character, or with `;`, or with a number after a blank (`Thread 12`)",
                sample("c", MAIN) + sample("a;b", MAIN) + sample("Thread 12", MAIN), "Thread_12;main 1\na:b;main 1\nc;main 1\n", 3, 3),
            new Example("a tracepoint's fields after the event",
                "prog 12 [001] 5.1234560: sched:sched_switch: prev_comm=prog prev_pid=12 ==> next_comm=swapper next_pid=0\n\t7f01 " + MAIN + "\n\n"
                    + "prog 12 [001] 5.1234570: syscalls:sys_enter_write: fd: 0x00000001\n\t7f01 " + MAIN + "\n\n", "prog;main 1\n", 1, 1),
            new Example("several events, as on a CPU with two kinds of cores", sample("prog", MAIN).replace("cycles", "cpu_core/cycles/")
                + sample("prog", MAIN).replace("cycles", "cpu_atom/cycles/"), "prog;main 1\n", 0, 0),
            new Example("a module that is deleted or whose path has a blank: `(/x (deleted))`",
                sample("prog", "f+0x1f (/tmp/y (deleted))", "g+0x1f (/opt/my app/y)", MAIN), "prog;main;g;f 1\n", 1, 1),
        new Example("parentheses in a name: Go's `a.(T).b.c` and `F[…func(int) int].func1`, C++'s `operator()` and `function<void (int)>::operator()`",
            sample("prog", "a.(T).b.c+0x1 (/bin/x)", MAIN) + sample("prog", "main.F[go.shape.func(int) int].func1+0x1 (/bin/x)", MAIN)
                + sample("prog", "A::operator()+0x1 (/bin/x)", MAIN) + sample("prog", "std::function<void (int)>::operator()+0x1 (/bin/x)", MAIN),
            "prog;main;A::operator() 1\nprog;main;a.(T).b.c 1\nprog;main;main.F[go.shape.func(int) int].func1 1\n"
                + "prog;main;std::function<void (int)>::operator() 1\n", 3, 3),
            new Example("`->` in a name: `operator->`", sample("prog", "A::operator->+0x1 (/bin/x)", MAIN), "prog;main;A::operator-> 1\n", 1, 1),
            new Example("`vmlinux-5.4`, `x.ko`, BPF programs", sample("prog", "f+0x1 (/boot/vmlinux-5.4)", "g+0x1 (/lib/x.ko)",
                "h+0x1 (bpf_prog_2b956549c660136a_h)", MAIN), "prog;main;h_[k];g_[k];f_[k] 1\n", 1, 1),
            new Example("`jitted-PID-N.so`, `[JIT] tid N`", sample("prog", "f+0x1 (/tmp/jitted-12-3.so)", "g+0x1 ([JIT] tid 12)", MAIN),
                "prog;main;g_[j];f_[j] 1\n", 1, 1),
            new Example("Rust's names as the compiler mangles them, `_RNv…` and `_ZN…17h…E`", sample("prog", "_RNvCs1234_7mycrate3foo+0x1 (/bin/x)",
                "_ZN5alpha4beta17h0123456789abcdefE+0x1 (/bin/x)", MAIN), "prog;main;alpha::beta;mycrate::foo 1\n", 1, 1),
            new Example("LLVM's suffix, `f.llvm.123`", sample("prog", "f.llvm.123+0x1 (/bin/x)", MAIN), "prog;main;f 1\n", 1, 1),
        new Example("Java's class names in a thread that is not called java…", sample("http-worker", "Lorg/a/B;::run+0x1 (/tmp/perf-12.map)", MAIN),
            "http-worker;main;org/a/B:::run_[j] 1\n", 1, 1),
            new Example("inlined calls, `(inlined)`", sample("prog", "f (inlined)", MAIN), "prog;main;f_[i] 1\n", 1, 1),
            new Example("lines below a frame from `-F +srcline`", sample("prog", "f+0x1 (/bin/x)\n  x.c:12", MAIN), "prog;main;f 1\n", 0, 0),
            new Example("control characters in a name", sample("prog", "f\u0007+0x1 (/bin/x)", MAIN), "prog;main;f\uFFFD 1\n", 1, 1));

    private static String fold(String input) {
        return Fold.folded(Fold.read(input, new ReadOptions().format(Format.PERF_SCRIPT)).tree().map(new Labels(true, true, true, false)));
    }

    @TestFactory
    List<DynamicTest> oursAreAsExpected() {
        return EXAMPLES.stream().map(one -> DynamicTest.dynamicTest(one.difference, () -> assertEquals(one.ours, fold(one.input)))).toList();
    }

    /** What the document tells of is shown, and nothing else: reasons in bold but the old results, and the rows of the second table. */
    @Test
    void allDifferencesAreShown() throws IOException {
        TreeSet<String> told = new TreeSet<>();
        Pattern difference = Pattern.compile("- \\*\\*(?!old result)(.+?)\\*\\*: .*|\\| (?!input \\||perf-)([^|-].*?) \\|.*");
        for (String line : Files.readAllLines(DOC)) {
            Matcher matcher = difference.matcher(line);
            if (matcher.matches()) told.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        TreeSet<String> shown = new TreeSet<>();
        EXAMPLES.forEach(one -> shown.add(one.difference));
        assertEquals(told, shown);
    }

    @Test
    void theScriptDiffersByThatMuch(@TempDir Path dir) throws IOException, InterruptedException {
        String flameGraph = System.getenv("FLAMEGRAPH_DIR");
        assumeTrue(flameGraph != null, "FLAMEGRAPH_DIR does not say where a checkout of FlameGraph is");
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (Example one : EXAMPLES) {
            Path input = Files.writeString(dir.resolve("input"), one.input);
            Path output = dir.resolve("output");
            new ProcessBuilder(flameGraph + "/stackcollapse-perf.pl", "--all", input.toString()).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(output.toFile()).start().waitFor();
            List<String> theirs = Files.readAllLines(output);
            List<String> ours = fold(one.input).lines().toList();
            expected.add(one.difference + " " + one.onlyTheirs + " " + one.onlyOurs);
            found.add(one.difference + " " + CorpusTest.count(theirs, ours) + " " + CorpusTest.count(ours, theirs));
        }
        assertEquals(String.join("\n", expected), String.join("\n", found));
    }
}
