package lib.series;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lib.cli.Exit;
import lib.insight.Amounts;
import lib.stacks.StackTree;

/**
 * A result held against a budget.
 *
 * @param file the budget's name
 * @param result the result's name
 * @param baseline names of the results that growth is measured against; empty where there are none
 * @param samples the result's
 * @param leastSamples so many are needed
 * @param found what became of each limit
 */
public record Check(String file, String result, List<String> baseline, long samples, long leastSamples, List<Found> found) {
    /** So many of 100 checks of the same may fail by chance, however many limits they have. */
    private static final double WRONG = 0.01;

    /** What became of a limit. */
    enum Verdict { WITHIN, EXCEEDED, UNKNOWN }

    /**
     * What became of a limit.
     *
     * @param limit which
     * @param value as it is measured
     * @param error half the interval around it that chance does not leave on its upper side
     * @param verdict whether the value is above the limit by more than its error
     * @param why it is not known; null where it is
     * @param none whether it is of functions, and the result has none of that name
     * @param commits that are to be looked at, where it is exceeded
     */
    record Found(Budget.Limit limit, double value, double error, Verdict verdict, String why, boolean none, List<String> commits) {
        /** {@code call list: 53.0 ± 2.1 %, at most 45.0 %} */
        String text() {
            return limit.subject() + ": " + measured() + ", " + limit.text() + remark();
        }

        private String measured() {
            return why != null ? why : limit.measure().text(value, error);
        }

        private String remark() {
            if (none) return " (no function has such a name)";
            return verdict == Verdict.WITHIN && value > limit.most() ? " (above it, but inside the error)" : "";
        }
    }

    /**
     * Checks.
     *
     * @param baseline what growth is measured against; may be empty
     * @param commits of a path that a budget names, or null, the commits since the baseline
     */
    public static Check of(String file, Budget budget, Result result, List<Result> baseline, Function<String, List<String>> commits) {
        List<Found> found = new ArrayList<>();
        Side now = new Side(List.of(result));
        Side before = baseline.isEmpty() ? null : new Side(baseline);
        Comparison compared = before == null ? null : Comparison.of(baseline, List.of(result));
        double spread = Math.sqrt(Comparison.USUAL) * deviations(1, budget.limits().size());
        for (Budget.Limit limit : budget.limits()) {
            Found one = limit.measure().isGrowth() ? grown(limit, before, now, compared, budget.limits().size()) : measured(limit, now, spread);
            boolean none = limit.kind() == Row.Kind.FUNCTION && Side.sum(samples(limit, now)) == 0;
            found.add(new Found(limit, one.value, one.error, one.verdict, one.why, none,
                    one.verdict == Verdict.EXCEEDED ? commits.apply(limit.path()) : List.of()));
        }
        return new Check(file, result.name(), baseline.stream().map(Result::name).toList(), now.all(), budget.leastSamples(), found);
    }

    private static Found unknown(Budget.Limit limit, String why) {
        return new Found(limit, 0, 0, Verdict.UNKNOWN, why, false, List.of());
    }

    private static Found found(Budget.Limit limit, double value, double error) {
        return new Found(limit, value, error, value - error > limit.most() ? Verdict.EXCEEDED : Verdict.WITHIN, null, false, List.of());
    }

    /** So many standard deviations chance does not go to one side. */
    private static double deviations(int runs, int limits) {
        return Chances.deviations(1 - 2 * WRONG / limits, Comparison.freedom(runs));
    }

    /** @param spread how many standard deviations of samples that are taken each by itself are its error */
    private static Found measured(Budget.Limit limit, Side side, double spread) {
        double samples = Side.sum(samples(limit, side));
        double share = side.share(samples(limit, side));
        double part = side.cpusPerSample();
        return switch (limit.measure()) {
            case SHARE -> found(limit, share, spread * side.deviation(share));
            case CPUS -> part == 0 ? unknown(limit, "how many CPUs were busy is not known")
                    : found(limit, samples * part, spread * Math.sqrt(samples) * part);
            default -> {
                Long requests = requests(limit, side);
                if (part == 0 || requests == null || requests == 0) yield unknown(limit, "its requests were not counted");
                double each = part * side.seconds() / requests;
                yield found(limit, samples * each, spread * Math.sqrt(samples) * each);
            }
        };
    }

    private static Long requests(Budget.Limit limit, Side side) {
        return limit.kind() == null ? side.requests() : side.requests(limit.name());
    }

    private static Found grown(Budget.Limit limit, Side before, Side now, Comparison compared, int limits) {
        if (before == null) return unknown(limit, "there is nothing to compare with");
        long[] was = samples(limit, before);
        long[] is = samples(limit, now);
        double spread = deviations(before.of.length + 1, limits) * Math.sqrt(Comparison.spread(before, was, now, is, compared.spread()));
        double share = before.share(was);
        double shareNow = now.share(is);
        if (limit.measure() == Budget.Measure.SHARE_GROWTH) {
            return found(limit, shareNow - share, spread * Math.hypot(before.deviation(share), now.deviation(shareNow)));
        }
        double perBefore = before.cpusPerSample();
        double perNow = now.cpusPerSample();
        if (limit.measure() == Budget.Measure.EACH_GROWTH) {
            Long requests = requests(limit, before);
            Long requestsNow = requests(limit, now);
            if (requests == null || requestsNow == null || requests == 0 || requestsNow == 0) return unknown(limit, "its requests were not counted");
            perBefore *= before.seconds() / requests;
            perNow *= now.seconds() / requestsNow;
        }
        double first = Side.sum(was) * perBefore;
        double second = Side.sum(is) * perNow;
        if (first == 0) return unknown(limit, "it was not there before, or its CPUs are not known");
        // the ratio's relative error is that of both together
        double ratio = second / first;
        double error = spread * ratio * Math.hypot(1 / Math.sqrt(Math.max(1, Side.sum(was))), 1 / Math.sqrt(Math.max(1, Side.sum(is))));
        return found(limit, ratio - 1, error);
    }

