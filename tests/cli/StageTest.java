package lib.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class StageTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "toy")
    private static final class Toy extends Stage {
        private final Callable<Integer> work;
        @Option(names = "--own")
        private boolean own;

        Toy(Callable<Integer> work) {
            this.work = work;
        }

        @Override
        protected int run() throws Exception {
            console.step("a step");
            console.command("ls");
            console.warn("a warning");
            result(List.of("x"), "text result");
            return work.call();
        }
    }

    private int run(Callable<Integer> work, String... args) {
        return Stage.execute(new Toy(work), new Console(new PrintWriter(out), new PrintWriter(err), false, false), args);
    }

    @Test
    void theResultAloneGoesToStandardOutput() {
        assertEquals(Exit.DONE, run(() -> 0));
        assertEquals("text result\n", out.toString());
        assertEquals("==> a step\n    $ ls\nwarning: a warning\n", err.toString());
    }

    @Test
    void quietLeavesTheResultAndWarnings() {
        assertEquals(Exit.DONE, run(() -> 0, "-q"));
        assertEquals("text result\n", out.toString());
        assertEquals("warning: a warning\n", err.toString());
    }

    @Test
    void theResultAsJson() {
        assertEquals(Exit.DONE, run(() -> 0, "-o", "json"));
        assertEquals("[ \"x\" ]\n", out.toString());
    }

    @Test
    void anUnknownFormIsWrongUsage() {
        assertEquals(Exit.USAGE, run(() -> 0, "-o", "xml"));
        assertTrue(err.toString().contains("text or json, not 'xml'"), err.toString());
        assertTrue(err.toString().contains("See toy --help."), err.toString());
    }

    @Test
    void wrongOptionsAreWrongUsageInTwoLines() {
        assertEquals(Exit.USAGE, run(() -> 0, "--no-such-option"));
        assertEquals(2, err.toString().lines().count(), err.toString());
    }

    @Test
    void aFailureHasItsOwnExitCodeAndAtMostTwoLines() {
        assertEquals(Exit.GIT, run(() -> {
            throw new Failure(Exit.GIT, "git is unhappy", "Make it happy.");
        }, "-q"));
        assertEquals("warning: a warning\nerror: git is unhappy\n       Make it happy.\n", err.toString());
    }

    @Test
    void verboseAddsTheStackTrace() {
        assertEquals(Exit.FAILED, run(() -> {
            throw new IllegalStateException("surprise");
        }, "-v"));
        assertTrue(err.toString().contains("IllegalStateException: surprise"), err.toString());
        assertTrue(err.toString().contains("at lib.cli.StageTest"), err.toString());
        err.getBuffer().setLength(0);
        run(() -> {
            throw new IllegalStateException("surprise");
        });
        assertFalse(err.toString().contains("at lib.cli"), err.toString());
    }

    @Test
    void controlCodesFromAClusterDoNotReachTheTerminal() {
        run(() -> {
            throw new Failure(Exit.TARGET, "pod \u001b[2Jevil\u202e name\u0007", null);
        }, "-q");
        assertTrue(err.toString().contains("pod \ufffd[2Jevil\ufffd name\ufffd"), err.toString());
    }

    private String printed(String option) {
        PrintStream stdout = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true));
        try {
            assertEquals(Exit.DONE, run(() -> 0, option));
        } finally {
            System.setOut(stdout);
        }
        return printed.toString();
    }

    @Test
    void helpListsTheExitCodes() {
        String help = printed("--help");
        assertTrue(help.contains("--verbose"), help);
        assertTrue(help.matches("(?s).*14\\s+kernel refuses perf.*130\\s+interrupted.*"), help);
    }

    @Test
    void helpListsWhatIsTheStagesOwnFirst() {
        String help = printed("--help");
        int own = help.indexOf("\nOptions:\n      --own");
        int common = help.indexOf("\nCommon options:\n");
        assertTrue(own > 0 && own < common && common < help.indexOf("--verbose") && common < help.indexOf("\nExit codes:"), help);
    }

    @Test
    void theVersionIsTheRevisionOfTheCheckout(@TempDir Path folder) throws Exception {
        assertTrue(printed("--version").matches("toy \\S.*\nJava \\d+.*\n"), printed("--version"));
        assertEquals("unknown revision (" + folder + " is not a git checkout)", Revision.of(folder));
        for (String command : List.of("init -q", "-c user.name=x -c user.email=x@example.org commit -q --allow-empty -m one")) {
            assertEquals(0, new ProcessBuilder(("git -C " + folder + " " + command).split(" ")).inheritIO().start().waitFor());
        }
        assertTrue(Revision.of(folder).matches("[0-9a-f]{12}"), Revision.of(folder));
    }
}
