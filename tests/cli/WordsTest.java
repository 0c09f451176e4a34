package lib.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class WordsTest {
    @Test
    void wordsAreQuotedWhereAShellWouldChangeThem() {
        assertEquals("perf record -F 99", Shell.join("perf", "record", "-F", "99"));
        assertEquals("'a b' '$x' 'it'\\''s' '' '*'", Shell.join("a b", "$x", "it's", "", "*"));
        assertEquals("'a\nb'", Shell.quote("a\nb"));
    }

    @ParameterizedTest
    @CsvSource({"90, 90", "90s, 90", "30m, 1800", "1h30m, 5400", "2H, 7200"})
    void durations(String text, long seconds) throws Exception {
        assertEquals(Duration.ofSeconds(seconds), new Durations().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-5s", "5 minutes", "1d", "99999999999999999999", "9000000h"})
    void whatIsNoDuration(String text) {
        assertThrows(TypeConversionException.class, () -> new Durations().convert(text));
    }

    @Test
    void durationsAreShownAsTheyAreTyped() {
        assertEquals("1h30m", Durations.show(Duration.ofMinutes(90)));
        assertEquals("20s", Durations.show(Duration.ofSeconds(20)));
    }
}
