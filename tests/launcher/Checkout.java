package launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A small checkout with the real launcher and the real catalog, a script of the catalog that takes in a source, a
 * resource and a dependency, and a user of its own: home, caches and a Maven repository that holds JBang already.
 *
 * <p>Where only the launcher is looked at, {@link #useStandIn} puts a script in JBang's place, which takes no time.
 */
final class Checkout {
    /** What the launcher did: the two outputs, the exit code and how many times JBang was started for it. */
    record Ran(String out, String err, int code, int asked) {}

    private static final String VERSION = "0.132.1";
    private static final String SCRIPT = """
            //JAVA 17+
            //JAVA_OPTIONS -XX:TieredStopAtLevel=1
            //SOURCES lib/toy/*.java
            //DEPS toy:dep:1
            //FILES word.txt=manifests/word.txt
            import java.lang.management.ManagementFactory;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.function.Supplier;
            class flamegraph {
                public static void main(String... args) throws Exception {
                    switch (args[0]) {
                        case "args" -> {
                            for (int i = 1; i < args.length; i++) System.out.print(args[i] + "\\0");
                        }
                        case "options" -> System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
                        case "count" -> {
                            System.out.println(System.in.readAllBytes().length);
                            System.exit(Integer.parseInt(args[1]));
                        }
                        case "exit" -> {
                            System.err.println("to stderr");
                            System.exit(Integer.parseInt(args[1]));
                        }
                        case "make" -> Files.createDirectory(Path.of(args[1]));
                        case "sleep" -> {
                            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ended")));
                            System.out.println(ProcessHandle.current().pid());
                            Thread.sleep(60_000);
                        }
                        default -> System.out.println(
                                lib.toy.Word.WORD + Twice.one().get() + " " + Twice.other().get() + read("word.txt") + " " + read("dep.txt"));
                    }
                }
                private static final class Twice {
                    static Supplier<String> one() {
                        return String::new;
                    }
                    static Supplier<String> other() {
                        return String::new;
                    }
                }
                private static String read(String name) throws Exception {
                    try (var in = flamegraph.class.getResourceAsStream("/" + name)) {
                        return new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
                    }
                }
            }
            """;

    /**
     * JBang as the launcher knows it: takes the jar of a script that is there for whole, and builds otherwise, which is
     * spoilt by another one that does so at the same time. Builds for as long as there is a file {@code hold}.
     */
    private static final String STAND_IN = """
            #!/bin/sh
            folder='%1$s'
            [ "$1" = -Xshare:dump ] || echo >>"$folder/asked"
            [ "$STAND_IN" ] || exec '%2$s' "$@"
            [ "$1" != -Xshare:dump ] || exit 1
            case "$*" in *' version') echo 0.132.1; exit ;; esac
            printf '%%s\\n' "$JBANG_DIR" "$JBANG_REPO" >"$folder/folders"
            jars=${JBANG_CACHE_DIR_JARS:-$folder/jbang-dir/cache/jars}
            jar=$jars/$(cat "$folder/build")
            if ! [ -e "$jar" ]; then
                mkdir -p "${jar%%/*}"
                echo "begin $$" >>"$folder/builds"
                : >"$jar"
                while [ -e "$folder/hold" ]; do sleep 0.05; done
                cp "$folder/good.jar" "$jar"
                echo "end $$" >>"$folder/builds"
            fi
            answer=$(cat "$folder/answer")
            printf '%%s\\n' "${answer%%%%JARS*}$jars${answer#*JARS}"
            exit 255
            """;

    final Path folder;
    final Path root;
    final Path home;
    final Map<String, String> environment = new HashMap<>();
    private final Path asked;

    /** The folder that these tests belong to: the nearest one above the current folder that has a catalog. */
    static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("jbang-catalog.json"))) folder = folder.getParent();
        if (folder == null) {
            throw new IllegalStateException("no jbang-catalog.json here or above: run the tests in the checkout");
        }
        return folder;
    }

    /** Where Maven keeps JBang on this machine, whether it is there or not. */
    static Path jbangJar() {
        return inRepository(Path.of(System.getProperty("user.home"), ".m2", "repository"));
    }

    Checkout(Path folder) throws IOException {
        this.folder = folder;
        // Everything in this name means something to a shell.
        root = folder.resolve("it's a $HOME \"toy\" * checkout");
        home = Files.createDirectories(folder.resolve("home"));
        asked = folder.resolve("asked");

        Files.createDirectories(root);
        for (String name : List.of("jbang", "jbang-catalog.json")) {
            Files.copy(repository().resolve(name), root.resolve(name));
        }
        root.resolve("jbang").toFile().setExecutable(true);
        write("03_flamegraph.java", SCRIPT);
        write("lib/toy/Word.java", word("one"));
        write("manifests/word.txt", "one");

        Path maven = folder.resolve("maven");
        Path jar = inRepository(maven);
        Files.createDirectories(jar.getParent());
        Files.copy(jbangJar(), jar);
        Path dependency = Files.createDirectories(maven.resolve("toy/dep/1"));
        Files.writeString(dependency.resolve("dep-1.pom"), "<project><modelVersion>4.0.0</modelVersion>"
                + "<groupId>toy</groupId><artifactId>dep</artifactId><version>1</version></project>");

        // JBang is started by the java on PATH, the script by the one that JBang finds.
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        executable(bin.resolve("java"), STAND_IN.formatted(folder, java));
        Files.createSymbolicLink(bin.resolve("javac"), java.resolveSibling("javac"));

        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        environment.put("HOME", home.toString());
        environment.put("JBANG_DIR", folder.resolve("jbang-dir").toString());
        environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + maven);
        environment.put("KUBE_FLAMEGRAPH_JBANG", "1"); // look for no other jbang
        dependency("one");
        listJars();
        folder(kept().resolve("busy"));
    }

    private static void executable(Path file, String content) throws IOException {
        Files.writeString(file, content);
        file.toFile().setExecutable(true);
    }

    private static Path inRepository(Path maven) {
        return maven.resolve("dev/jbang/jbang-cli/" + VERSION + "/jbang-cli-" + VERSION + "-all.jar");
    }

    static String word(String word) {
        return "package lib.toy;\npublic class Word { public static final String WORD = \"" + word + "\"; }\n";
    }

    /** Puts that word into the checkout's dependency; its list of jars does not know yet. */
    Path dependency(String word) throws IOException {
        Path jar = maven().resolve("toy/dep/1/dep-1.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("dep.txt"));
            zip.write(word.getBytes());
        }
        return jar;
    }

    /** Makes the checkout's list of jars that of the jars that are there. */
    void listJars() throws IOException {
        String list = "";
        for (Path jar : List.of(jbang(), maven().resolve("toy/dep/1/dep-1.jar"))) {
            list += sha256(jar) + "  " + maven().relativize(jar) + "\n";
        }
        write("lib/jars.sha256", list);
    }

    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    Path maven() {
        return Path.of(environment.get("MAVEN_OPTS").substring("-Dmaven.repo.local=".length()));
    }

    /** The pinned JBang as this checkout's user has it. */
    Path jbang() {
        return inRepository(maven());
    }

    /** Where the launcher remembers things. */
    Path cache() {
        return home.resolve(".cache/kube-flamegraph");
    }

    /** Where it remembers what it knows about the script. */
    Path kept() {
        return kept(cache());
    }

    Path kept(Path cache) {
        return Path.of(cache + "/kept" + root + "/03_flamegraph.java");
    }

    /** The command line that is kept for the script. */
    String commandLine() throws IOException {
        return Files.readAllLines(kept().resolve("command")).get(1);
    }

    /** The jar of the script in that command line. */
    Path built() throws IOException {
        return Path.of(commandLine().replaceFirst(".* -classpath ([^: ]+).*", "$1"));
    }

    void write(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Makes a folder as the launcher makes its own, whatever this process does otherwise. */
    static Path folder(Path folder) throws IOException {
        return Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * Gives the user a cache that remembers nothing. No archive is made for the script in it, because one seems to be
     * busy with that.
     */
    Path useNewCache() throws IOException {
        Path parent = Files.createTempDirectory(home, "cache");
        environment.put("XDG_CACHE_HOME", parent.toString());
        folder(kept(parent.resolve("kube-flamegraph")).resolve("busy"));
        return parent.resolve("kube-flamegraph");
    }

    /** Makes the stand-in answer what JBang has answered for the script as it is now. */
    void prepareStandIn() throws IOException {
        Path built = built();
        Files.writeString(folder.resolve("answer"), commandLine().replace(cache().resolve("jars").toString(), "JARS"));
        Files.writeString(folder.resolve("build"), built.getParent().getFileName() + "/" + built.getFileName());
        Files.copy(built, folder.resolve("good.jar"));
    }

    /** For the rest of a test JBang is not asked but its stand-in. */
    void useStandIn() throws IOException {
        environment.put("STAND_IN", "1");
        Files.deleteIfExists(folder.resolve("builds"));
    }

    /** Runs the launcher in the checkout. */
    Ran run(String... arguments) throws Exception {
        return run(root, "", command(arguments));
    }

    List<String> command(String... arguments) {
        var command = new ArrayList<>(List.of(root.resolve("jbang").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * What a process is started by that is to heed all signals. One that this process ignores, as SIGINT in the
     * background of a shell or SIGHUP under nohup, would be ignored for good: a shell cannot change that. GNU's env can,
     * which is on every Debian; where there is none, such as on macOS, the signals stay as they are.
     */
    private static final List<String> HEEDING = heeding();

    private static List<String> heeding() {
        List<String> env = List.of("env", "--default-signal");
        try {
            return new ProcessBuilder(Stream.concat(env.stream(), Stream.of("true")).toList()).start().waitFor() == 0 ? env : List.of();
        } catch (IOException | InterruptedException e) {
            return List.of();
        }
    }

    Process start(Path folder, List<String> command) throws IOException {
        var builder = new ProcessBuilder(Stream.concat(HEEDING.stream(), command.stream()).toList()).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    Ran run(Path folder, String input, List<String> command) throws Exception {
        long before = timesAsked();
        Process process = start(folder, command);
        var err = new ByteArrayOutputStream();
        var reader = new Thread(() -> copy(process, err));
        reader.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes());
        } catch (IOException e) {
            // it did not read all of it
        }
        String out = new String(process.getInputStream().readAllBytes());
        reader.join();
        return new Ran(out, err.toString(), process.waitFor(), (int) (timesAsked() - before));
    }

    private long timesAsked() throws IOException {
        return Files.exists(asked) ? Files.size(asked) : 0;
    }

    private static void copy(Process process, OutputStream to) {
        try {
            process.getErrorStream().transferTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a folder that something in the background may still write to. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (UncheckedIOException e) {
            // gone in the meantime
        }
    }
}
