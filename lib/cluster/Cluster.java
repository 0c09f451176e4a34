package lib.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import io.fabric8.kubernetes.client.utils.Utils;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;

/** A cluster that answered: its client, and what its errors mean to a user. */
public final class Cluster implements AutoCloseable {
    private static final List<String> CONTROL_PLANE_LABELS =
            List.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master");

    /** Clocks that differ by less do no harm: a pod's time to live is counted in minutes. */
    private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(30);
    private static final Pattern DENIED = Pattern.compile("denied (the )?request");
    private static final Pattern CLIENTS_OWN = Pattern.compile("^(Operation: \\[|Failure executing: |An error has occurred)");
    private static final Pattern UID = Pattern.compile("[0-9A-Za-z-]{1,64}");
    private static final Pattern MINOR = Pattern.compile("v?1\\.(\\d{1,4})\\b.*");

    private static final ResourceDefinitionContext POD = new ResourceDefinitionContext.Builder().withVersion("v1").withKind("Pod")
            .withPlural("pods").withNamespaced(true).build();

    private final KubernetesClient client;
    private final Console console;
    private final ServerClock clock;
    private final String namespace;
    private final List<String> kubectlOptions;
    private final Connection connection;
    private final String version;

    /**
     * Connects; asks the server for its version to know that it answers.
     *
     * @throws Failure if it does not, or refuses us
     */
    Cluster(Config config, String namespace, List<String> kubectlOptions, Console console) {
        config.setRequestRetryBackoffLimit(0); // a server that is down is said at once, not after 20 s
        config.setConnectionTimeout(5_000);
        config.setRequestTimeout(20_000);
        this.clock = new ServerClock(Clock.systemUTC());
        this.client = build(config, clock, new ServerWarnings(console));
        this.namespace = namespace;
        this.kubectlOptions = kubectlOptions;
        this.console = console;
        this.connection = new Connection(console);
        try {
            this.version = Objects.requireNonNullElse(client.getKubernetesVersion().getGitVersion(), "of an unknown version");
        } catch (KubernetesClientException e) {
            client.close();
            throw explain(e, "ask the server for its version");
        }
        if (clock.ahead() != null && wrong(clock.ahead())) {
            long seconds = clock.ahead().toSeconds();
            console.warn("this machine's clock is " + Math.abs(seconds) + " s " + (seconds > 0 ? "behind" : "ahead of")
                    + " the server's: how long the pod may live is misjudged by that, and results are named by the node's clock");
        }
    }

    /** Whether clocks that differ so much disturb. */
    static boolean wrong(Duration ahead) {
        return ahead.abs().compareTo(CLOCKS_MAY_DIFFER) > 0;
    }

    private static KubernetesClient build(Config config, ServerClock clock, ServerWarnings warnings) {
        boolean ownAuthority = Utils.isNotNullOrEmpty(config.getCaCertData()) || Utils.isNotNullOrEmpty(config.getCaCertFile());
        boolean tls = config.getMasterUrl().startsWith(Config.HTTPS_PROTOCOL_PREFIX);
        try {
            return StartUp.trustingOnly(ownAuthority, () -> new KubernetesClientBuilder().withConfig(config)
                    .withKubernetesSerialization(StartUp.serialization()).withHttpClientFactory(new JdkHttpClientFactory())
                    .withHttpClientBuilderConsumer(http -> {
                        http.addOrReplaceInterceptor("server clock", clock);
                        http.addOrReplaceInterceptor("server warnings", warnings);
                        // It would read the token again, and send it to a server that has shown no certificate.
                        if (!tls) http.addOrReplaceInterceptor(TokenRefreshInterceptor.NAME, null);
                    }).build());
        } catch (KubernetesClientException e) {
            throw new Failure(Exit.UNREACHABLE, "the certificates or the key in the kubeconfig cannot be used: " + rootMessage(e),
                    "Check it with: kubectl config view", e);
        }
    }

    /** The version that the server says it is, such as v1.30.2. */
    public String version() {
        return version;
    }

    /** What tells this cluster from others for as long as it lives, the UID of kube-system; null where we may not see it. */
    String id() {
        try {
            String answer = client.raw("/api/v1/namespaces/kube-system");
            Object uid = answer != null && Json.read(answer, Map.class).get("metadata") instanceof Map<?, ?> metadata ? metadata.get("uid") : null;
            return uid instanceof String text && UID.matcher(text).matches() ? text : null;
        } catch (KubernetesClientException | IllegalArgumentException e) {
            console.debug("the cluster's id stays unknown: " + rootMessage(e));
            return null;
        }
    }

    /** The minor version, such as 30; 0 where it is not understood. */
    int minor() {
        Matcher minor = MINOR.matcher(version);
        return minor.matches() ? Integer.parseInt(minor.group(1)) : 0;
    }

    /** How much the server's clock is ahead of ours; null where it did not say. */
    Duration clockAhead() {
        return clock.ahead();
    }

