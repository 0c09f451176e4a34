package lib.symbols;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.elf.Binary;
import lib.elf.ByteSource;
import lib.elf.Location;
import lib.elf.Symbols;
import lib.formats.PerfSymbols;
import lib.node.Node;
import lib.node.Transfer;
import lib.profile.Naming;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.MappedFiles;
import lib.stacks.StackTree;
import lib.stacks.Stacks;

/**
 * Gives names to the frames that perf left as addresses: set it up with where binaries can be had, then {@link #name}.
 * What cannot be had or used leaves its frames as they are and is told as a problem; nothing of it is an error.
 */
public final class FrameNames {
    /** What perf prints for code made at run time by a process that writes down its names (jit-interface.txt of the kernel's perf). */
    private static final Pattern PERF_MAP = Pattern.compile("/tmp/perf-\\d+\\.map");
    /** A line is about 100 bytes, and the largest programs have some 100,000 of such functions. */
    private static final int MOST_PERF_MAP = 64 << 20;
    /** So many files are named where many are missing. */
    private static final int SHOWN = 5;
    /** The kernel's addresses have all bits from here on set; those of processes none. */
    private static final int UPPER_HALF = 47;
    private static final String FORCE = "; --force-binary takes it all the same";

    private final SymbolCache cache;
    private final Console console;
    private final boolean inline;
    private final Map<String, Path> local = new LinkedHashMap<>();
    private boolean force;
    private final Map<String, BuildId> recorded = new HashMap<>();
    private final Map<String, TextSymbols> jit = new HashMap<>();
    private TextSymbols kernel;
    private Node node;
    private Transfer transfer;
    private int pid;

    private final List<String> problems = new ArrayList<>();
    private final Map<MappedFile, Module> modules = new HashMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    /** How far the kernel's symbols are from where the recorded kernel had them. */
    private long kernelShift;

    /** A mapped file and its build, or null where the recording does not tell it. */
    private record MappedFile(String path, String build) implements Comparable<MappedFile> {
        @Override
        public int compareTo(MappedFile other) {
            return Comparator.comparing(MappedFile::path).thenComparing(MappedFile::build, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .compare(this, other);
        }
    }

    /** The addresses in a file that have no names, and those of them where calls return to. */
    private record Wanted(List<Long> all, List<Long> returns) {
        Wanted() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** @param inline whether calls that the compiler inlined become frames of their own */
    public FrameNames(SymbolCache cache, Console console, boolean inline) {
        this.cache = cache;
        this.console = console;
        this.inline = inline;
    }

    /** Takes names for frames of the mapped file {@code module} from a copy of the binary on this machine. */
    public FrameNames withBinary(String module, Path copy) {
        local.put(module, copy);
        return this;
    }

    /** Takes copies that look like other builds than were recorded, too. */
    public FrameNames withAnyBuild(boolean value) {
        force = value;
        return this;
    }

    /** Tells the build that the recording says was running, so that no other is taken for it. */
    public FrameNames withBuildId(String module, BuildId id) {
        recorded.put(module, id);
        return this;
    }

    /** Takes names of kernel functions from /proc/kallsyms of the boot that was recorded. */
    public FrameNames withKernel(TextSymbols kallsyms) {
        kernel = kallsyms;
        return this;
    }

    /** Brings what is missing from the node, as the recorded process {@code processId} sees it. */
    public FrameNames withNode(Node from, Transfer by, int processId) {
        node = from;
        transfer = by;
        pid = processId;
        return this;
    }

