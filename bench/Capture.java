import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a recording costs the API server: how long the very same requests take without perf and with it, in turn. The
 * requests are those of {@code mini-k8s load}. What 99 Hz costs is less than what turns differ by, so there are also
 * turns with twenty times as many samples, whose cost is seen, and a twentieth of it is that of 99 Hz. Both perfs run all
 * the time, with their events switched on and off.
 */
@Command(name = "capture", mixinStandardHelpOptions = true,
        description = "What a recording at 99 Hz costs the API server of mini-k8s. Needs root, mini-k8s and kubectl.")
class Capture implements Callable<Integer> {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern SAMPLES = Pattern.compile("SAMPLE events:\\s+(\\d+)");
    private static final int FREQUENCY = 99, TIMES = 20;
    private static final int WORKERS = 4, WATCHES = 4, WARM_UP = 5;
    private static final long SETTLE_MS = 200;

    @Option(names = "--rounds", defaultValue = "60", description = "how many turns of each kind (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--requests", defaultValue = "120", description = "requests of each of the 4 workers in a turn (default: ${DEFAULT-VALUE})")
    private int requests;

    @Mixin
    private Report readme;

    private Requests mix;

    @Override
    public Integer call() throws Exception {
        if (!Files.exists(Home.ofMachine().completeMark())) {
            System.err.println("mini-k8s does not run: ./jbang mini-k8s up");
            return 1;
        }
        mix = new Requests(new Api(Home.ofMachine()), Kind.mixed, "bench-capture-" + ProcessHandle.current().pid());
        String event = run("./jbang", "01a_perf_runner.java").contains("event cpu-clock") ? "cpu-clock" : "cycles";
        String server = run("pgrep", "-o", "-x", "kube-apiserver").strip();
        double[] without = new double[rounds];
        double[] cpuWithout = new double[rounds];
        List<InputStream> watches = new ArrayList<>();
        List<Recording> recordings = new ArrayList<>();
        try {
            for (int times : new int[] {1, TIMES}) recordings.add(new Recording(event, server, times * FREQUENCY));
            if (!mix.prepare()) throw new IOException("the load's objects cannot be made: " + mix.firstError());
            for (int i = 0; i < WATCHES; i++) watches.add(watch(i));
            for (int i = 0; i < WARM_UP; i++) turn();
            for (int i = 0; i < rounds; i++) {
                // In another order each time, so that a drift of the machine's speed cancels out.
                for (int turn = 0; turn <= recordings.size(); turn++) {
                    int kind = (turn + i) % (recordings.size() + 1) - 1;
                    Recording recording = kind < 0 ? null : recordings.get(kind);
                    if (recording != null) recording.tell("enable");
                    Thread.sleep(SETTLE_MS);
                    double cpu = cpu(server);
                    double seconds = turn();
                    (recording == null ? cpuWithout : recording.cpu)[i] = cpu(server) - cpu;
                    (recording == null ? without : recording.seconds)[i] = seconds;
                    if (recording != null) recording.tell("disable");
                }
                System.err.printf(Locale.ROOT, "%d of %d: %.2f s without, %.2f s and %.2f s with%n", i + 1, rounds, without[i],
                        recordings.get(0).seconds[i], recordings.get(1).seconds[i]);
            }
            if (mix.errors() > 0) throw new IOException(mix.errors() + " requests failed: " + mix.firstError());
            double all = requests * WORKERS * rounds;
            StringBuilder report = new StringBuilder("\n" + Report.machine() + String.format(Locale.ROOT, ". %d rounds of turns of the same"
                    + " %d requests by %d workers; ± is the standard error of the mean of the rounds. Event %s.%n%n"
                + "| | samples a second | requests a second | cost in throughput | more CPU time of the API server | perf's own CPU | peak memory of perf |%n"
                    + "|---|---:|---:|---:|---:|---:|---:|%n| without a recording | | %.1f | | | | |%n",
                    rounds, requests * WORKERS, WORKERS, event, all / sum(without)));
            for (Recording recording : recordings) {
                double[] cost = new double[rounds];
                double[] more = new double[rounds];
                for (int i = 0; i < rounds; i++) {
                    cost[i] = 100 * (1 - without[i] / recording.seconds[i]);
                    more[i] = 100 * (recording.cpu[i] / cpuWithout[i] - 1);
                }
                double own = 100 * (cpu(recording.pid) - recording.cpuBefore) / sum(recording.cpu);
                long peak = recording.peak();
                report.append(String.format(Locale.ROOT, "| at %,d Hz | %.0f | %.1f | %.2f %% ± %.2f | %.2f %% ± %.2f | %.2f %% | %.1f MiB |%n",
                        recording.frequency, recording.end() / sum(recording.seconds), all / sum(recording.seconds),
                        mean(cost), error(cost), mean(more), error(more), own, peak / 1024.0));
                if (recording.frequency > FREQUENCY) {
                    report.append(String.format(Locale.ROOT, "| **at 99 Hz, a twentieth of that** | | | **%.2f %% ± %.2f** | %.2f %% ± %.2f | %.2f %% | |%n",
                            mean(cost) / TIMES, error(cost) / TIMES, mean(more) / TIMES, error(more) / TIMES, own / TIMES));
                }
            }
            readme.write("capture", report.toString());
        } finally {
            for (InputStream watch : watches) watch.close();
            for (Recording recording : recordings) recording.process.destroy();
            mix.cleanUp();
            run("./jbang", "01a_perf_runner.java", "--delete", "-q");
        }
        return 0;
    }

