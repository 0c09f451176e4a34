import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;

/** What is built once and kept in the cache: the Kubernetes programs and the images. */
final class Artifacts {
    static final String[] PROGRAMS = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"};
    static final String[] IMAGES = {"pause", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler",
        "no-privileged", "perf-runner", "perf-runner-bare"};

    private final Console console;
    private final Home home;
    private final Machine machine;

    Artifacts(Console console, Home home, Machine machine) {
        this.console = console;
        this.home = home;
        this.machine = machine;
    }

    /** Builds what the cache lacks. */
    void build() {
        boolean programs = built("");
        boolean images = Stream.of(IMAGES).allMatch(name -> Files.exists(image(name)));
        if (programs && images) return;
        prepare();
        if (!programs) {
            script("Building Kubernetes " + Home.VERSION + " from Debian's source: about 11 minutes on two cores",
                    "build-kubernetes.log", "build-kubernetes.sh", home.cache().toString());
        }
        if (!images) {
            script("Building the images: about 2 minutes", "build-images.log", "build-images.sh",
                    home.cache().toString(), home.bin().toString(), imageFolder().toString());
        }
    }

    /** Builds the programs' twins that keep their symbol tables, where they are missing. */
    void buildTwins() {
        if (built(".unstripped")) return;
        prepare();
        script("Linking Kubernetes " + Home.VERSION + " with its symbol tables", "build-kubernetes.log",
                "build-kubernetes.sh", home.cache().toString(), "twins");
    }

    private boolean built(String suffix) {
        return Stream.of(PROGRAMS).allMatch(name -> Files.isExecutable(home.bin().resolve(name + suffix)));
    }

    private void prepare() {
        machine.requireRoomToBuild();
        machine.installToBuild();
        home.unpackScripts();
    }

    Path image(String name) {
        return imageFolder().resolve(name + ".tar");
    }

    /** There when containerd has these images. */
    Path importedMark() {
        return home.containers().resolve(imageFolder().getFileName());
    }

    /** Images are built again when what they are built from has changed. */
    private Path imageFolder() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String source : new String[] {"build-images.sh", "images/pause.go", "images/no-privileged.go"}) {
                digest.update(Home.resource(source));
            }
            digest.update(Home.VERSION.getBytes(StandardCharsets.UTF_8));
            return home.cache().resolve("images-" + HexFormat.of().formatHex(digest.digest(), 0, 6));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void script(String what, String logName, String script, String... arguments) {
        Path log = home.cache().resolve(logName);
        console.step(what);
        console.note("log: " + log);
        String[] command = Stream.concat(Stream.of(home.scripts().resolve(script).toString()), Stream.of(arguments))
                .toArray(String[]::new);
        console.command(String.join(" ", command));
        long start = System.nanoTime();
        int code = Run.logged(log, Map.of(), line -> {
            if (line.startsWith("== ")) console.note(line.substring(3));
            else console.debug(line);
        }, command);
        if (code != 0) {
            throw new Failure(Exit.FAILED, script + " failed after " + seconds(start) + " s (exit code " + code + ")",
                    "The end of " + log + " says why; another run goes on where this one stopped.");
        }
        console.note("done in " + seconds(start) + " s");
    }

    private static long seconds(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toSeconds();
    }
}
