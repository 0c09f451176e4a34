package lib.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import lib.cli.Console;
import lib.node.LocalNode;

/**
 * Says on a pod that somebody works in it, by an annotation of its own for each who does, so that nobody's change meets
 * another's: the time until which it holds, and a name. It is renewed until it is closed; one that was left behind by force
 * ends by itself. A role that may not change the pod goes without.
 */
final class Lease implements AutoCloseable {
    private static final String IN_USE = "kube-flamegraph/in-use-";
    /** Between who works and in which process: one of this machine that is gone has been ended by force. */
    private static final String HERE = "@" + new LocalNode().name() + "/";
    private static final Duration HOLDS = Duration.ofMinutes(3);
    private static final Duration RENEWED = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final Console console;
    private final String pod;
    private final String uid;
    private final String key = IN_USE + UUID.randomUUID().toString().substring(0, 8);
    private final boolean late;
    private final ScheduledExecutorService renewal;

    /** Takes one on the pod of this name and UID. */
    Lease(Cluster cluster, Console console, String pod, String uid) {
        this.cluster = cluster;
        this.console = console;
        this.pod = pod;
        this.uid = uid;
        this.late = !renew();
        this.renewal = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "lease");
            thread.setDaemon(true);
            return thread;
        });
        renewal.scheduleAtFixedRate(this::renew, RENEWED.toSeconds(), RENEWED.toSeconds(), TimeUnit.SECONDS);
    }

    /** Whether it came too late: the pod is being deleted. */
    boolean late() {
        return late;
    }

    private boolean renew() {
        return annotate(cluster, console, pod, uid, key, cluster.now().plus(HOLDS).truncatedTo(ChronoUnit.SECONDS) + " "
                + System.getProperty("user.name") + HERE + ProcessHandle.current().pid());
    }

    /**
     * Sets an annotation of this very pod, or removes it where the value is null.
     *
     * @return false where the pod is being deleted; true where the server does not let us, too
     */
    static boolean annotate(Cluster cluster, Console console, String pod, String uid, String key, String value) {
        String patch = cluster.client().getKubernetesSerialization().asJson(Map.of("metadata",
                Map.of("uid", uid, "annotations", Collections.singletonMap(key, value))));
        try {
            GenericKubernetesResource changed = cluster.pods().withName(pod).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
            return changed == null || changed.getMetadata().getDeletionTimestamp() == null;
        } catch (KubernetesClientException e) {
            console.debug("pod " + pod + " cannot be annotated: " + Cluster.rootMessage(e));
            return true;
        }
    }

    /** Who works in a pod, by the leases that hold. */
    static List<String> holders(ObjectMeta pod, Instant now) {
        List<String> holders = new ArrayList<>();
        if (pod.getAnnotations() == null) return holders;
        pod.getAnnotations().forEach((key, value) -> {
            String[] words = value == null ? new String[0] : value.split(" ", 2);
            if (key.startsWith(IN_USE) && words.length == 2 && until(words[0]).isAfter(now) && !gone(words[1])) holders.add(words[1]);
        });
        return holders;
    }

    private static boolean gone(String holder) {
        int here = holder.indexOf(HERE);
        String pid = here < 0 ? "" : holder.substring(here + HERE.length());
        return pid.matches("\\d{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    private static Instant until(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }

    @Override
    public void close() {
        renewal.shutdownNow();
        boolean interrupted = Thread.interrupted(); // else the request would not be sent
        annotate(cluster, console, pod, uid, key, null);
        if (interrupted) Thread.currentThread().interrupt();
    }
}
