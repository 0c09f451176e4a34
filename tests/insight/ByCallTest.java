package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import lib.insight.ByCall.Rooted;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;

class ByCallTest {
    private static final String[] STACKS = {
        "GO;NEXT;F.WithAuthentication.func1;crypto/rsa.VerifyPKCS1v15 3",
        "GO;NEXT;F.WithAuthentication.func1;NEXT;k8s.io/apiserver/pkg/endpoints/filterlatency.trackCompleted.func1 1",
        "GO;NEXT;F.WithAuthentication.func1;NEXT;H.ListResource.func1 4",
        "GO;NEXT;F.WithAuthentication.func1;NEXT;H.ListResource.func1;encoding/json.Marshal;runtime.systemstack.abi0;memmove 5",
        "GO;NEXT;H.ListResource.func1;H.serveWatch;NEXT;sort.Sort 2",
        "GO;example.com/start;k8s.io/client-go/tools/cache.(*Reflector).Run 6",
        "GO;runtime.gcBgMarkWorker;runtime.scanobject 7",
        "GO;example.com/unknown.Work 8"};

    /** By stack, without the command: the samples that end there. */
    private static Map<String, Long> stacks(StackTree tree) {
        Map<String, Long> stacks = new TreeMap<>();
        for (int node = 0; node < tree.size(); node++) {
            if (tree.samples(node) == 0) continue;
            String stack = "";
            for (int at = node; at > 0; at = tree.parent(at)) stack = tree.frames().name(tree.frame(at)) + (stack.isEmpty() ? "" : ";") + stack;
            stacks.merge(stack.replace("k8s.io/apiserver/pkg/endpoints/", "").replaceAll("k8s.io/client-go/tools/", ""), tree.samples(node), Long::sum);
        }
        return stacks;
    }

    private static ByCall byCall(String merge, String... lines) {
        return new ByCall(TestTrees.of(lines), Rules.of("kube-apiserver"), merge == null ? null : Pattern.compile(merge));
    }

    @Test
    void eachStackStandsBelowWhatItWasDoneForWithoutWhatLedThere() {
        assertEquals(new TreeMap<>(Map.of(
                "before the handler;authentication;filters.WithAuthentication.func1;crypto/rsa.VerifyPKCS1v15", 3L,
                "before the handler;other", 1L,
                "LIST;handlers.ListResource.func1", 4L,
                "LIST;handlers.ListResource.func1;encoding/json.Marshal;memmove", 5L,
                "WATCH;handlers.serveWatch;sort.Sort", 2L,
                "beside requests;control loops;example.com/start;cache.(*Reflector).Run", 6L,
                "beside requests;background GC;runtime.gcBgMarkWorker;runtime.scanobject", 7L,
                "other;kube-apiserver;example.com/unknown.Work", 8L)), stacks(byCall(null, STACKS).rooted().tree()));
    }

    @Test
    void noWeightIsLostAndEachCallWeighsWhatTheAnswerSays() {
        Rooted rooted = byCall(null, STACKS).rooted();
        StackTree tree = rooted.tree();
        long[] totals = tree.totals();
        assertEquals(360, totals[0]);
        assertEquals(36, tree.sampleTotals()[0]);
        Map<String, Long> places = new TreeMap<>();
        for (int node = 1; node < tree.size(); node++) {
            if (rooted.labels().contains(tree.frame(node))) places.put(tree.frames().name(tree.frame(node)).toLowerCase(Locale.ROOT), totals[node]);
        }
        for (Calls.Call call : TestTrees.calls("kube-apiserver", STACKS).calls()) {
            if (!call.call().equals("other")) assertEquals(call.weight(), places.get(call.call().toLowerCase(Locale.ROOT)), call.call());
        }
    }

    @Test
    void functionsThatAreToBeMergedGiveTheirSamplesToTheirCallers() {
        Map<String, Long> stacks = stacks(byCall("Marshal$|scan", STACKS).rooted().tree());
        assertEquals(5, stacks.get("LIST;handlers.ListResource.func1;memmove"));
        assertEquals(7, stacks.get("beside requests;background GC;runtime.gcBgMarkWorker"));
    }

    @Test
    void aFunctionOfALabelsNameIsNoLabel() {
        Rooted rooted = byCall(null, "GO;NEXT;H.ListResource.func1;LIST 5").rooted();
        assertEquals(Map.of("LIST;handlers.ListResource.func1;LIST", 5L), stacks(rooted.tree()));
        assertFalse(rooted.labels().contains(rooted.tree().frame(rooted.tree().size() - 1)));
    }

    @Test
    void anEarlierProfileIsDividedToo() {
        StackTree both = Difference.of(TestTrees.of("GO;NEXT;H.ListResource.func1;gone 2"), TestTrees.of(STACKS));
        StackTree tree = new ByCall(both, Rules.of("kube-apiserver"), null).rooted().tree();
        assertEquals(20, tree.beforeTotals()[0]);
        assertEquals(360, tree.totals()[0]);
    }

    @Test
    void whatServesNoApiIsNotShownByCall() {
        assertTrue(byCall(null, STACKS).isOfAnApi());
        assertFalse(byCall(null, "main;read_file;parse 10").isOfAnApi(), "a C program");
        assertFalse(byCall(null, "java/lang/Thread.run;org/example/Server.handle 10").isOfAnApi());
        assertFalse(byCall(null, "GO;net/http.(*conn).serve;NEXT;main.handle 10", "GO;NEXT;net/http/pprof.Profile 3").isOfAnApi(), "another server in Go");
        assertFalse(new ByCall(new StackTree(new Frames()), Rules.of("kube-apiserver"), null).isOfAnApi());
        StackTree etcd = TestTrees.of("GO;google.golang.org/grpc.(*Server).handleStream;go.etcd.io/etcd/etcdserver/etcdserverpb._KV_Range_Handler 5");
        assertFalse(new ByCall(etcd, Rules.of("etcd"), null).isOfAnApi());
    }
}
