import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command that is run several times: how long it takes from start to exit, and how much memory it has at its peak. */
final class Measured {
    final String name;
    private final List<String> shell;
    private final List<Double> seconds = new ArrayList<>();
    private long peakKilobytes;

    /** @param command for {@code sh -c}; what it prints is thrown away */
    Measured(String name, String command) {
        this.name = name;
        this.shell = List.of("sh", "-c", command);
    }

    void run() throws IOException, InterruptedException {
        run(false);
    }

    /** @param memory also look how much memory it takes, again and again, which takes time from it where processors are few */
    void run(boolean memory) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(shell).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
        while (memory && !process.waitFor(4, TimeUnit.MILLISECONDS)) {
            peakKilobytes = Math.max(peakKilobytes, peak(process.toHandle())
                    + process.descendants().mapToLong(Measured::peak).sum());
        }
        process.waitFor();
        seconds.add((System.nanoTime() - start) / 1e9);
        if (process.exitValue() != 0) {
            throw new IOException(name + " failed with " + process.exitValue() + ": " + shell.get(2));
        }
    }

    /** The kernel keeps the peak itself, so it matters little when one asks; 0 for a process that is gone. */
    private static long peak(ProcessHandle process) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", ""));
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }

    double median() {
        return median(seconds);
    }

    double fastest() {
        return seconds.stream().min(Double::compare).orElseThrow();
    }

    double slowest() {
        return seconds.stream().max(Double::compare).orElseThrow();
    }

    long peakMegabytes() {
        return (peakKilobytes + 1023) / 1024;
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    @Override
    public String toString() {
        return name + " " + Arrays.toString(seconds.stream().map(s -> String.format("%.2f", s)).toArray());
    }
}
