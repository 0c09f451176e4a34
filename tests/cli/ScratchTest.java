package lib.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    Path folder;

    @Test
    void aFileIsReplacedWhole() throws IOException {
        Path file = folder.resolve("a.svg");
        Scratch.replace(file, out -> out.write(new byte[] {1, 2}));
        Scratch.replace(file, out -> out.write(new byte[] {3}));
        assertArrayEquals(new byte[] {3}, Files.readAllBytes(file));
    }

    @Test
    void aWriteThatFailsLeavesWhatWasThere() throws IOException {
        Path file = folder.resolve("a.svg");
        Files.write(file, new byte[] {1});
        Failure failure = assertThrows(Failure.class, () -> Scratch.replace(file, out -> {
            out.write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertTrue(failure.getMessage().contains("No space left"), failure.getMessage());
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
        try (var left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void aFolderThatIsMissingIsSaid() {
        assertThrows(Failure.class, () -> Scratch.replace(folder.resolve("no/such/a.svg"), out -> out.write(1)));
    }

    @Test
    void theFolderGoesWhenItIsClosed() throws IOException {
        Path file;
        try (Scratch scratch = new Scratch()) {
            file = scratch.file("x");
            Files.writeString(file, "x");
            assertTrue(Files.exists(file));
        }
        assertFalse(Files.exists(file.getParent()));
    }
}
