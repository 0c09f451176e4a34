package lib.series;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.history.Contents;
import lib.history.Results;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {
    @TempDir
    Path folder;
    private final List<String> read = new ArrayList<>();

    /** The folder, noting which stacks are read. */
    private Contents noted() {
        Contents there = Contents.of(folder);
        return new Contents() {
            @Override
            public List<String> names() throws IOException {
                return there.names();
            }

            @Override
            public synchronized byte[] read(String name) throws IOException {
                if (name.endsWith(Results.FOLDED)) read.add(name);
                return there.read(name);
            }
        };
    }

    private Map<String, byte[]> make(boolean anew) throws IOException {
        Map<String, byte[]> made = new Index(anew, text -> { }).of(noted());
        for (var file : made.entrySet()) Files.write(folder.resolve(file.getKey()), file.getValue());
        return made;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @BeforeEach
    void sameSamples() {
        Made.afresh();
    }

    @Test
    void onlyNewResultsAreReadAndTheBytesAreTheSameAsOfAllAnew() throws IOException {
        for (int hour = 10; hour < 14; hour++) new Made().at("2026-11-20T" + hour + ":00:00Z").keep(folder);
        make(false);
        String last = new Made().at("2026-11-20T09:00:00Z").share(Made.LIST, 0.6).keep(folder);
        read.clear();
        Map<String, byte[]> taken = make(false);
        assertEquals(List.of(last + Results.FOLDED), read);
        Map<String, byte[]> anew = make(true);
        assertEquals(6, read.size());
        assertArrayEquals(anew.get(Results.PAGE), taken.get(Results.PAGE));
        assertArrayEquals(anew.get(Results.TABLE), taken.get(Results.TABLE));
        for (var file : taken.entrySet()) assertTrue(Results.isMade(file.getKey(), file.getValue()));
    }

    @Test
    void aResultThatWasDrawnAnewIsReadAnew() throws IOException {
        String name = new Made().keep(folder);
        make(false);
        new Made().share(Made.LIST, 0.7).keep(folder);
        read.clear();
        make(false);
        assertEquals(List.of(name + Results.FOLDED), read);
    }

    @Test
    void aPageThatAMergeOrAHandHasBrokenIsMadeOfTheResults() throws IOException {
        new Made().keep(folder);
        byte[] good = make(false).get(Results.PAGE);
        Path page = folder.resolve(Results.PAGE);
        Files.writeString(page, Files.readString(page).replace("{\"name\"", "<<<<<<< HEAD\n{\"name\""));
        assertArrayEquals(good, make(false).get(Results.PAGE));
        Files.writeString(page, Files.readString(page).replaceFirst("\"start\":\"[^\"]*\"", "\"start\":\"| <b>\""));
        assertArrayEquals(good, make(false).get(Results.PAGE));
        Files.writeString(page, "<<<<<<<");
        assertArrayEquals(good, make(false).get(Results.PAGE));
    }

    @Test
    void theTableSaysWhatChangedAndTheLatestStandsFirst() throws IOException {
        new Made().keep(folder);
        new Made().at("2026-11-20T11:00:00Z").share(Made.LIST, 0.6).keep(folder);
        new Made().at("2026-11-20T12:00:00Z").share(Made.LIST, 0.6).keep(folder);
        List<String> rows = text(make(false).get(Results.TABLE)).lines().filter(line -> line.startsWith("| 2026")).toList();
        assertTrue(rows.get(0).startsWith("| 2026-11-20T12:00 | 0a1b2c3d | v1.31.2 | cp-1 | kube-apiserver | 1.01 | LIST "), rows.get(0));
        assertTrue(rows.get(0).contains(" % | – | <a href=\"flame-20261120-120000.svg\"><img "), rows.get(0));
        assertTrue(rows.get(1).matches(".*\\| list \\+(19|20|21)\\.\\d ± [34]\\.\\d \\|.*"), rows.get(1));
        assertTrue(rows.get(2).contains(" % |  | <a "), rows.get(2));
    }

    @Test
    void whatANodeSaysIsNoMarkup() throws IOException {
        Made hostile = new Made();
        hostile.node = "</script><script>alert(1)</script>|`x`";
        hostile.keep(folder);
        Map<String, byte[]> made = make(false);
        assertFalse(text(made.get(Results.PAGE)).contains("</script><script>alert"));
        assertFalse(text(made.get(Results.TABLE)).contains("<script>"));
        assertTrue(text(made.get(Results.TABLE)).contains("\\|\\`x\\`"));
    }

    @Test
    void aResultThatCannotBeReadIsSaidSo() throws IOException {
        new Made().keep(folder);
        Files.writeString(folder.resolve("flame-20261120-123000.json"), "{\"schema\": 9}");
        Files.writeString(folder.resolve("flame-20261120-123000.folded.gz"), "x");
        assertTrue(text(make(false).get(Results.TABLE)).contains("| flame-20261120-123000 | flame-20261120-123000.json is not the metadata"), "it is listed");
    }

    @Test
    void noResultsAreAnEmptyIndex() throws IOException {
        assertTrue(text(make(false).get(Results.TABLE)).contains("0 results"));
    }
}
