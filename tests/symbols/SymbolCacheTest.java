package lib.symbols;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolCacheTest {
    @TempDir
    private Path folder;

    private static KnownRanges some() {
        KnownRanges ranges = new KnownRanges(1L << 33);
        byte[] bytes = new byte[10_000];
        new Random(1).nextBytes(bytes);
        ranges.add(0, bytes);
        ranges.add(1L << 32, new byte[] {1, 2, 3});
        return ranges;
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), "one file, and nothing half-written: " + all);
            return all.get(0);
        }
    }

    @Test
    void whatIsKeptComesBack() throws IOException {
        SymbolCache cache = new SymbolCache(folder.resolve("made/when/needed"));
        assertNull(cache.load("go x/../../y"));
        cache.store("go x/../../y", some());
        KnownRanges back = cache.load("go x/../../y");
        assertEquals(1L << 33, back.size());
        assertArrayEquals(new byte[] {2, 3}, back.read((1L << 32) + 1, 2));
        assertArrayEquals(some().read(17, 9000), back.read(17, 9000));
        assertNull(cache.load("go x"));
    }

    /** ./jbang uses no cache in which others may write, and the usual umask of some systems lets the group. */
    @Test
    void foldersThatItMakesAreOfTheOwnerOnly() throws IOException {
        new SymbolCache(folder.resolve("made/when")).store("id", some());
        for (String made : List.of("made", "made/when")) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(made))), made);
        }
    }

    @Test
    void damageIsSeen() throws IOException {
        SymbolCache cache = new SymbolCache(folder);
        cache.store("id", some());
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int at = 20; at < whole.length; at += 101) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            assertNull(cache.load("id"), "a bit flipped at " + at);
            Files.write(file, Arrays.copyOf(whole, at));
            assertNull(cache.load("id"), "cut at " + at);
        }
        Files.write(file, whole);
        assertNotNull(cache.load("id"));
    }

    @Test
    void aFileUnderAnotherIdsNameIsNotTaken() throws IOException {
        SymbolCache cache = new SymbolCache(folder);
        cache.store("one", some());
        Path one = onlyFile();
        byte[] bytes = Files.readAllBytes(one);
        Files.delete(one);
        cache.store("other", some());
        Files.write(onlyFile(), bytes);
        assertNull(cache.load("other"));
    }

    @Test
    void onlyRangesThatAreAtHandAreRead() throws IOException {
        KnownRanges ranges = some();
        assertTrue(assertThrows(IOException.class, () -> ranges.read(9_999, 2)).getMessage().contains("not at hand"));
        assertThrows(IOException.class, () -> ranges.read(-1, 2));
        assertThrows(IOException.class, () -> ranges.read(1L << 33, 1));
        ranges.add(5_000, new byte[6_000]);
        assertEquals(2, ranges.read(9_999, 2).length);
        ranges.add(0, new byte[20_000]);
        assertEquals(List.of(0L, 1L << 32), List.copyOf(ranges.ranges().keySet()), "what lies in a larger range is dropped");
    }
}
