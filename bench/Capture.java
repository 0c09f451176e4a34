import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** What a recording costs the API server: its throughput under one load, with and without perf, in turn. */
@Command(name = "capture", mixinStandardHelpOptions = true,
    description = "What a recording at 99 Hz costs the API server of mini-k8s. Needs root, mini-k8s and kubectl.")
class Capture implements Callable<Integer> {
    private static final Pattern REQUESTS = Pattern.compile("(?m)^apiserver_request_total\\{.*} (\\S+)$");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final int WARM_UP_S = 10;

    @Option(names = "--pairs", defaultValue = "12", description = "how many pairs of intervals (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Option(names = "--seconds", defaultValue = "10", description = "length of an interval (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Mixin
    private Report readme;

    @Override
    public Integer call() throws Exception {
        if (new ProcessBuilder("./jbang", "mini-k8s", "status").redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() != 0) {
            System.err.println("mini-k8s does not run: ./jbang mini-k8s up");
            return 1;
        }
        run("./jbang", "01a_perf_runner.java", "-q");
        String pid = run("pgrep", "-o", "-x", "kube-apiserver").strip();
        String event = run("./jbang", "01a_perf_runner.java").contains("event cpu-clock") ? "cpu-clock" : "cycles";
        int all = WARM_UP_S + pairs * 2 * (seconds + 2) + 10;
        Process load = new ProcessBuilder("./jbang", "mini-k8s", "load", "-d", all + "s")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        double[] without = new double[pairs];
        double[] with = new double[pairs];
        long peak = 0;
        try {
            Thread.sleep(WARM_UP_S * 1000L);
            for (int i = 0; i < pairs; i++) {
                // First one, then the other, so that a drift of the machine's speed cancels out.
                for (int turn = 0; turn < 2; turn++) {
                    if ((i + turn) % 2 == 0) without[i] = throughput();
                    else {
                        Process perf = perf(event, pid);
                        Thread.sleep(500);
                        with[i] = throughput();
                        peak = Math.max(peak, peak());
                        perf.waitFor();
                    }
                }
                System.err.printf(Locale.ROOT, "without %.1f/s, with %.1f/s%n", without[i], with[i]);
            }
        } finally {
            load.destroy();
            load.waitFor();
            run("./jbang", "01a_perf_runner.java", "--delete", "-q");
        }
        double[] cost = new double[pairs];
        for (int i = 0; i < pairs; i++) cost[i] = 100 * (1 - with[i] / without[i]);
        double mean = Arrays.stream(cost).average().orElseThrow();
        double error = Math.sqrt(Arrays.stream(cost).map(c -> (c - mean) * (c - mean)).sum() / (pairs - 1) / pairs);
        String report = "\n" + Report.machine() + String.format(Locale.ROOT, ". %d pairs of %d s each under `mini-k8s load`, in turn.%n%n"
            + "| | |%n|---|---|%n| requests a second, without a recording | %.1f |%n| requests a second, with one at 99 Hz (%s) | %.1f |%n"
            + "| cost in throughput, mean of the pairs ± standard error | %.2f %% ± %.2f |%n| peak memory of perf in the pod | %.1f MiB |%n",
            pairs, seconds, mean(without), event, mean(with), mean, error, peak / 1024.0);
        readme.write("capture", report);
        return 0;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Requests a second over an interval, as the API server itself counts them. */
    private double throughput() throws IOException, InterruptedException {
        double before = requests();
        long start = System.nanoTime();
        Thread.sleep(seconds * 1000L);
        double after = requests();
        return (after - before) / ((System.nanoTime() - start) / 1e9);
    }

    private static double requests() throws IOException, InterruptedException {
        double all = 0;
        for (Matcher line = REQUESTS.matcher(run("kubectl", "get", "--raw", "/metrics")); line.find(); ) all += Double.parseDouble(line.group(1));
        return all;
    }

    /** The command that stage 02 runs, in its pod, a second longer than the interval. */
    private Process perf(String event, String pid) throws IOException {
        List<String> words = new ArrayList<>(List.of("kubectl", "exec", "perf-runner", "--", "perf", "record", "-e", event, "-F", "99", "-g",
            "-p", pid, "-o", "/tmp/bench.perf.data", "--", "sleep", Integer.toString(seconds + 1)));
        return new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static long peak() throws IOException, InterruptedException {
        long peak = 0;
        String script = "for p in $(pgrep -x perf); do grep VmHWM /proc/$p/status; done; true";
        for (Matcher line = PEAK.matcher(run("sh", "-c", script)); line.find(); ) peak = Math.max(peak, Long.parseLong(line.group(1)));
        return peak;
    }

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(String.join(" ", words) + ": " + text.strip());
        return text;
    }
}
