///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES ../lib/stacks/*.java
//SOURCES ../lib/formats/*.java
//SOURCES ../lib/profile/*.java
//SOURCES ../lib/insight/*.java
//SOURCES ../lib/flame/*.java
//SOURCES ../lib/cli/*.java
//SOURCES ../lib/history/*.java
//SOURCES ../lib/series/*.java
//SOURCES ../lib/options/ResultsOptions.java
//MAIN History

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Scratch;
import lib.cli.Stage;
import lib.flame.Drawing;
import lib.flame.FlameGraph;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.history.Contents;
import lib.history.GitRepo;
import lib.history.Log;
import lib.history.Results;
import lib.insight.Amounts;
import lib.insight.Basis;
import lib.insight.Report;
import lib.insight.Rules;
import lib.options.ResultsOptions;
import lib.series.Budget;
import lib.series.Check;
import lib.series.Comparison;
import lib.series.Index;
import lib.series.Result;
import lib.series.Series;
import lib.series.Thinning;
import lib.stacks.Labels;
import lib.stacks.StackTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the results in git say together. */
@Command(name = "history", sortOptions = false, subcommands = {History.Listing.class, History.Show.class, History.Compare.class,
        History.Budgets.class, History.Remake.class, History.Prune.class},
        description = "Asks the results that stage 04 keeps: what there is, what changed, whether it is within a budget.",
        footer = {"", "A result is named by its name (flame-20260131-235959, or the end of it), \"last\", a file, or a revision of git.", "",
            "Examples:", "  ./jbang history list", "  ./jbang history compare", "  ./jbang history compare HEAD~10 last -o diff.svg",
            "  ./jbang history check --budget budget.yaml"})
class History extends Stage {
    public static void main(String... args) {
        main(new History(), args);
    }

    @Override
    protected int run() {
        throw new Failure(Exit.USAGE, "say what to do: list, show, compare, check, index or prune", "See history --help.");
    }

    /** What all of them do: find results. */
    abstract static class Asking extends Stage {
        private static final Pattern FILE = Pattern.compile("(flame-.*?)\\.(svg|json|folded\\.gz)");

        @Mixin
        final ResultsOptions place = new ResultsOptions();

        private GitRepo repo;
        private Series series;

        abstract void answer() throws IOException;

        int exitCode = Exit.DONE;

        @Override
        protected final int run() throws IOException {
            try {
                answer();
                return exitCode;
            } finally {
                if (repo != null) repo.close();
            }
        }

        GitRepo repo() {
            if (repo == null) repo = GitRepo.open(place.repository(), place.branch(), console::note);
            return repo;
        }

        Log log() {
            return new Log(repo(), place.results());
        }

        Path folder() {
            return place.repository().resolve(place.results()).normalize();
        }

        /** The results as they are on the disk; of a branch without a work tree, as they are in its last commit. */
        Contents contents() {
            return place.branch() != null ? repo().committed(place.results()) : Contents.of(folder());
        }

        Series series() {
            if (series == null) series = new Series(contents());
            return series;
        }

        Result last() {
            String last = series().last();
            if (last == null) throw new Failure(Exit.INPUT, "there are no results in " + folder(), "--repo and --results say where they are.");
            return series().read(last);
        }

        Result result(String word) {
            if (word.equals("last")) return last();
            String name = word.replaceFirst("\\.(svg|json|folded\\.gz)$", "");
            List<String> named = series().names().stream().filter(one -> one.equals(name) || !name.isEmpty() && one.endsWith(name)).toList();
            if (named.size() == 1) return series().read(named.get(0));
            Path file = Path.of(word);
            Matcher parts = FILE.matcher(file.getFileName() == null ? "" : file.getFileName().toString());
            if (parts.matches() && Files.exists(file)) return new Series(Contents.of(file.toAbsolutePath().getParent())).read(parts.group(1));
            Log.Found found = log().at(word);
            if (found.name() == null) throw new Failure(Exit.INPUT, "there was no result in " + place.results() + " at " + word, null);
            console.note(word + " is " + found.name());
            return new Series(found.folder()).read(found.name());
        }

