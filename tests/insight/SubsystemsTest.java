package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import lib.insight.Subsystems.Share;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubsystemsTest {
    private static final Subsystems RULES = Rules.of(null).subsystems();

    private static String of(String function) {
        return RULES.names().get(RULES.of(function, Kind.USER));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "authentication | k8s.io/apiserver/pkg/authentication/request/bearertoken.(*Authenticator).AuthenticateRequest",
        "authentication | k8s.io/apiserver/pkg/endpoints/filters.WithAuthentication.func1",
        "authentication | k8s.io/kubernetes/pkg/serviceaccount.(*jwtTokenAuthenticator).AuthenticateToken",
        "authentication | crypto/x509.(*Certificate).Verify",
        "authorization | k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac.(*RBACAuthorizer).Authorize",
        "authorization | k8s.io/kubernetes/pkg/registry/rbac/validation.(*DefaultRuleResolver).VisitRulesFor",
        "authorization | k8s.io/apiserver/pkg/endpoints/filters.withAuthorization.func1",
        "admission | k8s.io/apiserver/pkg/admission/plugin/webhook/mutating.(*mutatingDispatcher).Dispatch",
        "admission | k8s.io/kubernetes/plugin/pkg/admission/serviceaccount.(*Plugin).Admit",
        "admission | k8s.io/apiserver/pkg/endpoints/handlers.mutatingAdmission",
        "handlers: get | k8s.io/apiserver/pkg/endpoints/handlers.GetResource.func1",
        "handlers: list | k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1",
        "handlers: watch | k8s.io/apiserver/pkg/endpoints/handlers.(*WatchServer).ServeHTTP",
        "handlers: watch | k8s.io/apiserver/pkg/endpoints/handlers.(*WatchServer).HandleHTTP",
        "handlers: create | k8s.io/apiserver/pkg/endpoints/handlers.createHandler.func1",
        "handlers: update | k8s.io/apiserver/pkg/endpoints/handlers.UpdateResource.func1.1",
        "handlers: patch | k8s.io/apiserver/pkg/endpoints/handlers.(*patcher).patchResource",
        "handlers: managed fields | sigs.k8s.io/structured-merge-diff/v4/typed.(*mergingWalker).walkMap",
        "handlers: delete | k8s.io/apiserver/pkg/endpoints/handlers.DeleteCollection.func1",
        "handlers: other | k8s.io/kubernetes/pkg/apis/core/validation.ValidatePodSpec",
        "watch cache | k8s.io/apiserver/pkg/storage/cacher.(*Cacher).dispatchEvent",
        "etcd client and storage | k8s.io/apiserver/pkg/storage/etcd3.(*store).Get",
        "etcd client and storage | go.etcd.io/etcd/client/v3.(*kv).Do",
        "etcd client and storage | go.etcd.io/etcd/clientv3.(*kv).Do",
        "etcd client and storage | google.golang.org/grpc/internal/transport.(*http2Client).reader",
        "serialization | k8s.io/apimachinery/pkg/runtime/serializer/json.(*Serializer).Encode",
        "serialization | k8s.io/api/core/v1.(*Pod).Unmarshal",
        "serialization | encoding/json.(*encodeState).reflectValue",
        "serialization | k8s.io/kubernetes/pkg/apis/core/v1.Convert_core_PodSpec_To_v1_PodSpec",
        "serialization | k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.WriteObjectNegotiated",
        "priority and fairness | k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing/queueset.(*queueSet).StartRequest",
        "priority and fairness | k8s.io/apiserver/pkg/server/filters.(*priorityAndFairnessHandler).Handle.func8",
        "priority and fairness | k8s.io/apiserver/pkg/server/filters.WithMaxInFlightLimit.func2",
        "TLS and HTTP | crypto/tls.(*Conn).Read",
        "TLS and HTTP | net/http.HandlerFunc.ServeHTTP",
        "TLS and HTTP | golang.org/x/net/http2.(*serverConn).runHandler",
        "TLS and HTTP | k8s.io/apiserver/pkg/server/filters.withPanicRecovery.func1",
        "control loops | k8s.io/client-go/tools/cache.(*Reflector).ListAndWatch",
        "control loops | k8s.io/kubernetes/pkg/kubelet.(*Kubelet).syncPod",
        "control loops | k8s.io/kubernetes/pkg/scheduler/framework/runtime.(*frameworkImpl).RunFilterPlugins",
        "metrics, logs and audit | github.com/prometheus/client_golang/prometheus.(*Registry).Gather",
        "metrics, logs and audit | k8s.io/klog/v2.(*loggingT).output",
        "metrics, logs and audit | k8s.io/apiserver/pkg/endpoints/filters.WithAudit.func1",
        "Go GC and allocation | runtime.mallocgc",
        "Go GC and allocation | runtime.gcBgMarkWorker.func2",
        "Go GC and allocation | runtime.scanobject",
        "Go GC and allocation | runtime.(*mcache).nextFree",
        "Go scheduler | runtime.findrunnable",
        "Go scheduler | runtime.findRunnable",
        "Go scheduler | runtime.futex",
        "Go scheduler | runtime.selectgo",
        "kernel | entry_SYSCALL_64_after_hwframe",
        "kernel | tcp_sendmsg_[k]",
        "control loops | k8s.io/kube-aggregator/pkg/controllers/openapi.(*AggregationController).sync",
        "other | k8s.io/kube-openapi/pkg/aggregator.MergeSpecs",
        "other | p256MulInternal",
        "other | kube-apiserver",
        "other | [kube-apiserver]",
        "other | runtime.memmove",
        "other | sort.Sort",
        "other | strings.Index",
        "other | runtime.goexit"})
    void namesOfEveryRelease(String subsystem, String function) {
        assertEquals(subsystem, of(function));
        if (function.contains(".io/") || function.contains(".org/") || function.startsWith("github.com/")) {
            assertEquals(subsystem, of("k8s.io/kubernetes/vendor/" + function), "vendored");
        }
    }

    @Test
    void theStandardLibrarysVendoredPackages() {
        assertEquals("TLS and HTTP", of("vendor/golang.org/x/net/http/httpguts.ValidHeaderFieldName"));
    }

    @Test
    void whatTheKernelRunsIsKernelWhateverItsName() {
        assertEquals("kernel", RULES.names().get(RULES.of("schedule", Kind.KERNEL)));
        assertEquals("kernel", RULES.names().get(RULES.of("runtime.mallocgc", Kind.KERNEL)));
    }

    @Test
    void eachSampleCountsOnceByTheInnermostRule() {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        add(tree, 5, "kube-apiserver", "k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1", "encoding/json.Marshal", "sort.Sort");
        add(tree, 3, "kube-apiserver", "k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1", "encoding/json.Marshal", "runtime.mallocgc", "runtime.memmove");
        add(tree, 2, "kube-apiserver", "k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1");
        add(tree, 10, "kube-apiserver", "main");
        add(tree, 0, "kube-apiserver", "crypto/tls.(*Conn).Handshake", "crypto/rsa.SignPSS", "math/big.nat.expNN");
        List<Share> shares = RULES.shares(tree);
        assertEquals("handlers: list 2, serialization 5, TLS and HTTP 0, Go GC and allocation 3, other 10",
                shares.stream().map(s -> s.subsystem() + " " + s.weight()).collect(Collectors.joining(", ")));
        assertEquals(20, shares.stream().mapToLong(Share::weight).sum());
        assertEquals(5, shares.stream().mapToLong(Share::samples).sum());
        assertEquals(0.25, shares.get(1).share());
    }

    @Test
    void aCipherWithoutCallersIsOfConnections() {
        StackTree tree = new StackTree(new Frames());
        add(tree, 3, "kube-apiserver", "p256MulInternal", "asm_sysvec_apic_timer_interrupt_[k]");
        add(tree, 4, "kube-apiserver", "crypto/sha256.block.abi0");
        add(tree, 5, "kube-apiserver", "crypto/x509.(*Certificate).Verify", "crypto/ecdsa.Verify", "p256MulInternal");
        assertEquals("authentication 5, TLS and HTTP 4, kernel 3",
                RULES.shares(tree).stream().map(s -> s.subsystem() + " " + s.weight()).collect(Collectors.joining(", ")));
    }

    @Test
    void everyPatternStandsInASubsystemOnce() {
        assertEquals(RULES.names().size(), RULES.names().stream().distinct().count());
        assertEquals("other", RULES.names().get(RULES.other()));
        assertTrue(RULES.names().size() > 15);
    }

    static void add(StackTree tree, long weight, String... stack) {
        int at = 0;
        for (String name : stack) at = tree.child(at, tree.frames().intern(name, Kind.USER));
        tree.add(at, weight, 1);
    }
}
