package lib.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import lib.cli.Failure;
import org.junit.jupiter.api.Test;

class LocalNodeTest {
    private final Node node = new LocalNode();

    @Test
    void outputErrorsAndExitCodeAreApart() {
        Output output = node.run("sh", "-c", "echo out; echo err >&2; exit 7");
        assertEquals(7, output.exitCode());
        assertFalse(output.ok());
        assertEquals("out", output.text());
        assertEquals("err", output.complaint());
    }

    @Test
    void wordsAreNotReadByAShell() {
        assertEquals("$HOME `id` ; x", node.run("echo", "$HOME `id` ; x").text());
        assertEquals(List.of("a b", "c"), node.sh(new Script("print", "printf '%s\\n' \"$@\""), "a b", "c").lines());
    }

    @Test
    void aMissingCommandIsAnExitCodeAsInAShell() {
        assertEquals(127, node.run("no-such-command-here").exitCode());
    }

    @Test
    void whatTakesTooLongIsEnded() {
        long begin = System.nanoTime();
        assertThrows(Failure.class, () -> node.run(Duration.ofMillis(300), "sleep", "30"));
        assertTrue(System.nanoTime() - begin < 20_000_000_000L);
    }

    @Test
    void tooMuchOutputIsRefused() {
        assertThrows(Failure.class, () -> node.run("head", "-c", Integer.toString(Node.MOST_OUTPUT + 1), "/dev/zero"));
    }

    @Test
    void anUnreadableFileHasNoText() {
        assertNull(node.text("/no/such/file"));
    }
}
