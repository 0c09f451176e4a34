package lib.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lib.profile.ClientCount;
import lib.profile.RequestCount;

/** What a server answered between two readings of its counters. */
final class RequestCounts {
    /** So many go into a recording's metadata; the seldom ones of a verb are one then. */
    private static final int MOST = 400;
    private static final String OTHERS = "others";

    private RequestCounts() { }

    /** The sorts and codes that grew, the most frequent first. */
    static List<RequestCount> between(Metrics before, Metrics after) {
        List<RequestCount> grown = new ArrayList<>();
        after.requests().forEach((sort, codes) -> {
            Map<String, Double> earlier = before.requests().getOrDefault(sort, Map.of());
            Map<String, Long> counts = new TreeMap<>();
            codes.forEach((code, count) -> {
                long more = Math.round(count - earlier.getOrDefault(code, 0.0));
                if (more > 0) counts.put(code, more);
            });
            long all = counts.values().stream().mapToLong(Long::longValue).sum();
            double seconds = more(before.seconds(), after.seconds(), sort);
            double bytes = more(before.bytes(), after.bytes(), sort);
            counts.forEach((code, count) -> grown.add(new RequestCount(sort.verb(), sort.resource(), sort.subresource(), sort.scope(),
                    code, count, milliseconds(seconds * count / all), Math.round(bytes * count / all))));
        });
        grown.sort(Comparator.comparingLong(RequestCount::count).reversed().thenComparing(RequestCount::verb)
                .thenComparing(RequestCount::resource).thenComparing(RequestCount::subresource)
                .thenComparing(RequestCount::scope).thenComparing(RequestCount::code));
        return grown.size() <= MOST ? grown : shortened(grown);
    }

    /** The flows that grew, the most frequent first. */
    static List<ClientCount> flowsBetween(Metrics before, Metrics after) {
        List<ClientCount> grown = new ArrayList<>();
        after.flows().keySet().forEach(flow -> {
            long more = Math.round(more(before.flows(), after.flows(), flow));
            if (more > 0) grown.add(new ClientCount(null, null, flow, null, null, null, more, 0));
        });
        grown.sort(Comparator.comparingLong(ClientCount::count).reversed().thenComparing(ClientCount::flow));
        return grown;
    }

    private static <K> double more(Map<K, Double> before, Map<K, Double> after, K key) {
        return Math.max(0, after.getOrDefault(key, 0.0) - before.getOrDefault(key, 0.0));
    }

    /** More digits say nothing. */
    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    private static List<RequestCount> shortened(List<RequestCount> counts) {
        List<RequestCount> kept = new ArrayList<>(counts.subList(0, MOST));
        Map<String, RequestCount> others = new TreeMap<>();
        for (RequestCount rest : counts.subList(MOST, counts.size())) {
            String resource = rest.resource().isEmpty() ? "" : OTHERS;
            others.merge(rest.verb() + resource, new RequestCount(rest.verb(), resource, resource.isEmpty() ? OTHERS : "", "", "",
                    rest.count(), rest.seconds(), rest.bytes()), (a, b) -> new RequestCount(a.verb(), a.resource(), a.subresource(), "",
                    "", a.count() + b.count(), milliseconds(a.seconds() + b.seconds()), a.bytes() + b.bytes()));
        }
        kept.addAll(others.values());
        return kept;
    }
}
