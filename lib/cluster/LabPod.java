package lib.cluster;

import io.fabric8.kubernetes.api.model.AppArmorProfile;
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
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.node.Node;
import lib.node.Script;

/** A pod of the lab, from its manifest: applied, awaited, deleted; never one that is not ours. */
public final class LabPod implements AutoCloseable {
    /** The volume that holds what passes between the stages. */
    static final String WORK = "work";
    /** On a pod whose node was asked for: it need not be a control-plane node then. */
    private static final String ASKED_FOR = "kube-flamegraph/node";
    /** On a pod that whoever leaves it last deletes. */
    private static final String LAST_DELETES = "kube-flamegraph/last-deletes";
    private static final String DEBUG_POD = "debug-profiler";
    private static final List<String> MANIFESTS = List.of("manifests/debug-profiler.yaml", "manifests/perf-runner.yaml",
            "manifests/perf-runner-minimal.yaml");
    private static final Script IN_USE = Script.of(LabPod.class, "in-use.sh");
    private static final String NAME = "app.kubernetes.io/name";
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
    /** The minor version of Kubernetes since which pods have a field for it. */
    private static final int APP_ARMOR_FIELD = 30;
    private static final int MOST_TRIES = 5;
    private static final String FIELD_MANAGER = "kube-flamegraph";
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    /** A kubelet on a busy machine takes its time. */
    private static final Duration GONE_WITHIN = Duration.ofMinutes(4);
    private static final Set<String> HOPELESS = Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName",
            "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "CrashLoopBackOff", "RunContainerError");

