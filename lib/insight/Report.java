package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import lib.profile.RequestCount;
import lib.stacks.StackTree;

/**
 * What a profile says, in short: how much there is, what it was done for, which functions are hottest, which subsystems take
 * how much.
 *
 * @param total such as {@code 72.6 s CPU (7,262 samples)}
 * @param weight of all samples, in {@code unit}
 * @param samples number of samples
 * @param unit as in {@link Amounts}
 * @param words the answer, at most {@value #LINES} lines
 * @param calls what the work was done for, the largest first
 * @param chain what requests cost before they reach a handler, by link
 * @param cut how many samples have a stack that was cut off at the kernel's limit
 * @param subsystems which kinds of code it was, the largest first
 * @param hottest functions by their own weight, the hottest first
 * @param largest functions by their weight together with what they called, the largest first
 * @param objects whose objects the work was on, as far as functions say it
 * @param busiest of what was counted, the verbs and resources with most requests, most bytes or most time; empty where nothing was
 * @param clients who asked for it, the most expensive first; empty where it is not known
 * @param advice what is largest of what can be helped, and how; empty where nothing stands out
 */
public record Report(String total, long weight, long samples, String unit, List<String> words, List<Calls.Call> calls,
        List<Calls.Link> chain, long cut, List<Subsystems.Share> subsystems, List<Hottest.Function> hottest,
        List<Hottest.Function> largest, Objects objects, List<RequestCount> busiest,
        List<Asker> clients, List<String> advice) {
    /** So many lines an answer in words has at most. */
    static final int LINES = 10;
    private static final int BUSIEST = 10;
    /** So many clients are shown in short. */
    private static final int FEW = 5;
    private static final int HOTTEST = 10;
    private static final int WIDTH = 80;
    /** Where a client's name begins in its row. */
    private static final int INDENT = 32;
    private static final int BAR = 20;
    /** In a table that has more to say in a row. */
    private static final int SHORT_BAR = 6;
    /** Where the rules name less of a profile, they are of another program. */
    static final double KNOWN = 0.05;
    /** Rows of less are shown together. */
    private static final double SMALL = 0.01;
    /** Eighths of a character cell, from U+258F to U+2588. */
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    /**
     * @param basis what the tree's weights are
     * @param rules of the program that was recorded
     * @param functions how many of the hottest to list
     */
    public static Report of(StackTree tree, Basis basis, Rules rules, int functions) {
        Counted counted = Counted.of(tree, basis);
        Calls calls = Calls.of(tree, counted, basis, rules);
        List<Subsystems.Share> subsystems = rules.subsystems().shares(tree, counted).stream()
                .sorted(Comparator.comparingLong(Subsystems.Share::weight).reversed()).toList();
        List<Hottest.Function> all = Hottest.all(tree);
        Objects objects = Objects.of(tree, counted);
        List<Asker> clients = Asker.of(basis.clients(), basis.requests(), calls, rules);
        List<String> words = new Words(tree, counted, basis, calls, clients).lines();
        return new Report(Amounts.of(counted.weight(), counted.samples(), basis.unit()), counted.weight(), counted.samples(),
                basis.unit(), words, calls.calls(), calls.chain(), calls.cut(), subsystems,
                Hottest.bySelf(all, functions), Hottest.byTotal(all, functions),
                objects, busiest(basis.requests()), clients, Advice.of(calls, counted, rules));
    }

    /** The ten that lead in requests, bytes or time; all sorts of one verb and resource together. */
    private static List<RequestCount> busiest(List<RequestCount> requests) {
        if (requests == null) return List.of();
        List<RequestCount> pairs = Requests.byVerbAndResource(requests);
        List<RequestCount> busiest = new ArrayList<>();
        List<ToLongFunction<RequestCount>> measures = List.of(RequestCount::count, RequestCount::bytes, c -> (long) (c.seconds() * 1e6));
        for (int rank = 0; rank < BUSIEST; rank++) {
            for (ToLongFunction<RequestCount> measure : measures) {
                pairs.stream().sorted(Comparator.comparingLong(measure).reversed()).skip(rank).limit(1)
                        .filter(pair -> measure.applyAsLong(pair) > 0 && !busiest.contains(pair) && busiest.size() < BUSIEST)
                        .forEach(busiest::add);
            }
        }
        busiest.sort(Comparator.comparingLong(RequestCount::count).reversed());
        return busiest;
    }

    /** How much there is, and the answer in words; without a line feed at its end. */
    public String answer() {
        return words.isEmpty() ? total : total + "\n" + String.join("\n", words);
    }

    /**
     * The report as text, without a line feed at its end: the answer in words, then what the work was done for.
     *
     * @param bars whether a row has a small bar for its share
     * @param all whether small rows are shown too, and the chain, the hottest functions and the kinds of code
     */
    public String text(boolean bars, boolean all) {
        StringBuilder text = new StringBuilder(total);
        boolean known = calls.stream().filter(Calls::isKnown).mapToDouble(Calls.Call::share).sum() >= KNOWN;
        if (!words.isEmpty()) text.append("\n\n").append(String.join("\n", words));
        if (known) {
            Table table = new Table(bars ? SHORT_BAR : 0, all);
            boolean garbage = calls.stream().anyMatch(c -> c.shareWithGarbage() != null);
            for (Calls.Call call : calls) {
                table.row(call.share(), call.error(), garbage ? percent(call.shareWithGarbage()) : null, describe(call, all, table.room()));
                if (all) call.work().forEach(work -> table.row(work.share(), work.error(), garbage ? "" : null, "    " + work.work()));
            }
            text.append("\n\nWhat it was done for").append(garbage ? " (and with the garbage that it made):" : ":").append(table.text());
        }
        if (!busiest.isEmpty()) text.append("\n\n").append(requestsText());
        if (!clients.isEmpty()) text.append("\n\n").append(clientsText(all));
        if (!all && known) return text.toString();
        if (known && !chain.isEmpty()) {
            Table table = new Table(bars ? BAR : 0, true);
            chain.forEach(link -> table.row(link.share(), link.error(), null, link.link()));
            text.append("\n\nBefore the handler, by link of the chain:").append(table.text());
        }
        if (all && !objects.kinds().isEmpty()) {
            Table table = new Table(bars ? BAR : 0, false);
            objects.kinds().forEach(kind -> table.row(kind.share(), kind.error(), null, kind.kind()));
            text.append("\n\nObjects, as far as functions name them (").append(Amounts.percent(objects.share())).append(" of the samples do):")
                    .append(table.text());
        }
        Table functions = new Table(bars ? BAR : 0, true);
        for (Hottest.Function f : hottest.subList(0, Math.min(HOTTEST, hottest.size()))) functions.row(f.selfShare(), 0, null, f.name());
        text.append("\n\nThe hottest functions, by their own time:").append(functions.text());
        Table kinds = new Table(bars ? BAR : 0, all);
        for (Subsystems.Share s : subsystems) kinds.row(s.share(), s.error(), null, s.subsystem());
        return text.append("\n\nKinds of code:").append(kinds.text()).toString();
    }

    private static String percent(Double share) {
        return share == null || share == 0 ? "" : Amounts.percent(share);
    }

    /** A call's name; in a short table also what most of it was. */
    private static String describe(Calls.Call call, boolean all, int room) {
        StringBuilder text = new StringBuilder(call.call());
        if (all) return text.toString();
        String before = ": ";
        for (Calls.Work work : call.work()) {
            String next = before + work.work() + " " + String.format(Locale.ROOT, "%.1f", work.share() * 100);
            if (work.share() < SMALL || work.work().equals(Calls.REST) || text.length() + next.length() > room) break;
            text.append(next);
            before = ", ";
        }
        return text.toString();
    }

    private String requestsText() {
        StringBuilder text = new StringBuilder("Requests, and what each of them costs:");
        for (Calls.Call call : calls) {
            if (call.requests() == null || call.requests() == 0 || call.cpuPerRequest() == null) continue;
            text.append(String.format(Locale.ROOT, "\n  %-22s %,9d  %s", call.call(), call.requests(), Words.perRequest(call)));
        }
        text.append("\nThe busiest, by requests, answers and time:");
        for (RequestCount count : busiest) {
            String name = count.verb() + " " + (count.resource().isEmpty() ? count.subresource()
                    : count.resource() + (count.subresource().isEmpty() ? "" : "/" + count.subresource()));
            text.append(String.format(Locale.ROOT, "\n  %-38s %,9d  %11s  %9.1f s", name, count.count(),
                    Amounts.bytes(count.bytes()), count.seconds()));
        }
        return text.toString();
    }

    /** Two lines for each client: how much and who, then by what program and for what. */
    private String clientsText(boolean all) {
        StringBuilder text = new StringBuilder("Who asked (an estimate of the CPU, requests, bytes; program, mostly for what):");
        for (Asker asker : clients.subList(0, Math.min(all ? clients.size() : FEW, clients.size()))) {
            String row = String.format(Locale.ROOT, "%8s %,9d %11s  %s", asker.cpu() == null ? "" : Amounts.percent(asker.cpu()),
                    asker.requests(), Amounts.bytes(asker.bytes()), asker.user());
            String mostly = asker.mostly().isEmpty() ? "" : String.format(Locale.ROOT, "%s (%.0f %%)", asker.mostly(), 100 * asker.ofVerb());
            String separator = mostly.isEmpty() || asker.agent().isEmpty() ? "" : ": ";
            String agent = all ? asker.agent() : cut(asker.agent(), Math.max(1, WIDTH - INDENT - separator.length() - mostly.length()));
            text.append('\n').append(all ? row : cut(row, WIDTH));
            if (!(agent + mostly).isEmpty()) text.append('\n').append(" ".repeat(INDENT)).append(agent).append(separator).append(mostly);
        }
        return text.toString();
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }

    /** The functions whose own share (or, absolute, weight) changed most, a line each. */
    public static String movers(StackTree tree, boolean absolute, int functions) {
        StringBuilder text = new StringBuilder("The largest changes, by functions' own time (before, after):");
        for (Difference.Mover m : Difference.movers(tree, absolute, functions)) {
            String change = absolute ? String.format(Locale.ROOT, "%+,d  (%,d, %,d)", m.self() - m.selfBefore(), m.selfBefore(), m.self())
                    : String.format(Locale.ROOT, "%+6.2f points  (%s, %s)", 100 * (m.selfShare() - m.selfShareBefore()),
                        Amounts.percent(m.selfShareBefore()), Amounts.percent(m.selfShare()));
            text.append("\n  ").append(change).append("  ").append(m.name());
        }
        return text.toString();
    }

    /** Rows of shares, largest first; those below a percent as one, unless all are wanted. */
    private static final class Table {
        private final int bar;
        private final boolean all;
        private final StringBuilder text = new StringBuilder();
        private double longest;
        private double folded;
        private int foldedRows;

        Table(int bar, boolean all) {
            this.bar = bar;
            this.all = all;
        }

        /**
         * @param error 0 where there is none to say
         * @param second another column, or null where the table has none
         */
        void row(double share, double error, String second, String name) {
            longest = Math.max(longest, share);
            if (!all && share < SMALL) {
                folded += share;
                foldedRows++;
                return;
            }
            text.append(String.format(Locale.ROOT, "\n%8s ", Amounts.percent(share)));
            if (error > 0) text.append(String.format(Locale.ROOT, "%-6s", (share <= 0 ? "< " : "± ") + Chance.points(error)));
            text.append(' ');
            if (second != null) text.append(String.format(Locale.ROOT, "%7s  ", second));
            if (bar > 0) text.append(bar(share / Math.max(longest, 1e-9), bar)).append("  ");
            text.append(name);
        }

        /** How much of a row is left for its name, where the table has a second column. */
        int room() {
            return WIDTH - 25 - (bar > 0 ? bar + 2 : 0);
        }

        String text() {
            if (foldedRows > 0) text.append(String.format(Locale.ROOT, "\n%8s        %d more, each below 1 %%", Amounts.percent(folded), foldedRows));
            return text.toString();
        }
    }

    /** A bar of up to so many cells, drawn to an eighth of a cell. */
    static String bar(double part, int cells) {
        int eighths = (int) Math.round(Math.max(0, Math.min(1, part)) * cells * 8);
        StringBuilder bar = new StringBuilder("█".repeat(eighths / 8));
        if (eighths % 8 > 0) bar.append(EIGHTHS.charAt(eighths % 8));
        return bar + " ".repeat(cells - bar.length());
    }
}
