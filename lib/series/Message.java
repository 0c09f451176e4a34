package lib.series;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import lib.cli.Console;
import lib.insight.Amounts;
import lib.insight.Calls;
import lib.insight.Hottest;
import lib.profile.Outcome;
import lib.profile.Profile;

/**
 * What a result's commit says: a subject for {@code git log --oneline}, the answer and what changed for who reads on, and
 * trailers that {@code git log --format='%(trailers:key=Profile-CPUs)'} reads.
 */
public final class Message {
    private static final int HOTTEST = 3;
    private static final int CHANGES = 6;
    private static final int NAME = 60;

    private Message() { }

    /**
     * The message.
     *
     * @param previous the result that it is compared with, or null
     * @param subject what the user wants it to be, or null
     */
    public static String of(Result result, Result previous, String subject) {
        Profile profile = result.profile();
        StringBuilder text = new StringBuilder(subject == null || subject.isBlank() ? subject(result) : subject.strip());
        text.append("\n\n").append(result.report().answer()).append('\n').append(circumstances(profile)).append('\n');
        if (previous != null) {
            Comparison comparison = Comparison.of(List.of(previous), List.of(result));
            text.append("\nAgainst ").append(previous.name());
            List<String> unlike = comparison.unlike().stream().map(Message::word).filter(one -> one.length() <= NAME).toList();
            if (!unlike.isEmpty()) text.append(" (").append(String.join(", ", unlike)).append(')');
            text.append("\n  ").append(String.join("\n  ", comparison.words(CHANGES))).append('\n');
        }
        text.append("\nHottest functions, by their own time\n");
        for (Hottest.Function function : result.report().hottest().stream().limit(HOTTEST).toList()) {
            text.append(String.format(Locale.ROOT, "%8s  %s%n", Amounts.percent(function.selfShare()), word(function.name())));
        }
        return Console.clean(text.append('\n').append(trailers(profile)).toString().replace("\r\n", "\n"));
    }

    /** {@code Profile kube-apiserver v1.31.2 on cp-1: 1.21 CPUs, LIST 41 %} */
    static String subject(Result result) {
        Profile profile = result.profile();
        StringBuilder text = new StringBuilder("Profile ").append(word(profile.target().name()));
        if (profile.where().kubernetes() != null) text.append(' ').append(word(profile.where().kubernetes()));
        text.append(" on ").append(word(profile.where().node()));
        text.append(profile.cpus() > 0 ? String.format(Locale.ROOT, ": %.2f CPUs", profile.cpus()) : ": CPUs unknown");
        Calls.Call top = top(result);
        if (top != null) text.append(String.format(Locale.ROOT, ", %s %.0f %%", verb(top.call()), 100 * top.share()));
        return text.toString();
    }

    /** The call that took most; null where none took more than its error. */
    static Calls.Call top(Result result) {
        return result.report().calls().stream().filter(call -> !call.work().isEmpty() && call.share() > call.error()).findFirst().orElse(null);
    }

    /** A call of one word is a verb, as the API writes it. */
    static String verb(String call) {
        return call.contains(" ") ? call : call.toUpperCase(Locale.ROOT);
    }

    private static String circumstances(Profile profile) {
        List<String> known = new ArrayList<>();
        if (profile.where().kubernetes() != null) known.add("Kubernetes " + word(profile.where().kubernetes()));
        if (profile.where().kernel() != null) known.add("kernel " + word(profile.where().kernel()));
        if (profile.engine().program() != null) known.add(word(profile.engine().program()) + " at " + profile.engine().frequency() + " Hz");
        return String.join(", ", known) + ".";
    }

    private static String trailers(Profile profile) {
        Outcome outcome = profile.outcome();
        List<String> lines = new ArrayList<>();
        trailer(lines, "Target", profile.target().name());
        trailer(lines, "Version", profile.where().kubernetes());
        trailer(lines, "Build", Result.build(profile));
        trailer(lines, "Node", profile.where().node());
        trailer(lines, "Cluster", profile.where().cluster());
        trailer(lines, "Engine", profile.engine().program());
        trailer(lines, "Event", profile.engine().event());
        trailer(lines, "Start", outcome.start());
        trailer(lines, "Seconds", String.format(Locale.ROOT, "%.0f", outcome.seconds()));
        trailer(lines, "Samples", Long.toString(outcome.samples()));
        if (profile.cpus() > 0) trailer(lines, "CPUs", String.format(Locale.ROOT, "%.2f", profile.cpus()));
        if (outcome.load() != null && !outcome.load().isEmpty()) {
            trailer(lines, "Load", outcome.load().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
        return String.join("\n", lines) + "\n";
    }

    private static void trailer(List<String> to, String key, String value) {
        if (value != null && !value.isBlank()) to.add("Profile-" + key + ": " + word(value));
    }

    /** What a node said, as words of one line: it must not make lines of a commit message. */
    private static String word(String text) {
        return String.valueOf(text).replaceAll("[\\s\\u2028\\u2029\\u0085]+", " ").strip();
    }
}