        Result previous(Result of) {
            Result previous = series().previous(of);
            if (previous != null) return previous;
            throw new Failure(Exit.INPUT, "there is no result before " + of.name() + " that it may be compared with: none of the same target, engine "
                    + "and event", "Name another one, or record again.");
        }
    }

    /** What there is. */
    @Command(name = "list", sortOptions = false, description = "Lists the results, the latest first.")
    static final class Listing extends Asking {
        @Option(names = {"-n", "--number"}, paramLabel = "N", description = "How many at most (default: ${DEFAULT-VALUE}; 0 for all).")
        private int number = 20;

        @Override
        void answer() throws IOException {
            List<Map<String, Object>> all = Index.list(contents(), number, console::note);
            StringBuilder text = new StringBuilder();
            for (Map<String, Object> row : all) text.append(text.isEmpty() ? "" : "\n").append(line(row));
            result(all, text.isEmpty() ? "There are no results in " + place.results() + " yet." : text.toString());
        }

        private static String line(Map<String, Object> row) {
            if (row.get("error") != null) return row.get("name") + "  " + row.get("error");
            double cpus = (double) row.get("cpus");
            return String.format(Locale.ROOT, "%s  %s %s on %s  %s  %s  %s", row.get("name"), row.get("target"), text(row.get("version")),
                    row.get("node"), cpus > 0 ? String.format(Locale.ROOT, "%.2f CPUs", cpus) : "", text(row.get("top")),
                    text(row.get("change"))).stripTrailing();
        }

        private static String text(Object value) {
            return value == null ? "" : value.toString();
        }
    }

    /** What a result says. */
    @Command(name = "show", sortOptions = false, description = "Shows what a result says.", footer = {"",
        "Git shows it too, in git log -p and git diff, once it is told to:", "  git config diff.flame.textconv '/path/to/jbang -q history show'"})
    static final class Show extends Asking {
        @Parameters(arity = "0..1", paramLabel = "RESULT", description = "Which (default: the last one). Also folded stacks that have no metadata.")
        private String name;

        @Override
        void answer() throws IOException {
            Path file = name == null ? null : Path.of(name);
            boolean alone = file != null && name.endsWith(".folded.gz") && Files.exists(file)
                    && !Files.exists(Path.of(name.replaceFirst("\\.folded\\.gz$", ".json")));
            if (alone) {
                StackTree tree = Labels.unmarked(StackReader.read(List.of(file), new ReadOptions()).tree());
                Report report = Report.of(tree, Basis.of(Amounts.SAMPLES), Rules.ofStacks(tree), 10);
                result(report, report.text(false, console.verbose()));
                return;
            }
            Result shown = name == null ? last() : result(name);
            result(shown.report(), shown.name() + "\n\n" + shown.report().text(console.terminal(), console.verbose()));
        }
    }

