package lib.cluster;

import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.utils.Utils;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Where kubectl would look for a cluster, too.
 *
 * @param kubeconfig the file that was named; null for $KUBECONFIG, ~/.kube/config, or the pod that this runs in
 * @param context of the kubeconfig; null for its current one
 * @param namespace of the pod to work in; null for the context's, or default
 */
public record Kubeconfig(Path kubeconfig, String context, String namespace) {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final String NO_SERVER = "https://no.server.invalid/";
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

    /** Nothing but the kubeconfig says whom to trust and who we are: not the client's own variables and properties. */
    private Config config() {
        // Reading a token again, it would follow them.
        System.setProperty(Config.KUBERNETES_DISABLE_AUTO_CONFIG_SYSTEM_PROPERTY, "true");
        List<Path> files = files();
        List<Path> there = files.stream().filter(Files::exists).toList();
        if (there.isEmpty()) {
            if (kubeconfig == null && Files.exists(SERVICE_ACCOUNT.resolve("token"))
                    && System.getenv("KUBERNETES_SERVICE_HOST") != null) return ofServiceAccount();
            throw new Failure(Exit.UNREACHABLE, "no kubeconfig: " + String.join(", ", files.stream().map(Path::toString)
                    .toList()) + " does not exist", "Name one with --kubeconfig; ./jbang lab --demo needs none.");
        }
        Config config = read(there);
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
        Proxies.use(config, System.getenv());
        return config;
    }

    private Config read(List<Path> files) {
        Path reading = files.get(0);
        try {
            List<io.fabric8.kubernetes.api.model.Config> parsed = new ArrayList<>();
            for (Path file : files) {
                reading = file;
                parsed.add(KubeConfigUtils.parseConfig(file.toFile()));
            }
            List<List<NamedAuthInfo>> users = parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getUsers).toList();
            parsed.forEach(one -> one.setUsers(new ArrayList<>()));
            Config config = merged(parsed);
            if (!config.getMasterUrl().startsWith(Config.HTTPS_PROTOCOL_PREFIX)) return config; // who listens there gets no token
            for (int i = 0; i < users.size(); i++) parsed.get(i).setUsers(users.get(i));
            return merged(parsed);
        } catch (Failure e) {
            throw e;
        } catch (RuntimeException e) {
            // What the reader says quotes the file, and that holds secrets: not even a stack trace shows it.
            throw new Failure(Exit.UNREACHABLE, "the kubeconfig " + reading + " cannot be read" + where(e),
                    "Check it with: kubectl config view");
        }
    }

    private Config merged(List<io.fabric8.kubernetes.api.model.Config> parsed) {
        for (var one : parsed) one.getClusters().forEach(named -> named.getCluster().setServer(server(named.getCluster())));
        Config config = Config.empty();
        KubeConfigUtils.merge(config, context, parsed.toArray(io.fabric8.kubernetes.api.model.Config[]::new));
        if (config.getCurrentContext() != null && config.getMasterUrl().contains(NO_SERVER)) {
            throw new Failure(Exit.UNREACHABLE, "the kubeconfig's server is no address such as https://host:6443",
                    "Check it with: kubectl config view");
        }
        return config;
    }

    /** As kubectl reads it, and without a user, a password or a query, which messages would repeat. */
    private static String server(io.fabric8.kubernetes.api.model.Cluster cluster) {
        String server = Objects.requireNonNullElse(cluster.getServer(), "").strip();
        boolean tls = Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify()) || Utils.isNotNullOrEmpty(cluster.getCertificateAuthority())
                || Utils.isNotNullOrEmpty(cluster.getCertificateAuthorityData());
        try {
            URI url = new URI(server.contains("://") ? server : (tls ? "https://" : "http://") + server).parseServerAuthority();
            String scheme = url.getScheme().toLowerCase(Locale.ROOT);
            if (url.getHost() == null || !scheme.matches("https?")) return NO_SERVER;
            String path = Objects.requireNonNullElse(url.getRawPath(), "");
            return scheme + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()) + path + (path.endsWith("/") ? "" : "/");
        } catch (URISyntaxException e) {
            return NO_SERVER; // the exception quotes it
        }
    }

    private static String where(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                return ": line " + (yaml.getProblemMark().get().getLine() + 1) + " is no YAML";
            }
            if (cause instanceof AccessDeniedException) return ": permission denied";
            if (cause instanceof FileSystemException file && file.getReason() != null) return ": " + file.getReason();
        }
        return "";
    }

    /** The account of the pod that this runs in; its token is replaced every hour. */
    private static Config ofServiceAccount() {
        Config config = Config.empty();
        String host = System.getenv("KUBERNETES_SERVICE_HOST");
        config.setMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + Objects.requireNonNullElse(System.getenv("KUBERNETES_SERVICE_PORT"), "443") + "/");
        config.setCaCertFile(SERVICE_ACCOUNT.resolve("ca.crt").toString());
        config.setOauthTokenProvider(() -> content("token"));
        config.setNamespace(content("namespace"));
        Proxies.use(config, System.getenv());
        return config;
    }

    private static String content(String file) {
        try {
            return Files.readString(SERVICE_ACCOUNT.resolve(file)).strip();
        } catch (IOException e) {
            return null;
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
