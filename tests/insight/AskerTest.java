package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lib.profile.ClientCount;
import lib.profile.Clients;
import lib.profile.RequestCount;
import org.junit.jupiter.api.Test;

class AskerTest {
    private static final String[] LISTS = {"GO;NEXT;H.ListResource.func1;x 60", "GO;NEXT;H.getResourceHandler.func1;x 20", "GO;runtime.bgsweep 20"};
    private static final List<RequestCount> REQUESTS = List.of(
        new RequestCount("LIST", "configmaps", "", "namespace", "200", 10, 5, 9_999_990), new RequestCount("LIST", "leases", "", "cluster", "200", 1_000, 1, 999_000),
            new RequestCount("GET", "pods", "", "resource", "200", 400, 1, 0));

    private static Report report(Clients clients, List<RequestCount> requests) {
        return Report.of(TestTrees.of(LISTS), new Basis(Amounts.NANOSECONDS, "cpu-clock", 0, 1e-5, 99, requests, clients), Rules.of("kube-apiserver"), 10);
    }

    private static ClientCount audited(String user, String agent, String verb, String resource, long count) {
        return new ClientCount(user, agent, null, verb, resource, "", count, 1);
    }

    @Test
    void aFewLargeAnswersCostMoreThanManySmallOnes() {
        Clients clients = new Clients(Clients.AUDIT_LOG, List.of(audited("small", "a/1", "LIST", "leases", 1_000),
            audited("getter", "a/1", "GET", "pods", 300), audited("getter", "b/1", "GET", "pods", 100), audited("greedy", "a/1", "LIST", "configmaps", 10)));
        List<Asker> askers = report(clients, REQUESTS).clients();
        assertEquals(List.of("greedy", "getter", "small", "getter"), askers.stream().map(Asker::user).toList());
        Asker greedy = askers.get(0);
        assertEquals(new Asker("greedy", "a/1", 10, 1, 9_999_990, "LIST configmaps", 10 / 1010.0, greedy.cpu()), greedy);
        assertEquals(0.6 * 10 / 11, greedy.cpu(), 1e-9, "of list's 60 %, by bytes and by number");
        assertEquals(0.15, askers.get(1).cpu(), 1e-9, "answers to these gets have no size: each costs alike");
        assertEquals(0.8, askers.stream().mapToDouble(Asker::cpu).sum(), 1e-9, "no more than what calls took");
        Report report = report(clients, REQUESTS);
        assertTrue(report.words().contains("About 55 % was asked for by greedy (a): LIST configmaps."), report.words().toString());
        assertTrue(report.text(false, false).contains("  greedy\n" + " ".repeat(32) + "a/1: LIST configmaps (1 %)\n"), report.text(false, false));
        String who = report.text(true, false).replaceFirst("(?s).*\nWho asked", "Who asked");
        assertEquals(9, who.lines().count(), who);
        for (String line : who.split("\n")) assertTrue(line.length() <= 80, line);
    }

    @Test
    void withoutCountersEachRequestOfAVerbCostsAlike() {
        Clients clients = new Clients(Clients.AUDIT_LOG, List.of(audited("a", "", "LIST", "pods", 3), audited("b", "", "LIST", "nodes", 1)));
        List<Asker> askers = report(clients, null).clients();
        assertEquals(0.45, askers.get(0).cpu(), 1e-9);
        assertEquals(0.15, askers.get(1).cpu(), 1e-9);
    }

    @Test
    void requestsInFlightAreSharedByTheirTime() {
        Clients clients = new Clients(Clients.FAIRNESS, List.of(new ClientCount(null, null, "global-default (x)", null, null, null, 500, 0),
                new ClientCount("a", null, "f (x)", "LIST", "pods", "", 0, 9), new ClientCount("b", null, "f (x)", "LIST", "pods", "", 0, 1)));
        List<Asker> askers = report(clients, REQUESTS).clients();
        assertEquals(List.of("a", "b"), askers.stream().map(Asker::user).toList());
        assertEquals(0.54, askers.get(0).cpu(), 1e-9);
        assertEquals(0.9, askers.get(0).ofVerb(), 1e-9);
    }

    @Test
    void whereOnlyFlowsAreKnownNoCostIsClaimed() {
        Clients clients = new Clients(Clients.FAIRNESS, List.of(new ClientCount(null, null, "system-nodes (system)", null, null, null, 5, 0)));
        Asker asker = report(clients, REQUESTS).clients().get(0);
        assertEquals("system-nodes (system)", asker.user());
        assertEquals(5, asker.requests());
        assertNull(asker.cpu());
        assertTrue(report(null, REQUESTS).clients().isEmpty());
    }
}
