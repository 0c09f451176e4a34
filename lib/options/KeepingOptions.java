package lib.options;

import java.nio.file.Path;
import lib.cli.Section;
import picocli.CommandLine.Option;

/** Where and how a result is kept. */
@Section("Repository")
public final class KeepingOptions {
    @Option(names = "--repo", paramLabel = "DIR", description = "The git repository (default: the one of the current folder).")
    private Path repository = Path.of(".");

    @Option(names = "--results", paramLabel = "DIR", description = "Folder for the results, in the repository (default: ${DEFAULT-VALUE}).")
    private Path results = Path.of("results");

    @Option(names = "--no-push", description = "Commit only.")
    private boolean noPush;

    @Option(names = "--no-index", description = "Do not remake the index of all results, README.md and index.html beside them.")
    private boolean noIndex;

    @Option(names = "--push-all", description = "Push commits of your own, too, that the remote has not.")
    private boolean pushAll;

    @Option(names = "--branch", paramLabel = "NAME",
            description = "Commit to a branch of results only, which is not checked out and needs no work tree.")
    private String branch;

    @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "First line of the commit message.")
    private String message;

    /** The options of one who keeps results in that repository. */
    public static KeepingOptions in(Path repository) {
        KeepingOptions options = new KeepingOptions();
        options.repository = repository;
        return options;
    }

    public Path repository() {
        return repository;
    }

    /** The folder for the results, seen from the repository's. */
    public Path results() {
        return results;
    }

    public boolean push() {
        return !noPush;
    }

    public boolean pushAll() {
        return pushAll;
    }

    public boolean index() {
        return !noIndex;
    }

    /** The branch that was asked for, or null. */
    public String branch() {
        return branch;
    }

    /** The first line that was asked for, or null. */
    public String message() {
        return message;
    }
}
