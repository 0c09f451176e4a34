package lib.insight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.profile.RequestCount;

/** What a server counted while it was recorded. */
final class Requests {
    private Requests() { }

    /** The counts without scope and code, those together that are alike then. */
    static List<RequestCount> byVerbAndResource(List<RequestCount> counts) {
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
    static long of(List<RequestCount> counts, String sort) {
        int blank = sort.indexOf(' ');
        String verb = blank < 0 ? sort : sort.substring(0, blank);
        return counts.stream()
                .filter(count -> count.verb().equals(verb) && count.resource().isEmpty() == blank >= 0
                        && (blank < 0 || count.subresource().startsWith(sort.substring(blank + 1))))
                .mapToLong(RequestCount::count).sum();
    }
}
