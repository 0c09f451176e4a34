import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;

/**
 * Where everything is.
 *
 * @param cache what is slow to make and kept: programs and images
 * @param state what the cluster is while it runs, on disk: etcd's data, keys, containers, logs; gone after down
 * @param run sockets and process ids
 */
record Home(Path cache, Path state, Path run) {
    static final String VERSION = "1.20.2";
    /** The node's name, and that of cluster, context and user in kubeconfigs. */
    static final String NAME = "mini-k8s";

    private static final String[] SCRIPTS = {"build-kubernetes.sh", "build-images.sh", "make-pki.sh", "node/run.sh",
        "images/pause.go", "images/no-privileged.go"};
    private static final Pattern PLACEHOLDER = Pattern.compile("@([A-Z0-9_]+)@");

    static Home ofMachine() {
        return new Home(cacheFolder(System.getenv()), Path.of("/var/lib/mini-k8s"), Path.of("/run/mini-k8s"));
    }

    /** MINI_K8S_CACHE, or mini-k8s in the user's cache folder as the XDG base directories define it. */
    static Path cacheFolder(Map<String, String> environment) {
        String own = environment.getOrDefault("MINI_K8S_CACHE", "");
        if (!own.isEmpty()) return Path.of(own).toAbsolutePath();
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // a relative XDG folder is to be ignored
        Path base = xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("mini-k8s");
    }

    Path kubernetes() {
        return cache.resolve("kubernetes-" + VERSION);
    }

    Path bin() {
        return kubernetes().resolve("bin");
    }

    /** containerd's images; kept, as unpacking them is the slowest part of a start. */
    Path containers() {
        return cache.resolve("containerd");
    }

    Path scripts() {
        return cache.resolve("scripts");
    }

    Path pki() {
        return state.resolve("pki");
    }

    /** The cluster's own kubeconfig, as cluster-admin. */
    Path kubeconfig() {
        return pki().resolve("admin.kubeconfig");
    }

    Path log(String daemon) {
        return state.resolve("log").resolve(daemon + ".log");
    }

    /** Written last by up: the cluster was once complete. */
    Path completeMark() {
        return state.resolve("complete");
    }

    /** Puts the scripts that this program brings along where a shell can run them. */
    void unpackScripts() {
        try {
            for (String name : SCRIPTS) {
                Path file = scripts().resolve(name);
                Files.createDirectories(file.getParent());
                Files.write(file, resource(name));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write below " + cache + ": " + Machine.why(e),
                    "Set MINI_K8S_CACHE to a folder that you can write to.", e);
        }
    }

    static byte[] resource(String name) {
        try (InputStream in = Home.class.getResourceAsStream("/" + name)) {
            if (in == null) throw new IllegalStateException("no resource " + name);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces every @NAME@ by its value. */
    static String fill(String template, Map<String, String> values) {
        return PLACEHOLDER.matcher(template).replaceAll(match -> {
            String value = values.get(match.group(1));
            if (value == null) throw new IllegalArgumentException("nothing to put for " + match.group());
            return Matcher.quoteReplacement(value);
        });
    }
}
