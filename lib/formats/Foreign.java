package lib.formats;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an input seems to be that holds no stacks we read, and what to do about it.
 *
 * @param title as a sentence says it: "X seems to be …"
 * @param advice a sentence
 */
record Foreign(Pattern begin, String title, String advice) {
    /** So much of the beginning is looked at. */
    private static final int LOOKED_AT = 64 << 10;
    /** Text has no zeros: more than one in so many bytes, and it is none. */
    private static final int ZEROS = 100;

    private static final String PPROF_PROTO = "go tool pprof -proto FILE > profile.pb.gz makes a profile of it that can be read.";

    /** In the order in which they are tried; text is looked at as ISO 8859-1. */
    private static final List<Foreign> KNOWN = List.of(
            of("(heap profile|goroutine profile|threadcreate profile|block profile): |--- (mutex|contention|heap|threadcreate)[: ]",
                "a profile as text, as Go's ?debug=1 and gperftools print it", "Ask for it without ?debug=1; or else " + PPROF_PROTO),
            of("goroutine \\d+ [^\\[\\n]*\\[[^]\\n]+]:", "a dump of goroutines, as Go's ?debug=2 prints it", "Ask for it without ?debug=2."),
            of("PeriodType: |(File|Build ID|Type|Time|Duration): [^\\n]*\\n((File|Build ID|Type|Time|Duration|Showing nodes)\\b)",
                "a report of pprof", PPROF_PROTO),
            of("\\s*(0x[0-9a-f]+(@\\S+)? \\[0x[0-9a-f]+]: event: |\\. ?\\.\\.\\. raw event)", "what perf script -D prints", "Print it without -D."),
            of("#[\\s\\S]*?\\n# +(Overhead|Children) ", "a report of perf", "Use perf script instead of perf report."),
            of("\\s*\\w{3} \\w{3} +\\d+ [^\\n]*Time and Allocation Profiling Report", "a profile of GHC",
                "ghc-prof-flamegraph makes folded stacks of it."),
            of("Attaching \\d+ probes?\\.\\.\\.|\\s*@\\w*\\[\\s*\\n", "what bpftrace prints", "stackcollapse-bpftrace.pl makes folded stacks of it."),
            of("# callgrind format|(version: \\d+\\n)?creator: |events: \\w", "a profile of Callgrind", "It holds calls, but no stacks."),
            of("FLR\0", "a recording of JDK Flight Recorder", "async-profiler's converter makes folded stacks of it: jfrconv -o collapsed FILE."),
            of("\\x7fELF", "a program", "A recording of it is needed."),
            of("SQLite format 3", "a database of SQLite", "Export its stacks as folded text or as pprof."),
            of("\0{8}\3\0{7}\0{8}|\0{4}\3\0{3}\0{4}|\0{8}\0{7}\3\0{8}|\0{4}\0{3}\3\0{4}", "a CPU profile of gperftools", PPROF_PROTO),
            of("\\s*(<\\?xml|<!DOCTYPE|<svg|<html)", "a picture or a page", "The stacks that it was made of are needed."),
            of("\\s*[\\[{]\\s*[\"{\\[}]", "JSON", "Export it as folded stacks or as pprof."));

    private static final Pattern FRAME = Pattern.compile("(\\t *| {4,})[0-9a-f]{4,16} \\S.*");
    private static final Pattern TIME_FIRST = Pattern.compile("\\s*\\d+\\.\\d{6,9}:.*");

    private static Foreign of(String begin, String title, String advice) {
        return new Foreign(Pattern.compile(begin), title, advice);
    }

    /** What the input is that begins so, if that is plain at once, or null. */
    static Foreign known(byte[] head) {
        return first(KNOWN, text(head));
    }

    /** What the input seems to be that begins so and that no format fits, or null. */
    static Foreign of(byte[] head) {
        String text = text(head);
        Foreign known = first(KNOWN, text);
        Foreign foreign = known == null ? perfWithoutFields(text) : known;
        long zeros = text.chars().filter(c -> c == 0).count();
        return foreign == null && zeros * ZEROS > text.length() ? new Foreign(null, "a binary file of an unknown kind", null) : foreign;
    }

    /** What {@code perf script -F} printed without what a sample needs: frames are there, but no header that tells whose. */
    private static Foreign perfWithoutFields(String text) {
        String before = "";
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (FRAME.matcher(line).matches()) {
                boolean comm = !before.isBlank() && !TIME_FIRST.matcher(before).matches();
                return new Foreign(null, "perf script text without the field" + (comm ? " tid" : "s comm and tid"),
                        "Print it with perf script -F " + (comm ? "+tid" : "+comm,+tid") + ".");
            }
            before = line;
        }
        return null;
    }

    private static String text(byte[] head) {
        return new String(head, 0, Math.min(head.length, LOOKED_AT), StandardCharsets.ISO_8859_1).replace("\r", "");
    }

    private static Foreign first(List<Foreign> list, String text) {
        return list.stream().filter(one -> one.begin.matcher(text).lookingAt()).findFirst().orElse(null);
    }
}
