package launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A small checkout with the real launcher and the real catalog, a script of the catalog that takes in a source, a
 * resource and a dependency, and a user of its own: home, caches and a Maven repository that holds JBang already.
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
            import java.util.function.Supplier;
            class flamegraph {
                public static void main(String... args) throws Exception {
                    switch (args[0]) {
                        case "args" -> {
                            for (int i = 1; i < args.length; i++) System.out.print(args[i] + "\\0");
                        }
                        case "options" -> System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
                        case "count" -> System.out.println(System.in.readAllBytes().length);
                        case "exit" -> {
                            System.err.println("to stderr");
                            System.exit(Integer.parseInt(args[1]));
                        }
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

    final Path root;
    final Path home;
    final Map<String, String> environment = new HashMap<>();
    private final Path asked;

    /** The folder that these tests belong to: the nearest one above the current folder that has a catalog. */
    static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("jbang-catalog.json"))) {
            folder = folder.getParent();
        }
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
        dependency(maven, "one");

        // JBang is started by the java on PATH, the script by the one that JBang finds: so this one can count.
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path counting = bin.resolve("java");
        Files.writeString(counting, "#!/bin/sh\n[ \"$1\" = -Xshare:dump ] || echo >>'" + asked + "'\nexec '" + java + "' \"$@\"\n");
        counting.toFile().setExecutable(true);
        Files.createSymbolicLink(bin.resolve("javac"), java.resolveSibling("javac"));

        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        environment.put("HOME", home.toString());
        environment.put("JBANG_DIR", folder.resolve("jbang-dir").toString());
        environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + maven);
        environment.put("KUBE_FLAMEGRAPH_JBANG", "1"); // look for no other jbang
    }

    private static Path inRepository(Path maven) {
        return maven.resolve("dev/jbang/jbang-cli/" + VERSION + "/jbang-cli-" + VERSION + "-all.jar");
    }

    static String word(String word) {
        return "package lib.toy;\npublic class Word { public static final String WORD = \"" + word + "\"; }\n";
    }

    /** The checkout's dependency, with the given word in it. */
    static Path dependency(Path maven, String word) throws IOException {
        Path jar = maven.resolve("toy/dep/1/dep-1.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("dep.txt"));
            zip.write(word.getBytes());
        }
        return jar;
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
        return Path.of(cache() + "/kept" + root + "/03_flamegraph.java");
    }

    void write(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Keeps the launcher from making an archive for the script in the background, by a lock like its own. */
    void lockArchives() throws IOException {
        Files.createDirectories(kept().resolve("busy"));
    }

    /** Gives the user another cache, which remembers nothing yet but what makes JBang start quickly. */
    void useNewCache() throws IOException {
        Path parent = Files.createTempDirectory(home, "cache");
        environment.put("XDG_CACHE_HOME", parent.toString());
        fill(parent.resolve("kube-flamegraph"));
    }

    private static final List<String> FOR_JBANG = List.of("jar", "archive.jsa");

    /** Keeps what makes JBang start quickly for {@link #fill}: a test that changes Java or JBang makes the launcher forget it. */
    void keepAside() throws IOException {
        for (String name : FOR_JBANG) {
            Files.copy(cache().resolve("jbang").resolve(name), home.resolve(name));
        }
    }

    void fill(Path cache) throws IOException {
        Files.createDirectories(Path.of(cache + "/kept" + root + "/03_flamegraph.java/busy"));
        Path jbang = Files.createDirectories(cache.resolve("jbang"));
        for (String name : FOR_JBANG) {
            Files.copy(home.resolve(name), jbang.resolve(name));
        }
        Files.createDirectory(jbang.resolve("busy"));
        Files.createFile(jbang.resolve("learned"));
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

    Process start(Path folder, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
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
