package lib.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.IVersionProvider;

/**
 * What {@code --version} prints: the git revision of the checkout that the script is in, and the Java that runs it.
 * {@code ./jbang} names that checkout; without it, it is the one around the current folder, for a compiled script
 * does not know where its source was.
 */
final class Revision implements IVersionProvider {
    private static final String ROOT = "KUBE_FLAMEGRAPH_ROOT";
    private static final int GIT_WITHIN_S = 10;

    @Override
    public String[] getVersion() {
        return new String[] {"${COMMAND-NAME} " + of(root()).replace("$", "$$"), "Java " + Runtime.version()};
    }

    private static Path root() {
        String named = System.getenv(ROOT);
        if (named != null) return Path.of(named);
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("lib/cli/Revision.java"))) return at;
        }
        return null;
    }

    /** The revision of a checkout: a tag or twelve digits of the commit, with "-dirty" where files are changed. */
    static String of(Path root) {
        if (root == null) return "unknown revision (run it by ./jbang, or in its checkout)";
        try {
            Process git = new ProcessBuilder("git", "-C", root.toString(), "describe", "--always", "--dirty", "--tags", "--abbrev=12")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String revision = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (git.waitFor(GIT_WITHIN_S, TimeUnit.SECONDS) && git.exitValue() == 0) return revision;
            return "unknown revision (" + root + " is not a git checkout)";
        } catch (IOException e) {
            return "unknown revision (git is not there to tell)";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown revision";
        }
    }
}
