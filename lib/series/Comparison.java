package lib.series;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.insight.Amounts;
import lib.insight.Difference;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/**
 * Two sides laid beside each other: what changed by more than chance does, and what these samples could not show. How that is told
 * is said in docs/history.md.
 *
 * @param before names of the results of the one side
 * @param after those of the other
 * @param samples of each side
 * @param cpusBefore CPUs that were busy before; 0 where it is not known
 * @param cpus the same now
 * @param cpusError of the difference of both
 * @param requestsBefore requests that were answered before; null where they were not counted
 * @param requests the same now
 * @param spread how much more the runs of a side differ than chance would have them, as a variance: 1 or more; {@link #USUAL} where no side
 *     has two runs
 * @param unlike what else is not alike on both sides
 * @param rows all rows, by kind: first what changed, the largest change first, then the others, the largest first
 */
public record Comparison(List<String> before, List<String> after, List<Long> samples, double cpusBefore, double cpus, double cpusError,
        Long requestsBefore, Long requests, double spread, List<String> unlike, List<Row> rows) {
    /** So many of 100 comparisons of the same say that something changed; half of them by functions. */
    static final double WRONG = 0.05;
    private static final double WITHIN = 1 - WRONG;
    /** Rows of fewer samples on both sides together cannot show anything, and are not looked at. */
    private static final int FEWEST = 10;
    /** The spread of all rows counts as much as so many more runs of each one. */
    private static final int RUNS_OF_ALL = 10;
    private static final int MOVERS = 10;
    /** Rows without a change are shown from this share on. */
    private static final double SMALL = 0.02;
    private static final int WIDEST_NAME = 60;
    /**
     * How much more two runs of the same differ than they would if each sample were taken by itself, as a variance: collections of
     * garbage and lists come in bursts. Measured; docs/history.md says of what.
     */
    static final double USUAL = 4;

    /**
     * Compares.
     *
     * @throws Failure INPUT where the results are not of the same target, engine and event
     */
    public static Comparison of(List<Result> before, List<Result> after) {
        for (List<Result> side : List.of(before, after)) {
            for (Result result : side) {
                String why = Result.incomparable(before.get(0).profile(), result.profile());
                if (why != null) throw new Failure(Exit.INPUT, before.get(0).name() + " and " + result.name() + " cannot be compared: " + why, null);
            }
        }
        return new Counting(new Side(before), new Side(after)).comparison();
    }

    /** One row before it is known which of all have changed. */
    private record Draft(Row.Kind kind, String name, long[] before, long[] after) {
        long all() {
            return Side.sum(before) + Side.sum(after);
        }
    }

    /** So many standard deviations of samples that are taken each by itself are the error of a single run, or of two of them. */
    static double single() {
        return Chances.deviations(WITHIN, freedom(1)) * Math.sqrt(USUAL);
    }

    /** The degrees of freedom by which an error of so many runs on both sides, or of one run alone, is known. */
    static int freedom(int runs) {
        return RUNS_OF_ALL + Math.max(0, runs - 2);
    }

    /**
     * How much more a row differs between the runs of a side than chance would have it: a variance, of what is expected, drawn towards
     * that of all rows, since a few runs alone tell little of it.
     */
    static double spread(Side a, long[] before, Side b, long[] after, double ofAll) {
        int more = a.of.length + b.of.length - 2;
        return Math.max(1, (RUNS_OF_ALL * ofAll + squares(a, before) + squares(b, after)) / (RUNS_OF_ALL + more));
    }

    private static double squares(Side side, long[] samples) {
        double share = side.share(samples);
        if (share <= 0 || share >= 1) return 0;
        double sum = 0;
        for (int run = 0; run < samples.length; run++) {
            if (side.of[run] > 0) sum += side.of[run] * Math.pow((double) samples[run] / side.of[run] - share, 2) / (share * (1 - share));
        }
        return sum;
    }

    private static final class Counting {
        private final Side a;
        private final Side b;
        private final int runs;
        private final double spread;
        private final List<Draft> drafts = new ArrayList<>();

        Counting(Side a, Side b) {
            this.a = a;
            this.b = b;
            runs = a.of.length + b.of.length;
            for (Row.Kind kind : Row.Kind.values()) {
                Set<String> names = new TreeSet<>(a.samples.get(kind).keySet());
                names.addAll(b.samples.get(kind).keySet());
                for (String name : names) drafts.add(new Draft(kind, name, a.samples(kind, name), b.samples(kind, name)));
            }
            spread = runs == 2 ? USUAL : Math.max(1, Chances.mean(drafts.stream().filter(draft -> draft.all() >= FEWEST * runs)
                    .mapToDouble(this::spread).toArray()));
        }

        private double spread(Draft draft) {
            return (squares(a, draft.before) + squares(b, draft.after)) / (runs - 2);
        }

        private double moderated(Draft draft) {
            return Comparison.spread(a, draft.before, b, draft.after, spread);
        }

        private int freedom() {
            return Comparison.freedom(runs);
        }

        Comparison comparison() {
            boolean[] changed = new boolean[drafts.size()];
            find(changed, false);
            find(changed, true);
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < changed.length; i++) rows.add(row(drafts.get(i), changed[i]));
            rows.sort(Comparator.comparing(Row::kind).thenComparing(row -> !row.changed())
                    .thenComparing(row -> row.changed() ? -Math.abs(row.change()) : -Math.max(row.before(), row.after())).thenComparing(Row::name));
            List<String> unlike = Result.unlike(a.runs.get(a.runs.size() - 1).profile(), b.runs.get(b.runs.size() - 1).profile());
            double z = Chances.deviations(WITHIN, freedom());
            return new Comparison(names(a), names(b), List.of(a.all(), b.all()), a.all() * a.cpusPerSample(), b.all() * b.cpusPerSample(),
                    z * Math.sqrt(spread) * Math.hypot(Math.sqrt(a.all()) * a.cpusPerSample(), Math.sqrt(b.all()) * b.cpusPerSample()),
                    a.requests(), b.requests(), spread, unlike, rows);
        }

        private static List<String> names(Side side) {
            return side.runs.stream().map(Result::name).toList();
        }

        /** Functions are many, so they are looked at apart: what they cost in certainty is not paid by the other rows. */
        private void find(boolean[] changed, boolean functions) {
            List<Integer> looked = new ArrayList<>();
            for (int i = 0; i < changed.length; i++) {
                Draft draft = drafts.get(i);
                if ((draft.kind == Row.Kind.FUNCTION) == functions && draft.all() >= FEWEST) looked.add(i);
            }
            boolean[] found = Chances.holm(looked.stream().mapToDouble(i -> chance(drafts.get(i))).toArray(), WRONG / 2);
            for (int i = 0; i < found.length; i++) changed[looked.get(i)] = found[i];
        }

        /** How often two samplings of the same would differ so (two-proportion test, corrected for continuity). */
        private double chance(Draft draft) {
            double both = (double) draft.all() / (a.all() + b.all());
            double inverse = 1.0 / a.all() + 1.0 / b.all();
            double error = Math.sqrt(both * (1 - both) * inverse * moderated(draft));
            double difference = Math.abs(b.share(draft.after) - a.share(draft.before)) - inverse / 2;
            return difference <= 0 || error == 0 ? 1 : Chances.twoSided(difference / error, freedom());
        }

        private Row row(Draft draft, boolean changed) {
            double before = a.share(draft.before);
            double after = b.share(draft.after);
            double z = Chances.deviations(WITHIN, freedom()) * Math.sqrt(moderated(draft));
            double error = z * Math.hypot(a.deviation(before), b.deviation(after));
            long was = Side.sum(draft.before);
            long is = Side.sum(draft.after);
            double cpuA = a.cpusPerSample();
            double cpuB = b.cpusPerSample();
            double ofA = z * Math.sqrt(was) * cpuA;
            double ofB = z * Math.sqrt(is) * cpuB;
            Long requestsA = draft.kind == Row.Kind.CALL ? a.requests(draft.name) : null;
            Long requestsB = draft.kind == Row.Kind.CALL ? b.requests(draft.name) : null;
            boolean known = requestsA != null && requestsB != null && requestsA > 0 && requestsB > 0 && cpuA > 0 && cpuB > 0;
            double perA = known ? a.seconds() / requestsA : 0;
            double perB = known ? b.seconds() / requestsB : 0;
            return new Row(draft.kind, draft.name, was + is, before, after, error,
                    changed && Math.abs(after - before) > error, was * cpuA, is * cpuB, Math.hypot(ofA, ofB),
                    known ? was * cpuA * perA : null, known ? is * cpuB * perB : null, known ? Math.hypot(ofA * perA, ofB * perB) : null);
        }
    }

    /** The rows that changed, the largest change first. */
    public List<Row> changes() {
        return rows.stream().filter(Row::changed).sorted(Comparator.comparing((Row row) -> row.kind() == Row.Kind.FUNCTION)
                .thenComparing(row -> -Math.abs(row.change()))).toList();
    }

    /** What changed, a line each, at most so many; one line where nothing did. */
    public List<String> words(int lines) {
        List<String> words = new ArrayList<>();
        if (cpusBefore > 0 && cpus > 0) words.add(busy());
        for (Row row : changes()) {
            if (words.size() >= lines) break;
            words.add(row.words());
        }
        if (changes().isEmpty()) words.add("No change of a share that these samples could show" + couldShow() + ".");
        return words;
    }

    private String busy() {
        StringBuilder text = new StringBuilder(say("%.2f → %.2f CPUs (%+.2f ± %.2f)", cpusBefore, cpus, cpus - cpusBefore, cpusError));
        if (requestsBefore == null || requests == null || requestsBefore == 0 || requests == 0) return text.toString();
        return text.append(say(", %s → %s requests", Amounts.count(requestsBefore), Amounts.count(requests))).toString();
    }

    private String couldShow() {
        Row largest = rows.stream().filter(row -> row.kind() == Row.Kind.CALL).max(Comparator.comparingDouble(Row::after)).orElse(null);
        return largest == null ? "" : say("; of %s, one of %.1f points would have been beyond its error", largest.name(),
                100 * largest.error());
    }

    /**
     * All of it, without a line feed at its end: what is not alike, what changed in words, then the rows.
     *
     * @param all whether rows are shown that are small and did not change, and every function that changed
     */
    public String text(boolean all) {
        StringBuilder text = new StringBuilder(say("before  %s  (%,d samples)", String.join(" ", before), samples.get(0)))
                .append(say("\nafter   %s  (%,d samples)", String.join(" ", after), samples.get(1)));
        for (String one : unlike) text.append("\nother   ").append(one.length() <= 2 * WIDEST_NAME ? one : one.substring(0, 2 * WIDEST_NAME) + "…");
        if (before.size() + after.size() > 2 && spread > 1) {
            text.append(say("\nRuns of one side differ %.1f times as much as chance would have them.", Math.sqrt(spread)));
        }
        text.append("\n\n").append(String.join("\n", words(MOVERS)));
        for (Row.Kind kind : Row.Kind.values()) {
            boolean functions = kind == Row.Kind.FUNCTION;
            List<Row> shown = rows.stream().filter(row -> row.kind() == kind).filter(row -> row.changed() || !functions && row.samples() > 0
                    && (all || Math.max(row.before(), row.after()) >= SMALL)).limit(functions && !all ? MOVERS : rows.size()).toList();
            if (shown.isEmpty()) continue;
            text.append("\n\n").append(kind.title()).append(":");
            for (Row row : shown) text.append('\n').append(line(row));
        }
        return text.append("\n\n* changed; the others may be chance: they are inside the error, or many rows were looked at.").toString();
    }

    private static String line(Row row) {
        String name = row.name().length() <= WIDEST_NAME ? row.name() : "…" + row.name().substring(row.name().length() - WIDEST_NAME + 1);
        String absolute = row.cpus() == 0 && row.cpusBefore() == 0 ? "" : say("%.3f → %.3f CPUs", row.cpusBefore(), row.cpus());
        return say("%s %8s → %-8s %15s  %-21s  %s  %s", row.changed() ? "*" : " ", Amounts.percent(row.before()),
                Amounts.percent(row.after()), row.points(), absolute, name, row.perRequest()).stripTrailing();
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** The stacks of both sides for a differential graph: all runs of a side summed. */
    public static StackTree tree(List<Result> before, List<Result> after) {
        return Difference.of(sum(before), sum(after));
    }

    private static StackTree sum(List<Result> runs) {
        StackTree sum = new StackTree(new Frames());
        runs.forEach(run -> sum.merge(run.tree()));
        return sum;
    }
}
