package lib.options;

import java.nio.file.Path;
import lib.cli.Section;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where and how a result is kept. */
@Section("Repository")
public final class KeepingOptions {
    @Mixin
    private ResultsOptions place = new ResultsOptions();

    @Option(names = "--no-push", description = "Commit only.")
    private boolean noPush;

    @Option(names = "--no-index", description = "Do not remake the index of all results, README.md and index.html beside them.")
    private boolean noIndex;

    @Option(names = "--push-all", description = "Push commits of your own, too, that the remote has not.")
    private boolean pushAll;

    @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "First line of the commit message.")
    private String message;

    /** The options of one who keeps results in that repository. */
    public static KeepingOptions in(Path repository) {
        KeepingOptions options = new KeepingOptions();
        options.place.repository = repository;
        return options;
    }

    public Path repository() {
        return place.repository();
    }

    /** The folder for the results, seen from the repository's. */
    public Path results() {
        return place.results();
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
        return place.branch();
    }

    /** The first line that was asked for, or null. */
    public String message() {
        return message;
    }
}
