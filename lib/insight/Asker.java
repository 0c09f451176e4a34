package lib.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.profile.ClientCount;
import lib.profile.Clients;
import lib.profile.RequestCount;

/**
 * A client of the program, and what it is likely to have cost. Stacks do not know clients: each request is taken to cost as
 * much as the others of its verb, or as the bytes of its answer where they are known by resource; where only requests in
 * flight were seen, as the time for which they were.
 *
 * @param user by which name it authenticated; or the flow, where only that is known
 * @param agent its program; may be empty
 * @param requests how many; 0 where only those in flight were seen
 * @param seconds how long they took in all
 * @param bytes of their answers, an estimate from the average by verb and resource; 0 where it is not known
 * @param mostly the verb and resource of most of its cost, such as "LIST pods"
 * @param ofVerb its share of the requests (or of the seconds) of that verb, 0 to 1
 * @param cpu its share of the whole profile, an estimate; null where nothing tells
 */
public record Asker(String user, String agent, long requests, double seconds, long bytes, String mostly, double ofVerb, Double cpu) {
    private static final int MOST = 10;

    /** Those that matter, the most expensive first. */
    static List<Asker> of(Clients clients, List<RequestCount> requests, Calls calls, Rules rules) {
        if (clients == null) return List.of();
        Map<String, Double> shares = new HashMap<>();
        for (Section section : rules.sections()) {
            Calls.Call call = calls.call(section.name());
            if (section.kind() == Section.Kind.CALL && call != null) section.requests().forEach(verb -> shares.putIfAbsent(verb, call.share()));
        }
        return new Estimate(clients, requests == null ? List.of() : requests, shares).askers();
    }

    private static final class Estimate {
        private final List<ClientCount> counts;
        /** Whether requests were counted, and not only looked at while they ran. */
        private final boolean counted;
        private final Map<String, Double> shares;
        private final Map<String, RequestCount> known = new HashMap<>();
        private final Map<String, Double> ofVerb = new HashMap<>();
        private final Map<String, Double> costOfVerb = new HashMap<>();

        Estimate(Clients clients, List<RequestCount> requests, Map<String, Double> shares) {
            this.shares = shares;
            List<ClientCount> named = clients.counts().stream().filter(count -> count.user() != null).toList();
            counts = named.isEmpty() ? clients.counts() : named;
            counted = clients.source().equals(Clients.AUDIT_LOG);
            for (RequestCount pair : Requests.byVerbAndResource(requests)) {
                boolean whole = pair.subresource().isEmpty() || pair.resource().isEmpty();
                known.put(what(pair.verb(), pair.resource() + (whole ? "" : "/" + pair.subresource())), pair);
            }
            for (ClientCount count : counts) {
                if (!ofResource(count)) continue;
                ofVerb.merge(count.verb(), amount(count), Double::sum);
                costOfVerb.merge(count.verb(), cost(count), Double::sum);
            }
        }

        private static String what(String verb, String resource) {
            return (verb + " " + resource).strip();
        }

        private double amount(ClientCount count) {
            return counted ? count.count() : count.seconds();
        }

        /** Bytes of their answers; 0 where they are not known. */
        private double bytes(ClientCount count) {
            RequestCount pair = known.get(what(count.verb(), count.resource()));
            return pair == null || pair.count() == 0 ? 0 : (double) count.count() * pair.bytes() / pair.count();
        }

        /** What tells one request of a verb from another; comparable within the verb only. A small answer costs something, too. */
        private double cost(ClientCount count) {
            return counted && sized(count.verb()) ? bytes(count) + count.count() : amount(count);
        }

        private boolean sized(String verb) {
            return known.values().stream().anyMatch(pair -> pair.verb().equals(verb) && pair.bytes() > 0);
        }

        /** Share of the whole profile; 0 where its verb has none. */
        private double cpu(ClientCount count) {
            double all = ofResource(count) ? costOfVerb.get(count.verb()) : 0;
            return all > 0 ? shares.getOrDefault(count.verb(), 0.0) * cost(count) / all : 0;
        }

        /** Paths that are no resource, such as /livez, have calls of their own. */
        private static boolean ofResource(ClientCount count) {
            return count.verb() != null && !count.resource().isEmpty();
        }

        List<Asker> askers() {
            Map<List<String>, List<ClientCount>> byClient = new LinkedHashMap<>();
            for (ClientCount count : counts) {
                byClient.computeIfAbsent(List.of(count.user() == null ? count.flow() : count.user(), count.agent() == null ? "" : count.agent()),
                        ignored -> new ArrayList<>()).add(count);
            }
            List<Asker> askers = new ArrayList<>();
            byClient.forEach((client, its) -> askers.add(asker(client.get(0), client.get(1), its)));
            askers.sort(Comparator.comparingDouble((Asker asker) -> asker.cpu == null ? 0 : asker.cpu).reversed()
                    .thenComparing(Comparator.comparingDouble((Asker asker) -> Math.max(asker.requests, asker.seconds)).reversed()));
            return List.copyOf(askers.subList(0, Math.min(MOST, askers.size())));
        }

        private Asker asker(String user, String agent, List<ClientCount> its) {
            ClientCount most = its.stream().max(Comparator.comparingDouble(this::cpu).thenComparingDouble(this::amount)).orElseThrow();
            double cpu = its.stream().mapToDouble(this::cpu).sum();
            double verb = ofVerb.getOrDefault(most.verb(), 0.0);
            double itsOfVerb = its.stream().filter(count -> ofResource(count) && count.verb().equals(most.verb())).mapToDouble(this::amount).sum();
            return new Asker(user, agent, its.stream().mapToLong(ClientCount::count).sum(), its.stream().mapToDouble(ClientCount::seconds).sum(),
                    Math.round(its.stream().filter(count -> count.verb() != null).mapToDouble(this::bytes).sum()),
                    most.verb() == null ? "" : what(most.verb(), most.resource()), verb > 0 ? itsOfVerb / verb : 0, cpu > 0 ? cpu : null);
        }
    }
}
