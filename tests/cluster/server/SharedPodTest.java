package lib.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.LocalNode;
import lib.node.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods of the right name that are not the lab's, or that somebody else works in. */
@EnableKubernetesMockClient(crud = true, https = false)
class SharedPodTest {
    private static final String RUNNER = "manifests/perf-runner.yaml";

    private final StringWriter said = new StringWriter();
    private final Console console = new Console(new PrintWriter(said), new PrintWriter(said), false, false);

    KubernetesClient client;
    Cluster cluster;

    @BeforeEach
    void connected() {
        Config config = new ConfigBuilder(client.getConfiguration()).build();
        cluster = new Cluster(config, "default", List.of("-n", "default"), console);
        for (String node : List.of("cp", "worker")) {
            client.resource(new NodeBuilder().withNewMetadata().withName(node).addToLabels(node.equals("cp")
                    ? Map.of("node-role.kubernetes.io/control-plane", "") : Map.of()).endMetadata().withNewStatus().endStatus().build()).create();
        }
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    private Pod described(String manifest) throws IOException {
        try (InputStream yaml = SharedPodTest.class.getClassLoader().getResourceAsStream(manifest)) {
            return new PodBuilder(Serialization.unmarshal(yaml, Pod.class)).editSpec().withNodeName("cp").withAffinity(null).endSpec().build();
        }
    }

    /** A pod that runs, made of the manifest and a change. */
    private Pod running(String manifest, UnaryOperator<PodBuilder> change) throws IOException {
        Pod pod = change.apply(new PodBuilder(described(manifest)).editMetadata().withNamespace("default").endMetadata()
                .withNewStatus().withPhase("Running").addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus()).build();
        client.resource(pod).create();
        client.resource(pod).updateStatus();
        return there();
    }

    private Pod there() {
        return client.pods().inNamespace("default").withName("perf-runner").get();
    }

    private LabPod lab() {
        LabPod lab = new LabPod(cluster, console, RUNNER);
        lab.node("cp");
        return lab;
    }

    private Failure refused(String what) {
        Failure failure = assertThrows(Failure.class, () -> cluster.podNode("perf-runner", Duration.ZERO));
        assertEquals(Exit.POD_NOT_READY, failure.exitCode());
        assertTrue(failure.getMessage().contains(what), failure.getMessage());
        return failure;
    }

    @ParameterizedTest
    @ValueSource(strings = {RUNNER, "manifests/perf-runner-minimal.yaml"})
    void aPodAsItsManifestDescribesItIsEntered(String manifest) throws IOException {
        running(manifest, pod -> pod);
        try (Node node = cluster.podNode("perf-runner", Duration.ZERO)) {
            assertEquals("cp", node.name());
        }
    }

    @Test
    void soIsOneWithAWorkDirectoryOfItsOwn() throws IOException {
        LabPod lab = lab();
        lab.workDir("/var/tmp/lab");
        Pod wanted = Serialization.unmarshal(lab.yaml(), Pod.class);
        running(RUNNER, pod -> pod.withSpec(wanted.getSpec()));
        cluster.podNode("perf-runner", Duration.ZERO).close();
    }

    @Test
    void whatDiffersIsNamedAndNotEntered() throws IOException {
        running(RUNNER, pod -> pod.editMetadata().withLabels(Map.of()).endMetadata());
        refused("lacks the label");
        client.resource(there()).withGracePeriod(0).delete();
        running(RUNNER, pod -> pod.editSpec().withHostPID(false).endSpec());
        refused("hostPID");
        client.resource(there()).withGracePeriod(0).delete();
        running(RUNNER, pod -> pod.editSpec().editFirstContainer().withArgs("sleep 1").endContainer().endSpec());
        refused("another command");
        client.resource(there()).withGracePeriod(0).delete();
        running(RUNNER, pod -> pod.editSpec().addNewContainer().withName("other").withImage("x").endContainer().endSpec());
        refused("2 containers");
        client.resource(there()).withGracePeriod(0).delete();
        running(RUNNER, pod -> pod.editSpec().editFirstVolume().withHostPath(null).withNewEmptyDir().endEmptyDir().endVolume().endSpec());
        refused("not the node's");
        client.resource(there()).withGracePeriod(0).delete();
        running(RUNNER, pod -> pod.editSpec().editFirstVolume().editHostPath().withPath("/home/jane").endHostPath().endVolume().endSpec());
        refused("/home/jane");
    }

    @Test
    void aPodOnAWorkerIsEnteredWhereThatNodeWasAskedFor() throws IOException {
        running(RUNNER, pod -> pod.editSpec().withNodeName("worker").endSpec());
        assertTrue(refused("no control-plane node").getMessage().contains("worker"));
        client.resource(there()).withGracePeriod(0).delete();
        LabPod asked = lab();
        asked.node("worker");
        asked.nodeWasAskedFor();
        Pod wanted = Serialization.unmarshal(asked.yaml(), Pod.class);
        running(RUNNER, pod -> pod.editSpec().withNodeName("worker").endSpec().editMetadata()
                .withAnnotations(wanted.getMetadata().getAnnotations()).endMetadata());
        cluster.podNode("perf-runner", Duration.ZERO).close();
    }

    @Test
    void aPodThatWasReplacedIsNotEntered() throws IOException {
        Pod first = running(RUNNER, pod -> pod);
        try (Node node = cluster.podNode("perf-runner", Duration.ofSeconds(5))) {
            client.resource(there()).withGracePeriod(0).delete();
            Failure gone = assertThrows(Failure.class, () -> node.run("true"));
            assertTrue(gone.getMessage().contains("is gone"), gone.getMessage());
            assertFalse(first.getMetadata().getUid().equals(running(RUNNER, pod -> pod).getMetadata().getUid()));
            Failure failure = assertThrows(Failure.class, () -> node.run("true"));
            assertEquals(Exit.POD_NOT_READY, failure.exitCode());
            assertTrue(failure.getMessage().contains("was replaced meanwhile"), failure.getMessage());
        }
    }

    @Test
    void aPodInUseIsNotReplacedAndDeletedOnlyByWhoAsksForIt() throws IOException {
        Pod pod = running(RUNNER, p -> p);
        try (Node node = cluster.podNode("perf-runner", Duration.ZERO)) {
            assertNotNull(node);
            LabPod other = lab();
            other.image("other:1");
            Failure stays = assertThrows(Failure.class, other::start);
            assertEquals(Exit.POD_NOT_READY, stays.exitCode());
            assertTrue(stays.getMessage().contains("image "), stays.getMessage());
            assertEquals(pod.getMetadata().getUid(), there().getMetadata().getUid());
            assertFalse(lab().leave(true));
            assertTrue(said.toString().contains("who leaves it last deletes it"), said.toString());
            assertTrue(lab().delete());
            assertTrue(said.toString().contains("is deleted although in use by " + System.getProperty("user.name")), said.toString());
            assertNull(there());
        }
    }

    @Test
    void aLeaseOfAProcessThatIsGoneHoldsNoLonger() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        String here = "@" + new LocalNode().name() + "/";
        Pod pod = new PodBuilder().withNewMetadata()
                .addToAnnotations("kube-flamegraph/in-use-1", "2026-01-01T00:00:01Z jane" + here + process.pid())
                .addToAnnotations("kube-flamegraph/in-use-2", "2026-01-01T00:00:01Z joe" + here + ProcessHandle.current().pid())
                .addToAnnotations("kube-flamegraph/in-use-3", "2026-01-01T00:00:01Z jim@elsewhere/" + process.pid()).endMetadata().build();
        assertEquals(List.of("jim@elsewhere/" + process.pid(), "joe" + here + ProcessHandle.current().pid()),
                Lease.holders(pod.getMetadata(), now).stream().sorted().toList());
    }

