package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Shell;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;

/** Whether a repository may be worked in at all: whose it is, as git asks, and whether its form is understood. */
final class Trust {
    /** What git's documentation (gitrepository-layout, extensions) names and neither objects nor entries change by. */
    private static final List<String> HARMLESS = List.of("noop", "noop-v1", "partialclone", "preciousobjects", "relativeworktrees", "worktreeconfig");

    private Trust() {}

    /** @throws Failure GIT if the repository's form is one that is not understood here */
    static void form(Location location, boolean gitWrites) throws IOException {
        FileBasedConfig config = new FileBasedConfig(location.commonDir().resolve("config").toFile(), FS.DETECTED);
        try {
            config.load();
        } catch (ConfigInvalidException e) {
            throw new IOException(e.getMessage(), e);
        }
        int version = config.getInt("core", "repositoryformatversion", 0);
        if (version > 1) throw notUnderstood(location, "format version " + version);
        for (String name : config.getNames("extensions")) {
            String value = String.valueOf(config.getString("extensions", null, name)).toLowerCase(Locale.ROOT);
            boolean known = switch (name.toLowerCase(Locale.ROOT)) {
                case "objectformat" -> value.equals("sha1");
                case "refstorage" -> value.equals("files") || gitWrites;
                default -> HARMLESS.contains(name.toLowerCase(Locale.ROOT));
            };
            if (!known) throw notUnderstood(location, "extensions." + name + " = " + value);
        }
        String shared = config.getString("core", null, "sharedRepository");
        if (!gitWrites && shared != null && !List.of("false", "umask", "0").contains(shared.toLowerCase(Locale.ROOT))) {
            throw new Failure(Exit.GIT, location.gitDir() + " is shared by a group (core.sharedRepository), and only git keeps it so",
                    "Install git, or commit the result from another machine.");
        }
    }

    private static Failure notUnderstood(Location location, String what) {
        return new Failure(Exit.GIT, "the git repository " + location.gitDir() + " has a form that is not understood here: " + what,
                "Use another repository (--repo), or keep the result with git itself.");
    }

    /**
     * What git checks before it heeds a repository's configuration and hooks (CVE-2022-24765): that the folders are
     * the user's own, or named by {@code safe.directory} in the user's or the system's configuration.
     *
     * @param trusted that configuration
     * @throws Failure GIT if neither holds
     */
    static void owner(Location location, Config trusted, Map<String, String> variables) throws IOException {
        Path dot = location.top() == null ? location.gitDir() : location.top().resolve(".git");
        for (Path path : List.of(location.home(), dot, location.gitDir())) {
            if (Files.exists(path) && !own(path, variables)
                    && !listed(location.home(), trusted.getStringList("safe", null, "directory"), variables)) {
                throw new Failure(Exit.GIT, "another user owns " + path + ", and with it the hooks that would run", advice(location));
            }
        }
    }

    /** What to do about a repository that git refuses: the owner is the usual reason. */
    static String advice(Location location) {
        return "Run as its owner, or trust it: git config --global --add safe.directory " + Shell.quote(location.home().toString());
    }

    private static boolean own(Path path, Map<String, String> variables) throws IOException {
        int me = me();
        int owner = uid(path);
        return owner == me || me == 0 && String.valueOf(owner).equals(variables.get("SUDO_UID"));
    }

    private static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** The JDK does not say who we are; whose a new file is does. */
    private static int me() throws IOException {
        Path mine = Files.createTempFile("mine", null);
        try {
            return uid(mine);
        } finally {
            Files.delete(mine);
        }
    }

    private static boolean listed(Path folder, String[] trusted, Map<String, String> variables) {
        boolean listed = false;
        for (String entry : trusted) {
            if (entry == null || entry.isEmpty()) {
                listed = false; // git: what was said before counts no more
                continue;
            }
            String path = entry.startsWith("~/") ? variables.get("HOME") + entry.substring(1) : entry;
            listed |= path.equals("*") || folder.equals(Path.of(path).normalize())
                    || path.endsWith("/*") && folder.startsWith(path.substring(0, path.length() - 2));
        }
        return listed;
    }
}
