package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.lib.CommitConfig;
import org.eclipse.jgit.lib.ObjectId;

/** The user's hooks for a commit, found and run as {@code git commit} does; what they say about content needs a work tree. */
final class Hooks {
    private final Client client;
    private final Path text;
    private final boolean workTree;
    private final Path folder;

    /**
     * @param text the file in which they see the message
     * @param workTree whether the commit is of the work tree
     */
    Hooks(Client client, Path text, boolean workTree) throws IOException {
        this.client = client;
        this.text = text;
        this.workTree = workTree;
        String configured = client.path("core", null, "hooksPath");
        this.folder = configured == null ? client.location().commonDir().resolve("hooks") : client.location().home().resolve(configured);
    }

    /** A commit's tree and message as the hooks have left them. */
    record Checked(ObjectId tree, String message) {}

    /** @throws Failure GIT if a hook refuses, or leaves no message */
    Checked check(ObjectId tree, String message) throws IOException {
        boolean content = workTree && has("pre-commit");
        if (!content && !has("prepare-commit-msg") && !has("commit-msg")) return new Checked(tree, cleaned(message));
        // the index of this commit alone, as of git commit --only; git gives it such a name
        Path index = client.indexFile().resolveSibling("next-index-" + ProcessHandle.current().pid() + ".lock");
        try {
            client.readTree(index, tree);
            if (content) run("pre-commit", index);
            Files.writeString(text, cleaned(message));
            run("prepare-commit-msg", index, text.toString(), "message");
            run("commit-msg", index, text.toString());
            String left = cleaned(Files.readString(text));
            if (left.isBlank()) throw new Failure(Exit.GIT, "a hook has left no commit message", "The result is saved, but not committed.");
            return new Checked(client.writeTree(index), left);
        } finally {
            Files.deleteIfExists(index);
        }
    }

    /** The commit is made. */
    void done() throws IOException {
        try {
            if (workTree) run("post-commit", client.indexFile());
        } catch (Failure e) {
            // git does not ask this one either
        }
    }

    private static String cleaned(String message) {
        return CommitConfig.cleanText(message, CommitConfig.CleanupMode.WHITESPACE, '#');
    }

    /** Whether there is such a hook; git passes over one that may not be executed. */
    private boolean has(String name) {
        return Files.isExecutable(folder.resolve(name));
    }

    /**
     * Runs a hook, if there is one.
     *
     * @param index what it sees as the index
     * @throws Failure GIT if the hook refuses
     */
    private void run(String name, Path index, String... words) throws IOException {
        if (!has(name)) return;
        String[] command = new String[words.length + 1];
        command[0] = folder.resolve(name).toString();
        System.arraycopy(words, 0, command, 1, words.length);
        Location location = client.location();
        Program hook = client.program(command).variable("GIT_INDEX_FILE", index.toString()).variable("GIT_EDITOR", ":");
        // as git does: only where it would not be found from the folder in which the hook runs
        if (location.top() == null || !location.gitDir().equals(location.top().resolve(".git"))) {
            hook.variable("GIT_DIR", location.gitDir().toString());
        }
        Program.Ran ran = hook.call();
        if (ran.ok()) return;
        String said = Reasons.oneLine(ran.err() + ran.text(), "it gave no reason");
        throw new Failure(Exit.GIT, "the " + name + " hook refused the commit: " + said, "The result is saved, but not committed.");
    }
}