    @Test
    void whoLeavesLastDeletesThePod() throws IOException {
        running(RUNNER, p -> p);
        LabPod maker = lab();
        LabPod joined = lab();
        maker.start();
        joined.start();
        assertFalse(maker.leave(true), "the other one works in it");
        assertNotNull(there());
        assertTrue(joined.leave(false));
        assertNull(there());
    }

    @Test
    void aPodThatSomebodyElseMadeStaysAtTheEnd() throws IOException {
        running(RUNNER, p -> p);
        LabPod joined = lab();
        assertFalse(joined.start());
        assertFalse(joined.leave(false));
        assertNotNull(there());
        assertEquals(List.of(), Lease.holders(there().getMetadata(), Instant.MIN), "it does not say that it is in use");
    }

    @Test
    void leasesEndByThemselves() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Pod pod = new PodBuilder().withNewMetadata().addToAnnotations("kube-flamegraph/in-use-1", "2026-01-01T00:00:01Z jane")
                .addToAnnotations("kube-flamegraph/in-use-2", "2025-12-31T23:59:59Z joe")
                .addToAnnotations("kube-flamegraph/in-use-3", "soon jim").addToAnnotations("other/in-use-4", "2026-01-01T00:00:01Z x")
                .endMetadata().build();
        assertEquals(List.of("jane"), Lease.holders(pod.getMetadata(), now));
    }
}
