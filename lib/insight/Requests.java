package lib.insight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server counted while it was recorded: the differences of its own counters between the beginning and the end.
 *
 * @param counts one for each combination that was counted; those that did not grow may be missing
 */
public record Requests(List<Count> counts) {
    /**
     * Requests that were alike.
     *
     * @param verb as kube-apiserver's metrics say it: LIST, GET, WATCH, POST, PUT, PATCH, APPLY, DELETE, DELETECOLLECTION, CONNECT
     * @param resource such as "pods"; empty for paths that are no resource
     * @param subresource such as "status"; for paths that are no resource the path, such as "/livez"
     * @param scope "cluster", "namespace" or "resource"; may be empty
     * @param code of the answer, such as "200"; may be empty
     * @param count how many
     * @param seconds how long they took in all, from their arrival to their answer; 0 where it is not known
     * @param bytes of their answers in all; 0 where it is not known
     */
    public record Count(String verb, String resource, String subresource, String scope, String code, long count, double seconds,
            long bytes) { }

    /** How many requests there were in all. */
    public long total() {
        return counts.stream().mapToLong(Count::count).sum();
    }

    /** The same without scope and code, those together that are alike then. */
    List<Count> byVerbAndResource() {
        Map<List<String>, Count> pairs = new LinkedHashMap<>();
        for (Count c : counts) {
            pairs.merge(List.of(c.verb, c.resource, c.subresource), new Count(c.verb, c.resource, c.subresource, "", "", c.count, c.seconds, c.bytes),
                (a, b) -> new Count(a.verb, a.resource, a.subresource, "", "", a.count + b.count, a.seconds + b.seconds, a.bytes + b.bytes));
        }
        return List.copyOf(pairs.values());
    }

    /**
     * How many there were of a sort.
     *
     * @param sort a verb, for requests of resources; or a verb and the beginning of a path, as in {@code GET /livez}
     */
    long of(String sort) {
        int blank = sort.indexOf(' ');
        String verb = blank < 0 ? sort : sort.substring(0, blank);
        return counts.stream()
            .filter(count -> count.verb.equals(verb) && count.resource.isEmpty() == blank >= 0
                && (blank < 0 || count.subresource.startsWith(sort.substring(blank + 1))))
            .mapToLong(Count::count).sum();
    }
}