    /** Names what can be named. */
    public Named name(Stacks stacks) {
        long before = transfer == null ? 0 : transfer.wireBytes();
        StackTree tree = stacks.tree();
        Map<MappedFile, Wanted> wanted = new TreeMap<>();
        Frames frames = tree.frames();
        boolean here = node == null && stacks.machine() != null;
        for (int id = 0; id < frames.size(); id++) {
            String module = plain(frames.module(id));
            if (module == null) continue;
            if ((node != null || here) && PERF_MAP.matcher(module).matches()) jit.computeIfAbsent(module, this::perfMap);
            boolean isFile = module.startsWith("/") && !module.startsWith("//") || here && module.equals(ThisMachine.VDSO);
            if (frames.kind(id) == Kind.USER && (isFile || local.containsKey(module))) {
                Wanted addresses = wanted.computeIfAbsent(new MappedFile(module, frames.build(id)), m -> new Wanted());
                addresses.all.add(frames.address(id));
                if (frames.isReturnAddress(id)) addresses.returns.add(frames.address(id));
            }
        }
        wanted.forEach((file, addresses) -> {
            if (!modules.containsKey(file)) modules.put(file, open(file, addresses, stacks));
        });
        if (stacks.machine() != null) kernel(stacks);
        tellMissing("not on this machine", missing);
        tellMissing("here of other builds than were recorded", others);
        for (String module : local.keySet()) {
            if (wanted.keySet().stream().noneMatch(file -> file.path.equals(module))) {
                problems.add(module + ": no frame without a name is in this file");
            }
        }
        return new Pass(tree, stacks.machine() != null).run(transfer == null ? 0 : transfer.wireBytes() - before);
    }

    /** A mapped file that was deleted since is still the same file. */
    private static String plain(String module) {
        return module != null && module.endsWith(" (deleted)") ? module.substring(0, module.length() - 10) : module;
    }

    // ---- where binaries come from ----

    private void tellMissing(String what, List<String> files) {
        if (files.isEmpty()) return;
        problems.add((files.size() == 1 ? "one file of the recording is " : files.size() + " files of the recording are ") + what + ": "
                + String.join(", ", files.subList(0, Math.min(SHOWN, files.size()))) + (files.size() > SHOWN ? ", …" : "")
                + "; --binary PATH=FILE names a copy");
        files.clear();
    }

    /** The module, or null when it cannot be had; the reason is noted. */
    private Module open(MappedFile file, Wanted wanted, Stacks stacks) {
        String path = file.path;
        BuildId expected = expected(file);
        try {
            Path copy = local.get(path);
            Binary binary = null;
            Binary debug = null;
            KnownRanges ranges = null;
            NodeFile onNode = null;
            boolean[] other = new boolean[1];
            if (copy != null) {
                if (!Files.isRegularFile(copy)) throw new IOException(copy + " is not a file");
                binary = Binary.open(ByteSource.of(copy));
            } else if (node == null && stacks.machine() != null && (binary = here(file, expected, stacks, other)) != null) {
                debug = ThisMachine.debug(binary.buildId());
            } else if ((ranges = cached(expected)) != null) {
                binary = Binary.open(ranges);
            } else if (node != null) {
                onNode = NodeFile.find(node, transfer, pid, path);
                if (onNode == null) throw new IOException("it is not on the node any more");
                binary = Binary.open(onNode);
            } else {
                if (stacks.machine() != null && !path.equals(ThisMachine.VDSO)) (other[0] ? others : missing).add(path);
                return null;
            }
            BuildId actual = BuildId.of(binary);
            boolean forced = copy != null && force;
            if (!forced && !agrees(file, expected, actual)) {
                throw new IOException(copy == null ? "it is another build than the one that was recorded"
                        : copy + " is another build than the one that was recorded" + FORCE);
            }
            Symbols symbols = ranges != null ? fromCache(binary, actual, path)
                    : onNode != null ? fromNode(binary, onNode, actual) : debug != null ? binary.symbols(inline, debug) : binary.symbols(inline);
            for (String problem : symbols == null ? List.<String>of() : symbols.problems()) {
                problems.add(path + ": " + problem);
            }
            if (symbols == null || symbols.isEmpty()) {
                if (copy != null || node != null) problems.add(path + ": it has no names");
                return null;
            }
            List<Stacks.Mapping> mappings = stacks.mappings().stream().filter(m -> plain(m.path()).equals(path)).toList();
            Module module = Module.of(binary, symbols, wanted.all, mappings);
            if (ranges == null && onNode == null && !forced && !expected.confirms(actual) && module.isUnlikely(binary, wanted.returns)) {
                throw new IOException((copy == null ? "the file here" : copy)
                        + " is not what was recorded: most places that calls returned to follow no call in it" + (copy == null ? "" : FORCE));
            }
            return module;
        } catch (IOException | Failure e) {
            Interrupts.check(); // that is no problem of the binary's
            problems.add(path + ": " + e.getMessage());
            return null;
        }
    }

