import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import lib.cli.UserCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From perf.data to a picture with names: ours beside {@code perf script} alone and with inferno. */
@Command(name = "perf-data", mixinStandardHelpOptions = true, description = "From perf.data to SVG, names included, beside perf script and inferno.")
class PerfDataBench implements Callable<Integer> {
    @Option(names = "--recording", paramLabel = "FILE", description = "perf.data of this machine to repeat; without it nothing is measured")
    private Path recording;

    @Option(names = "--samples", defaultValue = "400000", description = "how many samples it is to have (default: ${DEFAULT-VALUE})")
    private long samples;

    @Option(names = "--runs", defaultValue = "3", description = "how often each command runs (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--peers", description = "a folder of peers, beside those on PATH")
    private String peers;

    @Mixin
    private Report readme;

    @Override
    public Integer call() throws Exception {
        if (recording == null) return 0;
        Path cache = UserCache.make(UserCache.folder("bench"));
        Path input = cache.resolve("repeated.perf.data");
        long count = RepeatedRecording.write(recording, samples, input);
        String svg = FoldBench.quote(cache.resolve("out.svg"));
        String file = FoldBench.quote(input);
        String java = FoldBench.quote(Path.of(System.getProperty("java.home"), "bin", "java")) + " -Xmx192m ";
        Path archive = cache.resolve("perf-data.jsa");
        String work = " -cp '" + System.getProperty("java.class.path") + "' FoldProcess name 1 ";
        Files.deleteIfExists(archive);
        new Measured("archive", java + "-Xint -XX:+UseSerialGC -XX:ArchiveClassesAtExit=" + FoldBench.quote(archive) + work
                + FoldBench.quote(recording) + " " + svg).run();
        List<Measured> commands = new ArrayList<>(List.of(new Measured("ours",
                java + "-XX:SharedArchiveFile=" + FoldBench.quote(archive) + " " + FoldBench.options() + work + file + " " + svg)));
        String perf = FoldBench.find(peers, "perf");
        String collapse = FoldBench.find(peers, "inferno-collapse-perf");
        String draw = FoldBench.find(peers, "inferno-flamegraph");
        if (perf != null) commands.add(new Measured("perf script alone", perf + " script --force --no-inline -i " + file + " >/dev/null"));
        if (perf != null && collapse != null && draw != null) {
            commands.add(new Measured("perf script, inferno-collapse-perf -n 2 and inferno-flamegraph",
                    perf + " script --force --no-inline -i " + file + " | " + collapse + " -n 2 | " + draw + " >" + svg));
        }
        String machine = Report.machine();
        for (int round = 0; round < runs; round++) {
            for (Measured command : commands) command.run(round == 0);
        }
        StringBuilder report = new StringBuilder("\n" + machine + String.format(Locale.ROOT, ". Medians of %d runs, taken in turn; the fastest and the"
            + " slowest in parentheses. %,d samples, %,d MB.%n%n| command | seconds | time, ours = 1 | peak memory |%n|---|---:|---:|---:|%n", runs, count,
                Files.size(input) / 1_000_000));
        for (Measured command : commands) {
            report.append(String.format(Locale.ROOT, "| %s | %.2f (%.2f–%.2f) | %.2f | %d MB |%n", command.name, command.median(), command.fastest(),
                    command.slowest(), command.median() / commands.get(0).median(), command.peakMegabytes()));
        }
        readme.write("perf-data", report.toString());
        return 0;
    }
}
