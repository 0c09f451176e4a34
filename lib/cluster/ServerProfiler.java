package lib.cluster;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import lib.cli.Exit;
import lib.cli.Failure;

/**
 * What kube-apiserver tells of itself at /debug/pprof through the API: it takes no pod and reaches a control plane whose nodes
 * nobody reaches. Of several servers behind one address the one answers that our connection leads to.
 */
public final class ServerProfiler {
    private static final String CPU = "/debug/pprof/profile";
    private static final String INDEX = "/debug/pprof/";
    private static final Duration SOON = Duration.ofSeconds(30);
    /** The kubelet says when a container started, the server when its process did. */
    private static final Duration STARTS_MAY_DIFFER = Duration.ofSeconds(3);

    private final Cluster cluster;

    public ServerProfiler(Cluster cluster) {
        this.cluster = cluster;
    }

    /** The server's version, such as v1.30.2. */
    public String version() {
        return cluster.version();
    }

    /** What tells the cluster from others; null where that may not be asked. */
    public String cluster() {
        return cluster.id();
    }

    /** The command that asks for a profile, as one would type it. */
    public String byHand(int seconds) {
        return "kubectl get --raw '" + CPU + "?seconds=" + seconds + "' " + String.join(" ", cluster.kubectlOptions());
    }

    /** @throws Failure if it may not be asked, or does not offer profiles */
    public void mustOffer() {
        get(INDEX, SOON);
    }

    /**
     * Its CPU profile of the next seconds, as google/pprof's profile.proto, compressed with gzip.
     *
     * @throws Failure if there is none, or it is interrupted
     */
    public byte[] cpu(int seconds) {
        return get(CPU + "?seconds=" + seconds, SOON.plusSeconds(seconds));
    }

    private byte[] get(String path, Duration timeout) {
        String what = path.replaceFirst("\\?.*", "");
        try {
            Answer answer = Answer.get(cluster.client(), path, timeout);
            switch (answer.code()) {
                case 200 -> { }
                case 401, 403 -> throw new Failure(Exit.FORBIDDEN, "you may not get " + what, "manifests/rbac-pprof.yaml has the right.");
                case 404 -> throw new Failure(Exit.RECORDING, "the API server offers no profiles: it runs with --profiling=false",
                        "perf needs no help of it, where you reach its node: 01a_perf_runner.java, then --engine perf.");
                default -> throw new Failure(Exit.RECORDING, what + " answers with HTTP " + answer.code() + ": " + line(answer),
                        answer.code() == 500 ? "Does somebody else take a profile? Go allows one at a time." : null);
            }
            try (InputStream whole = answer.text()) {
                return whole.readAllBytes();
            }
        } catch (IOException e) {
            throw new Failure(Exit.TRANSFER, what + " did not come whole: " + e.getMessage(), "Record for a shorter time (-d).", e);
        }
    }

    private static String line(Answer answer) throws IOException {
        try (InputStream text = answer.text()) {
            return new String(text.readNBytes(200), StandardCharsets.UTF_8).lines().findFirst().orElse("");
        }
    }

    /** How many API servers the service "kubernetes" knows; 0 where that may not be asked. */
    public int servers() {
        try {
            Endpoints endpoints = cluster.client().endpoints().inNamespace("default").withName("kubernetes").get();
            List<EndpointSubset> subsets = endpoints == null || endpoints.getSubsets() == null ? List.of() : endpoints.getSubsets();
            return subsets.stream().mapToInt(subset -> subset.getAddresses() == null ? 0 : subset.getAddresses().size()).sum();
        } catch (KubernetesClientException e) {
            return 0;
        }
    }

    /** When the process that answers started, by its own counters; null where they do not say. */
    public Instant started() {
        try {
            Answer answer = Answer.get(cluster.client(), "/metrics", SOON);
            if (answer.code() != 200) return null;
            try (InputStream text = answer.text()) {
                double started = Metrics.read(text).started();
                return started > 0 ? Instant.ofEpochMilli((long) (started * 1000)) : null;
            }
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The node of the server that answers: that of the static pod whose container started when the process did, or of the only
     * one; where none is to be seen, the host of the cluster's address.
     *
     * @param started as {@link #started} says, or null
     */
    public String node(Instant started) {
        List<Pod> pods;
        try {
            pods = cluster.apiserverPods();
        } catch (KubernetesClientException e) {
            pods = List.of();
        }
        Stream<Pod> fitting = pods.size() == 1 ? pods.stream() : pods.stream().filter(pod -> started != null && startedAt(pod, started));
        return fitting.map(pod -> pod.getSpec().getNodeName()).findFirst()
                .orElseGet(() -> URI.create(cluster.server()).getHost());
    }

    private static boolean startedAt(Pod pod, Instant started) {
        for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
            var running = status.getState() == null ? null : status.getState().getRunning();
            if (running == null || running.getStartedAt() == null) continue;
            if (Duration.between(Instant.parse(running.getStartedAt()), started).abs().compareTo(STARTS_MAY_DIFFER) <= 0) return true;
        }
        return false;
    }
}
