package lib.options;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import lib.capture.Engine;
import lib.capture.Recording;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Json;
import lib.cli.Scratch;
import lib.cli.Section;
import lib.formats.Format;
import lib.formats.NotStacksException;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.insight.Amounts;
import lib.insight.Basis;
import lib.node.Transfer;
import lib.profile.Profile;
import lib.profile.Program;
import lib.profile.Schema;
import lib.stacks.Frames.Kind;
import lib.stacks.Labels;
import lib.stacks.NamelessThreads;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import lib.stacks.Unit;
import lib.symbols.BuildId;
import lib.symbols.FrameNames;
import lib.symbols.Named;
import lib.symbols.SymbolCache;
import lib.symbols.TextSymbols;
import picocli.CommandLine.Option;

/** Which stacks are read, how they are weighed, and how their frames are named and marked. */
@Section("Stacks")
public final class InputOptions {
    private enum Count { period, samples }

    /** The folded stacks of a result, as stage 04 names them. */
    private static final Pattern RESULT = Pattern.compile("(.*)\\.folded\\.gz");
    /** perf's data as they lie on a node, with what else is known of the recording beside them. */
    private static final Pattern RECORDING = Pattern.compile("(.*)\\.perf\\.data(\\.gz|\\.xz|\\.zst)?");

    @Option(names = "--input", paramLabel = "FILE",
            description = "Stacks to draw instead of a node's, in a format of --input-format, plain or packed by gzip, xz or zstd;"
                    + " - for standard input. Repeat it to sum several.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--input-format", paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES} (default: detected).")
    private Format format;

    @Option(names = "--event", paramLabel = "NAME",
            description = "The event to draw where there are several; all sums them (default: the first).")
    private String event;

