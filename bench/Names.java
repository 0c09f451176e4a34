import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long it takes to name the addresses of a profile by a stripped Go binary's own table. */
@Command(name = "names", mixinStandardHelpOptions = true, description = "Naming the addresses of a profile, by a Go binary's own table.")
class Names implements Callable<Integer> {
    private static final int RUNS = 5;

    @Option(names = "--binary", description = "a Go program (default: mini-k8s' kube-apiserver)")
    private Path binary = Path.of(System.getProperty("user.home"), ".cache/mini-k8s/kubernetes-1.20.2/bin/kube-apiserver");

    @Option(names = "--addresses", defaultValue = "5000", description = "how many (default: ${DEFAULT-VALUE})")
    private int addresses;

    @Mixin
    private Report readme;

    @Override
    public Integer call() throws Exception {
        if (!Files.isRegularFile(binary)) {
            System.err.println(binary + " is not there: name a Go program with --binary, or make it: ./jbang mini-k8s build");
            return 1;
        }
        double[][] figures = new double[5][RUNS];
        for (int run = 0; run < RUNS; run++) {
            String[] words = run().split(" ");
            for (int i = 0; i < words.length; i++) figures[i][run] = Double.parseDouble(words[i]);
        }
        for (double[] each : figures) Arrays.sort(each);
        String report = "\n" + Report.machine() + String.format(Locale.ROOT, ". Medians of %d processes; %,d addresses all over the code of %s (%,d MB), "
            + "%,.0f of them in a function, inlined calls and lines included.%n%n| | |%n|---|---:|%n| reading the tables, in a new process | %.0f ms |%n"
            + "| naming the addresses, the first time | %.0f ms |%n| naming them in a warm process | %.1f ms |%n| peak memory, the tables included | %.0f MB |%n",
            RUNS, addresses, binary.getFileName(), Files.size(binary) / 1_000_000, figures[4][RUNS / 2], figures[0][RUNS / 2], figures[1][RUNS / 2],
                figures[2][RUNS / 2], figures[3][RUNS / 2] * 1024 / 1e6);
        readme.write("names", report);
        return 0;
    }

    private String run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), "NamesProcess", binary.toString(), Integer.toString(addresses))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IOException("naming failed");
        return line;
    }
}
