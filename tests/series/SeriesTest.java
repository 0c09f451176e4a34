package lib.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.history.Contents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesTest {
    @TempDir
    Path folder;

    private Series series() {
        return new Series(Contents.of(folder));
    }

    @BeforeEach
    void sameSamples() {
        Made.afresh();
    }

    @Test
    void thePreviousOneIsOfTheSameTargetEngineEventAndCluster() throws IOException {
        String first = new Made().at("2026-11-20T10:00:00Z").keep(folder);
        Made etcd = new Made().at("2026-11-20T11:00:00Z");
        etcd.target = "etcd";
        etcd.keep(folder);
        Made elsewhere = new Made().at("2026-11-20T12:00:00Z");
        elsewhere.cluster = "another";
        elsewhere.keep(folder);
        Files.writeString(folder.resolve("flame-20261120-123000.json"), "{\"schema\": 3}");
        Files.writeString(folder.resolve("flame-20261120-123000.folded.gz"), "damaged");
        Made unknown = new Made().at("2026-11-20T13:00:00Z");
        unknown.cluster = null;
        String last = unknown.keep(folder);
        assertEquals(5, series().names().size());
        assertEquals("flame-20261120-120000", series().previous(series().read(last)).name(), "an unknown cluster may be any");
        Made now = new Made().at("2026-11-20T12:59:00Z");
        assertEquals(first, series().previous(now.result()).name());
        assertNull(series().previous(series().read(first)));
    }

    @Test
    void whatIsNotAsDescribedIsRefused() throws IOException {
        String name = new Made().keep(folder);
        series().read(name);
        String other = new Made().at("2026-11-21T10:00:00Z").keep(folder);
        Files.copy(folder.resolve(other + ".folded.gz"), folder.resolve(name + ".folded.gz"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refused(name, "its SHA-256 is another");
        Files.writeString(folder.resolve(other + ".json"), "{\"schema\": 7}");
        refused(other, "it was written by a newer one");
        Files.writeString(folder.resolve(other + ".json"), "{");
        refused(other, "is not the metadata of a recording");
        refused("flame-20000101-000000", "there is no result");
    }

    private void refused(String name, String why) {
        Failure failure = assertThrows(Failure.class, () -> series().read(name));
        assertEquals(Exit.INPUT, failure.exitCode());
        assertTrue(failure.getMessage().contains(why), failure.getMessage());
    }

    @Test
    void aResultOfTheFirstVersionIsRead() throws IOException {
        String name = new Made().keep(folder);
        Files.writeString(folder.resolve(name + ".json"), """
                {"target": "kube-apiserver", "node": "cp-1", "engine": "perf version 6.1.176", "event": "cpu-clock", "frequency": 99,
                 "start": "2026-11-20T10:00:00Z", "seconds": 60.0, "samples": 6000, "lost": 0}""");
        Result result = series().read(name);
        assertEquals(6000, result.report().samples());
        assertEquals("perf", Result.engine(result.profile()));
    }
}
