///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES Lab.java
//SOURCES History.java
//SOURCES ../01_debug_pod.java
//SOURCES ../mini-k8s/*.java
//FILES jbang-catalog.json=../jbang-catalog.json
//MAIN Completion

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import lib.cli.Exit;
import lib.cli.Json;
import lib.cli.Stage;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** What a shell needs to know to complete ./jbang, its scripts and their options. */
@Command(name = "completion", sortOptions = false, description = "Prints the completion of ./jbang for bash and zsh.",
        footer = {"", "Examples:", "  source <(./jbang completion)", "  echo 'source <(/path/to/jbang completion)' >>~/.bashrc"})
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class Completion extends Stage {
    private static final Map<String, Class<?>> STAGES = Map.of("01_debug_pod.java", DebugPod.class,
            "01a_perf_runner.java", PerfRunner.class, "02_profile_apiserver.java", ProfileApiserver.class,
            "03_flamegraph.java", Flamegraph.class, "04_fetch_and_commit.java", FetchAndCommit.class, "lab/Lab.java", Lab.class,
            "lab/History.java", History.class, "mini-k8s/MiniK8s.java", MiniK8s.class);

    /** A script whose options are its own affair. */
    @Command
    private static final class Other {}

    public static void main(String... args) {
        main(new Completion(), args);
    }

    @Override
    protected int run() throws IOException {
        CommandLine jbang = new CommandLine(CommandSpec.create().name("jbang"));
        scripts().forEach((alias, script) -> {
            Class<?> stage = STAGES.getOrDefault(script, Other.class);
            jbang.addSubcommand(alias, new CommandLine(stage));
            if (!script.contains("/")) jbang.addSubcommand(script, new CommandLine(stage));
        });
        console.result(AutoComplete.bash("jbang", jbang).stripTrailing());
        return Exit.DONE;
    }

    /** The scripts of the catalog by their aliases. */
    private static Map<String, String> scripts() throws IOException {
        Map<String, String> scripts = new TreeMap<>();
        try (InputStream catalog = Completion.class.getResourceAsStream("/jbang-catalog.json")) {
            Map<?, ?> aliases = (Map<?, ?>) Json.read(new String(catalog.readAllBytes(), StandardCharsets.UTF_8), Map.class).get("aliases");
            aliases.forEach((alias, script) -> scripts.put((String) alias, (String) ((Map<?, ?>) script).get("script-ref")));
        }
        return scripts;
    }
}
