package lib.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * One reading of kube-apiserver's counters, from the Prometheus text format: a line is a name, labels in braces, a value, and
 * perhaps a time. Only a few of its many families are kept. Their names and labels, looked up in
 * k8s.io/apiserver/pkg/endpoints/metrics (metrics.go) and in the metrics reference, are the same from 1.20 to 1.36:
 * {@code apiserver_request_total} (verb, resource, subresource, scope, code, and others that differ by version),
 * {@code apiserver_request_duration_seconds} and {@code apiserver_response_sizes} (histograms, the same without code; sizes of
 * GET and LIST alone), {@code apiserver_flowcontrol_dispatched_requests_total} (flow_schema, priority_level; in
 * k8s.io/apiserver/pkg/util/flowcontrol/metrics). {@code process_start_time_seconds} is the Prometheus client's.
 */
final class Metrics {
    private static final String STARTED = "process_start_time_seconds";
    private static final String REQUESTS = "apiserver_request_total";
    private static final String SECONDS = "apiserver_request_duration_seconds_sum";
    private static final String BYTES = "apiserver_response_sizes_sum";
    private static final String DISPATCHED = "apiserver_flowcontrol_dispatched_requests_total";
    /** Of a server with thousands of nodes and hundreds of custom resources: some 100 MB and some 10,000 series of ours. */
    private static final long MOST_BYTES = 512L << 20;
    private static final int MOST_SERIES = 200_000;
    /** A longer line is none of ours. */
    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_LABEL = 253;

    /** The labels that tell one sort of requests from another. */
    record Sort(String verb, String resource, String subresource, String scope) { }

    private final Map<Sort, Map<String, Double>> requests = new HashMap<>();
    private final Map<Sort, Double> seconds = new HashMap<>();
    private final Map<Sort, Double> bytes = new HashMap<>();
    private final Map<String, Double> flows = new HashMap<>();
    private double started;
    private int series;

    private Metrics() { }

    /**
     * Reads to the end.
     *
     * @throws IOException if it cannot be read, or is larger than any server's
     */
    static Metrics read(InputStream in) throws IOException {
        Metrics metrics = new Metrics();
        byte[] block = new byte[64 << 10];
        byte[] line = new byte[LONGEST_LINE];
        int length = 0;
        long all = 0;
        for (int n; (n = in.read(block)) >= 0; ) {
            all += n;
            if (all > MOST_BYTES) throw new IOException("it is larger than " + (MOST_BYTES >> 20) + " MB");
            for (int i = 0; i < n; i++) {
                if (block[i] != '\n') {
                    if (length < LONGEST_LINE) line[length] = block[i];
                    length++;
                    continue;
                }
                metrics.line(line, length);
                length = 0;
            }
        }
        metrics.line(line, length);
        return metrics;
    }

    /** When the server's process started, in seconds since 1970; 0 where it does not say. */
    double started() {
        return started;
    }

    /** Requests by sort and code. */
    Map<Sort, Map<String, Double>> requests() {
        return requests;
    }

    /** How long requests took in all, by sort. */
    Map<Sort, Double> seconds() {
        return seconds;
    }

    /** Bytes of answers in all, by sort. */
    Map<Sort, Double> bytes() {
        return bytes;
    }

    /** Requests that priority and fairness let through, by flow schema and priority level. */
    Map<String, Double> flows() {
        return flows;
    }

    private void line(byte[] line, int length) throws IOException {
        // Of some 20,000 lines a few hundred are ours.
        if (length < 2 || length > LONGEST_LINE || line[0] != 'p' && (line[0] != 'a' || line[1] != 'p')) return;
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        if (text.startsWith(STARTED + " ")) started = value(text, STARTED.length());
        else if (text.startsWith(REQUESTS + "{")) add(text, REQUESTS.length());
        else if (text.startsWith(SECONDS + "{")) add(text, SECONDS.length());
        else if (text.startsWith(BYTES + "{")) add(text, BYTES.length());
        else if (text.startsWith(DISPATCHED + "{")) add(text, DISPATCHED.length());
    }

    private void add(String line, int brace) throws IOException {
        Map<String, String> labels = new HashMap<>();
        double value = value(line, labels(line, brace + 1, labels));
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY) return;
        if (++series > MOST_SERIES) throw new IOException("it has more than " + MOST_SERIES + " series of requests");
        if (line.startsWith(DISPATCHED)) {
            flows.merge(label(labels, "flow_schema") + " (" + label(labels, "priority_level") + ")", value, Double::sum);
            return;
        }
        Sort sort = new Sort(label(labels, "verb"), label(labels, "resource"), label(labels, "subresource"), label(labels, "scope"));
        // Labels that are not kept, such as the version, make several lines of one sort.
        if (line.startsWith(REQUESTS)) {
            requests.computeIfAbsent(sort, ignored -> new HashMap<>()).merge(label(labels, "code"), value, Double::sum);
        } else {
            (line.startsWith(SECONDS) ? seconds : bytes).merge(sort, value, Double::sum);
        }
    }

    private static String label(Map<String, String> labels, String name) {
        String value = labels.getOrDefault(name, "").replaceAll("\\p{Cntrl}", " ");
        return value.length() > LONGEST_LABEL ? value.substring(0, LONGEST_LABEL) : value;
    }

    /** Reads {@code name="value",…}}, in which a backslash escapes; returns where what follows begins. */
    private static int labels(String line, int from, Map<String, String> labels) throws IOException {
        int at = from;
        while (at < line.length() && line.charAt(at) != '}') {
            int equals = line.indexOf("=\"", at);
            if (equals < 0) break;
            String name = line.substring(at, equals).strip();
            StringBuilder value = new StringBuilder();
            for (at = equals + 2; at < line.length() && line.charAt(at) != '"'; at++) {
                char c = line.charAt(at);
                if (c != '\\' || at + 1 == line.length()) value.append(c);
                else value.append(line.charAt(++at) == 'n' ? '\n' : line.charAt(at));
            }
            at++;
            while (at < line.length() && (line.charAt(at) == ',' || line.charAt(at) == ' ')) at++;
            labels.put(name, value.toString());
        }
        if (at >= line.length() || line.charAt(at) != '}') throw new IOException("it is no Prometheus text: " + shown(line));
        return at + 1;
    }

    private static double value(String line, int from) throws IOException {
        String[] words = line.substring(from).strip().split("\\s+");
        try {
            return Double.parseDouble(words[0].replace("Inf", "Infinity"));
        } catch (NumberFormatException e) {
            throw new IOException("it is no Prometheus text: " + shown(line), e);
        }
    }

    private static String shown(String line) {
        return line.length() > 100 ? line.substring(0, 100) + "…" : line;
    }
}
