package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;

/** What a profile says, in sentences: only what is larger than its error. */
final class Words {
    private static final int WIDTH = 80;
    /** A call of less is not said in a line of its own. */
    private static final double LARGE = 0.05;
    /** What takes less is not said at all. */
    private static final double WORTH_SAYING = 0.02;
    private static final double CUT_WORTH_SAYING = 0.01;
    private static final int LARGEST_CALLS = 3;
    private static final int FEW_SAMPLES = 1000;
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
    private static final String SWITCH = "finish_task_switch";
    private static final String COMPRESSION = "answer: compress";
    private static final String PAST_THE_CACHE = "past the watch cache";

    /** @param rank of two that do not both have room, the smaller stays */
    private record Line(int rank, String text) { }

    private final StackTree tree;
    private final Counted counted;
    private final Basis basis;
    private final Calls calls;
    private final List<Asker> clients;
    private final List<Line> lines = new ArrayList<>();

    Words(StackTree tree, Counted counted, Basis basis, Calls calls, List<Asker> clients) {
        this.tree = tree;
        this.counted = counted;
        this.basis = basis;
        this.calls = calls;
        this.clients = clients;
    }

    /** At most {@link Report#LINES} lines of at most {@value #WIDTH} characters. */
    List<String> lines() {
        if (counted.samples() == 0) return List.of();
        busy();
        nameless();
        if (calls.known() >= Report.KNOWN) {
            largest();
            chain();
            garbage();
            lists();
            who();
            compression();
        }
        switches();
        quality();
        while (lines.size() > Report.LINES) lines.remove(lines.stream().max(Comparator.comparingInt(Line::rank)).orElseThrow());
        return lines.stream().map(Line::text).toList();
    }

    private void say(int rank, String format, Object... args) {
        lines.add(new Line(rank, String.format(Locale.ROOT, format, args)));
    }

    private void busy() {
        double cpus = basis.cpus(counted);
        if (cpus > 0) say(0, "%.2f CPUs were busy for %.0f s.", cpus, basis.seconds());
    }

    /** A stripped binary that nobody named: its functions cannot be told apart. Code made at run time has no binary. */
    private void nameless() {
        Frames frames = tree.frames();
        long[] samples = new long[frames.size()];
        long all = 0;
        for (int node = 1; node < tree.size(); node++) {
            int frame = tree.frame(node);
            String name = frames.name(frame);
            if (name.startsWith("[") && name.endsWith("]") && !name.endsWith(".map]")) {
                samples[frame] += tree.self(node);
                all += tree.self(node);
            }
        }
        if (all == 0) return;
        int most = 0;
        for (int id = 0; id < samples.length; id++) most = samples[id] > samples[most] ? id : most;
        double share = counted.share(all);
        if (large(share)) {
            boolean kernel = frames.kind(most) == Kind.KERNEL;
            say(1, "%s ended in functions without names, most in %s.", share(share), kernel ? "the kernel" : frames.name(most));
            say(1, kernel ? "  --kallsyms FILE names them: FILE is a copy of that kernel's /proc/kallsyms, by root."
                    : "  --binary PATH=FILE names them: FILE is a copy of what ran as PATH.");
        }
    }

    private boolean large(double share) {
        return share >= WORTH_SAYING && share > counted.error(share);
    }

    private String share(double share) {
        return Chance.text(share, counted.error(share));
    }

    private void largest() {
        List<Calls.Call> said = calls.calls().stream().filter(call -> !call.work().isEmpty() && call.share() > call.error())
                .limit(LARGEST_CALLS).filter(call -> call.share() >= LARGE || call == calls.calls().get(0)).toList();
        for (Calls.Call call : said) {
            StringBuilder line = new StringBuilder(call.call() + " took " + Chance.text(call.share(), call.error()));
            String before = ": ";
            for (Calls.Work work : call.work()) {
                if (work.work().equals(Calls.REST)) continue;
                String next = String.format(Locale.ROOT, "%s%s %.1f", before, work.work(), work.share() * 100);
                if (work.share() <= work.error() || work.share() < WORTH_SAYING || line.length() + next.length() >= WIDTH) break;
                line.append(next);
                before = ", ";
            }
            say(said.indexOf(call) == 0 ? 0 : 4, "%s.", line);
            if (call.cpuPerRequest() != null) say(said.indexOf(call) == 0 ? 1 : 6, "  %,d requests of it, %s.", call.requests(), perRequest(call));
        }
        StringBuilder others = new StringBuilder();
        for (Calls.Call call : calls.calls()) {
            String next = String.format(Locale.ROOT, "%s%s %.1f %%", others.isEmpty() ? "Then: " : ", ", call.call(), call.share() * 100);
            boolean collection = call.shareWithGarbage() != null && call.shareWithGarbage() == 0;
            if (said.contains(call) || collection || !Calls.isKnown(call) || !large(call.share())) continue;
            if (others.length() + next.length() >= WIDTH) break;
            others.append(next);
        }
        if (!others.isEmpty()) say(5, "%s.", others);
    }