    /** The server's address. */
    String server() {
        return client.getMasterUrl().toString().replaceFirst("/$", "");
    }

    public String namespace() {
        return namespace;
    }

    KubernetesClient client() {
        return client;
    }

    /** The pods of the namespace, without what a cold JVM takes long to learn: what a pod is made of. */
    NonNamespaceOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>> pods() {
        return client.genericKubernetesResources(POD).inNamespace(namespace);
    }

    /** The time by the server's clock, as far as it is known. */
    Instant now() {
        return clock.ahead() == null ? Instant.now() : Instant.now().plus(clock.ahead());
    }

    Connection connection() {
        return connection;
    }

    /** The options that make kubectl talk to the same cluster and namespace. */
    public List<String> kubectlOptions() {
        return kubectlOptions;
    }

    /**
     * The node to work on: the one asked for, or the control-plane node: by its label, or the one whose static pod is
     * kube-apiserver. Of several the first that is ready, in the order of their names.
     *
     * @param asked a node's name, or null
     * @throws Failure if there is none
     */
    public String controlPlaneNode(String asked, Console console) {
        try {
            if (asked != null) {
                if (client.nodes().withName(asked).get() == null) {
                    throw new Failure(Exit.TARGET, "no node '" + asked + "' in this cluster; it has "
                            + names(client.nodes().list().getItems()), "Name one of them with --node.");
                }
                return asked;
            }
            List<io.fabric8.kubernetes.api.model.Node> nodes = client.nodes().list().getItems();
            nodes.sort(Comparator.comparing((io.fabric8.kubernetes.api.model.Node node) -> !ready(node))
                    .thenComparing(node -> node.getMetadata().getName()));
            Set<String> found = new TreeSet<>();
            nodes.stream().filter(Cluster::labelled).forEach(node -> found.add(node.getMetadata().getName()));
            if (found.isEmpty()) apiserverPods().forEach(pod -> found.add(pod.getSpec().getNodeName()));
            Optional<String> first = nodes.stream().map(node -> node.getMetadata().getName()).filter(found::contains)
                    .findFirst();
            if (found.size() > 1) {
                console.note("control-plane nodes: " + String.join(", ", found) + "; --node picks another");
            }
            return first.orElseThrow(() -> new Failure(Exit.TARGET, "no node of this cluster is a control-plane node: a"
                    + " managed cluster keeps its API server out of reach",
                    "Through its API it gives its own profile: ./jbang lab --engine pprof. Where you run the control plane yourself, name"
                    + " its node with --node."));
        } catch (KubernetesClientException e) {
            throw explain(e, "look for the control-plane node");
        }
    }

    /** Whether a node is a control-plane node, by its label or its static pod; yes where it may not be looked at. */
    boolean controlPlane(String node) {
        try {
            var found = client.nodes().withName(node).get();
            return found == null || labelled(found) || apiserverPods().stream().anyMatch(pod -> node.equals(pod.getSpec().getNodeName()));
        } catch (KubernetesClientException e) {
            console.debug("node " + node + " cannot be looked at: " + rootMessage(e));
            return true;
        }
    }

    private static boolean labelled(io.fabric8.kubernetes.api.model.Node node) {
        var labels = node.getMetadata().getLabels();
        return labels != null && CONTROL_PLANE_LABELS.stream().anyMatch(labels::containsKey);
    }

    private static boolean ready(io.fabric8.kubernetes.api.model.Node node) {
        for (NodeCondition condition : node.getStatus().getConditions()) {
            if ("Ready".equals(condition.getType())) return "True".equals(condition.getStatus());
        }
        return false;
    }

