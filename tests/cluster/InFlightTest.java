package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lib.profile.ClientCount;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final InFlight looks = new InFlight(null, null);

    @Test
    void requestsThatRunAreCountedByLook() {
        String newer = """
                PriorityLevelName, FlowSchemaName, QueueIndex, RequestIndexInQueue, FlowDistingsher, ArriveTime, InitialSeats, FinalSeats, AdditionalLatency, StartTime, UserName, Verb, APIPath, Namespace, Name, APIVersion, Resource, SubResource
                global-default,    global-default, 3,          -1,                  jane,            2026-11-25T23:11:22Z, 10, 0, 0s, 2026-11-25T23:11:22Z, jane, list, /api/v1/pods, <none>, <none>, v1, pods, <none>
                exempt,            exempt,         -1,         -1,                  ,                2026-11-25T23:11:22Z, 0, 0, 0s, 2026-11-25T23:11:22Z, admin, get, /debug/api_priority_and_fairness/dump_requests, , , , ,
                a row, that is short
                """;
        looks.add(newer);
        looks.add(newer);
        looks.add("""
                PriorityLevelName, FlowSchemaName, QueueIndex, RequestIndexInQueue, FlowDistingsher, ArriveTime, UserName, Verb,   APIPath, Namespace, Name,   APIVersion, Resource, SubResource
                workload-low,      service-accounts, 12,       0,                   x,               2026-11-25T23:11:22Z, system:serviceaccount:a:b, create, /api/v1/namespaces/a/pods/p/binding, a, p, v1, pods, binding
                """);
        looks.add("");
        assertEquals(List.of(new ClientCount("jane", null, "global-default (global-default)", "LIST", "pods", "", 0, 2),
                new ClientCount("system:serviceaccount:a:b", null, "service-accounts (workload-low)", "POST", "pods/binding", "a", 0, 1)), looks.seen());
    }
}
