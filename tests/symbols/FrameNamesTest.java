package lib.symbols;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lib.cli.Console;
import lib.elf.GoProgram;
import lib.node.LocalNode;
import lib.node.Node;
import lib.node.Transfer;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameNamesTest {
    private static final String MODULE = "/usr/local/bin/program";
    private static final Console QUIET = new Console(new PrintWriter(Writer.nullWriter()),
            new PrintWriter(Writer.nullWriter()), false, false);

    @TempDir
    private Path folder;

    private final GoProgram program = GoProgram.sample();
    private final Frames frames = new Frames();
    private final StackTree tree = new StackTree(frames);
    private final List<Stacks.Mapping> mappings = new ArrayList<>();
    private int root;

    @BeforeEach
    void aCommand() {
        root = tree.child(0, frames.intern("program", Kind.USER));
    }

    /** What perf prints for an address: the place in the file. The program's text begins at 0x1000 of it. */
    private long printed(long vaddr) {
        return vaddr - GoProgram.TEXT + 0x1000;
    }

    private int call(long vaddr) {
        return frames.internUnknown(MODULE, printed(vaddr), true);
    }

    private int leaf(long vaddr) {
        return frames.internUnknown(MODULE, printed(vaddr), false);
    }

    /** Adds a stack, caller first. */
    private void stack(long weight, int... ids) {
        int at = root;
        for (int id : ids) at = tree.child(at, id);
        tree.add(at, weight, 1);
    }

    private Stacks stacks() {
        return new Stacks(tree, "cpu-clock", Unit.CPU_NANOSECONDS, new TreeMap<>(), mappings, new Stacks.BadLines(0, List.of()), List.of());
    }

    private FrameNames names(boolean inline) {
        return new FrameNames(new SymbolCache(folder.resolve("cache")), QUIET, inline);
    }

    private FrameNames withCopy(boolean inline) throws IOException {
        Path copy = folder.resolve("copy");
        Files.write(copy, program.build());
        return names(inline).withBinary(MODULE, copy);
    }

    private static Map<String, Long> folded(Named named) {
        Map<String, Long> lines = new TreeMap<>();
        StackTree t = named.tree();
        for (int n = 1; n < t.size(); n++) {
            if (t.self(n) > 0) {
                StringBuilder line = new StringBuilder();
                for (int at = n; at > 0; at = t.parent(at)) {
                    line.insert(0, (line.length() == 0 ? "" : ";")).insert(0, t.frames().name(t.frame(at)));
                }
                lines.put(line.toString(), t.self(n));
            }
        }
        return lines;
    }

    @Test
    void namesWithInlinedCalls() throws IOException {
        // 12 bytes into main.main is main.inner, in main.middle, in main.outer; the call ends one byte further.
        stack(5, call(program.start(1) + 13), leaf(program.start(2) + 1));
        Named named = withCopy(true).name(stacks());
        assertEquals(Map.of("program;main.main;main.outer;main.middle;main.inner;main.(*T[...]).Do.func1", 5L), folded(named));
        assertEquals(List.of(), named.problems());
        assertEquals(2, named.statistics().frames());
        assertEquals(2, named.statistics().named());
        assertEquals(Map.of("pclntab", 2L), named.statistics().by());
        Frames out = named.tree().frames();
        assertEquals(Kind.INLINED, out.kind(out.intern("main.inner", Kind.INLINED)));
        assertEquals(new Frames.Source("/src/main.go", 300), out.source(out.intern("main.inner", Kind.INLINED)));
        assertEquals(new Frames.Source("/src/t.go", 5), out.source(out.intern("main.(*T[...]).Do.func1", Kind.USER)));
    }

    @Test
    void namesWithoutInlinedCalls() throws IOException {
        stack(5, call(program.start(1) + 13), leaf(program.start(2) + 1));
        assertEquals(Map.of("program;main.main;main.(*T[...]).Do.func1", 5L), folded(withCopy(false).name(stacks())));
    }

    @Test
    void aCallThatEndsAFunctionBelongsToIt() throws IOException {
        long end = program.start(3) + program.functions.get(3).length();
        stack(1, call(end), leaf(program.start(0)));
        assertEquals(Map.of("program;pkg/path.f0;pkg/path.tiny0;runtime.text0", 1L), folded(withCopy(true).name(stacks())));
    }

    @Test
    void whereTheKernelInterruptsIsNoReturnAddress() throws IOException {
        // The first instruction of a function: one byte before is padding.
        stack(1, call(program.start(2) + 3), call(program.start(2)), frames.intern("asm_exc_page_fault", Kind.KERNEL));
        assertEquals(Map.of("program;main.(*T[...]).Do.func1;main.(*T[...]).Do.func1;asm_exc_page_fault", 1L),
                folded(withCopy(true).name(stacks())));
    }

    @Test
    void callersThatCannotBeAreLeftOut() throws IOException {
        // A constant from a hash, the heap and nothing at all, as frame pointers in assembly lead to.
        stack(1, frames.internUnknown(null, 0xe9b5dba5b5c0fbcfL, true), leaf(program.start(0)));
        stack(2, frames.internUnknown(null, 0, true), frames.internUnknown(null, 0xc00366f6a8L, true), leaf(program.start(0)));
        // Between two functions, where no call can be: above a signal handler. What it interrupted stays.
        stack(4, call(program.start(1)), call(program.start(2)), leaf(program.start(0)));
        Named named = withCopy(true).name(stacks());
        assertEquals(Map.of("program;runtime.text0", 3L, "program;main.main;runtime.text0", 4L), folded(named));
        assertEquals(0, named.statistics().unknown());
        assertEquals(4, named.statistics().frames());
    }

    @Test
    void anUnknownLeafStays() throws IOException {
        stack(1, call(program.start(2) + 3), frames.internUnknown(null, 0xffffffffc000a726L, false));
        Named named = withCopy(true).name(stacks());
        assertEquals(Map.of("program;main.(*T[...]).Do.func1;[unknown]", 1L), folded(named));
        assertEquals(1, named.statistics().unknown());
    }

    @Test
    void addressesInTheProcessFromOldVersionsOfPerf() throws IOException {
        for (int i = 3; i < 9; i++) {
            stack(1, frames.internUnknown(MODULE, program.start(i) + 4, true), frames.internUnknown(MODULE, program.start(2), false));
        }
        Named named = withCopy(false).name(stacks());
        assertEquals(0, named.statistics().unknown());
        assertEquals(1, folded(named).get("program;pkg/path.f1;main.(*T[...]).Do.func1"));
    }

    @Test
    void addressesInAProcessThatLoadedTheBinaryElsewhere() throws IOException {
        program.relocated = true;
        long start = 0x7f00_0000_0000L;
        mappings.add(new Stacks.Mapping(7, start, 0x100000, 0x1000, "r-xp", MODULE));
        stack(1, frames.internUnknown(MODULE, program.start(2) - GoProgram.TEXT + start, false));
        assertEquals(Map.of("program;main.(*T[...]).Do.func1", 1L), folded(withCopy(false).name(stacks())));
    }

    @Test
    void anotherBuildIsNotUsed() throws IOException {
        stack(1, leaf(program.start(0)));
        Named named = withCopy(true).withBuildId(MODULE, new BuildId(null, "other")).name(stacks());
        assertEquals(Map.of("program;[program]", 1L), folded(named));
        assertEquals(List.of(MODULE + ": " + folder.resolve("copy") + " is another build than the one that was recorded;"
                + " --force-binary takes it all the same"), named.problems());
        assertEquals(1, named.statistics().unknown());
        Named forced = withCopy(true).withBuildId(MODULE, new BuildId(null, "other")).withAnyBuild(true).name(stacks());
        assertEquals(Map.of("program;runtime.text0", 1L), folded(forced));
    }

    // ---- perf.data, which names nothing by itself ----

    private static final String BUILD = "0102ab";

    private Stacks perfData(String function, long address) {
        return new Stacks(tree, "cpu-clock", Unit.CPU_NANOSECONDS, new TreeMap<>(), mappings, new Stacks.BadLines(0, List.of()), List.of(),
                new Stacks.Machine("there", "1.2.3", function, address));
    }

    @Test
    void theBuildThatPerfDataTellsDecides() throws IOException {
        stack(1, frames.internUnknown(MODULE, "0999", printed(program.start(0)), false));
        Named named = withCopy(true).withBuildId(MODULE, new BuildId(null, "abc/def")).name(perfData(null, 0));
        assertEquals(Map.of("program;[program]", 1L), folded(named));
        assertTrue(named.problems().get(0).contains("copy is another build than the one that was recorded"), named.problems().toString());
        program.gnuBuildId = new byte[0];
        assertEquals(1, withCopy(true).name(perfData(null, 0)).statistics().unknown(), "perf read an id, the copy has none");
        assertEquals(0, withCopy(true).withAnyBuild(true).name(perfData(null, 0)).statistics().unknown());
    }

    @Test
    void filesHereNameIfTheyAreOfTheSameBuild() throws IOException {
        Path here = Files.write(folder.resolve("program"), program.build());
        stack(1, frames.internUnknown(here.toString(), BUILD, printed(program.start(0)), false));
        stack(2, frames.internUnknown(here.toString(), "0999", printed(program.start(0)), false));
        stack(4, frames.internUnknown("/not/here", BUILD, printed(program.start(0)), false));
        Named named = names(true).name(perfData(null, 0));
        assertEquals(Map.of("program;runtime.text0", 1L, "program;[program]", 2L, "program;[here]", 4L), folded(named));
        assertEquals(List.of("one file of the recording is not on this machine: /not/here; --binary PATH=FILE names a copy",
                "one file of the recording is here of other builds than were recorded: " + here + "; --binary PATH=FILE names a copy"), named.problems());
        assertEquals(0, names(true).name(stacks()).statistics().named(), "text has the names that perf could find");
    }

    @Test
    void filesThatAreGoneNameFromTheCache() throws IOException {
        Path file = onNode();
        fromNode(file, "abc/def", true);
        Files.delete(file);
        stack(1, frames.internUnknown(file.toString(), BUILD, printed(program.start(0)), false));
        assertEquals(Map.of("program;runtime.text0", 1L), folded(names(true).name(perfData(null, 0))));
    }

    /** Without a build id: where calls return to in the right binary, a call stands before. */
    @Test
    void withoutABuildCallsTell() throws IOException {
        byte[] code = program.build();
        for (int i = 0; i < 9; i++) {
            long returns = program.start(i) + 6;
            stack(1, call(returns), leaf(program.start(0)));
            code[(int) printed(returns) - 5] = (byte) 0xe8;
        }
        Path copy = folder.resolve("calls");
        Files.write(copy, code);
        Named right = names(false).withBinary(MODULE, copy).name(stacks());
        assertEquals(List.of(), right.problems());
        assertEquals(0, right.statistics().unknown());
        Named wrong = withCopy(false).name(stacks());
        assertEquals(List.of(MODULE + ": " + folder.resolve("copy") + " is not what was recorded: most places that calls returned to follow no call in it;"
                + " --force-binary takes it all the same"), wrong.problems());
        assertEquals(0, wrong.statistics().named());
        assertEquals(0, withCopy(false).withAnyBuild(true).name(stacks()).statistics().unknown());
        assertEquals(0, withCopy(false).withBuildId(MODULE, new BuildId(BUILD, null)).name(stacks()).statistics().unknown(), "an id tells more");
    }

    /** After another start of the machine the kernel itself has moved by so much, and each module by something else. */
    @Test
    void aKernelThatIsElsewhereNow() throws IOException {
        stack(1, frames.internUnknown("[kernel.kallsyms]", 0xffffffff81000150L, true), frames.internUnknown("[mod]", 0xffffffffc0000010L, false));
        TextSymbols kernel = TextSymbols.kallsyms(new ByteArrayInputStream("""
                ffffffff9a000000 T _text
                ffffffff9a000100 T do_syscall_64
                ffffffff9a000200 T next
                ffffffffc0000000 t wrong	[mod]
                """.getBytes(StandardCharsets.UTF_8)));
        Named named = names(true).withKernel(kernel).name(perfData("_text", 0xffffffff81000000L));
        assertEquals(Map.of("program;do_syscall_64;[[mod]]", 1L), folded(named));
    }

    @Test
    void anotherMachinesKernelIsSaid() throws IOException {
        stack(1, frames.internUnknown("[kernel.kallsyms]", "0999", 0xffffffff81000200L, false));
        Named named = names(true).name(perfData("_text", 0xffffffff81000000L));
        assertEquals(List.of("kernel functions have no names: this machine's kernel is not 1.2.3 of there; --kallsyms FILE names a copy of"
                + " that one's /proc/kallsyms"), named.problems());
    }

    @Test
    void whatIsNoBinaryIsSaid() throws IOException {
        stack(1, leaf(program.start(0)));
        Path text = folder.resolve("text");
        Files.writeString(text, "no binary at all".repeat(9));
        Named named = names(true).withBinary(MODULE, text).withBinary("/not/there", text).name(stacks());
        assertEquals(List.of(MODULE + ": not an ELF file", "/not/there: no frame without a name is in this file"), named.problems());
        assertEquals(Map.of("program;[program]", 1L), folded(named));
    }

    @Test
    void kernelFromText() throws IOException {
        stack(2, frames.internUnknown("[kernel.kallsyms]", 0xffffffff81000200L, true),
                frames.internUnknown(null, 0xffffffffc000a726L, false));
        TextSymbols kernel = TextSymbols.kallsyms(new ByteArrayInputStream("""
                ffffffff81000100 T do_syscall_64
                ffffffff81000200 T next
                ffffffffc000a700 t bpf_prog_x\t[bpf]
                """.getBytes(StandardCharsets.UTF_8)));
        Named named = names(true).withKernel(kernel).name(stacks());
        assertEquals(Map.of("program;do_syscall_64;bpf_prog_x", 2L), folded(named));
        assertEquals(Map.of("kallsyms", 2L), named.statistics().by());
    }

    /** A perf map lies where its program put it, which this very process sees at the same path. */
    @Test
    void codeMadeAtRunTimeByTheProgramsOwnMap() throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/root/tmp")), "needs /proc of Linux");
        String module = "/tmp/perf-" + (1L << 40 | ProcessHandle.current().pid()) + ".map";
        stack(1, frames.internUnknown(module, 0x1010, false));
        stack(2, frames.internUnknown("/tmp/perf-0.map", 0x1010, false));
        Path map = Files.writeString(Path.of(module), "1000 20 LazyCompile:~f x.js:1\n");
        try {
            Node node = new LocalNode();
            Named named = names(true).withNode(node, new Transfer(node, QUIET), (int) ProcessHandle.current().pid()).name(stacks());
            assertEquals(Map.of("program;LazyCompile:~f x.js:1", 1L, "program;[perf-0.map]", 2L), folded(named));
            assertEquals(Map.of("perf map", 1L), named.statistics().by());
            assertEquals(List.of("/tmp/perf-0.map: it is not on the node any more"), named.problems());
        } finally {
            Files.delete(map);
        }
    }

    // ---- from a node ----

    /** A program on this machine as the node: this very process sees it at its own path. */
    private Path onNode() throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/root")), "needs /proc of Linux");
        Path file = folder.resolve("on-node");
        Files.write(file, program.build());
        return file;
    }

    private Named fromNode(Path file, String goBuildId, boolean inline) {
        Frames other = new Frames();
        StackTree one = new StackTree(other);
        int at = one.child(one.child(0, other.intern("program", Kind.USER)),
                other.internUnknown(file.toString(), printed(program.start(1) + 12), false));
        one.add(at, 1, 1);
        LocalNode node = new LocalNode();
        FrameNames names = names(inline).withNode(node, new Transfer(node, QUIET), (int) ProcessHandle.current().pid());
        if (goBuildId != null) names.withBuildId(file.toString(), new BuildId(null, goBuildId));
        return names.name(new Stacks(one, null, Unit.CPU_NANOSECONDS, new TreeMap<>(), mappings, new Stacks.BadLines(0, List.of()), List.of()));
    }

    @Test
    void theSecondTimeNothingIsTransferred() throws IOException {
        Path file = onNode();
        Named first = fromNode(file, "abc/def", true);
        assertEquals(List.of(), first.problems());
        assertTrue(first.statistics().transferredBytes() > 100, "the first time the table comes");
        assertTrue(first.statistics().transferredBytes() < Files.size(file), "compressed");
        Named second = fromNode(file, "abc/def", true);
        assertEquals(0, second.statistics().transferredBytes());
        assertEquals(folded(first), folded(second));
        assertEquals(Map.of("program;main.main;main.outer;main.middle;main.inner", 1L), folded(second));
        Files.delete(file);
        assertEquals(folded(first), folded(fromNode(file, "abc/def", true)), "nor is the binary needed any more");
    }

    @Test
    void inlinedCallsAreBroughtWhenTheyAreWantedLater() throws IOException {
        Path file = onNode();
        assertEquals(Map.of("program;main.main", 1L), folded(fromNode(file, "abc/def", false)));
        Named later = fromNode(file, "abc/def", true);
        assertEquals(Map.of("program;main.main;main.outer;main.middle;main.inner", 1L), folded(later));
        assertEquals(List.of(), later.problems());
    }

    @Test
    void aBinaryThatChangedIsNotUsed() throws IOException {
        Path file = onNode();
        fromNode(file, "abc/def", true);
        program.goBuildId = "new/one";
        program.functions.remove(0);
        Files.write(file, program.build());
        Named named = fromNode(file, "other/one", true);
        assertEquals(List.of(file + ": it is another build than the one that was recorded"), named.problems());
        assertEquals(1, named.statistics().unknown());
    }

    @Test
    void aBinaryThatIsGoneIsSaid() throws IOException {
        Path file = onNode();
        Files.delete(file);
        Named named = fromNode(file, "abc/def", true);
        assertEquals(List.of(file + ": it is not on the node any more"), named.problems());
    }

    @Test
    void theIdsOfARunningBinary() throws IOException {
        Path file = onNode();
        LocalNode node = new LocalNode();
        BuildId id = BuildId.of(node, new Transfer(node, QUIET), (int) ProcessHandle.current().pid(), file.toString());
        assertEquals(new BuildId("0102ab", "abc/def"), id);
    }
}
