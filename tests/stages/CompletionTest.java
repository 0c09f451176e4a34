import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Stage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion as shells read it: each offers what may follow the words typed so far. */
class CompletionTest {
    @TempDir
    Path folder;
    private Path script;

    @BeforeEach
    void print() throws IOException {
        StringWriter out = new StringWriter();
        PrintWriter err = new PrintWriter(System.err);
        assertEquals(Exit.DONE, Stage.execute(new Completion(), new Console(new PrintWriter(out), err, false, false)));
        script = Files.writeString(folder.resolve("completion"), out.toString());
    }

    private Set<String> offered(String shell, String typed) throws Exception {
        // As zsh's bashcompinit calls such a function: in the manner of sh, whose arrays begin at 0.
        String tried = "source " + script + "; [ -z \"$ZSH_VERSION\" ] || emulate sh; COMP_WORDS=(" + typed + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=();"
                + " _complete_jbang; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process process = new ProcessBuilder(shell.equals("zsh") ? new String[] {"zsh", "-fc", tried} : new String[] {"bash", "-c", tried})
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Set.of(text.strip().split("\\s+"));
    }

    private void offers(String shell) throws Exception {
        boolean there;
        try {
            there = new ProcessBuilder(shell, "-c", "exit 0").start().waitFor() == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, shell + " is not installed");
        Set<String> scripts = offered(shell, "./jbang ''");
        assertTrue(scripts.containsAll(Set.of("lab", "03_flamegraph.java", "flamegraph", "mini-k8s", "test", "bench")), scripts.toString());
        Set<String> options = offered(shell, "./jbang 02_profile_apiserver.java --f");
        assertTrue(options.containsAll(Set.of("--frequency", "--fix-kernel-settings")), options.toString());
        assertTrue(offered(shell, "./jbang mini-k8s ''").containsAll(Set.of("up", "down", "load")));
        assertTrue(offered(shell, "./jbang history ''").containsAll(Set.of("list", "show", "compare", "check", "index", "prune")));
        assertTrue(offered(shell, "./jbang flamegraph --sort ''").containsAll(Set.of("NAME", "WIDTH", "CALL")));
    }

    @Test
    void inBash() throws Exception {
        offers("bash");
    }

    @Test
    void inZsh() throws Exception {
        offers("zsh");
    }
}
