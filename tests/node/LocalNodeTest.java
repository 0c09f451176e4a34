package lib.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lib.cli.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void whatPrintsForEverIsEndedAsSoonAsItIsTooMuch() {
        long begin = System.nanoTime();
        for (String[] words : new String[][] {{"cat", "/dev/zero"}, {"sh", "-c", "cat /dev/zero >&2"}}) {
            Failure failure = assertThrows(Failure.class, () -> node.run(words));
            assertTrue(failure.getMessage().contains("32 MB"), failure.getMessage());
        }
        assertTrue(System.nanoTime() - begin < 20_000_000_000L, "long before its time is over");
        assertEquals(0, ProcessHandle.current().descendants().filter(p -> p.info().commandLine().orElse("").contains("/dev/zero")
                && !hasEnded(p)).count());
    }

    private static boolean hasEnded(ProcessHandle process) {
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void aMissingFileHasNoText(@TempDir Path folder) {
        assertNull(node.text(folder + "/none"));
    }

    @Test
    void onlyPlainFilesOfOursInAFolderOfOursAreRead(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text\n");
        assertEquals("text", node.text(file.toString()));
        Files.createSymbolicLink(folder.resolve("link"), file);
        refused("link is a link", folder.resolve("link"));
        Files.createDirectory(folder.resolve("folder"));
        refused("folder is a folder", folder.resolve("folder"));
        assertTrue(node.run("mkfifo", folder + "/fifo").ok());
        refused("fifo is a FIFO", folder.resolve("fifo"));
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        refused("has 1099511627776 bytes", folder.resolve("sparse"));
        assertTrue(folder.toFile().setWritable(true, false));
        refused("others can write into the folder", file);
    }

    private void refused(String why, Path file) {
        long begin = System.nanoTime();
        Failure failure = assertThrows(Failure.class, () -> node.text(file.toString()));
        assertTrue(failure.getMessage().contains(why), failure.getMessage());
        assertTrue(System.nanoTime() - begin < 10_000_000_000L);
    }
}
