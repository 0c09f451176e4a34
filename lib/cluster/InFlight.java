package lib.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lib.cli.Console;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.profile.ClientCount;

/**
 * Who asks, from priority and fairness: a look each second at the requests that run or wait. So it is a sample of seconds in
 * flight, by user, verb and resource. Newer servers (seen on 1.36) list those that run, old ones (1.20) those that wait only;
 * a watch runs on without being listed. The table has a heading; its columns differ by version, their names do not.
 */
final class InFlight implements AutoCloseable {
    private static final String PATH = "/debug/api_priority_and_fairness/dump_requests";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long EVERY_MS = 1_000;
    /** So many sorts are kept, and of an answer so many bytes. */
    private static final int MOST = 200;
    private static final int MOST_BYTES = 8 << 20;

    private record Sort(String user, String flow, String verb, String resource, String namespace) { }

    private final Cluster cluster;
    private final Console console;
    private final Map<Sort, Integer> seen = new HashMap<>();
    private final Thread thread = new Thread(this::look, "requests in flight");

    InFlight(Cluster cluster, Console console) {
        this.cluster = cluster;
        this.console = console;
    }

    /** Looks from now on until it is closed, in a thread of its own. */
    static InFlight begin(Cluster cluster, Console console) {
        InFlight looks = new InFlight(cluster, console);
        looks.thread.setDaemon(true);
        looks.thread.start();
        return looks;
    }

    private void look() {
        try {
            while (true) {
                Answer answer = Answer.get(cluster.client(), PATH + "?includeRequestDetails=1", TIMEOUT);
                if (answer.code() == 200) add(answer);
                else if (answer.code() < 500) throw new IOException("HTTP " + answer.code());
                Thread.sleep(EVERY_MS);
            }
        } catch (IOException e) {
            console.debug("requests in flight are not seen: " + PATH + ": " + e.getMessage());
        } catch (Failure | InterruptedException e) {
            // closed
        }
    }

    private void add(Answer answer) throws IOException {
        try (InputStream text = answer.text()) {
            add(new String(text.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        }
    }

    /** Adds what one look saw, all but the look itself. */
    void add(String table) {
        List<String> heading = null;
        for (String line : table.lines().toList()) {
            List<String> cells = Arrays.stream(line.split(",", -1)).map(String::strip).toList();
            if (heading == null) heading = cells;
            else if (cells.size() == heading.size() && !cell(heading, cells, "APIPath").equals(PATH)) {
                String subresource = cell(heading, cells, "SubResource");
                Sort sort = new Sort(cell(heading, cells, "UserName"),
                        cell(heading, cells, "FlowSchemaName") + " (" + cell(heading, cells, "PriorityLevelName") + ")",
                        verb(cell(heading, cells, "Verb")), cell(heading, cells, "Resource") + (subresource.isEmpty() ? "" : "/" + subresource),
                        cell(heading, cells, "Namespace"));
                synchronized (seen) {
                    if (seen.containsKey(sort) || seen.size() < MOST) seen.merge(sort, 1, Integer::sum);
                }
            }
        }
    }

    private static String verb(String verb) {
        return verb.equals("create") ? "POST" : verb.equals("update") ? "PUT" : verb.toUpperCase(Locale.ROOT);
    }

    /** A cell by its column's name; empty where there is none, or no value in it. */
    private static String cell(List<String> heading, List<String> cells, String name) {
        int column = heading.indexOf(name);
        String cell = column < 0 ? "" : cells.get(column);
        return cell.equals("<none>") ? "" : cell;
    }

    /** What was seen until now, most often first. */
    List<ClientCount> seen() {
        List<ClientCount> counts = new ArrayList<>();
        synchronized (seen) {
            seen.forEach((sort, looks) -> counts.add(new ClientCount(sort.user, null, sort.flow, sort.verb, sort.resource, sort.namespace,
                    0, looks * EVERY_MS / 1000.0)));
        }
        counts.sort(Comparator.comparingDouble(ClientCount::seconds).reversed().thenComparing(ClientCount::user)
                .thenComparing(ClientCount::verb).thenComparing(ClientCount::resource));
        return counts;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }
}
