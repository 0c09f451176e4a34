package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lib.profile.RequestCount;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final String LIST = "GO;REQUEST;NEXT;H.ListResource.func1;";
    private static final String[] BUSY = {
        LIST + "CACHE.(*Cacher).GetList;E3.(*store).GetList;E3.appendListItem;runtime.mallocgc 300",
        LIST + "k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.SerializeObject;encoding/json.Marshal 250",
        LIST + "k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.SerializeObject;compress/flate.x 100",
        "GO;H.finishRequest.func1;H.createHandler.func1 60", "GO;REQUEST;NEXT;F.WithAuthentication.func1 40", "GO;runtime.bgsweep 150",
        "GO;google.golang.org/grpc/internal/transport.x;finish_task_switch.isra.0_[k] 70", "GO;CACHE.x 5", "GO;REQUEST;NEXT;H.DeleteResource.x 25"};

    private static Report report(List<RequestCount> requests, String... lines) {
        StackTree tree = TestTrees.of(lines);
        return Report.of(tree, new Basis(Amounts.NANOSECONDS, "cpu-clock", 0, 1e-5, 99, requests, null), Rules.of("kube-apiserver"), 10);
    }

    @Test
    void theAnswerInWords() {
        assertEquals("""
            1.00 CPUs were busy for 0 s.
            list took 65.0 % ± 3.0: etcd: decode 30.0, answer: encode 25.0.
            create took 6.0 % ± 1.5.
            Then: connection to etcd 7.0 %, before the handler 4.0 %, delete 2.5 %.
            Authentication took 4.0 % ± 1.2, authorization below 0.30 % (none of 1,000).
            Collecting garbage took 15.0 % ± 2.2; who makes most of it: list, 100 %.
            30.0 % ± 2.8 was for reading lists from etcd, past the watch cache.
            Compressing answers took 10.0 % ± 1.9.
            7.0 % ± 1.6 ended in finish_task_switch: the kernel was switching threads.
              cpu-clock strikes once interrupts are on again: a hypervisor's time is in it.""",
                String.join("\n", report(null, BUSY).words()));
    }

    @Test
    void theAnswerFitsTheSmallestTerminal() {
        List<RequestCount> requests = List.of(new RequestCount("LIST", "pods", "", "cluster", "200", 5, 1, 100),
                new RequestCount("POST", "pods", "", "namespace", "201", 5, 1, 100));
        for (Report report : List.of(report(null, BUSY), report(requests, BUSY))) {
            assertTrue(report.words().size() <= Report.LINES, report.words().toString());
            for (String line : report.words()) assertTrue(line.length() <= 80, line);
            for (String line : report.text(true, false).split("\n")) assertTrue(line.length() <= 80, line);
        }
        assertTrue(report(requests, BUSY).words().contains("  5 requests of it, 1.3 µs CPU each ± 0.1 (1.6 with its garbage)."), report(requests, BUSY).words().toString());
        assertEquals(21, report(null, BUSY).text(true, false).lines().count());
    }

    @Test
    void whatIsNotLargerThanItsErrorIsNotSaid() {
        Report report = report(null, LIST + "x 96", "GO;CACHE.x 2", "GO;runtime.bgsweep 2", "GO;REQUEST;NEXT;F.WithAuthorization.func1 1");
        assertEquals("""
            0.10 CPUs were busy for 0 s.
            list took 95.0 % ± 4.2.
            Authentication took below 3.0 % (none of 101), authorization below 2.9 %.
            Only 101 samples: a share of 10 % is known to ± 5.9 points.""", String.join("\n", report.words()));
    }

    @Test
    void smallRowsAreOneUnlessAllAreWanted() {
        Report report = report(null, BUSY);
        assertTrue(report.text(false, false).contains("\n   0.5 %        1 more, each below 1 %"), report.text(false, false));
        assertFalse(report.text(false, false).contains("watch cache\n"));
        assertTrue(report.text(false, true).contains("  watch cache\n"));
        assertTrue(report.text(false, true).contains("\n  30.0 % ± 2.8               etcd: decode\n"), report.text(false, true));
        assertTrue(report.text(false, true).contains("\n   0.0 % < 0.3  authorization\n"), report.text(false, true));
    }

    @Test
    void namelessFunctionsComeFirst() {
        StackTree tree = new StackTree(new Frames());
        SubsystemsTest.add(tree, 90, "kube-apiserver", "[kube-apiserver]", "[kube-apiserver]");
        SubsystemsTest.add(tree, 10, "kube-apiserver", "schedule_[k]");
        Report report = Report.of(tree, Basis.of(Amounts.SAMPLES), Rules.of(null), 10);
        assertEquals("90.0 % ± 41.6 ended in functions without names, most in [kube-apiserver].", report.words().get(0));
        assertTrue(report.words().get(1).contains("--binary"), report.words().get(1));
        assertFalse(report.text(true, false).contains("What it was done for"), "nothing is known of it");

        StackTree kernel = new StackTree(new Frames());
        kernel.add(kernel.child(0, kernel.frames().intern("[[kernel.kallsyms]]", Kind.KERNEL)), 9, 9);
        List<String> words = Report.of(kernel, Basis.of(Amounts.SAMPLES), Rules.of(null), 10).words();
        assertTrue(words.get(0).endsWith("without names, most in the kernel.") && words.get(1).contains("--kallsyms"), words.toString());
    }

    @Test
    void savedStacksHaveLostTheirSamplesNotTheirPeriod() {
        StackTree tree = new StackTree(new Frames());
        int at = tree.child(0, tree.frames().intern("x", Kind.USER));
        tree.add(0, 2 * 10101010L, 2 * 10101010L);
        tree.add(at, 3 * 10101010L, 3 * 10101010L);
        Report report = Report.of(tree, Basis.of(Amounts.NANOSECONDS), Rules.of(null), 10);
        assertEquals("51 ms CPU (5 samples)", report.total());
        assertEquals(5, report.samples());
        assertEquals(5, report.calls().get(0).samples());
    }

    @Test
    void bytesAreNoSamples() {
        Report report = Report.of(TestTrees.of(BUSY), Basis.of("inuse_space/bytes"), Rules.of(null), 10);
        assertEquals("0.010 MiB inuse_space (1,000 samples)", report.total());
        assertEquals(0, report.calls().get(0).error());
        assertTrue(report.words().get(0).startsWith("list took 65.0 %: etcd"), report.words().get(0));
        assertFalse(report.text(true, true).contains("±"), report.text(true, true));
        Report few = Report.of(TestTrees.of("GO;x 1"), Basis.of("delay/nanoseconds"), Rules.of(null), 10);
        assertEquals(List.of(), few.words(), "how few there are says nothing of a delay");
    }

    @Test
    void anEmptyProfileSaysNothing() {
        Report report = Report.of(new StackTree(new Frames()), Basis.of(Amounts.SAMPLES), Rules.of(null), 10);
        assertEquals(List.of(), report.words());
        assertEquals(List.of(), report.calls());
        assertEquals(0, report.chain().get(0).share());
    }

    @Test
    void theFiveQuestions() {
        Report now = report(null, BUSY);
        Report before = report(null, LIST + "compress/flate.x 400", "GO;H.finishRequest.func1;H.createHandler.func1 70", "GO;CACHE.x 530");
        String text = Answers.text(now, before);
        assertTrue(text.contains("\n   30.0 % ± 2.8     list > etcd: decode\n"), text);
        assertTrue(text.contains("\n   below 0.30 %     authorization, none of 1,000 samples\n"), text);
        assertTrue(text.contains("\n   65.0 % ± 3.0     list, 80.0 % with its garbage\n"), text);
        assertTrue(text.contains("\n   +25.0 points     list: 40.0 % ± 3.0 before, 65.0 % ± 3.0 now\n"), text);
        assertTrue(text.contains("\n   -52.5 points     watch cache: 53.0 % ± 3.1 before, 0.5 % ± 0.4 now\n"), text);
        assertFalse(text.contains("create: 7.0"), "it differs by less than the error");
        assertTrue(text.contains("5. What one thing should be optimized?\n   past the watch cache: 30.0 % ± 2.8\n"), text);
        assertTrue(Answers.text(now, null).contains("--diff"));
        assertTrue(Answers.text(now, now).contains("nothing that is larger than the sampling error"));
    }

    @Test
    void busiestAreThoseWithMostRequestsBytesOrTime() {
        List<RequestCount> counts = new java.util.ArrayList<>();
        for (int i = 0; i < 20; i++) counts.add(new RequestCount("GET", "r" + i, "", "resource", "200", 100 - i, i == 18 ? 99 : 0, i == 19 ? 99 : 0));
        counts.add(new RequestCount("GET", "r0", "", "resource", "404", 5, 0, 0));
        List<RequestCount> busiest = report(counts, BUSY).busiest();
        assertEquals(10, busiest.size());
        assertEquals(new RequestCount("GET", "r0", "", "", "", 105, 0, 0), busiest.get(0));
        assertEquals(List.of("r18", "r19"), busiest.subList(8, 10).stream().map(RequestCount::resource).toList());
    }

    @Test
    void objectsAreThoseThatFunctionsName() {
        Objects objects = report(null, LIST + "k8s.io/api/core/v1.(*PodList).Marshal;k8s.io/api/core/v1.(*ObjectMeta).Marshal 30",
                LIST + "k8s.io/kubernetes/pkg/apis/core/v1.autoConvert_core_Pod_To_v1_Pod 10",
                LIST + "k8s.io/kubernetes/pkg/apis/core.(*Secret).DeepCopyObject 10", LIST + "encoding/json.x 50").objects();
        assertEquals(50, objects.samples());
        assertEquals(0.5, objects.share());
        assertEquals(List.of("Pod", "Secret"), objects.kinds().stream().map(Objects.Kind::kind).toList());
        assertEquals(0.8, objects.kinds().get(0).share());
    }
}
