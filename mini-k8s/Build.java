import lib.cli.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "build", description = {"Build what up needs, without starting anything."})
class Build extends MiniCommand {
    @Option(names = "--twins", description = {"Also link the programs with their symbol tables kept, as",
            "kube-apiserver.unstripped and so on: the same code at the same", "addresses, to compare names of functions with."})
    private boolean twins;

    @Override
    protected int run() {
        Machine machine = new Machine(console, home);
        machine.require("build");
        Artifacts artifacts = new Artifacts(console, home, machine);
        artifacts.build();
        if (twins) artifacts.buildTwins();
        console.result(home.bin().toString());
        return Exit.DONE;
    }
}
