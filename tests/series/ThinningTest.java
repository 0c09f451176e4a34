package lib.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.history.Contents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThinningTest {
    @TempDir
    Path folder;

    private List<String> stay(String keep) {
        Series series = new Series(Contents.of(folder));
        List<String> stay = new ArrayList<>(series.names());
        stay.removeAll(new Thinning(keep).superfluous(series));
        return stay.stream().map(name -> name.substring("flame-2026".length())).toList();
    }

    private Made at(Instant instant) {
        Made made = new Made().at(instant.toString());
        made.samples = 20;
        return made;
    }

    @Test
    void theOlderTheFewer() throws IOException {
        Instant latest = Instant.parse("2026-11-20T12:00:00Z");
        for (int day = 0; day < 70; day++) {
            at(latest.minus(day, ChronoUnit.DAYS)).keep(folder);
            if (day < 4) at(latest.minus(day, ChronoUnit.DAYS).minusSeconds(3600)).keep(folder);
        }
        assertEquals(List.of("0930-120000", "1031-120000", "1118-120000", "1119-120000", "1120-110000", "1120-120000"), stay("all:1d,day:2d,month"));
        assertEquals(List.of("1120-120000"), stay("year"));
        assertEquals(74, stay("all").size());
        assertEquals(8, stay("day:1w").size(), "older ones go");
    }

    @Test
    void eachTargetAndNodeIsASeriesOfItsOwnAndWhatCannotBeReadStays() throws IOException {
        at(Instant.parse("2026-11-20T12:00:00Z")).keep(folder);
        Made other = at(Instant.parse("2026-11-20T13:00:00Z"));
        other.node = "cp-2";
        other.keep(folder);
        at(Instant.parse("2026-11-20T14:00:00Z")).keep(folder);
        Files.writeString(folder.resolve("flame-20261120-110000.json"), "{");
        Files.writeString(folder.resolve("flame-20261120-110000.folded.gz"), "");
        assertEquals(List.of("1120-110000", "1120-130000", "1120-140000"), stay("day"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "all:", "hour", "all,day", "day:1x", "all:31d,", "all:99999d"})
    void whatIsNotUnderstoodIsRefused(String keep) {
        assertEquals(Exit.USAGE, assertThrows(Failure.class, () -> new Thinning(keep)).exitCode());
    }
}
