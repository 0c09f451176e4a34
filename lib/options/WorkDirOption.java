package lib.options;

import lib.cli.Section;
import picocli.CommandLine.Option;

/** Where the node keeps what passes between the stages. */
@Section("Node")
public final class WorkDirOption {
    @Option(names = "--work-dir", paramLabel = "DIR",
            description = "Where the node keeps what passes between the stages (default: ${DEFAULT-VALUE}).")
    private String path = "/tmp";

    public String path() {
        return path;
    }
}
