package lib.node;

import io.fabric8.kubernetes.client.Config;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Section;
import picocli.CommandLine.Option;

/** Which cluster and which place in it: the options are kubectl's where kubectl has one. */
@Section("Cluster")
public final class NodeOptions {
    /** How long a broken connection is tried again: an API server that restarts under load takes a minute or two. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The kubeconfig file, as for kubectl.")
    private Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "The kubeconfig's context.")
    private String context;

    @Option(names = {"-n", "--namespace"}, paramLabel = "NAME",
            description = "Namespace of the pod (default: the context's, or default).")
    private String namespace;

    /** The options of a stage that works on a node through a pod, or on this machine. */
    @Section("Node")
    public static final class Place {
        @Option(names = "--pod", paramLabel = "NAME", defaultValue = "perf-runner",
                description = "The pod to work in (default: ${DEFAULT-VALUE}).")
        private String pod;

        @Option(names = "--local", description = "The node is this machine: no cluster is needed.")
        private boolean local;

        @Option(names = "--work-dir", paramLabel = "DIR", defaultValue = "/tmp",
                description = "Where the node keeps what passes between the stages (default: ${DEFAULT-VALUE}).")
        private String workDir;

        /** Both are for samples/, see the page there. */
        @Option(names = "--record", paramLabel = "DIR", hidden = true)
        private Path record;

        @Option(names = "--replay", paramLabel = "DIR", hidden = true)
        private Path replay;

        /** The folder that a recorded node is replayed from, or null. */
        public Path replayed() {
            return replay;
        }

        public String workDir() {
            return workDir;
        }

        public boolean local() {
            return local;
        }
    }

    /**
     * Opens the node: this machine, or the pod on it.
     *
     * @throws Failure if the cluster does not answer or the pod does not run
     */
    public Node open(Place place, Console console) {
        try {
            if (place.replay != null) return new ReplayedNode(place.replay);
            Node node = place.local ? new LocalNode() : podNode(place, console);
            return place.record == null ? node : new RecordingNode(node, place.record);
        } catch (IOException e) {
            throw new Failure(Exit.INPUT, "no recorded node: " + e.getMessage(), null, e);
        }
    }

    private Node podNode(Place place, Console console) {
        Ahead.pods();
        Cluster cluster = connect(console);
        try {
            return cluster.podNode(place.pod, PATIENCE);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Connects to the cluster.
     *
     * @throws Failure if there is no kubeconfig, no such context, or no answer
     */
    public Cluster connect(Console console) {
        Ahead.awaitKubeconfig();
        Config config = config();
        String chosen = namespace != null ? namespace
                : config.getNamespace() != null && !config.getNamespace().isBlank() ? config.getNamespace() : "default";
        List<String> kubectl = new ArrayList<>();
        if (kubeconfig != null) kubectl.addAll(List.of("--kubeconfig", kubeconfig.toString()));
        if (context != null) kubectl.addAll(List.of("--context", context));
        kubectl.addAll(List.of("-n", chosen));
        return new Cluster(config, chosen, kubectl, console);
    }

    private Config config() {
        List<Path> files = files();
        boolean inCluster = System.getenv("KUBERNETES_SERVICE_HOST") != null
                && Files.exists(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token"));
        if (files.stream().noneMatch(Files::exists)) {
            // Left alone, the client would try a host named kubernetes.default.svc for 20 s.
            if (inCluster && kubeconfig == null) return Config.autoConfigure(null);
            throw new Failure(Exit.UNREACHABLE, "no kubeconfig: " + String.join(", ", files.stream().map(Path::toString)
                    .toList()) + " does not exist", "Name one with --kubeconfig; ./jbang lab --demo needs none.");
        }
        try {
            Config config = kubeconfig != null ? Config.fromKubeconfig(context, kubeconfig.toFile())
                    : Config.autoConfigure(context);
            if (context != null && (config.getCurrentContext() == null
                    || !context.equals(config.getCurrentContext().getName()))) {
                throw new Failure(Exit.UNREACHABLE, "no context '" + context + "' in the kubeconfig; it has "
                        + String.join(", ", config.getContexts().stream().map(c -> c.getName()).sorted().toList()),
                        "kubectl config get-contexts lists them.");
            }
            if (config.getCurrentContext() == null) {
                throw new Failure(Exit.UNREACHABLE, "the kubeconfig " + files.get(0) + " has no current context",
                        "Choose one with --context, or: kubectl config use-context NAME");
            }
            nameKeyAlgorithm(config);
            return config;
        } catch (Failure e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Failure(Exit.UNREACHABLE, "the kubeconfig cannot be read: " + Cluster.rootMessage(e),
                    "Check it with: kubectl config view", e);
        }
    }

    /** A key in PKCS #8 says itself which algorithm it is for; the client takes it for RSA unless it is told. */
    private static void nameKeyAlgorithm(Config config) {
        try {
            byte[] file = config.getClientKeyData() != null ? Base64.getDecoder().decode(config.getClientKeyData())
                    : config.getClientKeyFile() != null ? Files.readAllBytes(Path.of(config.getClientKeyFile())) : new byte[0];
            Matcher pem = PKCS8.matcher(new String(file, StandardCharsets.US_ASCII));
            if (pem.find()) {
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
                config.setClientKeyAlgo("EC");
            }
        } catch (IOException | IllegalArgumentException | GeneralSecurityException e) {
            // not an elliptic curve's, or unreadable: the client says what is wrong when it uses it
        }
    }

    private List<Path> files() {
        if (kubeconfig != null) return List.of(kubeconfig);
        String env = System.getenv("KUBECONFIG");
        if (env != null && !env.isBlank()) {
            return Arrays.stream(env.split(File.pathSeparator)).filter(s -> !s.isBlank()).map(Path::of).toList();
        }
        return List.of(Path.of(System.getProperty("user.home"), ".kube", "config"));
    }
}
