import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Stage;
import lib.node.LocalNode;
import lib.node.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written to a full disk is said to be lost, and no half of it stays. */
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class FullDiskTest {
    @TempDir
    Path folder;
    private Path full;
    private boolean mounted;
    private final StringWriter err = new StringWriter();
    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), false, false);

    /** A disk of 64 KiB, of which 8 are left. */
    @BeforeEach
    void mount() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/proc/mounts")), "only root may mount a small disk");
        full = Files.createDirectory(folder.resolve("full"));
        mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", full.toString()).start().waitFor() == 0;
        assumeTrue(mounted, "a small disk cannot be mounted here");
        Files.write(full.resolve("filler"), new byte[56 << 10]);
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) new ProcessBuilder("umount", full.toString()).start().waitFor();
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(full)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aPictureThatDoesNotFitLeavesTheOneBefore() throws IOException {
        Files.writeString(full.resolve("flame.svg"), "before");
        StringBuilder stacks = new StringBuilder();
        for (int i = 0; i < 500; i++) stacks.append("main;function").append(i).append(";leaf").append(i).append(" 10\n");
        Path input = Files.writeString(folder.resolve("a.folded"), stacks);
        for (String option : List.of("-o", "--folded", "--speedscope", "--json")) {
            String file = option.equals("-o") ? "flame.svg" : "other";
            int exitCode = Stage.execute(new Flamegraph(), console, "--input", input.toString(), option, full.resolve(file).toString());
            assertEquals(Exit.TRANSFER, exitCode, err.toString());
            assertTrue(err.toString().contains("cannot write " + full.resolve(file) + ": No space left"), err.toString());
            assertEquals(List.of("filler", "flame.svg"), names());
        }
        assertEquals("before", Files.readString(full.resolve("flame.svg")));
    }

    @Test
    void whatComesFromTheNodeIsMeasuredBefore() throws IOException {
        Path from = Files.write(folder.resolve("big"), new byte[100 << 10]);
        Failure failure = assertThrows(Failure.class,
                () -> new Transfer(new LocalNode(), console).download(from.toString(), full.resolve("to"), 1L << 30));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertTrue(failure.getMessage().contains("KiB free; "), failure.getMessage());
        assertEquals(List.of("filler"), names());
    }

    @Test
    void aWorkDirectoryOnTheNodeWithoutSpaceIsSaid() throws IOException {
        Path from = Files.write(folder.resolve("big"), new byte[100 << 10]);
        Failure failure = assertThrows(Failure.class,
                () -> new Transfer(new LocalNode(), console).upload(from, full.resolve("to").toString()));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertTrue(failure.next().contains("--work-dir"), failure.next());
        assertEquals(List.of("filler"), names());
    }
}
