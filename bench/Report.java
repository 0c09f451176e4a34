import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Puts a benchmark's text into its place in README.md: between {@code <!-- NAME -->} and {@code <!-- /NAME -->}. */
final class Report {
    @Option(names = "--readme", defaultValue = "bench/README.md", description = "whose table is rewritten (default: ${DEFAULT-VALUE})")
    private Path readme;

    /** Prints the text, and replaces that of that name; the markers are added at the end of the file if they are missing. */
    void write(String name, String text) throws IOException {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- /" + name + " -->";
        String old = Files.exists(readme) ? Files.readString(readme) : "";
        if (!old.contains(begin)) old += "\n" + begin + end + "\n";
        int from = old.indexOf(begin) + begin.length();
        Files.writeString(readme, old.substring(0, from) + text + old.substring(old.indexOf(end, from)));
        System.out.print(text);
    }

    /** The processor, its number, the kernel and Java: what the figures depend on. */
    static String machine() throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("model name")).map(line -> line.substring(line.indexOf(':') + 2))
                .limit(1).collect(Collectors.joining());
        return String.format("%d × %s, Linux %s, Java %s; load %s at the start", Runtime.getRuntime().availableProcessors(), cpu,
                System.getProperty("os.version"), Runtime.version().feature(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    }
}
