package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.insight.Section.Kind;
import lib.stacks.StackTree;

/**
 * A profile divided by what its work was done for: each sample counts once, by its stack, from the root on, as a program's
 * {@link Rules} say.
 *
 * <p>The first function of a kind {@code beside} or {@code request} says what a stack is of, and a {@code call} takes the
 * place of a request. While a request has no call, the last {@code link} is where it is. In a call, the first {@code work}
 * says what is done: parts of one family take each other's place, and another family only where it says so.
 *
 * @param calls what the samples are of, largest first
 * @param chain where requests were that had reached no handler, in the order of the rules, links that took nothing too
 * @param signs how many samples have each sign that was seen
 * @param cut how many samples have a stack that was cut off at the kernel's limit; they count by what is left of it
 */
public record Calls(List<Call> calls, List<Link> chain, Map<String, Long> signs, long cut) {
    /** What no rule names. */
    public static final String OTHER = "other";
    /** What is done in a call where no rule names it. */
    static final String REST = "rest";
    /** What the kernel's limit left of a stack, where that does not say whose it is. */
    static final String CUT_OFF = "stacks cut off";
    /** Stacks that lost their callers otherwise: assembly may use the frame pointer's register for data. */
    static final String LOST = "stacks without callers";

    /**
     * What work was done for.
     *
     * @param call such as "list"; or what was done beside requests, such as "background GC"
     * @param samples how many
     * @param weight theirs, in the tree's unit
     * @param share of the whole profile, 0 to 1
     * @param error of the share, see {@link Chance}
     * @param shareWithGarbage the share together with its part of the collection of garbage, by how much it allocates of all
     *     that is allocated; 0 for the collection itself, null where nothing is known of garbage
     * @param requests how many of them there were; null where it is not known
     * @param cpuPerRequest seconds of CPU time for each; null where it is not known, and for those that last as long as their client wants
     * @param work what was done, largest first; empty beside requests
     */
    public record Call(String call, long samples, long weight, double share, double error, Double shareWithGarbage, Long requests,
            Double cpuPerRequest, List<Work> work) { }

    /**
     * What was done in a call.
     *
     * @param work such as "etcd: decode"
     * @param samples how many
     * @param share of the whole profile, 0 to 1
     * @param error of the share
     */
    public record Work(String work, long samples, double share, double error) { }

    /**
     * A link of the chain that requests go through before they reach a handler, without what is nested below it.
     *
     * @param link such as "authentication"
     * @param samples how many
     * @param share of the whole profile, 0 to 1
     * @param error of the share
     */
    public record Link(String link, long samples, double share, double error) { }

    /** Sums by place, of weights and samples. */
    private static final class Sums {
        final long[] weight;
        final long[] samples;

        Sums(int size) {
            weight = new long[size];
            samples = new long[size];
        }

        void add(int place, long weight, long samples) {
            this.weight[place] += weight;
            this.samples[place] += samples;
        }
    }

