package lib.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.profile.Profile;
import lib.profile.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsTest {
    private static final String START = "2025-01-31T23:59:59Z";
    private static final String ONE = "1a2b3c4d" + "0".repeat(56);
    private static final String OTHER = "5e6f7a8b" + "0".repeat(56);

    @TempDir
    Path root;
    private Path folder;
    private Results results;

    @BeforeEach
    void folder() {
        folder = root.resolve("project/results");
        results = new Results(folder);
    }

    private Results.Saved save(Profile profile, String picture) throws IOException {
        Path svg = Files.writeString(root.resolve("flame.svg"), picture);
        Path folded = Files.writeString(root.resolve("flame.folded.gz"), "a;b 1\n");
        Path json = Files.writeString(root.resolve("profile.json"), Json.write(profile));
        return results.save(profile, svg, folded, json);
    }

    private static Profile profile(String start, String sha256) {
        return Sandbox.profile(start, sha256);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals(".gitattributes")).sorted().toList();
        }
    }

    @Test
    void namesComeFromTheStartInUtc() throws IOException {
        Results.Saved saved = save(profile("2025-02-01T01:59:59+02:00", ONE), "<svg/>");
        assertEquals(List.of("flame-20250131-235959.folded.gz", "flame-20250131-235959.json",
                "flame-20250131-235959.svg"), names());
        assertEquals("<svg/>", Files.readString(saved.svg()));
        assertEquals("a;b 1\n", Files.readString(saved.folded()));
        assertEquals(ONE, Json.read(Files.readString(saved.json()), Profile.class, Schema::current).data().sha256());
        assertFalse(saved.already());
        for (Path file : List.of(saved.svg(), saved.folded(), saved.json())) assertTrue(Results.isResult(file.getFileName().toString()));
    }

    @Test
    void savingTwiceChangesNothing() throws IOException {
        Results.Saved first = save(profile(START, ONE), "<svg/>");
        FileTime time = FileTime.from(Instant.parse("2025-01-01T00:00:00Z"));
        for (Path file : first.files()) Files.setLastModifiedTime(file, time);
        Results.Saved second = save(profile(START, ONE), "<svg/>");
        assertTrue(second.already());
        assertEquals(first.files(), second.files());
        for (Path file : first.files()) assertEquals(time, Files.getLastModifiedTime(file));
    }

    @Test
    void aPictureDrawnAnewTakesThePlaceOfTheOld() throws IOException {
        save(profile(START, ONE), "<svg/>");
        Results.Saved second = save(profile(START, ONE), "<svg>better</svg>");
        assertFalse(second.already());
        assertEquals("<svg>better</svg>", Files.readString(second.svg()));
        assertEquals(3, names().size());
    }

    @Test
    void anotherRecordingOfTheSameSecondStaysBesideTheFirst() throws IOException {
        save(profile(START, ONE), "<svg/>");
        Results.Saved other = save(profile(START, OTHER), "<svg>other</svg>");
        assertEquals("flame-20250131-235959-5e6f7a8b.svg", other.svg().getFileName().toString());
        assertTrue(Results.isResult(other.svg().getFileName().toString()));
        assertEquals(6, names().size());
        assertTrue(save(profile(START, OTHER), "<svg>other</svg>").already());
        assertTrue(save(profile(START, ONE), "<svg/>").already());
        assertEquals(6, names().size());
    }

    @Test
    void recordingsWithoutAHashAreToldApartByTheirTarget() throws IOException {
        save(profile(START, null), "<svg/>");
        assertTrue(save(profile(START, null), "<svg/>").already());
        Results.Saved hostile = save(profile(START, "../../etc/passwd"), "<svg/>");
        assertTrue(hostile.svg().startsWith(folder));
        assertTrue(hostile.already() || Results.isResult(hostile.svg().getFileName().toString()));
    }

    @Test
    void aSetWithoutItsJsonIsFinishedAndNotKeptBeside() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("flame-20250131-235959.svg"), "from a run that was killed");
        save(profile(START, ONE), "<svg/>");
        assertEquals(3, names().size());
        assertEquals("<svg/>", Files.readString(folder.resolve("flame-20250131-235959.svg")));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "../../../../tmp/x", "2025-01-31T23:59:59", "+999999999-12-31T23:59:59Z",
        "-0044-03-15T12:00:00Z", "$(reboot)", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00Z"})
    void aStartThatIsNoneIsRefused(String start) {
        Failure failure = assertThrows(Failure.class, () -> save(profile(start, ONE), "<svg/>"));
        assertEquals(Exit.INPUT, failure.exitCode());
        assertTrue(failure.getMessage().contains("start"), failure.getMessage());
    }

    @Test
    void whatAKilledRunLeftIsRemovedAndAYoungRunsFilesAreNot() throws IOException {
        Files.createDirectories(folder);
        Path old = Files.writeString(folder.resolve(".flame-old.part"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Files.writeString(folder.resolve(".flame-young.part"), "half");
        save(profile(START, ONE), "<svg/>");
        assertFalse(Files.exists(old));
        assertTrue(names().contains(".flame-young.part"));
    }

    @Test
    void manyRunsAtOnceLeaveOneWholeResult() throws Exception {
        Path svg = Files.writeString(root.resolve("flame.svg"), "<svg>" + "x".repeat(1 << 20) + "</svg>");
        Path folded = Files.writeString(root.resolve("flame.folded.gz"), "a;b 1\n");
        Path json = Files.writeString(root.resolve("profile.json"), Json.write(profile(START, ONE)));
        var pool = Executors.newFixedThreadPool(8);
        List<Callable<Results.Saved>> runs = new ArrayList<>();
        for (int i = 0; i < 24; i++) runs.add(() -> results.save(profile(START, ONE), svg, folded, json));
        for (var run : pool.invokeAll(runs)) {
            for (Path file : run.get(1, TimeUnit.MINUTES).files()) assertTrue(Files.exists(file));
        }
        pool.shutdown();
        assertEquals(3, names().size());
        assertArrayEquals(Files.readAllBytes(svg), Files.readAllBytes(folder.resolve("flame-20250131-235959.svg")));
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidSo() throws IOException {
        Files.writeString(root.resolve("project"), "a file where the folder should be");
        Failure failure = assertThrows(Failure.class, () -> save(profile(START, ONE), "<svg/>"));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("cannot save the result in " + folder), failure.getMessage());
    }

    @Test
    void aFolderThatMayNotBeWrittenIsSaidSo() throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeTrue(!Files.isWritable(folder), "root may write everywhere");
        Failure failure = assertThrows(Failure.class, () -> save(profile(START, ONE), "<svg/>"));
        assertEquals(Exit.TRANSFER, failure.exitCode());
        assertTrue(failure.getMessage().contains("permission denied"), failure.getMessage());
    }

    @Test
    void aReadOnlyDiskIsSaidSo() throws Exception {
        mounted("ro", () -> {
            Failure failure = assertThrows(Failure.class, () -> save(profile(START, ONE), "<svg/>"));
            assertEquals(Exit.TRANSFER, failure.exitCode());
            assertTrue(failure.getMessage().contains("Read-only file system"), failure.getMessage());
        });
    }

    @Test
    void aFullDiskIsSaidSoAndTheEarlierResultStays() throws Exception {
        mounted("size=4m", () -> {
            save(profile(START, ONE), "<svg/>");
            Failure failure = assertThrows(Failure.class, () -> save(profile(START, ONE), "x".repeat(5 << 20)));
            assertEquals(Exit.TRANSFER, failure.exitCode());
            assertTrue(failure.getMessage().startsWith("the disk is full"), failure.getMessage());
            assertEquals(3, names().size());
            assertEquals("<svg/>", Files.readString(folder.resolve("flame-20250131-235959.svg")));
        });
    }

    /** With a disk of its own at the folder. */
    private void mounted(String options, Executable test) throws Exception {
        Sandbox.needs("mount");
        Files.createDirectories(folder);
        int code = new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString())
                .redirectErrorStream(true).start().waitFor();
        assumeTrue(code == 0, "only root may mount a disk");
        try {
            test.execute();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        } finally {
            new ProcessBuilder("umount", folder.toString()).start().waitFor();
        }
    }

    @Test
    void gitIsToldToKeepThemAsTheyAre() throws IOException {
        Results.Saved saved = save(profile(START, ONE), "<svg/>");
        assertEquals(folder.resolve(".gitattributes"), saved.attributes());
        assertTrue(saved.files().contains(saved.attributes()));
        assertTrue(Files.readString(saved.attributes()).contains("flame-*.folded.gz -text"));

        Files.writeString(saved.attributes(), "*.svg filter=lfs\n");
        assertNull(save(profile(START, ONE), "<svg/>").attributes(), "what the user says is left alone");
        assertEquals("*.svg filter=lfs\n", Files.readString(folder.resolve(".gitattributes")));
    }
}
