package lib.cluster;

import io.fabric8.kubernetes.client.Config;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;

/**
 * Where kubectl would look for a cluster, too.
 *
 * @param kubeconfig the file that was named; null for $KUBECONFIG, ~/.kube/config, or the pod that this runs in
 * @param context of the kubeconfig; null for its current one
 * @param namespace of the pod to work in; null for the context's, or default
 */
public record Kubeconfig(Path kubeconfig, String context, String namespace) {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * Connects to the cluster.
     *
     * @throws Failure if there is no kubeconfig, no such context, or no answer
     */
    public Cluster connect(Console console) {
        StartUp.awaitKubeconfig();
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
