import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import lib.cli.UserCache;
import lib.formats.FoldedWriter;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Folding {@code perf script} text, and drawing it: ours beside stackcollapse-perf.pl, flamegraph.pl and inferno. */
@Command(name = "fold", mixinStandardHelpOptions = true,
        description = "Folding and drawing perf script text, beside FlameGraph's Perl and inferno.")
class FoldBench implements Callable<Integer> {
    private static final String OPTIONS = "//JAVA_OPTIONS ";

    /** A command that takes longer, in seconds, runs only once. */
    private static final int PATIENCE = 20;

    @Option(names = "--size", split = ",", defaultValue = "300,1000", description = "sizes of the corpora in MB (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes;

    @Option(names = "--runs", defaultValue = "5", description = "how often each command runs (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--recording", description = "perf script text, .gz or not, to repeat (default: the first of samples/*.perf.txt.gz)")
    private Path recording;

    @Option(names = "--peers", description = "a folder of peers, beside those on PATH")
    private String peers;

    @Option(names = "--cache", description = "where the corpora are kept (default: kube-flamegraph/bench in the user's cache)")
    private Path cache;

    @Mixin
    private Report readme;

    private static final String CLASSES = "'" + System.getProperty("java.class.path") + "'";

    private final StringBuilder report = new StringBuilder();
    /** Those of stage 03: for a process of a second, no threads for garbage that is hardly there, and the second compiler for hot loops only. */
    private String options;

    @Override
    public Integer call() throws Exception {
        options = options();
        if (cache == null) cache = UserCache.folder("bench");
        Corpus corpus = new Corpus(cache);
        Path sample = recording != null ? recording : sample();
        makeArchive(sample != null ? corpus.repeated(sample, 1 << 20) : corpus.varied(1 << 20));
        report.append("\n").append(Report.machine()).append(". Medians of ").append(runs).append(" runs, taken in turn; the fastest and the slowest in parentheses; what takes longer than ")
                .append(PATIENCE).append(" s ran once.\n");
        for (int size : sizes) {
            if (sample != null) {
                fold(size + " MB, a real recording of kube-apiserver repeated", corpus.repeated(sample, (long) size << 20));
            }
            fold(size + " MB of varied stacks", corpus.varied((long) size << 20));
        }
        if (sample != null) {
            draw("From text to SVG: 20 MB, a minute of a loaded kube-apiserver", corpus.repeated(sample, 20L << 20));
        }
        readme.write("fold", report.toString());
        return 0;
    }

    /** Those of stage 03 for its virtual machine. */
    static String options() throws IOException {
        return Files.readAllLines(Path.of("03_flamegraph.java")).stream().filter(line -> line.startsWith(OPTIONS))
                .map(line -> line.substring(OPTIONS.length())).findFirst().orElse("");
    }

    private static Path sample() throws IOException {
        if (!Files.isDirectory(Path.of("samples"))) return null;
        try (Stream<Path> files = Files.list(Path.of("samples"))) {
            return files.filter(file -> file.toString().endsWith(".perf.txt.gz")).sorted().findFirst().orElse(null);
        }
    }

    private void fold(String title, Path input) throws Exception {
        String out = " " + quote(cache.resolve("out.folded"));
        List<Measured> commands = new ArrayList<>();
        commands.add(new Measured("ours, 2 threads", java("fold 2 " + quote(input) + out)));
        commands.add(new Measured("ours, 2 threads, from a pipe", "cat " + quote(input) + " | " + java("fold 2 -" + out)));
        commands.add(new Measured("ours, 1 thread", java("fold 1 " + quote(input) + out)));
        peer(commands, "inferno-collapse-perf", "inferno-collapse-perf -n 2", " -n 2 " + quote(input) + " >" + out);
        peer(commands, "inferno-collapse-perf", "inferno-collapse-perf -n 1", " -n 1 " + quote(input) + " >" + out);
        peer(commands, "stackcollapse-perf.pl", "stackcollapse-perf.pl", " " + quote(input) + " >" + out);
        measure(title, input, commands);
        inProcess(input, 1);
        inProcess(input, 2);
    }

    private void draw(String title, Path input) throws Exception {
        String folded = quote(cache.resolve("peer.folded"));
        String svg = quote(cache.resolve("out.svg"));
        List<Measured> commands = new ArrayList<>();
        commands.add(new Measured("ours", java("draw 2 " + quote(input) + " " + svg)));
        String collapse = find("stackcollapse-perf.pl");
        String draw = find("flamegraph.pl");
        if (collapse != null && draw != null) {
            commands.add(new Measured("stackcollapse-perf.pl and flamegraph.pl", collapse + " " + quote(input) + " > " + folded + " && " + draw + " " + folded + " > " + svg));
        }
        collapse = find("inferno-collapse-perf");
        draw = find("inferno-flamegraph");
        if (collapse != null && draw != null) {
            commands.add(new Measured("inferno-collapse-perf and inferno-flamegraph", collapse + " " + quote(input) + " > " + folded + " && " + draw + " " + folded + " > " + svg));
        }
        measure(title, input, commands);
    }

    /** Runs the commands in turn, so that a machine that slows down does so for all. */
    private void measure(String title, Path input, List<Measured> commands) throws Exception {
        for (int round = 0; round < runs; round++) {
            for (Measured command : commands) {
                if (round == 0 || command.slowest() < PATIENCE) command.run(round == 0);
            }
        }
        double ours = commands.get(0).median();
        double megabytes = Files.size(input) / 1e6;
        report.append("\n### ").append(title).append("\n\n| command | seconds | MB/s | time, ours = 1 | peak memory |\n|---|---:|---:|---:|---:|\n");
        for (Measured command : commands) {
            report.append(String.format(Locale.ROOT, "| %s | %.2f (%.2f–%.2f) | %.0f | %.2f | %d MB |%n", command.name, command.median(),
                    command.fastest(), command.slowest(), megabytes / command.median(), command.median() / ours, command.peakMegabytes()));
            System.err.println(command);
        }
    }

    private void inProcess(Path input, int threads) throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round <= runs; round++) {
            long start = System.nanoTime();
            FoldedWriter.write(StackReader.read(List.of(input), new ReadOptions().threads(threads)).tree(), OutputStream.nullOutputStream());
            if (round > 0) seconds.add((System.nanoTime() - start) / 1e9);
        }
        report.append(String.format(Locale.ROOT, "| ours in a warm process, %d thread%s | %.2f | %.0f | | |%n", threads, threads == 1 ? "" : "s",
                Measured.median(seconds), Files.size(input) / 1e6 / Measured.median(seconds)));
    }

    private void peer(List<Measured> commands, String program, String name, String arguments) {
        String path = find(program);
        if (path != null) commands.add(new Measured(name, path + arguments));
    }

    private String find(String program) {
        return find(peers, program);
    }

    /**
     * The quoted path of a program, or null.
     *
     * @param peers a folder beside those on PATH, or null
     */
    static String find(String peers, String program) {
        String path = (peers == null ? "" : peers + ":") + System.getenv("PATH");
        return Stream.of(path.split(":")).map(dir -> Path.of(dir, program)).filter(Files::isExecutable).findFirst().map(FoldBench::quote).orElse(null);
    }

    private String java(String arguments) {
        return quote(Path.of(System.getProperty("java.home"), "bin", "java")) + " -XX:SharedArchiveFile=" + quote(archive())
                + " " + options + " -cp " + CLASSES + " FoldProcess " + arguments;
    }

    private Path archive() {
        return cache.resolve("classes.jsa");
    }

    /**
     * Archives the classes of {@link FoldProcess}, as ./jbang does for scripts. Interpreted, because an archive keeps
     * which methods wait for the compiler, and they would wait for ever.
     */
    private void makeArchive(Path input) throws IOException, InterruptedException {
        Files.deleteIfExists(archive());
        String java = quote(Path.of(System.getProperty("java.home"), "bin", "java"));
        new Measured("archive", java + " -Xint -XX:+UseSerialGC -XX:ArchiveClassesAtExit=" + quote(archive()) + " -cp " + CLASSES
                + " FoldProcess draw 2 " + quote(input) + " " + quote(cache.resolve("out.svg"))).run();
    }

    static String quote(Path path) {
        return "'" + path.toAbsolutePath().toString().replace("'", "'\\''") + "'";
    }
}
