package lib.insight;

import java.util.List;
import java.util.Locale;

/** The five questions of the lab, answered by name. */
public final class Answers {
    private static final int LINES = 5;

    private Answers() { }

    /**
     * The questions with their answers, without a line feed at the end.
     *
     * @param report what a profile says
     * @param before what an earlier one says, for what changed; or null
     */
    public static String text(Report report, Report before) {
        StringBuilder text = new StringBuilder("1. Which paths are hottest?");
        paths(text, report);
        text.append("\n\n2. How much is authentication, and how much authorization?");
        for (String name : List.of("authentication", "authorization")) chain(text, report, name);
        text.append("\n\n3. Which calls are most expensive?");
        calls(text, report);
        text.append("\n\n4. How did it change?");
        changes(text, report, before);
        text.append("\n\n5. What one thing should be optimized?");
        if (report.advice().isEmpty()) text.append("\n   Nothing stands out that is known how to help.");
        report.advice().forEach(line -> text.append("\n   ").append(line));
        return text.toString();
    }

    private record Path(String name, double share, double error) { }

    private static void paths(StringBuilder text, Report report) {
        report.calls().stream()
                .flatMap(call -> call.work().isEmpty() ? java.util.stream.Stream.of(new Path(call.call(), call.share(), call.error()))
                        : call.work().stream().map(work -> new Path(call.call() + " > " + work.work(), work.share(), work.error())))
                .sorted(java.util.Comparator.comparingDouble(Path::share).reversed()).limit(LINES).filter(path -> path.share > path.error)
                .forEach(path -> line(text, Chance.text(path.share, path.error), path.name));
        text.append("\n   and by functions' own time:");
        report.hottest().stream().limit(LINES).forEach(f -> line(text, Amounts.percent(f.selfShare()), f.name()));
    }

    private static void chain(StringBuilder text, Report report, String name) {
        report.chain().stream().filter(link -> link.link().equals(name)).findFirst().ifPresentOrElse(
                link -> line(text, Chance.text(link.share(), link.error()), name + ", " + (link.samples() == 0 ? "none" :
                    Amounts.count(link.samples())) + " of " + Amounts.weight(report.samples(), Amounts.SAMPLES)),
                () -> text.append("\n   This program has no ").append(name).append(" of its own."));
    }

    private static void calls(StringBuilder text, Report report) {
        report.calls().stream().filter(call -> !call.work().isEmpty() && call.share() > call.error()).limit(LINES).forEach(call -> {
            String more = call.shareWithGarbage() == null ? "" : ", " + Amounts.percent(call.shareWithGarbage()) + " with its garbage";
            if (call.cpuPerRequest() != null) more += String.format(Locale.ROOT, "; %,d requests, %s", call.requests(), Words.perRequest(call));
            line(text, Chance.text(call.share(), call.error()), call.call() + more);
        });
    }

    private static void changes(StringBuilder text, Report report, Report before) {
        if (before == null) {
            text.append("\n   Compared with nothing: --diff BEFORE names an earlier profile.");
            return;
        }
        int said = text.length();
        for (Calls.Call call : report.calls()) change(text, call.call(), call.share(), call.error(), before);
        for (Calls.Call gone : before.calls()) {
            if (report.calls().stream().noneMatch(call -> call.call().equals(gone.call()))) {
                change(text, gone.call(), 0, Chance.error(0, report.samples()), before);
            }
        }
        if (text.length() == said) text.append("\n   By nothing that is larger than the sampling error.");
    }

    private static void change(StringBuilder text, String name, double share, double error, Report before) {
        var old = before.calls().stream().filter(call -> call.call().equals(name)).findFirst();
        double oldShare = old.map(Calls.Call::share).orElse(0.0);
        double oldError = old.map(Calls.Call::error).orElseGet(() -> Chance.error(0, before.samples()));
        if (Chance.differ(share, error, oldShare, oldError)) {
            line(text, String.format(Locale.ROOT, "%+.1f points", 100 * (share - oldShare)),
                    name + ": " + Chance.text(oldShare, oldError) + " before, " + Chance.text(share, error) + " now");
        }
    }

    private static void line(StringBuilder text, String amount, String what) {
        text.append(String.format(Locale.ROOT, "\n   %-16s %s", amount, what));
    }
}