    /** Where a role does not show kube-system, these are none: labels and --node remain. */
    List<Pod> apiserverPods() {
        try {
            return client.pods().inNamespace("kube-system").withLabel("component", "kube-apiserver").list().getItems()
                    .stream().filter(pod -> pod.getSpec().getNodeName() != null).toList();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 403) return List.of();
            throw e;
        }
    }

    /** An image of this repository that the node already has, or null: such an image needs no registry. */
    String imageOnNode(String node, String repository) {
        try {
            var images = client.nodes().withName(node).get().getStatus().getImages();
            return images == null ? null : images.stream().flatMap(image -> image.getNames().stream())
                    .filter(name -> name.startsWith(repository + ":")).sorted().findFirst().orElse(null);
        } catch (KubernetesClientException e) {
            throw explain(e, "ask which images node " + node + " has");
        }
    }

    /** See {@link Preflight#missingToRun}. */
    String missingToRun(String pod) {
        return new Preflight(this, console).missingToRun(pod);
    }

    private static String names(List<? extends HasMetadata> items) {
        return items.isEmpty() ? "none" : String.join(", ", items.stream().map(i -> i.getMetadata().getName()).sorted().toList());
    }

    /**
     * Opens the pod that stage 01 or 01a started as a node.
     *
     * @param pod its name
     * @param patience how long a broken connection is tried again
     * @throws Failure if there is no such pod, it does not run, or is not as its manifest describes it
     */
    public PodNode podNode(String pod, Duration patience) {
        try {
            Pod found = client.pods().inNamespace(namespace).withName(pod).get();
            if (found == null) {
                throw new Failure(Exit.POD_NOT_READY, "no pod '" + pod + "' in namespace " + namespace,
                        "Start it with 01a_perf_runner.java, or name another with --pod.");
            }
            if (!LabPod.ready(found)) {
                throw new Failure(Exit.POD_NOT_READY, "pod " + namespace + "/" + pod + " is not ready: "
                        + LabPod.state(found), "Start it anew with 01a_perf_runner.java.");
            }
            LabPod.mustBeAsDescribed(this, console, found);
            Lease lease = new Lease(this, console, pod, found.getMetadata().getUid());
            if (lease.late()) {
                lease.close();
                throw new Failure(Exit.POD_NOT_READY, "pod " + namespace + "/" + pod + " is being deleted",
                        "Start it anew with 01a_perf_runner.java.");
            }
            return new PodNode(this, found, patience, lease);
        } catch (KubernetesClientException e) {
            throw explain(e, "look for pod " + pod);
        }
    }

    /** What a refused or failed request means: an error for the user, with its exit code. */
    Failure explain(KubernetesClientException e, String doing) {
        String server = server();
        String message = serverMessage(e);
        switch (e.getCode()) {
            case 401:
                return new Failure(Exit.UNREACHABLE, "the server at " + server + " does not accept these credentials: "
                        + message + ended(), "Log in again, or choose another --kubeconfig or --context.", e);
            case 403:
                return new Failure(Exit.FORBIDDEN, "not allowed to " + doing + ": " + message, admissionHint(message), e);
            default:
        }
        // A policy answers with 422 by default, a webhook that gives no code with 400.
        if (DENIED.matcher(message).find()) {
            return new Failure(Exit.FORBIDDEN, "not allowed to " + doing + ": " + message, admissionHint(message), e);
        }
        if (message.contains("failed calling webhook")) {
            return new Failure(Exit.FORBIDDEN, "could not " + doing + ": admission asks a webhook that does not answer: " + message,
                    "Who runs the webhook can mend it, or leave the namespace out: kubectl get validatingwebhookconfigurations,"
                    + "mutatingwebhookconfigurations", e);
        }
        if (e.getCode() > 0) return new Failure(e.getCode() >= 500 || e.getCode() == 429 ? Exit.UNREACHABLE : Exit.FAILED,
                "could not " + doing + ": " + message + " (HTTP " + e.getCode() + ")", null, e);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof InterruptedIOException
                    && !(cause instanceof SocketTimeoutException)) {
                return new Failure(Exit.INTERRUPTED, "interrupted", null, e);
            }
            if (cause instanceof UnknownHostException) return unreachable(server, "no such host " + cause.getMessage(), e);
            if (cause instanceof HttpTimeoutException) return unreachable(server, "it does not answer in time", e);
            if (cause instanceof ConnectException) return unreachable(server, "connection refused", e);
            if (cause instanceof SSLException) return unreachable(server, "TLS: " + rootMessage(cause) + ended(), e);
        }
        return unreachable(server, rootMessage(e), e);
    }

    private String ended() {
        Instant ended = Identity.of(client.getConfiguration()).ended();
        return ended == null ? "" : "; the client certificate in the kubeconfig ended at " + ended;
    }

    private static Failure unreachable(String server, String why, Throwable e) {
        return new Failure(Exit.UNREACHABLE, "the server at " + server + " cannot be reached: " + why,
                "Is the cluster up? --kubeconfig and --context choose another.", e);
    }

    private static String admissionHint(String message) {
        if (message.contains("PodSecurity") || message.contains("violates") || DENIED.matcher(message).find()) {
            return "The namespace forbids privileged pods: choose one that allows them with -n (kube-system often does).";
        }
        return "Ask for the rights in manifests/rbac.yaml, or use another --context.";
    }

    private static String serverMessage(KubernetesClientException e) {
        return e.getStatus() != null && e.getStatus().getMessage() != null ? e.getStatus().getMessage() : rootMessage(e);
    }

    /** The message of the innermost cause that has one, but for what the client says about its own requests. */
    static String rootMessage(Throwable e) {
        String message = null;
        String innermost = null;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String own = cause instanceof KubernetesClientException k && k.getStatus() != null ? k.getStatus().getMessage() : cause.getMessage();
            if (own != null && !own.isBlank() && !CLIENTS_OWN.matcher(own).find()) message = own;
            innermost = cause.getClass().getSimpleName();
        }
        return message == null ? innermost : message.lines().findFirst().orElse(message);
    }

    @Override
    public void close() {
        client.close();
    }
}
