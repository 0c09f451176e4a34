import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a script takes to start, by {@code ./jbang} and by JBang alone with the command line that it answers. */
@Command(name = "startup", mixinStandardHelpOptions = true,
        description = "The warm start of each script, beside plain JBang.")
class Startup implements Callable<Integer> {
    private static final List<String> SCRIPTS = List.of("01_debug_pod.java", "01a_perf_runner.java",
            "02_profile_apiserver.java", "03_flamegraph.java", "04_fetch_and_commit.java", "lab/Lab.java", "mini-k8s/MiniK8s.java");

    /** Code 12 is an answer too: there is no such pod. */
    private static final String ANSWERED = " || [ $? -eq 12 ]";

    @Option(names = "--runs", defaultValue = "7", description = "how often each command runs (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "also measures what asks this cluster: 01_debug_pod.java --status")
    private Path kubeconfig;

    @Option(names = "--jar", paramLabel = "FILE", description = "the jar of the plain JBang (default: the one in Maven's repository)")
    private Path jar = Path.of(System.getProperty("user.home"), ".m2/repository/dev/jbang/jbang-cli/0.132.1/jbang-cli-0.132.1-all.jar");

    @Mixin
    private Report readme;

    @Override
    public Integer call() throws Exception {
        if (!Files.exists(jar)) {
            throw new IOException("There is no JBang at " + jar + ". ./jbang version brings it, or --jar names another.");
        }
        StringBuilder report = new StringBuilder("\n" + Report.machine() + ". Medians of " + runs
                + " warm runs, taken in turn; the fastest and the slowest in parentheses.\n\n"
                + "| start | plain JBang, s | `./jbang`, s | ratio |\n|---|---|---|---|\n");
        for (var command : commands().entrySet()) report.append(measure(command.getKey(), command.getValue()));
        readme.write("startup", report.toString());
        return 0;
    }

    private Map<String, String> commands() {
        var commands = new LinkedHashMap<String, String>();
        for (String script : SCRIPTS) commands.put(script + " --help", script + " --help");
        if (kubeconfig != null) {
            commands.put("01_debug_pod.java --status", "01_debug_pod.java --status --kubeconfig " + quote(kubeconfig.toString()));
        }
        return commands;
    }

    private String measure(String name, String arguments) throws Exception {
        // What jbang's own start script does, less its search for Java.
        String plainly = "(export JBANG_RUNTIME_SHELL=bash JBANG_NO_VERSION_CHECK=true; command=$(java -jar "
                + quote(jar.toString()) + " run " + arguments + "); eval \"exec $command\")" + ANSWERED;
        String launched = "./jbang " + arguments + ANSWERED;
        for (int i = 0; i < 4; i++) { // build, keep the command line, make the archive, use it
            warmUp(launched);
        }
        warmUp(plainly);
        Measured plain = new Measured(name, plainly);
        Measured ours = new Measured(name, launched);
        for (int i = 0; i < runs; i++) {
            plain.run();
            ours.run();
        }
        System.err.println("plain " + plain + "\nours  " + ours);
        return String.format(Locale.ROOT, "| `%s` | %s | %s | %.2f |%n", name, cell(plain), cell(ours), ours.median() / plain.median());
    }

    private static void warmUp(String command) throws IOException, InterruptedException {
        new Measured("first", command).run();
        do { // the launcher waits a second at most before it makes an archive
            Thread.sleep(2500);
        } while (makesArchive());
    }

    private static boolean makesArchive() {
        return ProcessHandle.allProcesses().anyMatch(
                process -> List.of(process.info().arguments().orElse(new String[0])).contains("-Xshare:dump"));
    }

    private static String cell(Measured one) {
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", one.median(), one.fastest(), one.slowest());
    }

    private static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
