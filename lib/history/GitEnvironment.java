package lib.history;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * The machine as JGit sees it. It differs from JGit's own view where that differs from git's: home is HOME, and the
 * user's configuration is what git makes of it, conditional includes and all, where git is installed. JGit's own
 * file in the user's home, where it keeps measurements of the file system, is neither read nor written.
 */
final class GitEnvironment extends SystemReader.Delegate {
    private final Map<String, String> variables;
    private final Path directory;
    private final String gitsConfig;

    /**
     * Makes JGit, everywhere in this process, see the machine like this.
     *
     * @param variables the environment
     * @param directory where git is asked: an existing folder of the repository
     * @throws Failure GIT if git is installed and refuses this repository because another user owns it
     */
    static GitEnvironment use(Map<String, String> variables, Path directory) {
        SystemReader.setInstance(null);
        GitEnvironment environment = new GitEnvironment(variables, directory);
        SystemReader.setInstance(environment);
        File home = environment.home();
        if (home.isDirectory()) FS.DETECTED.setUserHome(home);
        return environment;
    }

    private GitEnvironment(Map<String, String> variables, Path directory) {
        super(SystemReader.getInstance());
        this.variables = variables;
        this.directory = directory;
        Program.Ran ownership = git("", "rev-parse", "--git-dir");
        if (ownership.err().contains("dubious ownership")) {
            throw new Failure(Exit.GIT, "another user owns the git repository of " + directory,
                    "Run as its owner, or trust it: git config --global --add safe.directory PATH");
        }
        Program.Ran listed = git("", "config", "--list", "--includes", "--show-scope", "-z");
        this.gitsConfig = listed.ok() ? listed.text() : null;
    }

    File home() {
        String home = variables.get("HOME");
        return new File(home == null || home.isEmpty() ? getProperty("user.home") : home);
    }

    /** A path of the configuration, where ~/ stands for the user's home. */
    String expanded(String path) {
        return path.startsWith("~/") ? home() + path.substring(1) : path;
    }

    @Override
    public String getenv(String variable) {
        return variables.get(variable);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
        return gitsConfig == null ? super.openSystemConfig(parent, fs) : new Fixed(parent, fs, "");
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
        return gitsConfig == null ? super.openUserConfig(parent, fs) : new Fixed(parent, fs, gitsConfig);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        Fixed config = new Fixed(parent, fs, "");
        try {
            // Without this entry JGit measures the clock of the file system, for seconds. FAT's, the coarsest, is safe.
            String store = getProperty("java.vendor") + "|" + getProperty("java.version") + "|"
                    + Files.getFileStore(directory).name();
            config.setString("filesystem", store, "timestampResolution", "2 seconds");
        } catch (IOException e) {
            // then it measures
        }
        return config;
    }

    boolean hasGit() {
        return gitsConfig != null;
    }

    Program.Ran git(String input, String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        try {
            return program(command).input(input).call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program in the repository. It may ask the user for a password, so it gets two minutes. */
    Program program(String... words) {
        return new Program(variables, words).in(directory).silentFor(120);
    }

    /** A configuration without a file, from what {@code git config --list --show-scope -z} prints. */
    private static final class Fixed extends FileBasedConfig {
        Fixed(Config parent, FS fs, String listed) {
            super(parent, null, fs);
            String[] parts = listed.split("\0");
            for (int i = 0; i + 1 < parts.length; i += 2) {
                // the repository's own file is read by JGit itself
                if (!parts[i].equals("local") && !parts[i].equals("worktree")) set(parts[i + 1]);
            }
        }

        @Override
        public void load() {
            // it is complete from the start
        }

        /** @param entry "section.subsection.name", a line feed, the value; no line feed stands for true */
        private void set(String entry) {
            int end = entry.indexOf('\n');
            String key = end < 0 ? entry : entry.substring(0, end);
            String value = end < 0 ? "true" : entry.substring(end + 1);
            int first = key.indexOf('.');
            int last = key.lastIndexOf('.');
            if (first < 0) return;
            String section = key.substring(0, first);
            String subsection = first == last ? null : key.substring(first + 1, last);
            String name = key.substring(last + 1);
            List<String> values = new ArrayList<>(List.of(getStringList(section, subsection, name)));
            values.add(value);
            setStringList(section, subsection, name, values);
        }

        @Override
        public void save() {
            // the user's configuration is not ours to change, and JGit's measurements are for this run only
        }

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
