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
import java.util.TreeMap;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.elf.Binary;
import lib.elf.ByteSource;
import lib.elf.Location;
import lib.elf.Symbols;
import lib.node.Node;
import lib.node.Transfer;
import lib.profile.Naming;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
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

    private final SymbolCache cache;
    private final Console console;
    private final boolean inline;
    private final Map<String, Path> local = new LinkedHashMap<>();
    private final Map<String, BuildId> recorded = new HashMap<>();
    private final Map<String, TextSymbols> jit = new HashMap<>();
    private TextSymbols kernel;
    private Node node;
    private Transfer transfer;
    private int pid;

    private final List<String> problems = new ArrayList<>();
    private final Map<String, Module> modules = new HashMap<>();

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
        Map<String, List<Long>> wanted = new TreeMap<>();
        Frames frames = tree.frames();
        for (int id = 0; id < frames.size(); id++) {
            String module = plain(frames.module(id));
            if (module != null && node != null && PERF_MAP.matcher(module).matches()) jit.computeIfAbsent(module, this::perfMap);
            if (module != null && frames.kind(id) == Kind.USER && (module.startsWith("/") || local.containsKey(module))) {
                wanted.computeIfAbsent(module, m -> new ArrayList<>()).add(frames.address(id));
            }
        }
        wanted.forEach((module, addresses) -> {
            if (!modules.containsKey(module)) {
                modules.put(module, open(module, addresses, stacks));
            }
        });
        for (String module : local.keySet()) {
            if (!wanted.containsKey(module)) {
                problems.add(module + ": no frame without a name is in this file");
            }
        }
        return new Pass(tree).run(transfer == null ? 0 : transfer.wireBytes() - before);
    }

    /** A mapped file that was deleted since is still the same file. */
    private static String plain(String module) {
        return module != null && module.endsWith(" (deleted)") ? module.substring(0, module.length() - 10) : module;
    }

    // ---- where binaries come from ----

    /** The module, or null when it cannot be had; the reason is noted. */
    private Module open(String module, List<Long> addresses, Stacks stacks) {
        BuildId expected = recorded.getOrDefault(module, BuildId.NONE);
        try {
            Path copy = local.get(module);
            Binary binary = null;
            KnownRanges ranges = null;
            NodeFile file = null;
            if (copy != null) {
                if (!Files.isRegularFile(copy)) {
                    throw new IOException(copy + " is not a file");
                }
                binary = Binary.open(ByteSource.of(copy));
            } else if (expected.isKnown() && (ranges = cache.load(expected.key())) != null) {
                binary = Binary.open(ranges);
            } else if (node != null) {
                file = NodeFile.find(node, transfer, pid, module);
                if (file == null) {
                    throw new IOException("it is not on the node any more");
                }
                binary = Binary.open(file);
            } else {
                return null;
            }
            BuildId actual = BuildId.of(binary);
            if (!actual.agrees(expected)) {
                throw new IOException("it is another build than the one that was recorded");
            }
            Symbols symbols = ranges != null ? fromCache(binary, actual, module)
                    : file != null ? fromNode(binary, file, actual) : binary.symbols(inline);
            for (String problem : symbols == null ? List.<String>of() : symbols.problems()) {
                problems.add(module + ": " + problem);
            }
            if (symbols == null || symbols.isEmpty()) {
                problems.add(module + ": it has no names");
                return null;
            }
            List<Stacks.Mapping> mappings = stacks.mappings().stream().filter(m -> plain(m.path()).equals(module)).toList();
            return Module.of(binary, symbols, addresses, mappings);
        } catch (IOException | Failure e) {
            Interrupts.check(); // that is no problem of the binary's
            problems.add(module + ": " + e.getMessage());
            return null;
        }
    }

    /** From the cache alone; when that lacks something (inlined calls were not wanted before), from the node once more. */
    private Symbols fromCache(Binary binary, BuildId id, String module) throws IOException {
        try {
            return binary.symbols(inline);
        } catch (IOException e) {
            NodeFile file = node == null ? null : NodeFile.find(node, transfer, pid, module);
            if (file == null) {
                throw e;
            }
            Binary again = Binary.open(file);
            if (!BuildId.of(again).agrees(id)) {
                throw new IOException("it is another build than the one that was recorded", e);
            }
            return fromNode(again, file, id);
        }
    }

    private Symbols fromNode(Binary binary, NodeFile file, BuildId id) throws IOException {
        KnownRanges kept = id.isKnown() ? cache.load(id.key()) : null;
        if (kept != null && kept.size() == file.size()) {
            kept.ranges().forEach(file.known()::add);
        }
        long before = file.brought();
        long wireBefore = transfer.wireBytes();
        console.note("reading the names in " + file.path());
        Symbols symbols = binary.symbols(inline);
        console.note(file.brought() + " bytes of it came here, " + (transfer.wireBytes() - wireBefore) + " on the wire");
        if (id.isKnown() && (kept == null || file.brought() > before)) {
            try {
                cache.store(id.key(), file.known());
            } catch (IOException e) {
                console.debug("the symbols cannot be kept: " + e.getMessage());
            }
        }
        return symbols;
    }

    /** The names that a process keeps for the code that it makes at run time; none where they cannot be had. */
    private TextSymbols perfMap(String module) {
        try {
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
        private final boolean modulesTold;
        private final Map<Long, Answer> answers = new HashMap<>();
        private final Map<Integer, Map<Frames.Source, Long>> lines = new HashMap<>();
        private final Map<String, Long> by = new TreeMap<>();
        private long all;
        private long unknown;

        Pass(StackTree source) {
            this.source = source;
            this.frames = source.frames();
            this.samples = source.sampleTotals();
            this.interrupted = new boolean[source.size()];
            this.calls = new boolean[source.size()];
            for (int n = source.size() - 1; n > 0; n--) {
                int frame = source.frame(n);
                boolean interrupts = frames.kind(frame) == Kind.KERNEL || isSignalReturn(frame);
                (interrupts ? interrupted : calls)[source.parent(n)] = true;
            }
            boolean told = false;
            for (int id = 0; id < frames.size(); id++) {
                told |= frames.module(id) != null;
            }
            modulesTold = told;
        }

        Named run(long transferred) {
            StackTree named = source.map(this::map);
            modules.forEach((path, module) -> {
                if (module != null && module.isTooSlow()) {
                    problems.add(path + ": looking its names up takes too long; what came last has none");
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

        private boolean isSignalReturn(int frame) {
            Module module = modules.get(plain(frames.module(frame)));
            return module != null && frames.isReturnAddress(frame) && module.cannotReturnTo(frames.address(frame));
        }

        private int[] map(StackTree tree, int n, Frames target) {
            int frame = tree.frame(n);
            boolean returns = frames.isReturnAddress(frame) && (calls[n] || !interrupted[n]);
            boolean exact = !frames.isReturnAddress(frame) || interrupted[n];
            Answer answer = answers.computeIfAbsent((long) frame << 2 | (returns ? 2 : 0) | (exact ? 1 : 0), key ->
                    frames.isUnknown(frame) ? name(frame, returns, exact, target)
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
         */
        private Answer name(int frame, boolean returns, boolean exact, Frames target) {
            String module = frames.module(frame);
            long address = frames.address(frame);
            boolean inKernel = frames.kind(frame) == Kind.KERNEL || module == null && address < 0;
            TextSymbols text = inKernel ? kernel : jit.get(module);
            String name = text == null ? null : text.at(returns ? address - 1 : address);
            if (name != null) {
                return new Answer(target.intern(name, inKernel ? Kind.KERNEL : Kind.JIT), inKernel ? "kallsyms" : "perf map");
            }
            Module binary = modules.get(plain(module));
            if (binary != null) {
                List<Location> found = returns ? binary.at(address, true, inline) : List.of();
                if (found.isEmpty() && exact) {
                    found = binary.at(address, false, inline);
                }
                if (!found.isEmpty()) {
                    return answer(found, target, binary.by());
                }
            }
            // Where no code is mapped, a walker of frame pointers read what was no frame pointer.
            boolean nowhere = returns && module == null && modulesTold;
            return nowhere || returns && isSignalReturn(frame) ? DROPPED
                    : new Answer(target.internUnknown(module, address, frames.isReturnAddress(frame)), null);
        }

        private static Answer answer(List<Location> found, Frames target, String by) {
            int size = found.size();
            Answer answer = new Answer(new int[size], new Frames.Source[size], by);
            for (int i = 0; i < size; i++) {
                Location location = found.get(size - 1 - i);
                answer.frames[i] = target.intern(location.function(), location.inlined() ? Kind.INLINED : Kind.USER);
                answer.sources[i] = location.file() == null || location.line() <= 0 ? null
                        : new Frames.Source(location.file(), location.line());
            }
            return answer;
        }
    }
}