    private final Cluster cluster;
    private final Console console;
    private final GenericKubernetesResource manifest;
    private Pod wanted;
    private Pod held;
    private Lease lease;

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
            if (cluster.minor() >= APP_ARMOR_FIELD) unconfine();
        }
        return wanted;
    }

    /** The annotation of the manifest, which works everywhere, is deprecated where there is a field. */
    private void unconfine() {
        Container container = wanted.getSpec().getContainers().get(0);
        String profile = annotations(wanted).remove(APP_ARMOR + container.getName());
        if ("unconfined".equals(profile)) container.getSecurityContext().setAppArmorProfile(new AppArmorProfile(null, "Unconfined"));
    }

    public String name() {
        return manifest.getMetadata().getName();
    }

    /** The node that it must run on, whatever the scheduler thinks of it. */
    public void node(String node) {
        wanted().getSpec().setNodeName(node);
        wanted().getSpec().setAffinity(null);
    }

    /** Notes on the pod that its node was asked for: the stages that work in it then take no offence at it. */
    public void nodeWasAskedFor() {
        annotations(wanted()).put(ASKED_FOR, wanted().getSpec().getNodeName());
    }

    private static Map<String, String> annotations(Pod pod) {
        if (pod.getMetadata().getAnnotations() == null) pod.getMetadata().setAnnotations(new HashMap<>());
        return pod.getMetadata().getAnnotations();
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
            if (WORK.equals(volume.getName()) && volume.getHostPath() != null) volume.getHostPath().setPath(directory);
        }
        for (VolumeMount mount : container().getVolumeMounts()) {
            if (WORK.equals(mount.getName())) mount.setMountPath(directory);
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
            GenericKubernetesResource pod = cluster.pods().withName(name()).get();
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
     * already runs as wanted, or is being started, stays; one that does not is replaced, unless somebody works in it. From
     * then on the pod says that it is in use, until this is closed.
     *
     * @return whether the pod is new
     * @throws Failure if the server refuses it, or it does not become ready; a new pod is then deleted
     */
    public boolean start() {
        close();
        for (int tries = 1; ; tries++) {
            Interrupts.check();
            Pod existing = current();
            if (existing == null) {
                try {
                    Pod made = apply();
                    hold(made);
                    awaitOwn(made);
                    return true;
                } catch (KubernetesClientException e) {
                    if (e.getCode() == 0) deleteQuietly(null); // no answer came: the server may have made it all the same
                    // Another may have made one at the same moment, which is not as this one.
                    if (tries > MOST_TRIES || e.getCode() != 409 && e.getCode() != 422 || current() == null) throw refused(e);
                }
                continue;
            }
            mustBeOurs(existing);
            if (existing.getMetadata().getDeletionTimestamp() != null) {
                console.note("pod " + name() + " is being deleted: waiting until it is gone");
                awaitGone(existing);
                continue;
            }
            String difference = hopeless(existing.getStatus()) ? state(existing) : difference(existing);
            if (difference == null) {
                hold(existing);
                if (lease != null && lease.late()) continue;
                if (!ready(existing)) {
                    console.note("it is being started already");
                    awaitReady(existing);
                }
                return false;
            }
            String use = use(existing);
            if (use != null) throw inUse(use, ", and is not as wanted (" + difference + ")");
            console.note("pod " + name() + " is there already but not as wanted (" + difference + "): replaced");
            remove(existing, false);
        }
    }

    private void awaitOwn(Pod made) {
        boolean ready = false;
        try {
            if (Thread.currentThread().isInterrupted()) throw Interrupts.failure(null);
            awaitReady(made);
            ready = true;
        } finally {
            if (!ready) deleteQuietly(made);
        }
    }

    /** From now on the pod says that it is in use, until this is closed; where it does not run, nothing happens. */
    public void hold() {
        Pod pod = current();
        if (pod != null) hold(pod);
    }

    private void hold(Pod pod) {
        close();
        held = pod;
        if (!Thread.currentThread().isInterrupted()) lease = new Lease(cluster, console, name(), pod.getMetadata().getUid());
    }

    /**
     * The pod that was started, and no other of its name, as a node.
     *
     * @param patience how long a broken connection is tried again
     */
    public Node enter(Duration patience) {
        return new PodNode(cluster, held, patience, null);
    }

    /** The pod no longer says that we work in it. */
    @Override
    public void close() {
        if (lease != null) lease.close();
        lease = null;
    }

    /**
     * Waits for the answer even when interrupted: a request that is on its way still makes a pod, and one that is made
     * after we looked would be left behind.
     */
    private Pod apply() {
        Interrupts.check();
        PatchContext context = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(FIELD_MANAGER).withForce(true).build();
        try {
            return CompletableFuture.supplyAsync(() -> cluster.client().pods().inNamespace(cluster.namespace()).resource(wanted())
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

    private String difference(Pod pod) {
        String other = Likeness.difference(wanted(), pod);
        if (other != null) return other;
        String image = pod.getSpec().getContainers().get(0).getImage();
        if (!image().equals(image)) return "image " + image;
        String node = wanted().getSpec().getNodeName();
        if (node != null && !node.equals(pod.getSpec().getNodeName())) return "on node " + pod.getSpec().getNodeName();
        if (annotations(wanted()).containsKey(ASKED_FOR) && !annotations(pod).containsKey(ASKED_FOR)) return "not made for a node that was asked for";
        Instant end = expires(pod.getSpec().getActiveDeadlineSeconds(), pod.getStatus());
        Long ttl = wanted().getSpec().getActiveDeadlineSeconds();
        if (end != null && ttl != null && Instant.now().plusSeconds(ttl / 2).isAfter(end)) return "its time is over at " + end;
        return null;
    }

    /**
     * Whether a pod that stages work in is one of the lab's, as its manifest describes it: nothing is run in another.
     *
     * @throws Failure that names what is not so
     */
    static void mustBeAsDescribed(Cluster cluster, Console console, Pod pod) {
        var labels = pod.getMetadata().getLabels();
        boolean debug = labels != null && DEBUG_POD.equals(labels.get(NAME));
        String other = null;
        for (String manifest : MANIFESTS) {
            if (debug != manifest.contains(DEBUG_POD)) continue;
            LabPod lab = new LabPod(cluster, console, manifest);
            String workDir = Likeness.workDir(pod);
            if (workDir != null && !workDir.equals(Likeness.workDir(lab.wanted()))) lab.workDir(workDir);
            String difference = Likeness.difference(lab.wanted(), pod);
            if (difference == null && !annotations(pod).containsKey(ASKED_FOR) && !cluster.controlPlane(pod.getSpec().getNodeName())) {
                difference = "it is on node " + pod.getSpec().getNodeName() + ", which is no control-plane node and was not asked for with --node";
            }
            if (difference == null) return;
            boolean closer = Likeness.privileged(lab.container()) == Likeness.privileged(pod.getSpec().getContainers().get(0));
            if (other == null || closer) other = difference;
        }
        throw new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + pod.getMetadata().getName()
                + " is not as the lab's pods are: " + other + "; nothing is run in it",
                "Start one with 01a_perf_runner.java, or choose another with --pod or -n.");
    }

    private void awaitReady(Pod started) {
        long giveUp = System.nanoTime() + READY_WITHIN.toNanos();
        Set<String> shown = new HashSet<>();
        while (true) {
            Pod pod = resource().get();
            if (pod == null) throw new Failure(Exit.POD_NOT_READY, "pod " + name() + " was deleted while it started", null);
            if (!uid(pod).equals(uid(started))) {
                throw new Failure(Exit.POD_NOT_READY, "pod " + name() + " was replaced while it started: somebody else works with"
                        + " that name", "Try again, or choose another namespace with -n.");
            }
            showEvents(pod, shown);
            if (ready(pod)) return;
            if (hopeless(pod.getStatus()) || System.nanoTime() > giveUp) throw notReady(pod);
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
            console.debug("events cannot be read: " + Cluster.rootMessage(e));
        }
    }

    private static boolean hopeless(PodStatus status) {
        ContainerStateWaiting waiting = status == null ? null : waiting(status);
        return ended(status) || waiting != null && waiting.getReason() != null && HOPELESS.contains(waiting.getReason());
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
     * Deletes the pod, as the user asked for it, and waits until it is gone; says who works in it.
     *
     * @return whether there was one
     * @throws Failure if a pod of that name is not ours
     */
    public boolean delete() {
        Pod pod = current();
        if (pod == null) return false;
        mustBeOurs(pod);
        String use = use(pod);
        if (use != null) console.warn("pod " + cluster.namespace() + "/" + name() + " is deleted although " + use);
        remove(pod, true);
        return true;
    }

    /**
     * Leaves the pod at the end of a run: deletes it where this run has made it, or who did has left it to the last one. One
     * that somebody else works in stays, and is left to that one.
     *
     * @return whether it was deleted
     */
    public boolean leave(boolean made) {
        close();
        for (Pod pod = current(); pod != null && ours(pod); pod = current()) {
            boolean last = annotations(pod).containsKey(LAST_DELETES);
            if (!made && !last || pod.getMetadata().getDeletionTimestamp() != null) return false;
            String use = use(pod);
            if (use == null) {
                remove(pod, false);
                return true;
            } else if (last) {
                console.note("pod " + name() + " stays: " + use + "; who leaves it last deletes it");
                return false;
            } else { // and a look again: the other one may have left before this was there to be seen
                if (!Lease.annotate(cluster, console, name(), uid(pod), LAST_DELETES, "true")) return false;
            }
        }
        return false;
    }

    /** Whether a run that made the pod has left its deletion to who leaves it last. */
    public boolean leftToTheLast() {
        Pod pod = current();
        return pod != null && annotations(pod).containsKey(LAST_DELETES);
    }

    private Failure inUse(String use, String more) {
        return new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + name() + " stays: " + use + more,
                "Wait for it, or choose another namespace with -n. Delete it all the same: kubectl delete pod " + name() + " -n "
                + cluster.namespace());
    }

    /** Who or what works in the pod, in a few words, or null. */
    private String use(Pod pod) {
        Set<String> holders = new TreeSet<>(Lease.holders(pod.getMetadata(), cluster.now()));
        if (!holders.isEmpty()) return "in use by " + String.join(", ", holders);
        if (!ready(pod)) return null;
        try {
            List<String> running = new PodNode(cluster, pod, Duration.ZERO, null).sh(Duration.ofSeconds(20), IN_USE).lines();
            return running.isEmpty() ? null : "in it runs " + running.get(0).replaceFirst("^(\\d+) (.*)$", "$2 (PID $1)");
        } catch (Failure e) {
            if (e.exitCode() == Exit.INTERRUPTED) throw e;
            console.debug("not known what runs in pod " + name() + ": " + e.getMessage());
            return null;
        }
    }

    /**
     * Deletes the pod as it was seen: one that has changed, by somebody who began to use it, is looked at again first.
     *
     * @param inUseToo whether who works in it does not matter
     */
    private void remove(Pod seen, boolean inUseToo) {
        String path = "/api/v1/namespaces/" + cluster.namespace() + "/pods/" + name();
        for (Pod pod = seen; pod != null && uid(pod).equals(uid(seen)); pod = current()) {
            try {
                cluster.client().raw(path, "DELETE", Map.of("apiVersion", "v1", "kind", "DeleteOptions", "preconditions",
                        Map.of("uid", uid(pod), "resourceVersion", pod.getMetadata().getResourceVersion())));
                break;
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404) return;
                if (e.getCode() != 409) throw cluster.explain(e, "delete pod " + name());
                Pod now = current();
                String use = inUseToo || now == null || !uid(now).equals(uid(seen)) ? null : use(now);
                if (use != null) throw inUse(use, "");
            }
        }
        awaitGone(seen);
    }

    private void awaitGone(Pod old) {
        try {
            resource().waitUntilCondition(now -> now == null || !uid(now).equals(uid(old)), GONE_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (KubernetesClientTimeoutException e) {
            throw new Failure(Exit.POD_NOT_READY, "pod " + cluster.namespace() + "/" + name() + " is still being deleted after "
                    + GONE_WITHIN.toSeconds() + " s", "The kubelet ends it when it comes to it.", e);
        } catch (KubernetesClientException e) {
            throw cluster.explain(e, "delete pod " + name());
        }
    }

    private static String uid(Pod pod) {
        return String.valueOf(pod.getMetadata().getUid());
    }

    /** @param made the pod as the server made it, or null where that is not known */
    private void deleteQuietly(Pod made) {
        Interrupts.cleaningUp();
        close();
        try {
            Pod pod = resource().get();
            if (pod == null || !ours(pod) || made != null && !uid(pod).equals(uid(made))) return;
            if (!Lease.holders(pod.getMetadata(), cluster.now()).isEmpty()) return; // another waits for it, too
            resource().withGracePeriod(0).delete(); // it never came to work: there is nothing to wait for
        } catch (KubernetesClientException e) {
            console.warn("pod " + name() + " could not be deleted: " + Cluster.rootMessage(e) + "; its TTL ends it");
        }
    }

    private void mustBeOurs(Pod pod) {
        if (!ours(pod)) {
            throw new Failure(Exit.FORBIDDEN, "pod " + cluster.namespace() + "/" + name() + " is not the lab's: it lacks the"
                    + " label " + Likeness.PART_OF + ", and stays as it is", "Choose another namespace with -n, or another --pod name.");
        }
    }

    private boolean ours(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        return labels != null && manifest.getMetadata().getLabels().get(Likeness.PART_OF).equals(labels.get(Likeness.PART_OF));
    }

    private PodResource resource() {
        return cluster.client().pods().inNamespace(cluster.namespace()).withName(name());
    }
}
