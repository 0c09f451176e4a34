package lib.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import lib.cli.Json;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.profile.ClientCount;
import lib.profile.Clients;
import lib.profile.Program;

/** Who asks, from kube-apiserver's audit log: its lines of a while are counted on the node, and only counts travel. */
final class AuditLog {
    private static final Script MARK = Script.of(AuditLog.class, "audit-mark.sh");
    private static final Script COUNT = Script.of(AuditLog.class, "audit-count.sh");
    private static final String OPTION = "--audit-log-path";
    /** Some 200,000 requests; beyond it the rest is not counted. */
    private static final long MOST_BYTES = 256L << 20;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    /** So many go into a recording's metadata. */
    private static final int MOST = 200;
    private static final String OTHERS = "others";
    /** The verbs of the authorizer, as the server's metrics say them. */
    private static final Map<String, String> VERBS = Map.of("create", "POST", "update", "PUT");

    private final Node node;
    private final String[] words;

    private AuditLog(Node node, String... words) {
        this.node = node;
        this.words = words;
    }

    /** What is written to the program's audit log from now on; null where it has none that can be read. */
    static AuditLog begin(Node node, Program program) {
        String path = path(program.commandLine());
        if (path == null) return null;
        String pid = Integer.toString(program.pid());
        String[] mark = node.sh(MARK, pid, path).text().split(" ");
        return mark.length == 2 ? new AuditLog(node, pid, path, mark[0], mark[1], Long.toString(MOST_BYTES)) : null;
    }

    private static String path(List<String> commandLine) {
        for (int i = 0; i < commandLine.size(); i++) {
            String word = commandLine.get(i);
            String value = word.startsWith(OPTION + "=") ? word.substring(OPTION.length() + 1)
                    : word.equals(OPTION) && i + 1 < commandLine.size() ? commandLine.get(i + 1) : "";
            if (value.startsWith("/")) return value;
        }
        return null;
    }

    /** Who asked since; null where the log cannot be read any more. */
    Clients end() {
        Output counted = node.sh(TIMEOUT, COUNT, words);
        if (!counted.ok()) return null;
        List<ClientCount> counts = new ArrayList<>();
        Map<String, ClientCount> others = new TreeMap<>();
        for (String line : counted.lines()) {
            String[] parts = line.split("\t", -1);
            if (parts.length != 7 || !parts[0].matches("\\d{1,18}") || !parts[1].matches("\\d{1,15}\\.\\d{1,3}")) continue;
            String verb = VERBS.getOrDefault(parts[6], parts[6].toUpperCase(Locale.ROOT));
            ClientCount count = new ClientCount(string(parts[2]), string(parts[3]), null, verb, string(parts[5]), string(parts[4]),
                    Long.parseLong(parts[0]), Double.parseDouble(parts[1]));
            if (counts.size() < MOST && !count.user().equals(OTHERS)) counts.add(count);
            else others.merge(verb, new ClientCount(OTHERS, "", null, verb, OTHERS, "", count.count(), count.seconds()), (a, b) ->
                    new ClientCount(OTHERS, "", null, verb, OTHERS, "", a.count() + b.count(), a.seconds() + b.seconds()));
        }
        counts.addAll(others.values());
        return new Clients(Clients.AUDIT_LOG, counts);
    }

    /** What JSON writes between quotes; cut off inside an escape it stays as it is. */
    private static String string(String json) {
        try {
            return Json.read('"' + json + '"', String.class).replaceAll("\\p{Cntrl}", " ");
        } catch (IllegalArgumentException e) {
            return json;
        }
    }
}