    /** Two dashes stand between the sides. */
    static final class DashesAreWords implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec spec) {
            spec.parser().endOfOptionsDelimiter("\0").unmatchedOptionsArePositionalParams(true);
            return spec;
        }
    }

    /** What changed. */
    @Command(name = "compare", sortOptions = false, modelTransformer = DashesAreWords.class,
            description = "Compares two results, or several on each side, and says what changed by more than chance does.",
            footer = {"", "-o takes a file for the differential flame graph too: -o diff.svg", "", "Examples:",
                "  ./jbang history compare                         the last one against the one before",
                "  ./jbang history compare 20260131-120000         that one against the one before it",
                "  ./jbang history compare v1.0 last               two of them, before and after",
                "  ./jbang history compare A1 A2 A3 -- B1 B2 B3    pooled: the spread between runs counts too"})
    static final class Compare extends Asking {
        @Parameters(arity = "0..*", paramLabel = "RESULT",
                description = "Before and after; \"previous\" is the one before the other; -- stands between several on each side.")
        private List<String> names = new ArrayList<>();

        private String picture;

        @Override
        protected void outputFile(String value) {
            picture = value;
        }

        @Override
        void answer() throws IOException {
            for (String word : names) if (word.matches("-.+") && !word.equals("--")) throw new Failure(Exit.USAGE, "Unknown option: " + word, null);
            List<Result> before = new ArrayList<>();
            List<Result> after = new ArrayList<>();
            int dashes = names.indexOf("--");
            if (dashes >= 0) {
                for (int i = 0; i < names.size(); i++) if (i != dashes) (i < dashes ? before : after).add(result(names.get(i)));
            } else if (names.size() == 2 && names.contains("previous")) {
                after.add(result(names.get(names.indexOf("previous") == 0 ? 1 : 0)));
                before.add(previous(after.get(0)));
            } else if (names.size() == 2) {
                before.add(result(names.get(0)));
                after.add(result(names.get(1)));
            } else if (names.size() < 2) {
                after.add(names.isEmpty() ? last() : result(names.get(0)));
                before.add(previous(after.get(0)));
            }
            if (before.isEmpty() || after.isEmpty()) {
                throw new Failure(Exit.USAGE, "compare takes two results, or several on each side of --", "See history compare --help.");
            }
            Comparison comparison = Comparison.of(before, after);
            if (picture != null) draw(before, after);
            result(comparison, comparison.text(console.verbose()) + (picture == null ? "" : "\n\n" + picture));
        }

        private void draw(List<Result> before, List<Result> after) {
            Result one = after.get(0);
            Drawing drawing = Drawing.of(one.profile().title(),
                    names(before) + " → " + names(after), Basis.ofKept(one.profile()).unit());
            Scratch.replace(Path.of(picture), out -> FlameGraph.draw(Comparison.tree(before, after), drawing, one.rules(), out));
        }

        private static String names(List<Result> side) {
            return side.get(0).name() + (side.size() > 1 ? " and " + (side.size() - 1) + " more" : "");
        }
    }

    /** Whether it is within a budget. */
    @Command(name = "check", sortOptions = false, description = "Holds a result against a budget: exit code 19 where a limit is exceeded "
            + "by more than its error, 20 where there are too few samples to tell.", footer = {"",
            "docs/history.md has a budget, and pipelines that check it."})
    static final class Budgets extends Asking {
        private static final Pattern LAST = Pattern.compile("last (\\d{1,3})");

        @Option(names = "--budget", required = true, paramLabel = "FILE", description = "The budget, in YAML.")
        private Path budget;

        @Parameters(arity = "0..1", paramLabel = "RESULT", description = "Which (default: the last one).")
        private String name = "last";

        @Option(names = "--baseline", paramLabel = "RESULT", description = "What growth is measured against, instead of the budget's own.")
        private List<String> baseline = new ArrayList<>();

        @Option(names = "--junit", paramLabel = "FILE", description = "Also write JUnit's XML; - for standard output.")
        private String junit;

        @Option(names = "--markdown", paramLabel = "FILE", description = "Also write Markdown, for a pull request's comment; - for standard output.")
        private String markdown;

        @Override
        void answer() throws IOException {
            Result result = result(name);
            Budget limits = Budget.read(budget.toString(), text(), result.rules());
            List<Result> against = baseline(baseline.isEmpty() ? limits.baseline() : baseline, result);
            String older = against.isEmpty() ? null : against.get(against.size() - 1).name();
            Check check = Check.of(budget.toString(), limits, result, against,
                    path -> older == null ? List.of() : commits(older, result.name(), path));
            write(junit, check.junit());
            write(markdown, check.markdown());
            if (!"-".equals(junit) && !"-".equals(markdown)) result(check, check.text());
            exitCode = check.exitCode();
        }

        private String text() {
            try {
                return Files.readString(budget);
            } catch (IOException e) {
                throw new Failure(Exit.INPUT, "cannot read the budget " + budget + ": " + Failure.reason(e), null, e);
            }
        }

        private void write(String name, String text) {
            if (name == null) return;
            if (name.equals("-")) console.result(text.stripTrailing());
            else Scratch.replace(Path.of(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        }

        private List<Result> baseline(List<String> words, Result result) {
            List<Result> all = new ArrayList<>();
            for (String word : words) {
                Matcher last = LAST.matcher(word);
                int number = word.equals("previous") ? 1 : last.matches() ? Integer.parseInt(last.group(1)) : 0;
                if (number == 0) all.add(result(word));
                Result at = result;
                for (int i = 0; i < number && at != null; i++) {
                    at = series().previous(at);
                    if (at != null) all.add(0, at);
                }
            }
            return all;
        }

        /** Of a folder that is in no repository, none. */
        private List<String> commits(String older, String newer, String path) {
            try {
                return log().between(older, newer, path);
            } catch (Failure e) {
                console.debug("the commits in between are not known: " + e.getMessage());
                return List.of();
            }
        }
    }

    /** The index of all. */
    @Command(name = "index", sortOptions = false,
            description = "Makes results/README.md and results/index.html anew; stage 04 does that with each result.")
    static final class Remake extends Asking {
        @Option(names = "--anew", description = "Read every result, not only those that are new in the index.")
        private boolean anew;

        @Override
        void answer() throws IOException {
            if (place.branch() != null) throw new Failure(Exit.USAGE, "on a branch the index is made with each result", "Leave out --branch.");
            List<String> written = new Index(anew, console::note).write(folder(), console);
            result(Map.of("files", written, "results", series().names().size()),
                    String.join("\n", written) + "\n" + Amounts.count(series().names().size()) + " results");
        }
    }

    /** What can go. */
    @Command(name = "prune", sortOptions = false, description = "Thins a long series, in a new commit: the older results are, the fewer "
            + "stay. What goes stays in the repository's history.")
    static final class Prune extends Asking {
        @Option(names = "--keep", paramLabel = "STEPS", description = "all, day, week, month or year, each with an age (31d, 8w, 6m, 1y) up to "
                + "which it holds, seen from the latest result (default: ${DEFAULT-VALUE}).")
        private String keep = Thinning.USUAL;

        @Option(names = "--dry-run", description = "Only say what would go.")
        private boolean dryRun;

        @Override
        void answer() throws IOException {
            Thinning thinning = new Thinning(keep);
            Contents committed = repo().committed(place.results());
            Series all = new Series(committed);
            List<String> gone = thinning.superfluous(all);
            long bytes = 0;
            for (String name : gone) {
                for (String ending : List.of(Results.SVG, Results.FOLDED, Results.JSON)) {
                    if (committed.names().contains(name + ending)) bytes += committed.read(name + ending).length;
                }
            }
            String said = String.format(Locale.ROOT, "%,d of %,d results, %,d KiB", gone.size(), all.names().size(), bytes >> 10);
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("removed", gone);
            data.put("kept", all.names().size() - gone.size());
            data.put("bytes", bytes);
            data.put("commit", null);
            if (!gone.isEmpty() && !dryRun) {
                if (committed.names().contains(Results.PAGE)) repo().deriving(new Index(false, console::note));
                String message = "Thin the results: " + keep + "\n\n" + said + " less in the work tree; the history keeps them.\n";
                data.put("commit", log().remove(gone, message));
            }
            result(data, (gone.isEmpty() ? "" : String.join("\n", gone) + "\n") + (dryRun ? "would go: " : "removed: ") + said
                    + (data.get("commit") == null ? "" : "; commit " + data.get("commit")));
        }
    }
}
