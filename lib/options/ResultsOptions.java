package lib.options;

import java.nio.file.Path;
import lib.cli.Section;
import picocli.CommandLine.Option;

/** Where results are kept. */
@Section("Repository")
public final class ResultsOptions {
    @Option(names = "--repo", paramLabel = "DIR", description = "The git repository (default: the one of the current folder).")
    Path repository = Path.of(".");

    @Option(names = "--results", paramLabel = "DIR", description = "Folder for the results, in the repository (default: ${DEFAULT-VALUE}).")
    private Path results = Path.of("results");

    @Option(names = "--branch", paramLabel = "NAME",
            description = "A branch of results only, which is not checked out and needs no work tree.")
    private String branch;

    public Path repository() {
        return repository;
    }

    /** The folder for the results, seen from the repository's. */
    public Path results() {
        return results;
    }

    /** The branch that was asked for, or null. */
    public String branch() {
        return branch;
    }
}
