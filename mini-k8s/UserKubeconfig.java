import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.cli.Console;

/**
 * The user's own kubeconfig, in which the cluster appears as a context while it is up, as kind and minikube do it.
 * kubectl makes the changes: it knows the format, locks the file and leaves all else in it as it is.
 */
final class UserKubeconfig {
    /** In the state folder, a line for each kubeconfig: the context that was current, a tab, the file. */
    private static final String KNOWN = "user-kubeconfigs";
    /** Instead of the name of a context: there was no kubeconfig. */
    private static final String NO_FILE = "/";

    private final Console console;
    private final Home home;
    private final Path file;

    UserKubeconfig(Console console, Home home) {
        this(console, home, file(System.getenv(), System.getProperty("user.home")));
    }

    UserKubeconfig(Console console, Home home, Path file) {
        this.console = console;
        this.home = home;
        this.file = file;
    }

    /** The first file that KUBECONFIG names, or .kube/config in the home folder. */
    static Path file(Map<String, String> environment, String userHome) {
        for (String name : environment.getOrDefault("KUBECONFIG", "").split(":")) {
            if (!name.isEmpty()) return Path.of(name).toAbsolutePath();
        }
        return Path.of(userHome, ".kube", "config");
    }

    Path file() {
        return file;
    }

    /** Adds the cluster's context and makes it the current one; remembers which was, and in which file. */
    void add() {
        String known = Files.exists(known()) ? Machine.read(known().toString()) : "";
        if (known.lines().noneMatch(line -> line.endsWith("\t" + file))) { // the first time since up
            String before = Files.exists(file) ? kubectl("current-context").out() : NO_FILE;
            Machine.write(known(), known + (before.equals(Home.NAME) ? "" : before) + "\t" + file + "\n");
        }
        Path pki = home.pki();
        String server = Machine.read(home.kubeconfig().toString()).replaceFirst("(?s).*server: (\\S+).*", "$1");
        change("set-cluster", Home.NAME, "--server=" + server, "--embed-certs=true",
                "--certificate-authority=" + pki.resolve("ca.crt"));
        change("set-credentials", Home.NAME, "--embed-certs=true", "--client-certificate=" + pki.resolve("admin.crt"),
                "--client-key=" + pki.resolve("admin.key"));
        change("set-context", Home.NAME, "--cluster=" + Home.NAME, "--user=" + Home.NAME);
        change("use-context", Home.NAME);
        file.toFile().setReadable(false, false);
        file.toFile().setReadable(true, true);
    }

    /** Takes the context out of all files; the one that was current before is current again, if it is still there. */
    static void remove(Console console, Home home) {
        Path known = home.state().resolve(KNOWN);
        if (!Files.exists(known)) return;
        Machine.read(known.toString()).lines().forEach(line -> {
            int tab = line.indexOf('\t');
            new UserKubeconfig(console, home, Path.of(line.substring(tab + 1))).remove(line.substring(0, tab));
        });
    }

    private void remove(String before) {
        if (!Files.exists(file)) return;
        if (kubectl("current-context").out().equals(Home.NAME)) {
            boolean there = !before.isEmpty() && kubectl("get-contexts", before).ok();
            if (there) change("use-context", before);
            else change("unset", "current-context");
        }
        for (String what : new String[] {"delete-context", "delete-cluster", "delete-user"}) {
            kubectl(what, Home.NAME); // one that the user has already deleted is no error
        }
        String names = "jsonpath={.contexts[*].name}{.clusters[*].name}{.users[*].name}";
        boolean empty = kubectl("view", "-o", names).out().isEmpty();
        if (empty && before.equals(NO_FILE)) file.toFile().delete();
    }

    private Path known() {
        return home.state().resolve(KNOWN);
    }

    private void change(String... arguments) {
        Run.Output output = kubectl(arguments);
        if (!output.ok()) console.warn("could not change " + file + ": " + output.complaint());
    }

    private Run.Output kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + file, "config"));
        command.addAll(List.of(arguments));
        return Run.any(command);
    }
}
