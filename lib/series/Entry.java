package lib.series;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import lib.cli.Console;
import lib.cli.Failure;
import lib.cli.Json;
import lib.cli.Sha256;
import lib.history.Contents;
import lib.history.Results;
import lib.insight.Calls;
import lib.insight.Subsystems;
import lib.profile.Profile;

/**
 * A result in a line of the index: what is shown of it, and what two of them are compared by there.
 *
 * @param name without an ending
 * @param key changes with the result's files
 * @param error why nothing else is known; null where all is well
 * @param target the program
 * @param version of Kubernetes, or null
 * @param build id of the program, or null
 * @param cluster its id, or null
 * @param node its name
 * @param engine its name
 * @param event that was sampled
 * @param start in UTC, ISO 8601
 * @param seconds how long
 * @param samples how many
 * @param cpus that were busy; 0 where it is not known
 * @param load of the last minute, or null
 * @param requests how many were answered, or null
 * @param calls samples by call, the largest first
 * @param top the largest call that is a request's, or null
 * @param kinds samples by subsystem
 * @param words the answer, its first lines
 */
record Entry(String name, String key, String error, String target, String version, String build, String cluster, String node, String engine,
        String event, String start, double seconds, long samples, double cpus, Double load, Long requests, Map<String, Long> calls, String top,
        Map<String, Long> kinds, List<String> words) {
    private static final int WORDS = 4;
    private static final int KEY = 16;
    private static final int LONGEST = 200;
    private static final int FEWEST = 10;

    /** What a result's line is known by: its metadata, which tell its stacks' hash, or else the stacks too. */
    static String key(Contents folder, String name) throws IOException {
        byte[] json = folder.read(name + Results.JSON);
        boolean bound = new String(json, StandardCharsets.UTF_8).contains("\"foldedSha256\" : \"");
        return Sha256.hex(json).substring(0, KEY) + (bound ? "" : Sha256.hex(folder.read(name + Results.FOLDED)).substring(0, KEY));
    }

    static Entry of(Contents folder, String name, String key) {
        try {
            return of(Result.read(folder, name), key);
        } catch (Failure e) {
            return new Entry(name, key, text(e.getMessage()), null, null, null, null, null, null, null, null, 0, 0, 0, null, null, Map.of(), null,
                    Map.of(), List.of());
        }
    }

    private static Entry of(Result result, String key) {
        Profile profile = result.profile();
        Map<String, Long> calls = new LinkedHashMap<>();
        for (Calls.Call call : result.report().calls()) add(calls, call.call(), call.samples());
        Map<String, Long> kinds = new LinkedHashMap<>();
        for (Subsystems.Share share : result.report().subsystems()) add(kinds, share.subsystem(), share.samples());
        Calls.Call top = Message.top(result);
        List<String> words = result.report().words().stream().skip(profile.cpus() > 0 ? 1 : 0).limit(WORDS).map(Entry::text).toList();
        return new Entry(result.name(), key, null, text(profile.target().name()), text(profile.where().kubernetes()), text(Result.build(profile)),
                text(profile.where().cluster()), text(profile.where().node()), text(Result.engine(profile)), text(profile.engine().event()),
                profile.startedAt().toString(), profile.outcome().seconds(), result.report().samples(), Math.round(profile.cpus() * 1000) / 1000.0,
                Result.load(profile), Result.requests(profile), calls, top == null ? null : top.call(), kinds, words);
    }

    /** What is hardly there is not worth its bytes: it can show nothing. */
    private static void add(Map<String, Long> to, String name, long samples) {
        if (samples > 0) to.merge(samples < FEWEST ? Calls.OTHER : name, samples, Long::sum);
    }

    /** What a node said, on one line and not for ever. */
    private static String text(String said) {
        if (said == null) return null;
        String line = Console.clean(said.replaceAll("\\s+", " "));
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /** On one line, as JSON that may stand in a page. */
    String line() {
        return Json.write(this).strip().replaceAll("\n *", "").replace("\" : ", "\":").replace("<", "\\u003c");
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no JSON of that form
     * @throws DateTimeException if its start is none
     * @throws NullPointerException if something is missing that each line has
     */
    static Entry of(String line) {
        Entry entry = Json.read(line, Entry.class);
        List.of(entry.name, entry.key, entry.calls, entry.kinds, entry.words);
        if (entry.error == null && !Instant.parse(entry.start).toString().equals(entry.start)) throw new IllegalArgumentException("its start");
        return entry;
    }

    boolean comparable(Entry other) {
        boolean elsewhere = cluster != null && other.cluster != null && !cluster.equals(other.cluster);
        return error == null && other.error == null && !elsewhere && Objects.equals(target, other.target) && Objects.equals(engine, other.engine)
                && Objects.equals(event, other.event);
    }

    double share(String call) {
        return samples == 0 ? 0 : (double) calls.getOrDefault(call, 0L) / samples;
    }

    /** What changed most against an earlier one, by more than chance does: {@code list +11.8 ± 2.0}; a dash where nothing did. */
    String change(Entry before) {
        List<String> names = new ArrayList<>(calls.keySet());
        before.calls.keySet().stream().filter(name -> !calls.containsKey(name)).forEach(names::add);
        double[] chances = new double[names.size()];
        double inverse = 1.0 / Math.max(1, samples) + 1.0 / Math.max(1, before.samples);
        for (int i = 0; i < chances.length; i++) {
            String name = names.get(i);
            double both = (double) (calls.getOrDefault(name, 0L) + before.calls.getOrDefault(name, 0L)) / Math.max(1, samples + before.samples);
            double error = Math.sqrt(both * (1 - both) * inverse * Comparison.USUAL);
            double difference = Math.abs(share(name) - before.share(name)) - inverse / 2;
            chances[i] = difference <= 0 || error == 0 ? 1 : Chances.twoSided(difference / error, Comparison.freedom(1));
        }
        boolean[] changed = Chances.holm(chances, Comparison.WRONG);
        String most = IntStream.range(0, changed.length).filter(i -> changed[i]).mapToObj(names::get)
                .filter(name -> Math.abs(share(name) - before.share(name)) > error(name, before))
            .max(Comparator.comparing((String name) -> !name.equals(Calls.OTHER)).thenComparing(name -> Math.abs(share(name) - before.share(name))))
                    .orElse(null);
        if (most == null) return "–";
        return String.format(Locale.ROOT, "%s %+.1f ± %.1f", most, 100 * (share(most) - before.share(most)), 100 * error(most, before));
    }

    private double error(String call, Entry before) {
        return Comparison.single() * Math.hypot(deviation(share(call), samples), deviation(before.share(call), before.samples));
    }

    private static double deviation(double share, long of) {
        return Math.sqrt(share * (1 - share) / Math.max(1, of));
    }
}