    /** {@code 37 ms CPU each ± 1 (58 with its garbage)} */
    static String perRequest(Calls.Call call) {
        double each = call.cpuPerRequest();
        double scale = each >= 0.001 ? 1e3 : 1e6;
        String text = String.format(Locale.ROOT, "%s %s CPU each ± %s", number(each * scale), scale == 1e3 ? "ms" : "µs",
                number(each * scale * call.error() / call.share()));
        return call.shareWithGarbage() == null ? text
                : text + " (" + number(each * scale * call.shareWithGarbage() / call.share()) + " with its garbage)";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 10 ? "%.0f" : "%.1f", value);
    }

    private void chain() {
        Calls.Link authentication = link("authentication");
        Calls.Link authorization = link("authorization");
        if (authentication == null || authorization == null) return;
        say(2, "Authentication took %s, authorization %s.", text(authentication), text(authorization));
    }

    private Calls.Link link(String name) {
        return calls.chain().stream().filter(link -> link.link().equals(name)).findFirst().orElse(null);
    }

    private String text(Calls.Link link) {
        return Chance.claim(link.share(), link.error())
                + (link.samples() == 0 ? String.format(Locale.ROOT, " (none of %,d)", counted.samples()) : "");
    }

    private void garbage() {
        Calls.Call collection = calls.calls().stream()
                .filter(c -> c.shareWithGarbage() != null && c.shareWithGarbage() == 0).findFirst().orElse(null);
        if (collection == null || !large(collection.share())) return;
        Calls.Call maker = calls.calls().stream().max(Comparator.comparingDouble(Words::garbageOf)).orElseThrow();
        say(2, "Collecting garbage took %s; who makes most of it: %s, %.0f %%.",
                Chance.text(collection.share(), collection.error()), maker.call(), 100 * garbageOf(maker) / collection.share());
    }

    private static double garbageOf(Calls.Call call) {
        return call.shareWithGarbage() == null ? 0 : call.shareWithGarbage() - call.share();
    }

    private void lists() {
        double past = (double) calls.signs().getOrDefault(PAST_THE_CACHE, 0L) / counted.samples();
        if (large(past)) say(2, "%s was for reading lists from etcd, past the watch cache.", share(past));
    }

    /** Whose requests took most, as far as counts tell. */
    private void who() {
        if (clients.isEmpty() || clients.get(0).cpu() == null || clients.get(0).cpu() < LARGE) return;
        Asker first = clients.get(0);
        String account = first.user().startsWith(SERVICE_ACCOUNT) ? first.user().substring(SERVICE_ACCOUNT.length()) : first.user();
        String program = first.agent().split("[/ ]", 2)[0];
        String share = String.format(Locale.ROOT, "About %.0f %%", 100 * first.cpu());
        String line = share + " was asked for by " + account + ": " + first.mostly() + ".";
        String longer = share + " was asked for by " + account + " (" + program + "): " + first.mostly() + ".";
        if (!program.isEmpty() && longer.length() <= WIDTH) line = longer;
        say(3, "%s", line.length() <= WIDTH ? line : line.substring(0, WIDTH - 1) + "…");
    }

    private void compression() {
        double compressed = calls.calls().stream().flatMap(call -> call.work().stream())
                .filter(work -> work.work().equals(COMPRESSION)).mapToDouble(Calls.Work::share).sum();
        if (large(compressed)) say(3, "Compressing answers took %s.", share(compressed));
    }

    private void switches() {
        long weight = 0;
        for (int node = 1; node < tree.size(); node++) {
            if (tree.self(node) > 0 && tree.frames().name(tree.frame(node)).startsWith(SWITCH)) weight += tree.self(node);
        }
        double share = counted.share(weight);
        if (!large(share)) return;
        boolean clock = basis.event() == null || basis.event().startsWith("cpu-clock");
        say(7, "%s ended in %s: the kernel was switching threads.", share(share), SWITCH);
        if (clock) say(8, "  cpu-clock strikes once interrupts are on again: a hypervisor's time is in it.");
    }

    private void quality() {
        double cut = (double) calls.cut() / counted.samples();
        if (cut >= CUT_WORTH_SAYING) {
            say(3, "%s of the stacks were cut off; kernel.perf_event_max_stack=255 keeps more.", Amounts.percent(cut));
        }
        if (counted.sampled() && counted.samples() < FEW_SAMPLES) {
            say(1, "Only %s: a share of 10 %% is known to ± %s points.", Amounts.weight(counted.samples(), Amounts.SAMPLES),
                    Chance.points(counted.error(0.1)));
        }
    }
}