    static Calls of(StackTree tree, Counted counted, Basis basis, Rules rules) {
        Walk walk = new Walk(tree, rules);
        List<String> rows = rules.calls();
        List<String> links = rules.links();
        Sums ofRow = new Sums(rows.size());
        Sums allocating = new Sums(rows.size());
        Sums ofLink = new Sums(links.size());
        Sums[] ofWork = new Sums[rows.size()];
        long[] ofSign = new long[walk.signs.size()];
        long cut = 0;
        for (int node = 0; node < tree.size(); node++) {
            long weight = tree.self(node);
            long samples = tree.samples(node);
            if (weight == 0 && samples == 0) continue;
            int row = walk.row[node];
            if (row == Patterns.NONE) row = rows.indexOf(walk.undecided(node));
            ofRow.add(row, weight, samples);
            if (walk.allocates[node]) allocating.add(row, weight, samples);
            if (walk.roots && walk.cut[node]) cut += samples;
            for (int i = 0; i < ofSign.length; i++) ofSign[i] += (walk.seen[node] & 1L << i) == 0 ? 0 : samples;
            Kind kind = row < walk.kinds.length ? walk.kinds[row] : Kind.BESIDE;
            if (kind == Kind.REQUEST) {
                ofLink.add(walk.link[node] == Patterns.NONE ? links.indexOf(OTHER) : walk.link[node], weight, samples);
            } else if (kind == Kind.CALL) {
                if (ofWork[row] == null) ofWork[row] = new Sums(walk.works.size());
                ofWork[row].add(walk.work[node] == Patterns.NONE ? walk.works.indexOf(REST) : walk.work[node], weight, samples);
            }
        }

        Garbage garbage = new Garbage(rules, rows, ofRow, allocating);
        List<Call> calls = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            if (ofRow.samples[row] == 0 && ofRow.weight[row] == 0) continue;
            double share = counted.share(ofRow.weight[row]);
            Long requests = requests(basis, rules, rows.get(row));
            String call = rows.get(row);
            boolean lasting = rules.sections().stream().anyMatch(section -> section.lasting() && section.name().equals(call));
            boolean cpu = requests != null && requests > 0 && !lasting && basis.unit().equals(Amounts.NANOSECONDS);
            calls.add(new Call(call, counted.samples(ofRow.samples[row]), ofRow.weight[row], share, counted.error(share),
                    garbage.known() ? counted.share(garbage.with(row)) : null, requests, cpu ? ofRow.weight[row] / 1e9 / requests : null,
                    ofWork[row] == null ? List.of() : works(walk.works, ofWork[row], counted)));
        }
        calls.sort(Comparator.comparingDouble(Call::share).reversed().thenComparing(Call::call));
        List<Link> chain = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            double share = counted.share(ofLink.weight[i]);
            if (!walk.links.isEmpty()) chain.add(new Link(links.get(i), counted.samples(ofLink.samples[i]), share, counted.error(share)));
        }
        Map<String, Long> signs = new LinkedHashMap<>();
        for (int i = 0; i < ofSign.length; i++) {
            if (ofSign[i] > 0) signs.put(walk.signs.get(i), counted.samples(ofSign[i]));
        }
        return new Calls(calls, chain, signs, counted.samples(cut));
    }

    /** The collection of garbage, divided among those who made it. */
    private static final class Garbage {
        private final Sums ofRow;
        private final Sums allocating;
        private final boolean[] collects;
        private long collected;
        private long allocated;

        Garbage(Rules rules, List<String> rows, Sums ofRow, Sums allocating) {
            this.ofRow = ofRow;
            this.allocating = allocating;
            collects = new boolean[rows.size()];
            for (Section section : rules.sections()) {
                if (section.garbage()) collects[rows.indexOf(section.name())] = true;
            }
            for (int row = 0; row < collects.length; row++) {
                if (collects[row]) collected += ofRow.weight[row];
                else allocated += allocating.weight[row];
            }
        }

        boolean known() {
            return collected > 0 && allocated > 0;
        }

        /** A row's weight together with its part of the collection. */
        long with(int row) {
            return collects[row] ? 0 : ofRow.weight[row] + Math.round((double) collected * allocating.weight[row] / allocated);
        }
    }

    private static Long requests(Basis basis, Rules rules, String row) {
        if (basis.requests() == null) return null;
        List<String> sorts = rules.sections().stream().filter(s -> s.kind() == Kind.CALL && s.name().equals(row))
                .flatMap(s -> s.requests().stream()).toList();
        return sorts.isEmpty() ? null : sorts.stream().mapToLong(sort -> Requests.of(basis.requests(), sort)).sum();
    }

    private static List<Work> works(List<String> names, Sums sums, Counted counted) {
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            double share = counted.share(sums.weight[i]);
            if (sums.samples[i] > 0) works.add(new Work(names.get(i), counted.samples(sums.samples[i]), share, counted.error(share)));
        }
        works.sort(Comparator.comparingDouble(Work::share).reversed().thenComparing(Work::work));
        return works;
    }

    /** How much of the profile the rules have a name for; the rules may be of another program. */
    double known() {
        return calls.stream().filter(Calls::isKnown).mapToDouble(Call::share).sum();
    }

    /** Whether the rules have a name for it. */
    static boolean isKnown(Call call) {
        return !List.of(OTHER, LOST, CUT_OFF).contains(call.call);
    }

    /** A call by its name, or null where no sample was of it. */
    Call call(String name) {
        return calls.stream().filter(call -> call.call.equals(name)).findFirst().orElse(null);
    }
}