    @Option(names = "--count", paramLabel = "WHAT",
            description = "Weigh a sample by its period, or count samples: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Count count = Count.period;

    @Option(names = "--pid", description = "A root for each process: its name with its PID.")
    private boolean pid;

    @Option(names = "--tid", description = "A root for each thread: its name with its PID and TID.")
    private boolean tid;

    @Option(names = "--flamechart", description = "Keep the order of time; only neighbours are merged.")
    private boolean timeOrder;

    @Option(names = "--from", paramLabel = "SECONDS", description = "Only the samples from so long after the first one.")
    private Double from;

    @Option(names = "--to", paramLabel = "SECONDS", description = "Only the samples before that.")
    private Double to;

    @Option(names = "--no-time", description = "Do not show in the picture when samples were taken.")
    private boolean noTime;

    @Option(names = "--kernel", description = "Mark kernel frames by _[k].")
    private boolean kernel;

    @Option(names = "--jit", description = "Mark frames of code made at run time by _[j].")
    private boolean jit;

    @Option(names = "--all", description = "All marks: kernel, run-time code, and inlined calls by _[i].")
    private boolean all;

    @Option(names = "--addrs", description = "Show the address of a frame without a name.")
    private boolean addresses;

    @Option(names = "--binary", paramLabel = "PATH=FILE",
            description = "Name frames of the mapped file PATH by a copy of it here. Repeatable.")
    private Map<String, Path> binaries = new LinkedHashMap<>();

    @Option(names = "--force-binary", description = "Take a --binary that is of another build than was recorded, too.")
    private boolean forceBinary;

    @Option(names = "--kallsyms", paramLabel = "FILE",
            description = "Name kernel functions of perf.data by this copy of /proc/kallsyms, plain or gzip"
                    + " (default: NAME.kallsyms.gz beside NAME.perf.data, or this machine's where the kernel is the same).")
    private Path kallsyms;

    @Option(names = "--no-symbols", description = "Leave frames as they were recorded.")
    private boolean noSymbols;

    @Option(names = "--no-inline", description = "Do not expand calls that the compiler inlined.")
    private boolean noInline;

    /** The inputs that were named; none where the stacks are to come from a node. */
    public List<String> files() {
        return files;
    }

    /** Whether the picture is to show when samples were taken. */
    boolean showsTime() {
        return !noTime;
    }

    boolean timeOrder() {
        return timeOrder;
    }

    /** Whether only a part of the recording is wanted. */
    public boolean isPart() {
        return from != null || to != null;
    }

    /** Such as ", 10 s to 20.5 s of it"; empty where all is wanted. */
    public String part() {
        return !isPart() ? "" : ", " + (from == null ? "the first " + seconds(to) : to == null ? "from " + seconds(from) : seconds(from) + " to "
                + seconds(to)) + " of it";
    }

    private static String seconds(double seconds) {
        return BigDecimal.valueOf(seconds).stripTrailingZeros().toPlainString() + " s";
    }

    /**
     * The wanted part of stacks, by the times of their samples.
     *
     * @throws Failure if these are not known, or nothing is left
     */
    public Stacks part(Stacks all) {
        if (!isPart()) return all;
        for (Double seconds : new Double[] {from, to}) {
            if (seconds != null && !(seconds >= 0 && seconds < 1e9)) throw new Failure(Exit.USAGE, "no number of seconds: " + seconds, null);
        }
        if (from != null && to != null && from >= to) {
            throw new Failure(Exit.USAGE, "--from " + seconds(from) + " is not before --to " + seconds(to), null);
        }
        if (timeOrder || files.size() > 1) throw new Failure(Exit.USAGE, "--from and --to take one input, and no --flamechart", null);
        StackTree tree = all.tree();
        if (tree.times().size() == 0) {
            throw new Failure(Exit.INPUT, "nothing says when the samples were taken",
                    "--from and --to need what perf recorded: perf.data, or the text of perf script with its times.");
        }
        long first = tree.times().first();
        long begin = from == null ? first : first + Math.round(from * 1e9);
        long end = to == null ? Long.MAX_VALUE : first + Math.round(to * 1e9);
        StackTree part = tree.during(begin, end);
        if (part.times().size() == 0) {
            throw new Failure(Exit.INPUT, String.format(Locale.ROOT, "no sample was taken then; the last one is from %.3f s",
                    (tree.times().last() - first) / 1e9), null);
        }
        return new Stacks(part, all.event(), all.unit(), all.events(), all.mappings(), all.bad(), all.notes());
    }

    /** The marks that were asked for. */
    public Labels labels() {
        return new Labels(kernel || all, jit || all, all, addresses);
    }

    /** The unit of the stacks' weights, as in {@link Amounts}. */
    public String unit(Stacks stacks) {
        return count == Count.samples || stacks.event() == null ? Amounts.SAMPLES
                : stacks.unit() == Unit.CPU_NANOSECONDS ? Amounts.NANOSECONDS
                : stacks.unit() == Unit.COUNT ? stacks.event() : stacks.event() + "/" + stacks.unit();
    }

    /**
     * What is known of the recording that the inputs are of: results are kept with their metadata beside them.
     *
     * @return null where it is not known, or where several are summed
     */
    public Profile recorded() {
        Matcher result = files.size() == 1 ? RESULT.matcher(files.get(0)) : null;
        if (result == null || !result.matches()) return null;
        return metadata(Path.of(result.group(1) + ".json"));
    }

    private static Profile metadata(Path metadata) {
        try {
            return Files.exists(metadata) ? Json.read(Files.readString(metadata), Profile.class, Schema::current) : null;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The unit of weights that were folded, by what is known of their recording; it may be null. */
    public String unit(Stacks stacks, Profile recorded) {
        if (stacks.event() != null || recorded == null || count == Count.samples) return unit(stacks);
        return Basis.unitOf(recorded.engine().event());
    }

    /**
     * Reads stacks, in files or from standard input ("-").
     *
     * @throws Failure if one is missing or holds no stacks
     */
    public Stacks read(List<String> names, Console console) throws IOException {
        ReadOptions options = new ReadOptions().format(format).event(event).countSamples(count == Count.samples)
                .root(tid ? ReadOptions.Root.THREAD : pid ? ReadOptions.Root.PROCESS : ReadOptions.Root.COMMAND)
                .timeOrder(timeOrder).times(isPart() || !noTime && !timeOrder && names.size() == 1);
        List<Path> paths = new ArrayList<>();
        for (String name : names) {
            Path path = name.equals("-") ? Path.of("/dev/stdin") : Path.of(name);
            if (!name.equals("-") && (!Files.exists(path) || Files.isDirectory(path))) {
                throw new Failure(Exit.INPUT, name + (Files.isDirectory(path) ? " is a folder" : " is not there"), null);
            }
            paths.add(path);
        }
        Stacks stacks;
        try {
            stacks = names.equals(List.of("-")) ? StackReader.read("standard input", System.in, options)
                    : StackReader.read(paths, options);
        } catch (NotStacksException e) {
            throw new Failure(Exit.INPUT, e.getMessage(), e.advice(), e);
        } catch (IOException e) {
            throw new Failure(Exit.INPUT, "cannot read " + String.join(", ", names) + ": " + e.getMessage(), null, e);
        }
        if (event == null && stacks.events().keySet().stream().filter(name -> !name.equals(Amounts.SAMPLES)).count() > 1) {
            console.warn("drawn is the event " + stacks.event() + ", of " + String.join(", ", stacks.events().keySet())
                    + "; --event chooses another, or all");
        }
        if (event != null && !stacks.events().isEmpty() && stacks.tree().size() == 1) {
            throw new Failure(Exit.INPUT, "no sample of the event " + event + "; there are " + String.join(", ", stacks.events().keySet()), null);
        }
        if (stacks.bad().count() > 0) console.warn(stacks.bad().toString());
        stacks.notes().forEach(console::warn);
        return stacks;
    }

    private boolean wantsNames() {
        return !noSymbols;
    }

    /** Whether anything can be named without a node. */
    public boolean canName(Stacks stacks) {
        return !noSymbols && (!binaries.isEmpty() || stacks.machine() != null);
    }

    /** Names for stacks in files, by what the options say and what lies beside the files, as on the node. */
    public FrameNames namesBeside(List<String> inputs, SymbolCache cache, Console console) {
        FrameNames names = names(cache, console);
        Path symbols = kallsyms;
        for (String input : inputs) {
            Matcher recording = RECORDING.matcher(input);
            if (!recording.matches()) continue;
            Path beside = Path.of(recording.group(1) + ".kallsyms.gz");
            if (symbols == null && Files.exists(beside)) symbols = beside;
            Profile profile = metadata(Path.of(recording.group(1) + ".profile.json"));
            if (profile != null) names.withBuildId(profile.target().executable(), buildId(profile));
        }
        if (symbols == null) return names;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(symbols))) {
            in.mark(2);
            boolean packed = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            names.withKernel(TextSymbols.kallsyms(packed ? new GZIPInputStream(in) : in));
        } catch (IOException e) {
            console.warn("kernel functions stay without names, " + symbols + " cannot be used: " + e.getMessage());
        }
        return names;
    }

    private static BuildId buildId(Profile profile) {
        return new BuildId(profile.target().buildId(), profile.target().goBuildId());
    }

    /** Where names can be had for what the recording left without, as far as the options say it. */
    public FrameNames names(SymbolCache cache, Console console) {
        FrameNames names = new FrameNames(cache, console, !noInline).withAnyBuild(forceBinary);
        if (!noSymbols) binaries.forEach(names::withBinary);
        return names;
    }

    /** The stacks with their frames named; tells how many got a name, and what could not be used. */
    public Named name(Stacks stacks, FrameNames names, Console console) {
        Named named = names.name(stacks);
        named.problems().forEach(console::warn);
        var numbers = named.statistics();
        console.note(String.format(Locale.ROOT, "%,d of %,d frames have names, %,d stay unknown; %,d KiB of symbols came from the node",
                numbers.named(), numbers.frames(), numbers.unknown(), (numbers.transferredBytes() + 1023) >> 10));
        return named;
    }

    /**
     * The stacks of a recording, and the same with names for what they came without.
     *
     * @param stacks as the engine gave them
     */
    public record Read(Stacks stacks, Named named) {}

    /**
     * Brings the stacks of a recording here, folds them and names their frames.
     *
     * @param cache where symbols are kept
     * @throws Failure if they cannot be had
     */
    public Read read(Engine engine, Recording recording, Profile profile, SymbolCache cache, Console console) throws IOException {
        try (Scratch here = new Scratch()) {
            console.step("Bringing the stacks here");
            Path text = here.file("stacks.txt.gz");
            engine.stacks(profile, text);

            console.step("Folding the stacks, and naming their frames");
            Stacks stacks = part(read(List.of(text.toString()), console));
            FrameNames names = names(cache, console);
            if (wantsNames()) {
                Transfer transfer = new Transfer(recording.node(), console);
                Program target = profile.target();
                names.withNode(recording.node(), transfer, target.pid()).withBuildId(target.executable(), buildId(profile));
                Path kallsyms = here.file("kallsyms.gz");
                if (lacksKernelNames(stacks)) kernelNames(recording, transfer, kallsyms, names, console);
            }
            Named named = name(stacks, names, console);
            return new Read(stacks, new Named(NamelessThreads.named(named.tree()), named.statistics(), named.problems()));
        }
    }

    /** What is wrong with the kernel's symbols costs their names, not the picture. */
    private static void kernelNames(Recording recording, Transfer transfer, Path kallsyms, FrameNames names, Console console) {
        try {
            if (!recording.kernelSymbols(transfer, kallsyms)) return;
            try (InputStream symbols = new GZIPInputStream(Files.newInputStream(kallsyms))) {
                names.withKernel(TextSymbols.kallsyms(symbols));
            }
        } catch (IOException | Failure e) {
            Interrupts.check();
            console.warn("kernel functions stay without names, " + recording.kernelSymbols() + " cannot be used: " + e.getMessage());
        }
    }

    /** Whether frames of the kernel have no names. */
    private static boolean lacksKernelNames(Stacks stacks) {
        var frames = stacks.tree().frames();
        for (int id = 0; id < frames.size(); id++) {
            if (frames.isUnknown(id) && frames.kind(id) == Kind.KERNEL) return true;
        }
        return false;
    }
}
