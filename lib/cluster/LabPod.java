package lib.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;

/** A pod of the lab, from its manifest: applied, awaited, deleted; never one that is not ours. */
public final class LabPod {
    private static final String OURS = "app.kubernetes.io/part-of";
    private static final String FIELD_MANAGER = "kube-flamegraph";
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    /** A kubelet on a busy machine takes its time. */
    private static final Duration GONE_WITHIN = Duration.ofMinutes(4);
    private static final Set<String> HOPELESS = Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName",
            "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "CrashLoopBackOff", "RunContainerError");

    private static final ResourceDefinitionContext POD = new ResourceDefinitionContext.Builder().withVersion("v1").withKind("Pod")
            .withPlural("pods").withNamespaced(true).build();

    private final Cluster cluster;
    private final Console console;
    private final GenericKubernetesResource manifest;
    private Pod wanted;

    /**
     * How a pod is.
     *
     * @param state why it is as it is, in a few words
     * @param node its name, or null
     * @param expires when the kubelet will end the pod, or null where it may live on
     */
    public record Seen(boolean ready, String state, String node, String image, Instant expires) {}

    /**
     * @param manifest class path resource that holds the pod's YAML
     * @throws Failure if it is not there: the script was built without its files
     */
    public LabPod(Cluster cluster, Console console, String manifest) {
        this.cluster = cluster;
        this.console = console;
        try (InputStream yaml = LabPod.class.getClassLoader().getResourceAsStream(manifest)) {
            if (yaml == null) throw new Failure(Exit.FAILED, "no resource " + manifest + " in this build", null);
            this.manifest = serialization().unmarshal(yaml, GenericKubernetesResource.class);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot read " + manifest + ": " + e.getMessage(), null, e);
        }
        this.manifest.getMetadata().setNamespace(cluster.namespace());
    }

    private KubernetesSerialization serialization() {
        return cluster.client().getKubernetesSerialization();
    }

    /** The manifest as a pod: only once it is needed, since a cold JVM takes long to learn what a pod is made of. */
    private Pod wanted() {
        if (wanted == null) {
            wanted = serialization().convertValue(manifest, Pod.class);
            wanted.setMetadata(manifest.getMetadata());
        }
        return wanted;
    }

    public String name() {
        return manifest.getMetadata().getName();
    }

    /** The node that it must run on, whatever the scheduler thinks of it. */
    public void node(String node) {
        wanted().getSpec().setNodeName(node);
        wanted().getSpec().setAffinity(null);
    }

    /**
     * The image: the one asked for; or else one of the lab's own for this pod, {@code localhost/NAME}, if the node
     * already has it, since that needs no registry; or else the manifest's.
     */
    public void image(String asked) {
        String own = asked != null ? null : cluster.imageOnNode(wanted().getSpec().getNodeName(), "localhost/" + name());
        if (asked != null || own != null) container().setImage(asked != null ? asked : own);
    }

    public String image() {
        return container().getImage();
    }

    /** How long the pod may live: the kubelet ends it then. */
    public void ttl(Duration ttl) {
        wanted().getSpec().setActiveDeadlineSeconds(ttl.toSeconds());
    }

    /** The node's directory that the pod works in, in place of the manifest's. */
    public void workDir(String directory) {
        for (Volume volume : wanted().getSpec().getVolumes()) {
            if ("work".equals(volume.getName()) && volume.getHostPath() != null) volume.getHostPath().setPath(directory);
        }
        for (VolumeMount mount : container().getVolumeMounts()) {
            if ("work".equals(mount.getName())) mount.setMountPath(directory);
        }
        for (EnvVar variable : container().getEnv()) {
            if ("WORK_DIR".equals(variable.getName())) variable.setValue(directory);
        }
    }

    /** More capabilities than the manifest's. */
    public void capabilities(List<String> more) {
        container().getSecurityContext().getCapabilities().getAdd().addAll(more);
    }

    private Container container() {
        return wanted().getSpec().getContainers().get(0);
    }

    /** The manifest as it would be applied, in YAML. */
    public String yaml() {
        return serialization().asYaml(wanted());
    }

    /** How the pod in the cluster is, or null where there is none. */
    public Seen seen() {
        try {
            GenericKubernetesResource pod = cluster.client().genericKubernetesResources(POD).inNamespace(cluster.namespace())
                    .withName(name()).get();
            if (pod == null) return null;
            PodStatus status = serialization().convertValue(pod.get("status"), PodStatus.class);
            Number seconds = pod.get("spec", "activeDeadlineSeconds");
            return new Seen(ready(pod.getMetadata(), status), state(pod.getMetadata(), status), pod.get("spec", "nodeName"),
                    pod.get("spec", "containers", 0, "image"), expires(seconds == null ? null : seconds.longValue(), status));
        } catch (KubernetesClientException e) {
            throw lookedFor(e);
        }
    }

