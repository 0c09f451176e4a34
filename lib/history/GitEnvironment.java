package lib.history;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * The machine as JGit sees it. Home is HOME, as for git. Where git is installed, it is asked for the configuration,
 * and JGit reads none but the repository's. JGit's own file in the user's home, where it keeps measurements of the
 * file system, is neither read nor written.
 */
final class GitEnvironment extends SystemReader.Delegate {
    private final Map<String, String> variables;
    private final Path folder;
    private final boolean git;

    /**
     * Makes JGit, everywhere in this process, see the machine like this.
     *
     * @param variables the environment
     * @param folder an existing one on the repository's file system
     * @param git whether git knows the configuration
     */
    static void use(Map<String, String> variables, Path folder, boolean git) {
        SystemReader.setInstance(null);
        SystemReader.setInstance(new GitEnvironment(variables, folder, git));
        File home = new File(home(variables));
        if (home.isDirectory()) FS.DETECTED.setUserHome(home);
    }

    private GitEnvironment(Map<String, String> variables, Path folder, boolean git) {
        super(SystemReader.getInstance());
        this.variables = variables;
        this.folder = folder;
        this.git = git;
    }

    private static String home(Map<String, String> variables) {
        String home = variables.getOrDefault("HOME", "");
        return home.isEmpty() ? System.getProperty("user.home") : home;
    }

    /** A path of the configuration, where ~/ stands for the user's home. */
    static String expanded(String path, Map<String, String> variables) {
        return path.startsWith("~/") ? home(variables) + path.substring(1) : path;
    }

    @Override
    public String getenv(String variable) {
        return variables.get(variable);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
        return git ? new NoFile(parent, fs) : super.openSystemConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
        return git ? new NoFile(parent, fs) : super.openUserConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        FileBasedConfig config = new NoFile(parent, fs);
        try {
            // Without this entry JGit measures the clock of the file system, for seconds. FAT's, the coarsest, is safe.
            String store = getProperty("java.vendor") + "|" + getProperty("java.version") + "|" + Files.getFileStore(folder).name();
            config.setString("filesystem", store, "timestampResolution", "2 seconds");
        } catch (IOException e) {
            // then it measures
        }
        return config;
    }

    /** A configuration without a file. */
    private static final class NoFile extends FileBasedConfig {
        NoFile(Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {
            // it is complete from the start
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
