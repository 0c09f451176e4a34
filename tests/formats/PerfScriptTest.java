package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import lib.formats.ReadOptions.Root;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.Labels;
import lib.stacks.SampleTimes;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Stacks.Mapping;
import lib.stacks.Unit;
import org.junit.jupiter.api.Test;

/** What {@code perf script} prints, form by form. */
class PerfScriptTest {
    private static final String STACK = "\t    7f01 leaf+0x1f (/bin/x)\n\t    7f02 main+0x20 (/bin/x)\n";

    private static Stacks read(String text) {
        return read(text, new ReadOptions());
    }

    private static Stacks read(String text, ReadOptions options) {
        return Fold.read(text, options.format(Format.PERF_SCRIPT));
    }

    @Test
    void sampleIsFoldedRootFirstWithItsPeriod() {
        assertEquals("x;main;leaf 250\n", Fold.perf("x 12/34 [001] 5.123456:        250 cycles: \n" + STACK + "\n"));
    }

    @Test
    void aSamplesTimeIsKeptWhereItIsWanted() {
        String text = "x 1 5.123456: 1 cycles:\n" + STACK + "\nx y 1/2 [001] 17760.123456789: 2 cycles:\n" + STACK + "\nx 3 7 cycles:\n" + STACK;
        SampleTimes times = read(text, new ReadOptions().times(true)).tree().times();
        assertEquals(2, times.size(), "the third has none");
        assertEquals(5_123_456_000L, times.first());
        assertEquals(17_760_123_456_789L, times.last());
        assertEquals(2, times.weight(1));
        assertEquals(0, read(text).tree().times().size());
        assertEquals(Long.MAX_VALUE, read("x 1 99999999999999999999.000000: 1 cycles:\n" + STACK, new ReadOptions().times(true)).tree().times().last());
    }

