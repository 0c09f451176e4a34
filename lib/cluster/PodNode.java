package lib.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Shell;
import lib.node.Node;
import lib.node.Output;
import lib.node.Taken;

/**
 * A node of a cluster, by a pod on it that sees the node's processes. Commands travel as exec requests; one whose
 * connection breaks is sent again with growing pauses, for the server that we measure is the one that carries us.
 */
public final class PodNode implements Node {
    private static final long FIRST_PAUSE_MS = 250;
    private static final long LONGEST_PAUSE_MS = 5_000;

    private final Cluster cluster;
    private final String pod;
    private final String uid;
    private final String node;
    private final Duration patience;
    private final Lease lease;
    /** Whether a command was ever let in: a server that starts refuses for a moment what it will allow. */
    private volatile boolean entered;

    /**
     * @param patience how long a broken connection is tried again before giving up
     * @param lease what says that we work in it, or null
     */
    PodNode(Cluster cluster, Pod pod, Duration patience, Lease lease) {
        this.cluster = cluster;
        this.pod = pod.getMetadata().getName();
        this.node = pod.getSpec().getNodeName();
        this.uid = pod.getMetadata().getUid();
        this.patience = patience;
        this.lease = lease;
    }

    @Override
    public String name() {
        return node;
    }

    Cluster reachedThrough() {
        return cluster;
    }

    @Override
    public String cluster() {
        return cluster.id();
    }

    @Override
    public String kubernetes() {
        return cluster.version();
    }

    @Override
    public Output stream(Sink sink, Input input, Duration timeout, String... words) {
        long giveUp = System.nanoTime() + patience.toNanos();
        for (long pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
            Interrupts.check();
            try {
                Output output = once(sink, input, timeout, words);
                cluster.connection().up();
                entered = true;
                return output;
            } catch (Broken broken) {
                if (broken.refusal != null && (!entered || System.nanoTime() > giveUp)) throw broken.refusal;
                if (System.nanoTime() > giveUp) {
                    throw new Failure(Exit.UNREACHABLE, "the connection to pod " + pod + " was lost and did not come back"
                            + " within " + patience.toSeconds() + " s: " + broken.getMessage(),
                            "What runs on the node goes on; run the same command again when the server answers.", broken);
                }
                cluster.connection().down(broken.getMessage());
                waitBeforeNext(pause);
            }
        }
    }

    private Output once(Sink sink, Input input, Duration timeout, String... words) {
        mustBeTheSame();
        ByteArrayOutputStream err = new Bounded();
        try (OutputStream out = sink.open(); InputStream in = input == null ? null : input.open()) {
            ContainerResource target = cluster.client().pods().inNamespace(cluster.namespace()).withName(pod);
            var withInput = in == null ? target : target.redirectingInput();
            CompletableFuture<Integer> exit;
            Taken taken = new Taken();
            try (ExecWatch watch = withInput.writingOutput(taken.by(out)).writingError(taken.by(err)).exec(words)) {
                exit = watch.exitCode();
                if (in != null) feed(in, watch.getInput(), exit);
                taken.await(exit, timeout);
                Integer code = exit.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                if (code == null || code < 0) throw new Broken("the stream ended without an exit code", null);
                return new Output(code, new byte[0], err.toString(StandardCharsets.UTF_8));
            }
        } catch (TimeoutException e) {
            throw new Broken("no answer to '" + words[0] + "' within " + timeout.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        } catch (ExecutionException | CompletionException e) {
            throw broken(e.getCause() == null ? e : e.getCause());
        } catch (KubernetesClientException | IOException | UncheckedIOException e) {
            throw broken(e);
        }
    }

    /** A name can be given to another pod at any time, and an exec request knows names only. */
    private void mustBeTheSame() {
        GenericKubernetesResource now;
        try {
            now = cluster.pods().withName(pod).get();
        } catch (KubernetesClientException e) {
            throw broken(e);
        }
        if (now == null) throw gone(null);
        if (!Objects.equals(now.getMetadata().getUid(), uid)) {
            throw new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + pod + " was replaced meanwhile: one of the same name"
                    + " is there, and is not entered", "Run the same command again if that pod is meant.");
        }
    }

    private Failure gone(Throwable cause) {
        return new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + pod + " is gone: evicted, deleted, or its time"
                + " was over", "Start it again with 01a_perf_runner.java.", cause);
    }

    /** The command must read exactly what it is told to: exec has no end of input. */
    private static void feed(InputStream in, OutputStream to, CompletableFuture<Integer> exit) throws IOException {
        byte[] block = new byte[64 << 10];
        for (int n; (n = in.read(block)) > 0 && !exit.isDone(); ) {
            to.write(block, 0, n);
            to.flush();
        }
    }

    /** What may heal comes back as {@link Broken}; what will not is thrown as the user's error. */
    private RuntimeException broken(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure failure) throw failure;
            if (cause instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
                throw Interrupts.failure(e); // the client may have taken it for a broken connection
            }
            int code = cause instanceof KubernetesClientException k ? k.getCode()
                    : cause instanceof WebSocketHandshakeException w ? w.getResponse().code() : 0;
            if (code == 403) return new Broken("not allowed to run commands in the pod", e, new Failure(Exit.FORBIDDEN,
                    "not allowed to run commands in pod " + cluster.namespace() + "/" + pod + ": you may not " + cluster.missingToRun(pod)
                    + " there, or a policy forbids it", "Ask for the rights in manifests/rbac.yaml, or use another --context.", e));
            if (cause instanceof KubernetesClientException k && k.getCode() >= 400 && k.getCode() < 500
                    && k.getCode() != 429 && k.getCode() != 408) {
                if (k.getCode() == 404) throw gone(k);
                throw cluster.explain(k, "run a command in pod " + pod);
            }
        }
        if (podEnded()) {
            throw new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + pod + " has ended: evicted, or its"
                    + " time was over", "Start it again with 01a_perf_runner.java.", e);
        }
        return new Broken(Cluster.rootMessage(e), e);
    }

    private boolean podEnded() {
        try {
            Pod now = cluster.client().pods().inNamespace(cluster.namespace()).withName(pod).get();
            String phase = now == null ? "gone" : now.getStatus().getPhase();
            return now == null || "Failed".equals(phase) || "Succeeded".equals(phase);
        } catch (KubernetesClientException e) {
            return false; // the server is away: not known
        }
    }

    private static void waitBeforeNext(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }

    @Override
    public String byHand(String... words) {
        List<String> line = new ArrayList<>(List.of("kubectl", "exec"));
        line.addAll(cluster.kubectlOptions());
        line.addAll(List.of(pod, "--"));
        line.addAll(Arrays.asList(words));
        return Shell.join(line);
    }

    @Override
    public void close() {
        if (lease != null) lease.close();
        cluster.close();
    }

    /** A connection that broke; the command may or may not have run. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** What to tell the user when it stays so, or null where the connection is to blame. */
        private final transient Failure refusal;

        Broken(String message, Throwable cause) {
            this(message, cause, null);
        }

        Broken(String message, Throwable cause, Failure refusal) {
            super(message, cause);
            this.refusal = refusal;
        }
    }
}