    /** The command that stage 02 runs, in its pod, with the event switched off until it is told; and what its turns took. */
    private final class Recording {
        final int frequency;
        final double[] seconds = new double[rounds];
        /** CPU time of the API server. */
        final double[] cpu = new double[rounds];
        final String pid;
        final double cpuBefore;
        final Process process;
        private final String data;

        Recording(String event, String target, int frequency) throws IOException, InterruptedException {
            this.frequency = frequency;
            data = "/tmp/bench-" + frequency + ".perf.data";
            process = new ProcessBuilder("kubectl", "exec", "-i", "perf-runner", "--", "perf", "record", "-e", event,
                    "-F", Integer.toString(frequency), "-g", "-p", target, "-o", data, "--control", "fd:0", "-D", "-1", "--", "sleep", "7200")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            Thread.sleep(3_000);
            if (!process.isAlive()) throw new IOException("perf record ends at once with exit code " + process.exitValue());
            pid = run("pgrep", "-n", "-x", "perf").strip();
            cpuBefore = cpu(pid);
        }

        void tell(String command) throws IOException {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        }

        /** The most memory that perf had, in KiB. */
        long peak() throws IOException {
            Matcher line = PEAK.matcher(Files.readString(Path.of("/proc", pid, "status")));
            return line.find() ? Long.parseLong(line.group(1)) : 0;
        }

        /** Ends it, deletes its data, and returns the number of its samples. */
        long end() throws IOException, InterruptedException {
            tell("stop");
            process.waitFor();
            Matcher samples = SAMPLES.matcher(run("kubectl", "exec", "perf-runner", "--", "perf", "report", "--stats", "-i", data));
            run("kubectl", "exec", "perf-runner", "--", "rm", "-f", data);
            return samples.find() ? Long.parseLong(samples.group(1)) : 0;
        }
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double error(double[] values) {
        double mean = mean(values);
        return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1) / values.length);
    }

    /** Sends the requests, in every turn the same ones, and returns how many seconds that took. */
    private double turn() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            Requests.Worker worker = mix.new Worker(i);
            threads.add(new Thread(() -> {
                try {
                    for (int sent = 0; sent < requests; sent++) worker.next();
                    worker.end();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        long start = System.nanoTime();
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        return (System.nanoTime() - start) / 1e9;
    }

    /** A watch that is read by a thread of its own until it is closed. */
    private InputStream watch(int number) throws IOException, InterruptedException {
        InputStream stream = mix.watch(number);
        Thread reader = new Thread(() -> {
            try {
                stream.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // closed: it is over
            }
        });
        reader.setDaemon(true);
        reader.start();
        return stream;
    }

    /** The process's CPU time in seconds, summed over its threads: the nanoseconds of sched-stats.rst, not ticks. */
    private static double cpu(String pid) throws IOException {
        double nanoseconds = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", pid, "task"))) {
            for (Path thread : threads) nanoseconds += Double.parseDouble(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
        }
        return nanoseconds / 1e9;
    }

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(String.join(" ", words) + ": " + text.strip());
        return text;
    }
}