    /** The samples of what is limited, by run; of functions those that are in one or in what it called. */
    private static long[] samples(Budget.Limit limit, Side side) {
        if (limit.kind() == null) return side.of;
        if (limit.kind() != Row.Kind.FUNCTION) return side.samples(limit.kind(), limit.name());
        Pattern pattern = Pattern.compile(Arrays.stream(limit.name().split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
        long[] samples = new long[side.of.length];
        for (int run = 0; run < samples.length; run++) samples[run] = Math.round(under(side.runs.get(run).tree(), pattern) * side.of[run]);
        return samples;
    }

    /** The share of a tree that is in or below a function of this name. */
    private static double under(StackTree tree, Pattern pattern) {
        boolean[] inside = new boolean[tree.size()];
        Boolean[] fits = new Boolean[tree.frames().size()];
        double all = tree.self(0);
        double under = 0;
        for (int node = 1; node < inside.length; node++) {
            int frame = tree.frame(node);
            if (fits[frame] == null) fits[frame] = pattern.matcher(tree.frames().name(frame)).matches();
            inside[node] = inside[tree.parent(node)] || fits[frame];
            all += tree.self(node);
            if (inside[node]) under += tree.self(node);
        }
        return all == 0 ? 0 : under / all;
    }

    /** Exit's code for it: too few samples tell nothing; one limit that is exceeded is enough. */
    public int exitCode() {
        if (samples < leastSamples) return Exit.TOO_FEW;
        return found.stream().anyMatch(one -> one.verdict == Verdict.EXCEEDED) ? Exit.BUDGET : Exit.DONE;
    }

    private boolean tells() {
        return samples >= leastSamples;
    }

    private String against() {
        return baseline.isEmpty() ? "" : ", against " + String.join(" ", baseline);
    }

    private String few() {
        return "Too few samples to tell: " + Amounts.count(samples) + ", and the budget asks for " + Amounts.count(leastSamples) + ".";
    }

    private String where(Found one) {
        return file + ":" + one.limit.line();
    }

    /** As text, a line for each limit, without a line feed at its end. */
    public String text() {
        StringBuilder text = new StringBuilder(result).append(" (").append(Amounts.count(samples)).append(" samples)").append(against());
        if (!tells()) return text.append('\n').append(few()).toString();
        for (Found one : found) {
            text.append(String.format(Locale.ROOT, "%n%-8s  %s  (%s)", word(one), one.text(), where(one)));
            for (String commit : one.commits) text.append("\n            ").append(commit);
        }
        return text.toString().replace("\r\n", "\n");
    }

    private static String word(Found one) {
        return one.verdict == Verdict.EXCEEDED ? "EXCEEDED" : one.verdict == Verdict.UNKNOWN ? "unknown" : "ok";
    }

    /** For a comment of a pull request. */
    public String markdown() {
        StringBuilder text = new StringBuilder("### ").append(!tells() ? "Too few samples to tell" : exitCode() == Exit.DONE ? "CPU budget kept"
            : "CPU budget exceeded").append("\n\n`").append(result).append("`, ").append(Amounts.count(samples)).append(" samples").append(against())
                    .append("\n\n");
        if (!tells()) return text.append(few()).append('\n').toString();
        text.append("| | what | measured | limit | line |\n|---|---|---|---|---|\n");
        for (Found one : found) {
            text.append("| ").append(one.verdict == Verdict.EXCEEDED ? "**exceeded**" : word(one)).append(" | ").append(cell(one.limit.subject()))
                    .append(" | ").append(one.measured()).append(one.remark()).append(" | ").append(one.limit.text()).append(" | ")
                    .append(cell(where(one))).append(" |\n");
        }
        for (Found one : found) {
            if (one.commits.isEmpty()) continue;
            text.append("\nCommits since the baseline").append(one.limit.path() == null ? "" : " in `" + one.limit.path() + "`").append(", for ")
                    .append(cell(one.limit.subject())).append(":\n\n");
            for (String commit : one.commits) text.append("- ").append(cell(commit)).append('\n');
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replaceAll("([\\\\|`*_\\[\\]])", "\\\\$1");
    }

    /** For what shows tests: a test case for each limit. */
    public String junit() {
        long exceeded = tells() ? found.stream().filter(one -> one.verdict == Verdict.EXCEEDED).count() : 0;
        long skipped = tells() ? found.stream().filter(one -> one.verdict == Verdict.UNKNOWN).count() : found.size();
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").append(String.format(Locale.ROOT,
                "<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\">%n", xml(file), found.size(), exceeded, skipped));
        for (Found one : found) {
            String name = one.limit.subject() + ", " + one.limit.text();
            text.append("  <testcase classname=\"").append(xml(result)).append("\" name=\"").append(xml(name)).append("\">");
            if (!tells()) text.append("<skipped message=\"").append(xml(few())).append("\"/>");
            else if (one.verdict == Verdict.UNKNOWN) text.append("<skipped message=\"").append(xml(one.why)).append("\"/>");
            else if (one.verdict == Verdict.EXCEEDED) {
                String more = where(one) + "\n" + String.join("\n", one.commits);
                text.append("<failure message=\"").append(xml(one.text())).append("\">").append(xml(more)).append("</failure>");
            }
            text.append("</testcase>\n");
        }
        return text.append("</testsuite>\n").toString().replace("\r\n", "\n");
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "?");
    }
}
