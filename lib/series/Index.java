package lib.series;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import lib.cli.Console;
import lib.cli.Scratch;
import lib.history.Contents;
import lib.history.Derived;
import lib.history.Results;
import lib.insight.Rules;

/**
 * The index of a folder of results: a table for where git is looked at, and a page that shows all of them over time. Both depend on
 * the results alone, so whoever makes them makes the same bytes. The page has a line for each result, and a line whose result and
 * whose rules have not changed is taken over: only new results are read.
 */
public final class Index implements Derived {
    /** Changes when the same result gives another line. */
    private static final int FORM = 1;
    /** The table has the latest: a picture for each of thousands is more than a page can bear. */
    private static final int ROWS = 30;
    private static final String BEFORE_LINES = "<script type=\"application/json\" id=\"results\">\n";
    /** Every line before it ends alike: git's merge=union of two pages is one that can be read. */
    private static final String AFTER_LINES = "null]}</script>";
    private static final String HEAD = "{\"rules\":\"" + FORM + "-%s\",\"results\":[\n";

    /** So many are read in about a second. */
    private static final int MANY = 30;

    private final boolean anew;
    private final Consumer<String> say;

    /**
     * @param anew whether every result is read, also those that have a line
     * @param say told where it takes long
     */
    public Index(boolean anew, Consumer<String> say) {
        this.anew = anew;
        this.say = say;
    }

    /** A line of the page, and what it says: to write it anew would take longer than all else. */
    private record Line(Entry entry, String text) {}

    private static List<Entry> entries(List<Line> lines) {
        return lines.stream().map(Line::entry).toList();
    }

    @Override
    public Map<String, byte[]> of(Contents folder) throws IOException {
        List<Line> lines = lines(folder, 0);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(Results.TABLE, table(entries(lines)).getBytes(StandardCharsets.UTF_8));
        files.put(Results.PAGE, page(lines).getBytes(StandardCharsets.UTF_8));
        return files;
    }

    /**
     * Writes them into a folder on the disk; a file that the user has written there stays.
     *
     * @return the files that were written
     */
    public List<String> write(Path folder, Console console) throws IOException {
        List<String> written = new ArrayList<>();
        for (var made : of(Contents.of(folder)).entrySet()) {
            Path file = folder.resolve(made.getKey());
            if (Files.exists(file) && !Results.isMade(made.getKey(), Files.readAllBytes(file))) {
                console.warn(file + " was not made from the results, and stays as it is");
                continue;
            }
            Scratch.replace(file, out -> out.write(made.getValue()));
            written.add(file.toString());
        }
        return written;
    }