    private Pod current() {
        try {
            return resource().get();
        } catch (KubernetesClientException e) {
            throw lookedFor(e);
        }
    }

    private Failure lookedFor(KubernetesClientException e) {
        return cluster.explain(e, "look for pod " + name());
    }

    /**
     * Asks the server whether it would take the pod; nothing is created.
     *
     * @return what it says, in a few words
     * @throws Failure if it refuses it
     */
    String admission() {
        try {
            cluster.client().pods().inNamespace(cluster.namespace()).resource(wanted()).dryRun(true).create();
            return "the server would take the pod";
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) return "the server would take the pod, and has one of that name"; // admission comes first
            if (e.getCode() == 400 && String.valueOf(e.getMessage()).contains("dry run")) {
                return "the server cannot say: a webhook does not answer such questions";
            }
            throw refused(e);
        }
    }

    /**
     * Applies the manifest and waits until the pod is ready, showing what the kubelet reports. A pod of ours that
     * already runs as wanted stays; one that does not is replaced.
     *
     * @return whether the pod is new
     * @throws Failure if the server refuses it, or it does not become ready; a new pod is then deleted
     */
    public boolean start() {
        Pod existing = current();
        if (existing != null) {
            mustBeOurs(existing);
            if (same(existing)) return false;
            console.note("pod " + name() + " is there already but not as wanted (" + difference(existing) + "): replaced");
            delete();
        }
        boolean ready = false;
        try {
            apply();
            awaitReady();
            ready = true;
            return true;
        } catch (KubernetesClientException e) {
            throw refused(e);
        } finally {
            if (!ready) deleteQuietly();
        }
    }

    /**
     * Waits for the answer even when interrupted: a request that is on its way still makes a pod, and one that is made
     * after we looked would be left behind.
     */
    private void apply() {
        Interrupts.check();
        PatchContext context = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(FIELD_MANAGER).withForce(true).build();
        try {
            CompletableFuture.supplyAsync(() -> cluster.client().pods().inNamespace(cluster.namespace()).resource(wanted())
                    .patch(context)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private Failure refused(KubernetesClientException e) {
        if (e.getCode() == 404) {
            return new Failure(Exit.USAGE, "no namespace '" + cluster.namespace() + "' in this cluster",
                    "kubectl get namespaces lists them; -n chooses one.", e);
        }
        return cluster.explain(e, "create pod " + cluster.namespace() + "/" + name());
    }

    private static Instant expires(Long seconds, PodStatus status) {
        String start = status == null ? null : status.getStartTime();
        return seconds == null || start == null ? null : Instant.parse(start).plusSeconds(seconds);
    }

    private boolean same(Pod pod) {
        return ready(pod) && difference(pod) == null;
    }

    private String difference(Pod pod) {
        if (!ready(pod)) return state(pod);
        var mine = container();
        var theirs = pod.getSpec().getContainers().get(0);
        if (!mine.getImage().equals(theirs.getImage())) return "image " + theirs.getImage();
        if (wanted().getSpec().getNodeName() != null && !wanted().getSpec().getNodeName().equals(pod.getSpec().getNodeName())) {
            return "on node " + pod.getSpec().getNodeName();
        }
        if (!mounts(mine).equals(mounts(theirs))) return "other work directory";
        if (privileged(mine) != privileged(theirs) || !capabilities(theirs).containsAll(capabilities(mine))) return "other privileges";
        Instant end = expires(pod.getSpec().getActiveDeadlineSeconds(), pod.getStatus());
        Long ttl = wanted().getSpec().getActiveDeadlineSeconds();
        if (end != null && ttl != null && Instant.now().plusSeconds(ttl / 2).isAfter(end)) return "its time is over at " + end;
        return null;
    }

    private static boolean privileged(Container container) {
        return container.getSecurityContext() != null && Boolean.TRUE.equals(container.getSecurityContext().getPrivileged());
    }

    private static List<String> capabilities(Container container) {
        var context = container.getSecurityContext();
        return context == null || context.getCapabilities() == null ? List.of() : context.getCapabilities().getAdd();
    }

    private static Map<String, String> mounts(Container container) {
        Map<String, String> mounts = new java.util.TreeMap<>();
        for (VolumeMount mount : container.getVolumeMounts()) mounts.put(mount.getName(), mount.getMountPath());
        return mounts;
    }

    private void awaitReady() {
        long giveUp = System.nanoTime() + READY_WITHIN.toNanos();
        Set<String> shown = new HashSet<>();
        while (true) {
            Pod pod = resource().get();
            if (pod == null) throw new Failure(Exit.POD_NOT_READY, "pod " + name() + " was deleted while it started", null);
            showEvents(pod, shown);
            if (ready(pod)) return;
            ContainerStateWaiting waiting = waiting(pod.getStatus());
            String reason = waiting == null ? null : waiting.getReason();
            if (reason != null && HOPELESS.contains(reason) || ended(pod.getStatus())) throw notReady(pod);
            if (System.nanoTime() > giveUp) throw notReady(pod);
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                throw Interrupts.failure(e);
            }
        }
    }

    private Failure notReady(Pod pod) {
        String state = state(pod);
        String next = state.contains("Image") ? "Is the image's name right, and can the node pull it? --image names another."
                : "kubectl describe pod " + name() + " -n " + cluster.namespace() + " says more.";
        return new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + name() + " does not become ready: "
                + state, next);
    }

    private void showEvents(Pod pod, Set<String> shown) {
        try {
            for (Event event : cluster.client().v1().events().inNamespace(cluster.namespace())
                    .withField("involvedObject.uid", pod.getMetadata().getUid()).list().getItems()) {
                String line = event.getReason() + ": " + event.getMessage();
                if (shown.add(line)) console.note(line);
            }
        } catch (KubernetesClientException e) {
            console.debug("events cannot be read: " + e.getMessage());
        }
    }

    private static boolean ended(PodStatus status) {
        return status != null && ("Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase()));
    }

    /** Whether the pod runs and is ready. */
    static boolean ready(Pod pod) {
        return ready(pod.getMetadata(), pod.getStatus());
    }

    private static boolean ready(ObjectMeta metadata, PodStatus status) {
        if (status == null || metadata.getDeletionTimestamp() != null) return false;
        for (PodCondition condition : status.getConditions()) {
            if ("Ready".equals(condition.getType())) return "True".equals(condition.getStatus());
        }
        return false;
    }

    /** Why the pod is as it is, in a few words. */
    static String state(Pod pod) {
        return state(pod.getMetadata(), pod.getStatus());
    }

    private static String state(ObjectMeta metadata, PodStatus status) {
        if (metadata.getDeletionTimestamp() != null) return "it is being deleted";
        if (ready(metadata, status)) return "ready";
        if (ended(status)) {
            String reason = status.getReason();
            String message = status.getMessage();
            return (reason == null ? "it has ended" : reason) + (message == null ? "" : " (" + message + ")");
        }
        ContainerStateWaiting waiting = waiting(status);
        if (waiting != null) {
            return waiting.getReason() + (waiting.getMessage() == null ? "" : " (" + waiting.getMessage() + ")");
        }
        for (PodCondition condition : status.getConditions()) {
            if ("False".equals(condition.getStatus()) && condition.getMessage() != null) return condition.getMessage();
        }
        return "phase " + status.getPhase();
    }

    /** What the first container that waits is waiting for, or null. */
    private static ContainerStateWaiting waiting(PodStatus status) {
        for (ContainerStatus container : status.getContainerStatuses()) {
            if (container.getState() != null && container.getState().getWaiting() != null) return container.getState().getWaiting();
        }
        return null;
    }

    /**
     * Deletes the pod and waits until it is gone.
     *
     * @return whether there was one
     * @throws Failure if a pod of that name is not ours
     */
    public boolean delete() {
        Pod pod = current();
        if (pod == null) return false;
        mustBeOurs(pod);
        try {
            PodResource resource = resource();
            resource.delete();
            resource.waitUntilCondition(gone -> gone == null, GONE_WITHIN.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (KubernetesClientTimeoutException e) {
            throw new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + name() + " is still being deleted after "
                    + GONE_WITHIN.toSeconds() + " s", "The kubelet ends it when it comes to it.", e);
        } catch (KubernetesClientException e) {
            throw cluster.explain(e, "delete pod " + name());
        }
    }

    private void deleteQuietly() {
        Interrupts.cleaningUp();
        try {
            Pod pod = resource().get();
            if (pod == null || !ours(pod)) return;
            resource().withGracePeriod(0).delete(); // it never came to work: there is nothing to wait for
        } catch (KubernetesClientException e) {
            console.warn("pod " + name() + " could not be deleted: " + Cluster.rootMessage(e) + "; its TTL ends it");
        }
    }

    private void mustBeOurs(Pod pod) {
        if (!ours(pod)) {
            throw new Failure(Exit.FORBIDDEN, "pod " + cluster.namespace() + "/" + name() + " is not the lab's: it lacks the"
                    + " label " + OURS + ", and stays as it is", "Choose another namespace with -n, or another --pod name.");
        }
    }

    private boolean ours(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        return labels != null && manifest.getMetadata().getLabels().get(OURS).equals(labels.get(OURS));
    }

    private PodResource resource() {
        return cluster.client().pods().inNamespace(cluster.namespace()).withName(name());
    }
}
