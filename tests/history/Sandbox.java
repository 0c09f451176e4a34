package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import lib.cli.Json;
import lib.profile.Profile;
import lib.profile.Schema;
import org.zeroturnaround.exec.ProcessExecutor;

/** Repositories in a temporary folder, with a home of their own, so that no test sees the user's configuration. */
final class Sandbox {
    final Path root;
    final Path home;
    /** What was said while waiting. */
    final List<String> said = new CopyOnWriteArrayList<>();
    int timeoutSeconds = 15;
    int waitSeconds = 60;
    /** Whether git is installed as the repository sees it; to set up and to check, it always is. */
    boolean git = true;
    /** Programs of the test's own, first in PATH. */
    final Path programs;
    final Map<String, String> variables = new TreeMap<>(System.getenv());

    Sandbox(Path folder) throws IOException {
        root = folder.toRealPath();
        home = Files.createDirectories(root.resolve("home"));
        programs = Files.createDirectories(root.resolve("programs"));
        variables.keySet().removeIf(name -> name.startsWith("GIT_") || name.equals("EMAIL") || name.startsWith("SSH_"));
        variables.put("HOME", home.toString());
        variables.put("PATH", programs + ":" + variables.get("PATH"));
        variables.put("XDG_CONFIG_HOME", home.resolve(".config").toString());
        variables.put("GIT_CONFIG_NOSYSTEM", "1");
        variables.put("GIT_TERMINAL_PROMPT", "0");
        variables.put("LC_ALL", "C");
        Files.writeString(home.resolve(".gitconfig"), """
                [user]
                \tname = Sam Ple
                \temail = sam@example.org
                [init]
                \tdefaultBranch = main
                [gc]
                \tauto = 0
                """);
    }

    /**
     * Where the real git sets up and checks what is done.
     *
     * @param git whether it is installed as the repository sees it
     */
    static Sandbox judgedByGit(Path folder, boolean git) throws IOException {
        needs("git");
        Sandbox box = new Sandbox(folder);
        box.git = git;
        return box;
    }

    /** The real git, to set up and to cross-check: its standard output. */
    String git(Path where, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        return ok(where, command.toArray(String[]::new));
    }

    String ok(Path where, String... command) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> changed = new HashMap<>(variables);
        for (String name : System.getenv().keySet()) changed.putIfAbsent(name, null);
        int code = new ProcessExecutor(command).directory(where.toFile()).environment(changed).redirectOutput(out)
                .redirectError(err).redirectInput(new ByteArrayInputStream(new byte[0])).execute().getExitValue();
        assertEquals(0, code, () -> String.join(" ", command) + ": " + err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /** A repository with one commit on main. */
    Path repository(String name) throws Exception {
        Path repository = empty(name);
        write(repository.resolve("README"), "a project\n");
        git(repository, "add", "README");
        git(repository, "commit", "-q", "-m", "first");
        return repository;
    }

    Path empty(String name) throws Exception {
        git(root, "init", "-q", root.resolve(name).toString());
        return root.resolve(name);
    }

    /** A bare repository with the history of another. */
    Path bare(String name, Path from) throws Exception {
        git(root, "clone", "-q", "--bare", from.toString(), root.resolve(name).toString());
        return root.resolve(name);
    }

    Path clone(String name, String url, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("clone", "-q"));
        words.addAll(List.of(options));
        words.addAll(List.of(url, root.resolve(name).toString()));
        git(root, words.toArray(String[]::new));
        return root.resolve(name);
    }

    GitRepo open(Path folder) {
        return open(folder, null);
    }

    GitRepo open(Path folder, String branch) {
        Map<String, String> environment = new TreeMap<>(variables);
        if (!git) environment.put("PATH", programs + ":" + withoutGit());
        return GitRepo.open(folder, branch, said::add, environment, timeoutSeconds, waitSeconds);
    }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    static Profile profile(String start, String sha256) {
        Map<String, Object> known = new HashMap<>(Map.of("target", "kube-apiserver", "pid", 4711, "node", "node-1",
                "kubernetes", "v1.31.2", "seconds", 60, "samples", 5940));
        known.put("start", start);
        known.put("dataSha256", sha256);
        return Json.read(Json.write(known), Profile.class, Schema::current);
    }

    /** Saves a result as it would be recorded at this time; returns its files. */
    List<Path> result(Path repository, String start) throws IOException {
        return resultIn(repository.resolve("results"), start);
    }

    List<Path> resultIn(Path results, String start) throws IOException {
        return resultIn(results, start, "ab".repeat(32));
    }

    List<Path> resultIn(Path results, String start, String sha256) throws IOException {
        Profile profile = profile(start, sha256);
        Path from = Files.createTempDirectory(root, "fetched");
        write(from.resolve("flame.svg"), "<svg>" + start + sha256 + "</svg>\n");
        write(from.resolve("flame.folded.gz"), "folded " + start);
        write(from.resolve("profile.json"), Json.write(profile));
        return new Results(results).save(profile, from.resolve("flame.svg"), from.resolve("flame.folded.gz"), from.resolve("profile.json")).files();
    }

    /** An executable shell script in the user's home. */
    Path script(String name, String content) throws IOException {
        return script(home.resolve(name), content);
    }

    static Path script(Path file, String content) throws IOException {
        write(file, "#!/bin/sh\n" + content + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A PATH that has every program but git. */
    private synchronized Path withoutGit() {
        Path programs = root.resolve("no-git");
        try {
            if (Files.exists(programs)) return programs;
            Files.createDirectory(programs);
            for (String name : List.of("sh", "cat", "ssh", "ssh-keygen", "ssh-add", "touch", "gpg", "gpgsm")) {
                Path there = located(name);
                if (there != null) Files.createSymbolicLink(programs.resolve(name), there);
            }
            return programs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An ssh-agent with one key, until it is closed. */
    Agent agent(Path key) throws Exception {
        needs("ssh-agent");
        Agent agent = new Agent(Files.createTempDirectory("agent")); // a socket needs a short path
        ok(root, "ssh-add", "-q", key.toString());
        return agent;
    }

    final class Agent implements AutoCloseable {
        private final Path folder;
        private final Process process;

        private Agent(Path folder) throws IOException {
            this.folder = folder;
            process = new ProcessBuilder("ssh-agent", "-D", "-a", folder.resolve("s").toString()).start();
            process.inputReader().readLine(); // it prints the socket when it listens
            variables.put("SSH_AUTH_SOCK", folder.resolve("s").toString());
        }

        @Override
        public void close() throws Exception {
            variables.remove("SSH_AUTH_SOCK");
            process.destroy();
            process.waitFor();
            Files.deleteIfExists(folder.resolve("s"));
            Files.delete(folder);
        }
    }

    static void needs(String program) {
        assumeTrue(located(program) != null, program + " is not installed");
    }

    static Path located(String program) {
        for (String folder : (System.getenv().getOrDefault("PATH", "") + ":/usr/sbin").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) return Path.of(folder, program);
        }
        return null;
    }
}
