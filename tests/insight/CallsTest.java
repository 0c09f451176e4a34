package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lib.insight.Calls.Call;
import lib.profile.RequestCount;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "list | GO;REQUEST;NEXT;H.ListResource.func1;sort.Sort",
        "list | GO;REQUEST;NEXT;k8s.io/kubernetes/vendor/k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1",
        "list | GO;REQUEST;NEXT;H.ListResource.func1;H.handleList",
        "watch | GO;REQUEST;NEXT;H.ListResource.func1;H.serveWatch;H.(*WatchServer).ServeHTTP",
        "watch | GO;k8s.io/apiserver/pkg/server/routine.WithRoutine.func1.1;H.handleWatch.func4",
        "watch | GO;REQUEST;H.ListResource.func1;H.serveWatchHandler",
        "get | GO;REQUEST;NEXT;H.GetResource.func1;H.getResourceHandler.func1",
        "get | GO;REQUEST;NEXT;H.GetResource.getResourceHandler.func2",
        "create | GO;H.finishRequest.func1;H.createHandler.func1.2;sort.Sort",
        "create | GO;k8s.io/apiserver/pkg/endpoints/handlers/finisher.finishRequest.func1;H.createHandler.func1.4",
        "before the handler | GO;k8s.io/apiserver/pkg/endpoints/handlers/finisher.finishRequest.func1",
        "update | GO;H.finishRequest.func1;H.UpdateResource.func1.4",
        "patch | GO;H.finishRequest.func1;H.(*patcher).patchResource.func2",
        "patch | GO;REQUEST;NEXT;H.PatchResource.func1",
        "delete | GO;H.finishRequest.func1;H.DeleteResource.func1.1;REG.(*Store).Delete",
        "delete collection | GO;REG.(*Store).DeleteCollection.func1",
        "delete collection | GO;REQUEST;NEXT;H.DeleteCollection.func1",
        "connect | GO;REQUEST;H.ConnectResource.func1;net/http/httputil.(*ReverseProxy).ServeHTTP",
        "proxy | GO;REQUEST;k8s.io/kube-aggregator/pkg/apiserver.(*proxyHandler).ServeHTTP;net/http/httputil.(*ReverseProxy).ServeHTTP",
        "list | GO;REQUEST;k8s.io/kube-aggregator/pkg/apiserver.(*proxyHandler).ServeHTTP;NEXT;H.ListResource.func1",
        "health | GO;REQUEST;NEXT;k8s.io/apiserver/pkg/server/healthz.handleRootHealth.func1",
        "metrics | GO;REQUEST;NEXT;github.com/prometheus/client_golang/prometheus/promhttp.HandlerFor.func1",
        "metrics | GO;github.com/prometheus/client_golang/prometheus.(*Registry).Gather.func1",
        "discovery and OpenAPI | GO;REQUEST;NEXT;k8s.io/kube-openapi/pkg/handler.(*OpenAPIService).RegisterOpenAPIVersionedService.func1",
        "before the handler | GO;REQUEST;NEXT;F.WithAuthentication.func1",
        "before the handler | GO;net/http.(*conn).serve;net/http.(*conn).readRequest",
        "before the handler | GO;golang.org/x/net/http2.(*serverConn).processHeaders.func1;golang.org/x/net/http2.(*serverConn).runHandler",
        "connections | GO;net/http.(*Server).Serve.func3;net/http.(*conn).serve;golang.org/x/net/http2.(*serverConn).serve",
        "connections | GO;net/http.(*conn).serve;crypto/tls.(*Conn).HandshakeContext",
        "connections | GO;golang.org/x/net/http2.(*serverConn).startFrameWrite.func1",
        "connections to others | GO;golang.org/x/net/http2.(*Transport).newClientConn.func2;crypto/tls.(*Conn).Read",
        "background GC | GO;runtime.systemstack.abi0;runtime.gcBgMarkWorker.func2;runtime.scanobject",
        "background GC | GO;runtime.gcenable.gowrap1;runtime.bgsweep",
        "connection to etcd | GO;google.golang.org/grpc/internal/transport.newHTTP2Client.func3",
        "watch cache | GO;CACHE.(*Cacher).dispatchEvents;sort.Sort",
        "watch cache | GO;E3.(*watchChan).run.func2;go.etcd.io/etcd/clientv3.(*watcher).Watch",
        "control loops | GO;k8s.io/apimachinery/pkg/util/wait.Until;k8s.io/kube-aggregator/pkg/controllers/openapi.(*AggregationController).sync;"
                + "k8s.io/kube-openapi/pkg/handler.(*OpenAPIService).UpdateSpec",
        "admission | GO;k8s.io/apiserver/pkg/admission/plugin/webhook/validating.(*validatingDispatcher).Dispatch.func1",
        "Go runtime | runtime.mcall;runtime.park_m;runtime.schedule",
        "other | GO;example.com/unknown.Work",
        "stacks without callers | p256MulInternal;asm_sysvec_apic_timer_interrupt_[k]"})
    void whatAStackIsOf(String call, String stack) {
        Calls calls = TestTrees.calls("kube-apiserver", stack + " 1", "GO;NEXT 1");
        assertTrue(calls.calls().stream().anyMatch(c -> c.call().equals(call)), calls.calls().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "etcd | range | store: index | GO;google.golang.org/grpc.(*Server).handleStream;go.etcd.io/etcd/etcdserver/etcdserverpb._KV_Range_Handler;go.etcd.io/etcd/mvcc.(*treeIndex).Revisions",
        "etcd | range | store: reading the backend | GO;go.etcd.io/etcd/api/v3/etcdserverpb._KV_Range_Handler;go.etcd.io/etcd/server/v3/storage/mvcc.(*storeTxnCommon).Range;go.etcd.io/bbolt.(*Cursor).seek",
        "etcd | put | store: telling watchers | GO;go.etcd.io/etcd/pkg/v3/schedule.(*fifo).run;go.etcd.io/etcd/server/v3/etcdserver.(*EtcdServer).applyAll;"
            + "go.etcd.io/etcd/server/v3/etcdserver/apply.(*applierV3backend).Put;go.etcd.io/etcd/server/v3/storage/mvcc.(*watchableStore).notify",
        "etcd | txn | rest | GO;go.etcd.io/etcd/etcdserver.(*EtcdServer).applyAll;go.etcd.io/etcd/etcdserver.(*applierV3backend).Txn;go.etcd.io/etcd/etcdserver.(*applierV3backend).Put",
        "etcd | compaction | store: index | GO;go.etcd.io/etcd/pkg/schedule.(*fifo).run;go.etcd.io/etcd/mvcc.(*store).compact.func1;go.etcd.io/etcd/mvcc.(*treeIndex).Compact",
        "etcd | lease | leases | GO;go.etcd.io/etcd/server/v3/lease.(*lessor).runLoop",
        "etcd | watch | rest | GO;go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc.(*serverWatchStream).sendLoop",
        "kube-scheduler | filter | node resources | GO;k8s.io/kubernetes/pkg/scheduler.(*Scheduler).ScheduleOne;k8s.io/kubernetes/pkg/scheduler.(*Scheduler).findNodesThatFitPod;"
                + "k8s.io/kubernetes/pkg/scheduler/framework/plugins/noderesources.(*Fit).Filter",
        "kube-scheduler | score | inter-pod affinity | GO;k8s.io/kubernetes/pkg/scheduler.(*Scheduler).scheduleOne;k8s.io/kubernetes/pkg/scheduler/core.(*genericScheduler).prioritizeNodes;"
                + "k8s.io/kubernetes/pkg/scheduler/framework/plugins/interpodaffinity.x",
        "kube-scheduler | bind | default binder | GO;k8s.io/kubernetes/pkg/scheduler.(*Scheduler).ScheduleOne.func1;k8s.io/kubernetes/pkg/scheduler.(*Scheduler).bindingCycle;"
                + "k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultbinder.x",
        "kube-scheduler | queue | rest | GO;k8s.io/client-go/tools/cache.(*processorListener).run;k8s.io/kubernetes/pkg/scheduler/backend/queue.(*PriorityQueue).Add",
        "kube-controller-manager | deployment | asking the API server | GO;k8s.io/apimachinery/pkg/util/wait.Until;k8s.io/kubernetes/pkg/controller/deployment.(*DeploymentController).worker;k8s.io/client-go/rest.(*Request).Do",
        "kube-controller-manager | job | rest | GO;k8s.io/client-go/tools/cache.(*processorListener).run;k8s.io/kubernetes/pkg/controller/job.(*Controller).addPod",
        "kube-controller-manager | taint eviction | rest | GO;k8s.io/kubernetes/pkg/controller/nodelifecycle/scheduler.(*NoExecuteTaintManager).worker",
        "kubelet | pod sync | asking the container runtime | GO;k8s.io/apimachinery/pkg/util/wait.Until;k8s.io/kubernetes/pkg/kubelet.(*podWorkers).podWorkerLoop;k8s.io/kubernetes/pkg/kubelet.(*Kubelet).SyncPod;"
                + "k8s.io/kubernetes/pkg/kubelet/cri/remote.x",
        "kubelet | PLEG | rest | GO;k8s.io/kubernetes/pkg/kubelet/pleg.(*GenericPLEG).relist;k8s.io/kubernetes/pkg/kubelet/kuberuntime.x",
        "kubelet | housekeeping | rest | GO;k8s.io/kubernetes/pkg/kubelet.(*Kubelet).syncLoop;k8s.io/kubernetes/pkg/kubelet.(*Kubelet).HandlePodCleanups",
        "kubelet | cAdvisor | reading cgroups | GO;github.com/google/cadvisor/manager.(*containerData).housekeeping;github.com/opencontainers/runc/libcontainer/cgroups/fs.x",
        "network | receive | conntrack | asm_common_interrupt_[k];net_rx_action_[k];__netif_receive_skb_core_[k];nf_conntrack_in_[k]",
        "network | transmit | tunnels | GO;entry_SYSCALL_64_[k];__sys_sendto_[k];udp_sendmsg_[k];vxlan_xmit_[k]",
        "network | receive | TCP | GO;tcp_sendmsg_[k];__dev_queue_xmit_[k];do_softirq_[k];net_rx_action_[k];tcp_v4_rcv_[k]"})
    void otherProgramsToo(String target, String call, String work, String stack) {
        List<Call> calls = TestTrees.calls(target, stack + " 1").calls();
        assertEquals(call + " " + work, calls.get(0).call() + " " + calls.get(0).work().get(0).work());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "authentication | NEXT;F.WithAuthentication.func1;k8s.io/apiserver/pkg/authentication/request/union.(*x).AuthenticateRequest",
        "authentication | NEXT;F.withAuthentication.func1",
        "authorization | NEXT;F.WithAuthentication.func1;NEXT;F.WithAuthorization.func1;k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac.x",
        "other | NEXT;F.WithAuthentication.func1;NEXT;sort.Sort",
        "other | NEXT;F.WithAuthentication.func1;NEXT;F.WithCacheControl.func1",
        "impersonation | NEXT;k8s.io/apiserver/pkg/endpoints/filters/impersonation.(*constrainedImpersonationHandler).ServeHTTP",
        "audit | NEXT;S.DefaultBuildHandlerChain.WithAuditInit.withAuditInit.func41",
        "priority and fairness | NEXT;SF.(*priorityAndFairnessHandler).Handle;SF.(*priorityAndFairnessHandler).Handle.func9",
        "request log | NEXT;S.DefaultBuildHandlerChain.WithHTTPLogging.WithLogging.withLogging.func42",
        "routing | NEXT;F.WithAuthorization.func1;NEXT;S.director.ServeHTTP;github.com/emicklei/go-restful.(*Container).dispatch",
        "other | NEXT;S.DefaultBuildHandlerChain.WithWaitGroup.withWaitGroup.func35"})
    void whichLinkOfTheChain(String link, String stack) {
        Calls calls = TestTrees.calls("kube-apiserver", "GO;REQUEST;" + stack + " 3", "GO;REQUEST;" + stack + ";NEXT;H.ListResource.func1 1");
        assertEquals(Map.of(link, 3L), calls.chain().stream().filter(l -> l.samples() > 0).collect(Collectors.toMap(Calls.Link::link, Calls.Link::samples)));
        assertEquals(8, calls.chain().size(), "those too that took nothing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rest | H.ListResource.func1;sort.Sort",
        "watch cache | H.ListResource.func1;REG.(*Store).List;CACHE.(*Cacher).List",
        "etcd: client | H.ListResource.func1;CACHE.(*Cacher).List;E3.(*store).List;go.etcd.io/etcd/clientv3.(*kv).Get",
        "etcd: decode | H.ListResource.func1;E3.(*store).List;E3.appendListItem;k8s.io/apimachinery/pkg/runtime/serializer/versioning.(*codec).Decode;R.(*Scheme).x",
        "etcd: decode | H.ListResource.func1;E3.(*store).GetList;E3.(*store).processListItem;E3.(*defaultDecoder).DecodeListItem",
        "etcd: encode | H.createHandler.func1;E3.(*store).Create;R.Encode;encoding/json.Marshal",
        "admission | H.UpdateResource.func1;E3.(*store).GuaranteedUpdate;REG.(*Store).Update.func1;k8s.io/apiserver/pkg/registry/rest.AdmissionToValidateObjectUpdateFunc.func1",
        "rest | H.UpdateResource.func1;E3.(*store).GuaranteedUpdate;REG.(*Store).Update.func1;sort.Sort",
        "managed fields | H.createHandler.func1;k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager.(*FieldManager).Update;encoding/json.Marshal",
        "admission | H.createHandler.func1;k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager.(*managedFieldsValidatingAdmissionController).Admit;CACHE.x",
        "applying the patch | H.(*patcher).patchResource.func1;E3.(*store).GuaranteedUpdate;H.(*patcher).applyPatch;H.(*jsonPatcher).x;encoding/json.x",
        "decoding the request | H.createHandler.func1;k8s.io/apimachinery/pkg/runtime/serializer/versioning.(*codec).Decode;encoding/json.x",
        "answer: convert | H.ListResource.func1;H.transformResponseObject",
        "answer: encode | H.ListResource.func1;H.transformResponseObject;k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.SerializeObject;encoding/json.x",
        "answer: convert | H.GetResource.func1;k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.SerializeObject;R.(*Scheme).ConvertToVersion;sort.Sort",
        "answer: compress | H.ListResource.func1;k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.SerializeObject;compress/gzip.(*Writer).Write;compress/flate.x",
        "answer: write | H.ListResource.func1;k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.(*deferredResponseWriter).Write;SF.(*baseTimeoutWriter).Write",
        "answer: encode | H.ListResource.func1;H.(*WatchServer).ServeHTTP;k8s.io/apimachinery/pkg/runtime/serializer/versioning.(*codec).Encode"})
    void whatIsDoneInACall(String work, String stack) {
        Call call = TestTrees.calls("kube-apiserver", "GO;REQUEST;NEXT;" + stack + " 1").calls().get(0);
        assertEquals(List.of(work), call.work().stream().map(Calls.Work::work).toList());
    }

    @Test
    void eachSampleCountsOnceWithItsError() {
        Calls calls = TestTrees.calls("kube-apiserver", "GO;REQUEST;NEXT;H.ListResource.func1 60", "GO;REQUEST;NEXT;H.GetResource.func1 25",
                "GO;REQUEST;NEXT;F.withAuthentication.func1 10", "p256SqrInternal 5");
        assertEquals("list 60, get 25, before the handler 10, stacks without callers 5",
                calls.calls().stream().map(c -> c.call() + " " + c.samples()).collect(Collectors.joining(", ")));
        assertEquals(1, calls.calls().stream().mapToDouble(Call::share).sum(), 1e-12);
        Call list = calls.call("list");
        assertEquals(600, list.weight());
        assertEquals(1.96 * Math.sqrt(0.6 * 0.4 / 100), list.error(), 1e-12);
        assertEquals(0.03, calls.chain().get(1).error(), 1e-12, "authorization: none of 100");
        assertNull(list.shareWithGarbage());
        assertNull(list.requests());
    }

    @Test
    void garbageIsDividedByWhoAllocates() {
        Calls calls = TestTrees.calls("kube-apiserver", "GO;REQUEST;NEXT;H.ListResource.func1 10", "GO;REQUEST;NEXT;H.ListResource.func1;runtime.mallocgc;runtime.gcAssistAlloc 30",
            "GO;REQUEST;NEXT;H.GetResource.func1;runtime.newobject;runtime.mallocgc 10", "GO;CACHE.(*Cacher).dispatchEvents 10", "GO;runtime.bgsweep 40");
        assertEquals(0.7, calls.call("list").shareWithGarbage(), 1e-9);
        assertEquals(0.2, calls.call("get").shareWithGarbage(), 1e-9);
        assertEquals(0.1, calls.call("watch cache").shareWithGarbage(), 1e-9);
        assertEquals(0, calls.call("background GC").shareWithGarbage());
        assertEquals(1, calls.calls().stream().mapToDouble(Call::shareWithGarbage).sum(), 1e-9);
    }

    @Test
    void whatTheKernelCutOffCountsByWhatIsLeft() {
        String deep = "encoding/json.structEncoder.encode;".repeat(130);
        Calls calls = TestTrees.calls("kube-apiserver", "H.ListResource.func1;" + deep + "x 3", deep + "x 2", "x 1", "GO;" + deep + "x 4");
        assertEquals(5, calls.cut());
        assertEquals(3, calls.call("list").samples());
        assertEquals(2, calls.call("stacks cut off").samples());
        assertEquals(1, calls.call("stacks without callers").samples());
        assertEquals(4, calls.call("other").samples(), "it has its root");
    }

    @Test
    void anEngineThatRecordsNoRootsHasLostNone() {
        Calls calls = TestTrees.calls("kube-apiserver", "main.main;x 3", "x;".repeat(140) + "y 2");
        assertEquals(List.of("other"), calls.calls().stream().map(Call::call).toList());
        assertEquals(0, calls.cut());
    }

    @Test
    void inlinedCallsDoNotMakeAStackDeeper() {
        StackTree tree = TestTrees.of("GO;x 1");
        int at = tree.child(0, tree.frames().intern("kube-apiserver", Kind.USER));
        for (int i = 0; i < 140; i++) at = tree.child(at, tree.frames().intern("f" + i, i % 2 == 0 ? Kind.USER : Kind.INLINED));
        tree.add(at, 1, 1);
        Basis basis = Basis.of("ticks");
        assertEquals(0, Calls.of(tree, Counted.of(tree, basis), basis, Rules.of(null)).cut());
    }

    @Test
    void aListPastTheWatchCacheIsASign() {
        Calls calls = TestTrees.calls("kube-apiserver", "GO;REQUEST;H.ListResource.func1;CACHE.(*Cacher).GetList;E3.(*store).GetList;x 4",
                "GO;REQUEST;H.ListResource.func1;CACHE.(*Cacher).GetList;x 2", "GO;REQUEST;H.ListResource.func1;E3.(*store).GetList 1");
        assertEquals(Map.of("asked the watch cache", 6L, "past the watch cache", 4L), calls.signs());
    }

    @Test
    void requestsAreJoinedToTheirCalls() {
        List<RequestCount> requests = List.of(new RequestCount("LIST", "pods", "", "cluster", "200", 3, 1, 100),
                new RequestCount("LIST", "nodes", "", "cluster", "200", 1, 1, 100), new RequestCount("GET", "", "/livez", "", "200", 7, 0, 0),
                new RequestCount("GET", "pods", "", "resource", "404", 2, 0, 0), new RequestCount("APPLY", "pods", "", "resource", "200", 1, 0, 0),
                new RequestCount("WATCH", "pods", "", "cluster", "200", 4, 300, 0));
        StackTree tree = TestTrees.of("GO;REQUEST;H.ListResource.func1 8", "GO;REQUEST;H.GetResource.func1 1", "GO;REQUEST;H.PatchResource.func1 1",
                "GO;REQUEST;k8s.io/apiserver/pkg/server/healthz.x 2", "GO;CACHE.x 1", "GO;REQUEST;H.ListResource.func1;H.serveWatch 3");
        Basis basis = new Basis(Amounts.NANOSECONDS, "cpu-clock", 0, 10, 99, requests, null);
        Calls calls = Calls.of(tree, Counted.of(tree, basis), basis, Rules.of("kube-apiserver"));
        assertEquals(4, calls.call("list").requests());
        assertEquals(80e-9 / 4, calls.call("list").cpuPerRequest(), 1e-15);
        assertEquals(2, calls.call("get").requests());
        assertEquals(7, calls.call("health").requests());
        assertEquals(1, calls.call("patch").requests());
        assertNull(calls.call("watch cache").requests());
        assertEquals(4, calls.call("watch").requests());
        assertNull(calls.call("watch").cpuPerRequest(), "those that ended say nothing of what the open ones cost");
        Call list = calls.call("list");
        assertEquals(list.share(), list.cpuPerRequest() * list.requests() / (160 / 1e9), 1e-9);
    }
}