    /**
     * What the table shows of the results, as maps.
     *
     * @param number how many at most, the latest first; 0 for all
     */
    public static List<Map<String, Object>> list(Contents folder, int number, Consumer<String> say) throws IOException {
        List<Entry> entries = entries(new Index(false, say).lines(folder, number));
        List<Entry> previous = previous(entries);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", entry.name());
            row.put("error", entry.error());
            row.put("target", entry.target());
            row.put("start", entry.start());
            row.put("version", entry.version());
            row.put("node", entry.node());
            row.put("cluster", entry.cluster());
            row.put("samples", entry.samples());
            row.put("cpus", entry.cpus());
            row.put("top", top(entry));
            row.put("change", previous.get(i) == null ? null : entry.change(previous.get(i)));
            rows.add(row);
        }
        return rows;
    }

    private static String top(Entry entry) {
        return entry.top() == null ? "" : String.format(Locale.ROOT, "%s %.0f %%", Message.verb(entry.top()), 100 * entry.share(entry.top()));
    }

    /** A line for each result, or for so many of the last ones where that is not 0, the earliest first. */
    private List<Line> lines(Contents folder, int number) throws IOException {
        List<String> all = Results.names(folder);
        List<String> names = number > 0 ? all.subList(Math.max(0, all.size() - number), all.size()) : all;
        Map<String, Line> known = anew ? Map.of() : known(folder);
        List<String> keys = new ArrayList<>();
        for (String name : names) keys.add(Entry.key(folder, name));
        Line[] lines = new Line[names.size()];
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            lines[i] = known.get(names.get(i));
            if (lines[i] == null || !lines[i].entry.key().equals(keys.get(i))) missing.add(i);
        }
        if (missing.size() > MANY) {
            say.accept(String.format(Locale.ROOT, "reading %,d results for the index, which has no lines of them or of other rules", missing.size()));
        }
        Contents read = new Locked(folder);
        (missing.size() > 1 ? missing.parallelStream() : missing.stream()).forEach(i -> {
            Entry entry = Entry.of(read, names.get(i), keys.get(i));
            lines[i] = new Line(entry, entry.line());
        });
        return List.of(lines);
    }

    /** A folder in a repository can be read by one at a time. */
    private record Locked(Contents folder) implements Contents {
        @Override
        public synchronized List<String> names() throws IOException {
            return folder.names();
        }

        @Override
        public synchronized byte[] read(String name) throws IOException {
            return folder.read(name);
        }
    }

    /** The lines that the page has so far, by name; none where it was made by other rules. */
    private static Map<String, Line> known(Contents folder) throws IOException {
        Map<String, Line> known = new HashMap<>();
        if (!folder.names().contains(Results.PAGE)) return known;
        String page = new String(folder.read(Results.PAGE), StandardCharsets.UTF_8);
        int from = page.indexOf(BEFORE_LINES + head());
        int to = page.indexOf(AFTER_LINES, Math.max(from, 0));
        if (from < 0 || to < 0) return known;
        try {
            for (String line : page.substring(from + BEFORE_LINES.length() + head().length(), to).lines().toList()) {
                String text = line.replaceFirst(",$", "");
                Entry entry = Entry.of(text);
                known.put(entry.name(), new Line(entry, text));
            }
            return known;
        } catch (IllegalArgumentException | DateTimeException | NullPointerException e) {
            return Map.of(); // changed by hand, or a merge left its marks: made of the results
        }
    }

    private static String head() {
        return String.format(Locale.ROOT, HEAD, Rules.fingerprint());
    }

    private static String page(List<Line> lines) {
        StringBuilder all = new StringBuilder(BEFORE_LINES).append(head());
        for (Line line : lines) all.append(line.text).append(",\n");
        return Results.MADE_FROM_RESULTS + resource("index.html").replace("/*STYLE*/", resource("index.css"))
                .replace("/*SCRIPT*/", script()).replace("<!--RESULTS-->", all.append(AFTER_LINES));
    }

    /** The page tells changes as {@link Comparison} does. */
    private static String script() {
        return resource("index.js").replace("/*USUAL*/", Double.toString(Comparison.USUAL))
                .replace("/*FREEDOM*/", Integer.toString(Comparison.freedom(1)))
                .replace("/*ERROR*/", String.format(Locale.ROOT, "%.3f", Comparison.single()));
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Index.class.getResourceAsStream(name), name + " is not on the class path beside Index")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For each, the last one before it that it may be compared with, or null. */
    static List<Entry> previous(List<Entry> entries) {
        List<Entry> previous = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry found = null;
            for (int j = i - 1; j >= 0 && found == null; j--) if (entries.get(j).comparable(entries.get(i))) found = entries.get(j);
            previous.add(found);
        }
        return previous;
    }

    private static String table(List<Entry> entries) {
        StringBuilder text = new StringBuilder(Results.MADE_FROM_RESULTS).append("# Profiles\n\n");
        text.append(entries.size() == 1 ? "One result" : String.format(Locale.ROOT, "%,d results", entries.size()));
        if (entries.size() > ROWS) text.append(", of which these are the last ").append(ROWS);
        text.append(". [index.html](index.html) shows all of them over time and draws what changed between any two; it opens in a browser, ")
                .append("from a disk or from any web server. A change is in points of the profile's CPU time against the last one that may be ")
                .append("compared, said where chance does not make it.\n\n")
                .append("| time (UTC) | cluster | version | node | target | CPUs | top call | change | |\n|---|---|---|---|---|---:|---|---|---|\n");
        List<Integer> order = new ArrayList<>(IntStream.range(Math.max(0, entries.size() - ROWS), entries.size()).boxed().toList());
        Collections.reverse(order);
        List<Entry> previous = previous(entries);
        for (int i : order) row(text, entries.get(i), previous.get(i));
        return text.toString();
    }

    private static void row(StringBuilder text, Entry entry, Entry previous) {
        String picture = entry.name() + Results.SVG;
        if (entry.error() != null) {
            text.append("| ").append(entry.name()).append(" | ").append(cell(entry.error())).append(" | | | | | | | |\n");
            return;
        }
        String cluster = entry.cluster() == null ? "" : entry.cluster().substring(0, Math.min(8, entry.cluster().length()));
        String cpus = entry.cpus() == 0 ? "" : String.format(Locale.ROOT, "%.2f", entry.cpus());
        text.append("| ").append(entry.start(), 0, 16).append(" | ").append(cell(cluster)).append(" | ").append(cell(entry.version())).append(" | ")
            .append(cell(entry.node())).append(" | ").append(cell(entry.target())).append(" | ").append(cpus).append(" | ").append(cell(top(entry)))
                    .append(" | ").append(previous == null ? "" : cell(entry.change(previous))).append(" | <a href=\"").append(picture)
                .append("\"><img src=\"").append(picture).append("\" width=\"120\" alt=\"flame graph\"></a> |\n");
    }

    /** What a node said must neither end a cell nor be markup. */
    private static String cell(String text) {
        return text == null ? "" : text.replace("&", "&amp;").replace("<", "&lt;").replaceAll("([\\\\|`*_\\[\\]])", "\\\\$1");
    }
}