    @Test
    void threadsKeepTimesToo() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) text.append("x 1 ").append(1 + i / 1000).append(String.format(".%06d: 1 cycles:\n", i % 1000)).append(STACK).append('\n');
        StackTree tree = read(text.toString(), new ReadOptions().times(true).threads(3).blocksAlone(1)).tree();
        assertEquals(20_000, tree.times().size());
        assertEquals(1_000, tree.during(5_000_000_000L, 6_000_000_000L).totals()[0]);
    }

    @Test
    void lastSampleNeedsNoBlankLine() {
        assertEquals("x;main;leaf 3\n", Fold.perf("x 1 5.123456: 1 cycles:\n" + STACK + "\nx 1 5.123457: 2 cycles:\n" + STACK));
    }

    @Test
    void lastLineNeedsNoNewline() {
        assertEquals("x;main 1\n", Fold.perf("x 1 5.123456: 1 cycles:\n\t7f02 main+0x20 (/bin/x)"));
    }

    @Test
    void linesMayEndWithCarriageReturn() {
        String text = ("x 1 5.123456: 7 cycles:\n" + STACK + "\nx 1 5.123456: 8 cycles:\n" + STACK + "\n").replace("\n", "\r\n");
        assertEquals("x;main;leaf 15\n", Fold.perf(text));
        assertEquals("cycles", read(text).event());
    }

    @Test
    void blankLinesMayHoldBlanks() {
        assertEquals("x;main;leaf 3\n", Fold.perf("x 1 5.123456: 1 cycles:\n" + STACK + " \nx 1 5.123457: 2 cycles:\n" + STACK + "\t\n"));
    }

    @Test
    void commandOfOneCharacter() {
        assertEquals("c;main;leaf 1\n", Fold.perf("c 12 5.123456: 1 cycles:\n" + STACK));
    }

    @Test
    void commandWithSemicolon() {
        assertEquals("a:b;main;leaf 1\n", Fold.perf("a;b 12 5.123456: 1 cycles:\n" + STACK));
    }

    @Test
    void commandWithDigitsAndSpaces() {
        assertEquals("Thread_12;main;leaf 1\n", Fold.perf("Thread 12   345 [001] 5.123456: 1 cycles:\n" + STACK));
        assertEquals("Thread_12;main;leaf 1\n", Fold.perf("Thread 12 345/346 5.123456: 1 cycles:\n" + STACK));
    }

    @Test
    void commandWithDigitsWithoutTime() {
        assertEquals("Thread_12;main;leaf 1\n", Fold.perf("Thread 12   345 cycles:\n" + STACK));
        assertEquals("Thread;main;leaf 345\n", Fold.perf("Thread 12        345 cycles:\n" + STACK));
    }

    @Test
    void commandWithBrackets() {
        assertEquals("[kworker/0:1];main;leaf 1\n", Fold.perf("[kworker/0:1] 12 [000] 5.123456: 1 cycles:\n" + STACK));
    }

    @Test
    void missingThread() {
        assertEquals(":-1;main;leaf 1\n", Fold.perf(":-1    -1 [003] 5.123456: 1 cycles:\n" + STACK));
        assertEquals(":-1--1/-1;main;leaf 1\n", Fold.folded(read(":-1 -1/-1 5.123456: 1 cycles:\n" + STACK,
                new ReadOptions().root(Root.THREAD))));
    }

    @Test
    void missingCommand() {
        assertEquals(":12;main;leaf 1\n:13;main;leaf 2\n",
                Fold.perf("  12 5.123456: 1 cycles:\n" + STACK + "\n  13 5.123456: 2 cycles:\n" + STACK));
    }

    @Test
    void timeWithNanoseconds() {
        assertEquals("x;main;leaf 9\n", Fold.perf("x 12 [001] 5.123456789: 9 cycles:\n" + STACK));
    }

    @Test
    void flagsAfterCpu() {
        assertEquals("x;main;leaf 9\n", Fold.perf("x 12 [001] d..2. 5.123456: 9 cycles:\n" + STACK));
    }

    @Test
    void tracepointFieldsOnTheHeader() {
        Stacks stacks = read("x 12 [001] 5.123456: sched:sched_switch: prev_comm=x prev_pid=12 ==> next_comm=y next_pid=3\n"
                + STACK + "\nx 12 [001] 5.123457: 1 syscalls:sys_enter_write: fd: 0x00000001, buf: 0x7f01 (f)\n" + STACK);
        assertEquals("x;main;leaf 1\n", Fold.folded(stacks));
        assertEquals("sched:sched_switch", stacks.event());
        assertEquals(Map.of("sched:sched_switch", 1L, "syscalls:sys_enter_write", 1L), stacks.events());
    }

    @Test
    void eventsWithDifferentModifiersAreSeparate() {
        String text = "x 1 5.123456: 10 cycles:u:\n" + STACK + "\nx 1 5.123457: 20 cycles:k:\n" + STACK + "\nx 1 5.123458: 30 cycles:u:\n" + STACK;
        assertEquals("x;main;leaf 40\n", Fold.folded(read(text)));
        assertEquals("cycles:u", read(text).event());
        assertEquals(Map.of("cycles:u", 2L, "cycles:k", 1L), read(text).events());
        assertEquals("x;main;leaf 20\n", Fold.folded(read(text, new ReadOptions().event("cycles:k"))));
    }

    @Test
    void eventsOfBothKindsOfCores() {
        String text = "x 1 5.123456: 10 cpu_core/cycles/:\n" + STACK + "\nx 1 5.123457: 20 cpu_atom/cycles/:\n" + STACK;
        assertEquals("x;main;leaf 10\n", Fold.folded(read(text)));
        Stacks all = read(text, new ReadOptions().event(ReadOptions.ALL_EVENTS));
        assertEquals("x;main;leaf 2\n", Fold.folded(all), "what two kinds of events count cannot be summed: their samples can");
        assertEquals(Unit.COUNT, all.unit());
        assertNull(all.event());
        assertEquals(2, all.events().size());
    }

    @Test
    void eventThatIsNotThere() {
        Stacks stacks = read("x 1 5.123456: 10 cycles:\n" + STACK, new ReadOptions().event("faults"));
        assertEquals("", Fold.folded(stacks));
        assertEquals(Map.of("cycles", 1L), stacks.events());
    }

    @Test
    void periodOfZeroAndWithout() {
        assertEquals("x;main;leaf 2\n", Fold.perf("x 1 5.123456: 0 cycles:\n" + STACK + "\nx 1 5.123457: cycles:\n" + STACK));
    }

    @Test
    void noEvent() {
        Stacks stacks = read("x 1 5.123456:\n" + STACK + "\nx 1 5.123456: \n" + STACK);
        assertEquals("x;main;leaf 2\n", Fold.folded(stacks));
        assertNull(stacks.event());
    }

    @Test
    void headersOfFewParts() {
        assertEquals("x;main;leaf 1\n", Fold.perf("x 12 cycles:\n" + STACK));
        assertEquals("x;main;leaf 1\n", Fold.perf("x 12\n" + STACK));
        assertEquals("x;main;leaf 1\n", Fold.perf("x 12/13 [001]\n" + STACK));
    }

    @Test
    void mmapLinesAreKept() {
        Stacks stacks = read("x     0     0.000000: PERF_RECORD_MMAP2 7601/7602: [0x400000(0x2fee000) @ 0x1000 fe:00 1509355 0]: r-xp /usr/bin/a b\n"
                + "x     0     0.000000: PERF_RECORD_MMAP2 7601/7602: [0x600000(0x1000) @ 0 fe:00 1509355 0]: rw-p /usr/bin/a b\n"
            + "swapper     0 [000] 0.000000: PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x12090c8) @ 0xffffffff81000000]: x [kernel.kallsyms]_text\n"
                + "x 7601 0.000000: PERF_RECORD_COMM: x:7601/7601\n"
                + "x 1 5.123456: 1 cycles:\n" + STACK);
        assertEquals("x;main;leaf 1\n", Fold.folded(stacks));
        assertEquals(List.of(new Mapping(7601, 0x400000, 0x2fee000, 0x1000, "r-xp", "/usr/bin/a b"),
                new Mapping(-1, 0xffffffff81000000L, 0x12090c8, 0xffffffff81000000L, "x", "[kernel.kallsyms]_text")), stacks.mappings());
        assertEquals(0, stacks.bad().count());
        assertEquals(Map.of("cycles", 1L), stacks.events());
    }

    @Test
    void modulesWithParenthesesAndSpaces() {
        assertEquals("c;f 1\n", Fold.frame("f+0x1 (/tmp/x (deleted))"));
        assertEquals("c;[x (deleted)] 1\n", Fold.frame("[unknown] (/tmp/x (deleted))"));
        assertEquals("c;f 1\n", Fold.frame("f+0x1 (/opt/my app/x)"));
        assertEquals("c;f_[j] 1\n", Fold.frame("f+0x1 ([JIT app cache])"));
        assertEquals("c;[x) y] 1\n", Fold.frame("[unknown] (/opt/x) y)"));
        assertEquals("c;f 1\n", Fold.frame("f+0x1 (/bin/x+0x20)"));
    }

    @Test
    void goNames() {
        for (String name : List.of("main.F[...].func1", "main.F[go.shape.func(int) int].func1", "a.(T).b.c",
                "net/http.(*Client).Do", "main.(*T[go.shape.string]).M-fm", "glob..func1")) {
                assertEquals("c;" + name + " 1\n", Fold.frame(name + "+0x1 (/bin/x)"));
            }
    }

    @Test
    void cppNames() {
        for (String name : List.of("->", "->->", "A::operator->", "A::operator->*", "std::function<void (int)>::operator()", "decltype(auto) f<int>",
                "(anonymous namespace)::f", "a::(anonymous namespace)::f", "operator<<", "main::{lambda(int, int)#1}::operator()")) {
                assertEquals("c;" + name + " 1\n", Fold.frame(name + "+0x1 (/bin/x)"));
            }
    }

    @Test
    void argumentListsAreCut() {
        assertEquals("c;A::f 1\n", Fold.frame("A::f(int, char const*) const+0x1 (/bin/x)"));
        assertEquals("c;A::f<void (*)(int)> 1\n", Fold.frame("A::f<void (*)(int)>(void (*)(int))+0x1 (/bin/x)"));
        assertEquals("c;A::operator() 1\n", Fold.frame("A::operator()(int) const+0x1 (/bin/x)"));
        assertEquals("c;f 1\n", Fold.frame("f(int) [clone .isra.0]+0x1 (/bin/x)"));
    }

    @Test
    void javaNames() {
        assertEquals("c;java/lang/Thread:::run_[j] 1\n", Fold.frame("Ljava/lang/Thread;::run+0x1 (/tmp/perf-1.map)"));
        assertEquals("c;org/a/B:.call_[j] 1\n", Fold.frame("Lorg/a/B;.call(Lorg/a/C;)Ljava/lang/Object; (/tmp/perf-1.map)"));
        assertEquals("c;org/a/Foo$$Lambda.0x00007f8c4c000a00:::get_[j] 1\n", Fold.frame("Lorg/a/Foo$$Lambda.0x00007f8c4c000a00;::get (/tmp/perf-1.map)"));
        assertEquals("c;org/größe/Main:::run_[j] 1\n", Fold.frame("Lorg/größe/Main;::run+0x1 (/tmp/perf-1.map)"));
        assertEquals("c;org/a/LongName_[j] 1\n", Fold.frame("Lorg/a/LongName (/tmp/perf-1.map)"));
        assertEquals("c;java/a/B:::f_[j];java/a/C:::g_[i];java/a/D:::h_[i] 1\n",
                Fold.frame("Ljava/a/B;::f->Ljava/a/C;::g->Ljava/a/D;::h+0x1 (/tmp/perf-1.map)"));
    }

    @Test
    void kernelModules() {
        for (String module : List.of("[kernel.kallsyms]", "[guest.kernel.kallsyms]", "[nf_tables]", "/lib/modules/5.4/kernel/x.ko",
            "/lib/modules/5.4/kernel/x.ko.xz", "/usr/lib/debug/boot/vmlinux-5.4.1", "/boot/vmlinux", "bpf_prog_2b956549c660136a_lb", "bpf_trampoline_6442476546",
                "[kernel.kallsyms].init.text")) {
                assertEquals("c;f_[k] 1\n", Fold.frame("f+0x1 (" + module + ")"), module);
            }
    }

    @Test
    void processAreasAreNotKernel() {
        for (String module : List.of("[vdso]", "[heap]", "[stack]", "[stack:123]", "[vsyscall]", "[anon]", "//anon", "/opt/vmlinux.d/x", "[unknown]")) {
            assertEquals("c;f 1\n", Fold.frame("f+0x1 (" + module + ")"), module);
        }
    }

    @Test
    void inlinedCalls() {
        String text = "x 1 5.123456: 1 cycles:\n\t7f01 inner (inlined)\n\t7f01 outer+0x1 (/bin/x)\n";
        assertEquals("x;outer;inner 1\n", Fold.perf(text));
        assertEquals("x;outer;inner_[i] 1\n", Fold.perf(text, new Labels(false, false, true, false)));
    }

    @Test
    void sourceLinesAreIgnored() {
        Stacks stacks = read("x 1 5.123456: 1 cycles:\n\t7f01 leaf+0x1 (/bin/x)\n  dist.h:300\n\t7f02 main+0x1 (/bin/x)\n  libc-2.33.so[27b25]\n");
        assertEquals("x;main;leaf 1\n", Fold.folded(stacks));
        assertEquals(0, stacks.bad().count());
    }

    @Test
    void frameWithoutModuleOrSymbol() {
        assertEquals("x;main;leaf 1\n", Fold.perf("x 1 5.123456: 1 cycles:\n\t7f01 leaf+0x1\n\t7f02 main\n"));
        assertEquals("c;[x] 1\n", Fold.frame("(/bin/x)"));
        assertEquals("c;[x] 1\n", Fold.frame(" (/bin/x)"));
    }

    @Test
    void stackLinesNeedNotBeIndented() {
        assertEquals("dd;main;leaf 2\n", Fold.perf("dd 19 cycles:\nffffffff8103d0ca leaf ([kernel.kallsyms])\n7f1 main (/bin/x)\n\n"
                + "dd 19 cycles:\nffffffff8103d0ca leaf ([kernel.kallsyms])\n7f1 main (/bin/x)\n\n"));
    }

    @Test
    void sampleOnOneLine() {
        Stacks stacks = read("           false 39654 19115.489713:          1 cycles:u:  ffffffff9b201293 [unknown] ([unknown])\n"
                + "           false 39654 19115.489719:          2 cycles:u:      7fa68b1f2d84 _dl_start+0x4 (/usr/lib/ld-2.31.so)\n"
                + "           false 39654 19115.489720:          4 cycles:u:      7fa68b1f2d84 _dl_start+0x4 (/usr/lib/ld-2.31.so)\n");
        assertEquals("false;[unknown] 1\nfalse;_dl_start 6\n", Fold.folded(stacks));
        assertEquals(3, stacks.tree().sampleTotals()[0]);
        assertEquals(0, stacks.bad().count());
    }

    @Test
    void headersInARow() {
        assertEquals("x 1\nx;main;leaf 2\n", Fold.perf("x 1 5.123456: 1 cycles:\nx 1 5.123457: 2 cycles:\n" + STACK));
    }

    @Test
    void sampleWithoutStackCounts() {
        assertEquals("x 5\nx;main;leaf 1\n", Fold.perf("x 1 5.123456: 5 cycles:\n\nx 1 5.123456: 1 cycles:\n" + STACK));
    }

    @Test
    void timesOfAnyNumberOfDigits() {
        String text = "x 12 [007] 115539.936601:\t\t1000000 task-clock:u:\n" + STACK + "\nx 12 [007] 115540.10901:\t\t1000000 task-clock:u:\n"
                + STACK + "\nx 12 [007] 115540.5:\t\t1000000 task-clock:u:\n" + STACK;
        assertEquals(3, read(text).tree().sampleTotals()[0]);
        assertEquals(0, read(text).bad().count());
    }

    @Test
    void fieldsBeyondTheUsualOnes() {
        for (String header : List.of("x  2843 K       609.998208:     250000 cpu-clock: ", "x  2843/2844 [001] U       609.998208:     250000 cpu-clock: ",
            "x  2843 [001] KE d..2. 609.998208:     250000 cpu-clock: ", "x  2843     250000 ", "x  2843 [001]     250000 ", "x 1234567/1234567     250000 ",
                "x  609.998208:     250000 cpu-clock: ")) {
                Stacks stacks = Fold.read(header + "\n" + STACK + "\n" + header + "\n" + STACK + "\n", new ReadOptions());
                assertEquals("x;main;leaf 500000\n", Fold.folded(stacks), header);
                assertEquals(header.contains("cpu-clock") ? "cpu-clock" : "period", stacks.event());
                assertEquals(0, stacks.bad().count(), header);
            }
        for (String more : List.of("               0\n", "        7f0012ab\n", " insn: 81 ff be 00 00 00\n", " insn: 0f 05               0\n", " ilen: 3\n",
                " ABI:2    SP:0x7ffc6df033f0    IP:0x7f0a8dbd162a \n", " 4K\n", " N/A\n", "# what\n")) {
            Stacks stacks = Fold.read("x 1 5.123456: 1 cycles:\n" + STACK + more + "\nx 1 5.123456: 1 cycles:\n" + STACK + more + "\n", new ReadOptions());
                assertEquals("x;main;leaf 2\n", Fold.folded(stacks), more);
                assertEquals(0, stacks.bad().count(), more);
            }
    }

    @Test
    void fieldsThatAreMissingAreNamed() {
        String frames = "\t    7f01 leaf (/bin/x)\n\t    7f02 main (/bin/x)\n\n";
        for (String[] one : new String[][] {{"ls \n" + frames, "field tid"}, {" 2931.761476: cpu-clock: \n" + frames, "fields comm and tid"},
            {frames, "fields comm and tid"}, {"x  5 2931.761476: cycles: \nx  6 2931.761477: cycles: \n", "fields ip and sym"},
            {"x  5 2931.761476: 7 cycles: \n\t  7f01\n\t  7f02\n\n", "field sym"}}) {
            NotStacksException e = assertThrows(NotStacksException.class, () -> StackReader.read("x", new java.io.ByteArrayInputStream(one[0].repeat(3).getBytes()),
                    new ReadOptions()), one[0]);
            assertTrue(e.getMessage().contains(one[1]), e.getMessage());
            assertTrue(e.advice().startsWith("Print it with perf script -F +"), e.advice());
        }
    }

    @Test
    void commentsAreIgnored() {
        Stacks stacks = read("# ========\n# cmdline : /usr/bin/perf record\n#\nx 1 5.123456: 1 cycles:\n" + STACK);
        assertEquals("x;main;leaf 1\n", Fold.folded(stacks));
        assertEquals(0, stacks.bad().count());
    }

    @Test
    void commandLinesOfOldPerfAreNoFrames() {
        assertEquals("x;main;leaf 1\n", Fold.perf("x 1 5.123456: 1 cycles:\n\t7f01 leaf (/bin/x)\n\tfff (x) (/bin/x)\n\t7f02 main (/bin/x)\n"));
    }

    @Test
    void roots() {
        String both = "my x 12/34 5.123456: 1 cycles:\n" + STACK;
        String thread = "x 34 5.123456: 1 cycles:\n" + STACK;
        assertEquals("my_x-12;main;leaf 1\n", Fold.folded(read(both, new ReadOptions().root(Root.PROCESS))));
        assertEquals("my_x-12/34;main;leaf 1\n", Fold.folded(read(both, new ReadOptions().root(Root.THREAD))));
        assertEquals("x-?;main;leaf 1\n", Fold.folded(read(thread, new ReadOptions().root(Root.PROCESS))));
        assertEquals("x-?/34;main;leaf 1\n", Fold.folded(read(thread, new ReadOptions().root(Root.THREAD))));
    }

    @Test
    void threadsOfOneCommandAreTold() {
        String text = "x 1/2 5.123456: 1 cycles:\n" + STACK + "\nx 1/3 5.123456: 2 cycles:\n" + STACK + "\nx 1/2 5.123456: 4 cycles:\n" + STACK;
        assertEquals("x-1/2;main;leaf 5\nx-1/3;main;leaf 2\n", Fold.folded(read(text, new ReadOptions().root(Root.THREAD))));
    }

    @Test
    void clocksAreNanoseconds() {
        assertEquals(Unit.CPU_NANOSECONDS, read("x 1 5.123456: 10101010 cpu-clock:pppH: \n" + STACK).unit());
        assertEquals(Unit.CPU_NANOSECONDS, read("x 1 5.123456: 10101010 task-clock:\n" + STACK).unit());
        assertEquals(Unit.COUNT, read("x 1 5.123456: cpu-clock:\n" + STACK).unit());
        assertEquals(Unit.COUNT, read("x 1 5.123456: 10101010 cycles:\n" + STACK).unit());
        assertEquals(Unit.COUNT, read("x 1 5.123456: 10101010 cpu-clock:\n" + STACK, new ReadOptions().countSamples(true)).unit());
    }

    @Test
    void samplesAreCountedBesideTheirWeight() {
        String text = "x 1 5.123456: 10 cycles:\n" + STACK + "\nx 1 5.123457: 20 cycles:\n" + STACK;
        StackTree tree = read(text).tree();
        assertEquals(30, tree.totals()[0]);
        assertEquals(2, tree.sampleTotals()[0]);
        assertEquals("x;main;leaf 2\n", Fold.folded(read(text, new ReadOptions().countSamples(true))));
    }

    @Test
    void unknownFramesKeepTheirAddress() {
        Stacks stacks = read("x 1 5.123456: 1 cycles:\n\tffffffff81 [unknown] ([kernel.kallsyms])\n\tffffffff82 [unknown] ([kernel.kallsyms])\n"
                + "\t7f01 [unknown] (/bin/x)\n\t7f02 [unknown] (/bin/x)\n\t7f03 [unknown] ([unknown])\n");
        Frames frames = stacks.tree().frames();
        StackTree tree = stacks.tree();
        int node = tree.size() - 1; // a single stack: the leaf is the last node
        assertEquals(List.of("[kernel.kallsyms] ffffffff81 exact", "[kernel.kallsyms] ffffffff82 return", "/bin/x 7f01 exact",
                "/bin/x 7f02 return", "null 7f03 return"), List.of(show(frames, tree.frame(node)), show(frames, tree.frame(node - 1)),
                    show(frames, tree.frame(node - 2)), show(frames, tree.frame(node - 3)), show(frames, tree.frame(node - 4))));
        assertEquals(Kind.KERNEL, frames.kind(tree.frame(node)));
        assertEquals("x;[unknown];[x];[x];[[kernel.kallsyms]];[[kernel.kallsyms]] 1\n", Fold.folded(stacks));
        assertEquals("x;[unknown <7f03>];[x <7f02>];[x <7f01>];[[kernel.kallsyms] <ffffffff82>];[[kernel.kallsyms] <ffffffff81>] 1\n",
                Fold.folded(tree.map(new Labels(false, false, false, true))));
    }

    private static String show(Frames frames, int id) {
        return frames.module(id) + " " + Long.toHexString(frames.address(id)) + (frames.isReturnAddress(id) ? " return" : " exact");
    }

    @Test
    void badLinesAreCountedAndTheRestIsUsed() {
        Stacks stacks = read("x 1 5.123456: 1 cycles:\n" + STACK + "\nwhat is this?\nx 1 5.123456: 1 cycles:\n\t7f01 leaf (/bin/x)\n\tTHIS_IS_NO_FRAME\n\n\t7f01 stray (/bin/x)\n");
        assertEquals("x;leaf 1\nx;main;leaf 1\n", Fold.folded(stacks));
        assertEquals(3, stacks.bad().count());
        assertEquals(List.of(5L, 8L, 10L), stacks.bad().first().stream().map(Stacks.BadLine::number).toList());
        assertEquals("THIS_IS_NO_FRAME", stacks.bad().first().get(1).text());
        assertEquals("test", stacks.bad().first().get(1).input());
    }

    @Test
    void nameAndNumberAloneAreNoSample() {
        Stacks stacks = read("chapter 12\n\nx 1 5.123456: 1 cycles:\n" + STACK);
        assertEquals("x;main;leaf 1\n", Fold.folded(stacks));
        assertEquals(1, stacks.bad().count());
    }

    @Test
    void enormousNumbersDoNotOverflow() {
        Stacks stacks = read("x 1 5.123456: 99999999999999999999999 cycles:\n" + STACK + "\nx 1 5.123456: 9223372036854775807 cycles:\n\tffffffffffffffffffffff f (/x)\n");
        assertEquals(Long.MAX_VALUE, stacks.tree().totals()[0]);
    }

    @Test
    void timeOrderMergesNeighboursOnly() {
        String text = "x 1 5.000001: 1 c:\n\t1 a (/x)\n\t2 m (/x)\n\nx 1 5.000002: 2 c:\n\t1 b (/x)\n\t2 m (/x)\n\n"
                + "x 1 5.000003: 4 c:\n\t1 b (/x)\n\t2 m (/x)\n\nx 1 5.000004: 8 c:\n\t1 a (/x)\n\t2 m (/x)\n\n";
        StackTree tree = read(text, new ReadOptions().timeOrder(true)).tree();
        assertTrue(tree.hasTimeOrder());
        StringBuilder seen = new StringBuilder();
        long[] totals = tree.totals();
        for (int node = 1; node < tree.size(); node++) {
            seen.append(tree.frames().name(tree.frame(node))).append('@').append(tree.start(node)).append('+').append(totals[node]).append(' ');
        }
        assertEquals("x@0+15 m@0+15 a@0+1 b@1+6 a@7+8 ", seen.toString());
    }
}