    /** The file of this machine, or null; {@code other} then says whether one of another build is there. */
    private static Binary here(MappedFile file, BuildId expected, Stacks stacks, boolean[] other) {
        Binary binary = ThisMachine.file(file.path, file.build, pid(file.path, stacks), other);
        boolean right = binary != null && agrees(file, expected, BuildId.of(binary));
        other[0] |= binary != null && !right;
        return right ? binary : null;
    }

    /** What is known of the build: perf.data's own word counts most. */
    private BuildId expected(MappedFile file) {
        BuildId told = recorded.getOrDefault(file.path, BuildId.NONE);
        return file.build == null ? told : new BuildId(file.build, told.agrees(new BuildId(file.build, null)) ? told.go() : null);
    }

    /** A binary without a build id is not the one that perf read an id of. */
    private static boolean agrees(MappedFile file, BuildId expected, BuildId actual) {
        return expected.agrees(actual) && (file.build == null || actual.gnu() != null);
    }

    private KnownRanges cached(BuildId id) {
        return id.keys().stream().map(cache::load).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** A process that had the file mapped. */
    private static int pid(String path, Stacks stacks) {
        return stacks.mappings().stream().filter(m -> plain(m.path()).equals(path)).mapToInt(Stacks.Mapping::pid).findFirst().orElse(0);
    }

    /** Finds the kernel's symbols, where they are needed and not told, and how far they are from where they were. */
    private void kernel(Stacks stacks) {
        Frames frames = stacks.tree().frames();
        int unknown = 0;
        while (unknown < frames.size() && !(frames.isUnknown(unknown) && MappedFiles.KERNEL.equals(frames.module(unknown)))) unknown++;
        if (unknown == frames.size()) return;
        Stacks.Machine machine = stacks.machine();
        try {
            if (kernel == null && node == null) kernel = ThisMachine.kernel(frames.build(unknown), machine.kernel());
            if (kernel == null || kernel.size() == 0) {
                problems.add("kernel functions have no names: " + (kernel != null ? "the kernel hides its addresses" : "this machine's kernel is not "
                        + (machine.kernel() == null ? "the one that was recorded" : machine.kernel() + " of " + machine.host())
                        + "; --kallsyms FILE names a copy of that one's /proc/kallsyms"));
                return;
            }
            long now = machine.address() == 0 || machine.symbol() == null ? 0 : kernel.address(machine.symbol());
            kernelShift = now == 0 ? 0 : now - machine.address();
        } catch (IOException e) {
            problems.add("kernel functions have no names: " + e.getMessage());
        }
    }

    /** From the cache alone; when that lacks something (inlined calls were not wanted before), from the node once more. */
    private Symbols fromCache(Binary binary, BuildId id, String module) throws IOException {
        try {
            return binary.symbols(inline);
        } catch (IOException e) {
            NodeFile file = node == null ? null : NodeFile.find(node, transfer, pid, module);
            if (file == null) throw e;
            Binary again = Binary.open(file);
            if (!BuildId.of(again).agrees(id)) {
                throw new IOException("it is another build than the one that was recorded", e);
            }
            return fromNode(again, file, id);
        }
    }

    private Symbols fromNode(Binary binary, NodeFile file, BuildId id) throws IOException {
        KnownRanges kept = cached(id);
        if (kept != null && kept.size() == file.size()) kept.ranges().forEach(file.known()::add);
        long before = file.brought();
        long wireBefore = transfer.wireBytes();
        console.note("reading the names in " + file.path());
        Symbols symbols = binary.symbols(inline);
        console.note(file.brought() + " bytes of it came here, " + (transfer.wireBytes() - wireBefore) + " on the wire");
        if (id.isKnown() && (kept == null || file.brought() > before)) {
            try {
                for (String key : id.keys()) cache.store(key, file.known());
            } catch (IOException e) {
                console.debug("the symbols cannot be kept: " + e.getMessage());
            }
        }
        return symbols;
    }

    /** The names that a process keeps for the code that it makes at run time; none where they cannot be had. */
    private TextSymbols perfMap(String module) {
        try {
            if (node == null) {
                TextSymbols map = ThisMachine.perfMap(module);
                if (map == null) problems.add(module + ": it is not on this machine");
                return map == null ? TextSymbols.NONE : map;
            }
            NodeFile file = NodeFile.find(node, transfer, pid, module);
            if (file == null) throw new IOException("it is not on the node any more");
            if (file.size() > MOST_PERF_MAP) throw new IOException("it is larger than " + (MOST_PERF_MAP >> 20) + " MB");
            return TextSymbols.perfMap(new ByteArrayInputStream(file.read(0, (int) file.size())));
        } catch (IOException | Failure e) {
            Interrupts.check();
            problems.add(module + ": " + e.getMessage());
            return TextSymbols.NONE;
        }
    }

    // ---- naming a tree ----

    /**
     * What takes an unknown frame's place.
     *
     * @param frames numbers of the named tree's frames, caller first
     * @param sources where each stands in the source, or null
     * @param by what named it; null where nothing did
     */
    private record Answer(int[] frames, Frames.Source[] sources, String by) {
        Answer(int frame, String by) {
            this(new int[] {frame}, new Frames.Source[1], by);
        }
    }

    private static final Answer DROPPED = new Answer(new int[0], new Frames.Source[0], null);

    /** One tree's way from addresses to names. */
    private final class Pass {
        private final StackTree source;
        private final Frames frames;
        private final long[] samples;
        /** Whether a callee is an interruption: the address is then where it happened, not where a call returns to. */
        private final boolean[] interrupted;
        private final boolean[] calls;
        /** Whether files are told at all: what lies in none is then nowhere. */
        private final boolean modulesTold;
        /** Whether a callee is Go's code, or is nowhere and has such a callee. */
        private final boolean[] callsGo;
        private final Map<Long, Answer> answers = new HashMap<>();
        private final Map<Integer, Map<Frames.Source, Long>> lines = new HashMap<>();
        private final Map<String, Long> by = new TreeMap<>();
        private long all;
        private long unknown;

        /** @param asPerf whether kernel functions are to have the names that perf would have printed */
        Pass(StackTree source, boolean asPerf) {
            this.source = source;
            this.frames = source.frames();
            this.samples = source.sampleTotals();
            this.interrupted = new boolean[source.size()];
            this.calls = new boolean[source.size()];
            this.callsGo = new boolean[source.size()];
            boolean everywhere = node != null || !local.isEmpty();
            for (int n = source.size() - 1; n > 0; n--) {
                int frame = source.frame(n);
                boolean interrupts = (asPerf ? isKernel(frame) : frames.kind(frame) == Kind.KERNEL) || isSignalReturn(frame);
                (interrupts ? interrupted : calls)[source.parent(n)] = true;
                boolean nowhere = frames.isUnknown(frame) && frames.module(frame) == null;
                Module module = nowhere ? null : modules.get(file(frame));
                callsGo[source.parent(n)] |= everywhere || nowhere && callsGo[n] || module != null && module.isGo();
            }
            boolean told = false;
            for (int id = 0; id < frames.size(); id++) told |= frames.module(id) != null;
            modulesTold = told;
        }

        Named run(long transferred) {
            StackTree named = source.map(this::map);
            modules.forEach((file, module) -> {
                if (module != null && module.isTooSlow()) {
                    problems.add(file.path + ": looking its names up takes too long; what came last has none");
                }
            });
            // Of two lines with as many samples the first: the same profile gives the same bytes.
            lines.forEach((frame, counts) -> named.frames().source(frame, counts.entrySet().stream()
                    .max(Map.Entry.<Frames.Source, Long>comparingByValue()
                            .thenComparing(Map.Entry.comparingByKey(Comparator.comparing(Frames.Source::file)
                                    .thenComparing(Frames.Source::line).reversed())))
                    .orElseThrow().getKey()));
            return new Named(named, new Naming(all, all - unknown, by, unknown, transferred), List.copyOf(problems));
        }

        /** Code that the kernel has loaded, or uses at its start only, lies in no file that is told. */
        private boolean isKernel(int frame) {
            return frames.kind(frame) == Kind.KERNEL || frames.isUnknown(frame) && frames.module(frame) == null
                    && frames.address(frame) >> UPPER_HALF == -1;
        }

        private boolean isSignalReturn(int frame) {
            Module module = modules.get(file(frame));
            return module != null && frames.isReturnAddress(frame) && module.cannotReturnTo(frames.address(frame));
        }

        private int[] map(StackTree tree, int n, Frames target) {
            int frame = tree.frame(n);
            boolean returns = frames.isReturnAddress(frame) && (calls[n] || !interrupted[n]);
            boolean exact = !frames.isReturnAddress(frame) || interrupted[n];
            Answer answer = answers.computeIfAbsent((long) frame << 3 | (callsGo[n] ? 4 : 0) | (returns ? 2 : 0) | (exact ? 1 : 0), key ->
                    frames.isUnknown(frame) ? name(frame, returns, exact, callsGo[n], target)
                            : new Answer(target.intern(frames.name(frame), frames.kind(frame)), "perf"));
            if (answer == DROPPED || tree.parent(n) == 0 && !frames.isUnknown(frame)) {
                return answer.frames; // what stands below each stack is the program's name, no frame
            }
            all += samples[n];
            if (answer.by == null) {
                unknown += samples[n];
            } else {
                by.merge(answer.by, samples[n], Long::sum);
            }
            for (int i = 0; i < answer.frames.length; i++) {
                if (answer.sources[i] != null) {
                    lines.computeIfAbsent(answer.frames[i], k -> new HashMap<>()).merge(answer.sources[i], samples[n], Long::sum);
                }
            }
            return answer.frames;
        }

        /**
         * @param returns whether the address may be where a call returns to
         * @param exact whether it may be where the code was interrupted
         * @param fromGo whether a caller that is nowhere was made up by the way stacks of Go's assembly are walked
         */
        private Answer name(int frame, boolean returns, boolean exact, boolean fromGo, Frames target) {
            String module = frames.module(frame);
            long address = frames.address(frame);
            boolean inKernel = isKernel(frame);
            boolean moved = inKernel && kernelShift != 0;
            TextSymbols text = !inKernel ? jit.get(module) : moved && !MappedFiles.KERNEL.equals(module) ? null : kernel; // modules move apart
            String name = text == null ? null : text.at((returns ? address - 1 : address) + (inKernel ? kernelShift : 0));
            if (name != null) {
                return inKernel ? new Answer(target.intern(PerfSymbols.tidy(name), Kind.KERNEL), "kallsyms") : atRunTime(name, target);
            }
            Module binary = modules.get(file(frame));
            if (binary != null) {
                List<Location> found = returns ? binary.at(address, true, inline) : List.of();
                if (found.isEmpty() && exact) found = binary.at(address, false, inline);
                if (!found.isEmpty()) return answer(found, target, binary.by());
            }
            // Where no code is mapped, a walker of frame pointers read what was no frame pointer.
            boolean nowhere = returns && module == null && modulesTold && fromGo;
            return nowhere || returns && isSignalReturn(frame) ? DROPPED
                    : new Answer(target.internUnknown(module, address, frames.isReturnAddress(frame)), null);
        }

        private MappedFile file(int frame) {
            return new MappedFile(plain(frames.module(frame)), frames.build(frame));
        }

        /** A function that was compiled at run time, with those that were inlined into it. */
        private static Answer atRunTime(String symbol, Frames target) {
            List<String> methods = PerfSymbols.inlinedInto(symbol);
            int[] ids = new int[methods.size()];
            for (int i = 0; i < ids.length; i++) {
                String name = PerfSymbols.tidy(methods.get(i));
                ids[i] = i == 0 ? target.intern(name, Kind.JIT) : target.intern(name + "_[i]", Kind.INLINED);
            }
            return new Answer(ids, new Frames.Source[ids.length], "perf map");
        }

        private static Answer answer(List<Location> found, Frames target, String by) {
            int size = found.size();
            Answer answer = new Answer(new int[size], new Frames.Source[size], by);
            for (int i = 0; i < size; i++) {
                Location location = found.get(size - 1 - i);
                answer.frames[i] = target.intern(PerfSymbols.tidy(location.function()), location.inlined() ? Kind.INLINED : Kind.USER);
                answer.sources[i] = location.file() == null || location.line() <= 0 ? null
                        : new Frames.Source(location.file(), location.line());
            }
            return answer;
        }
    }
}
