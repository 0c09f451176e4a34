package lib.insight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.profile.RequestCount;

/**
 * What a server counted while it was recorded: the differences of its own counters between the beginning and the end.
 *
 * @param counts one for each combination that was counted; those that did not grow may be missing
 */
public record Requests(List<RequestCount> counts) {
    /** How many requests there were in all. */
    public long total() {
        return counts.stream().mapToLong(RequestCount::count).sum();
    }

    /** The same without scope and code, those together that are alike then. */
    List<RequestCount> byVerbAndResource() {
        Map<List<String>, RequestCount> pairs = new LinkedHashMap<>();
        for (RequestCount c : counts) {
            pairs.merge(List.of(c.verb(), c.resource(), c.subresource()),
                new RequestCount(c.verb(), c.resource(), c.subresource(), "", "", c.count(), c.seconds(), c.bytes()),
                (a, b) -> new RequestCount(a.verb(), a.resource(), a.subresource(), "", "", a.count() + b.count(),
                    a.seconds() + b.seconds(), a.bytes() + b.bytes()));
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
            .filter(count -> count.verb().equals(verb) && count.resource().isEmpty() == blank >= 0
                && (blank < 0 || count.subresource().startsWith(sort.substring(blank + 1))))
            .mapToLong(RequestCount::count).sum();
    }
}
