import lib.cli.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "build", description = {"Build what up needs, without starting anything."})
class Build extends MiniCommand {
    @Option(names = "--twin", description = {"Also link kube-apiserver with its symbol table kept, as",
            "kube-apiserver.unstripped: the same code at the same addresses,", "to compare names of functions with."})
    private boolean twin;

    @Override
    protected int run() {
        Machine machine = new Machine(console, home);
        machine.require("build");
        Artifacts artifacts = new Artifacts(console, home, machine);
        artifacts.build();
        if (twin && !artifacts.twin().toFile().exists()) artifacts.buildTwin();
        console.result((twin ? artifacts.twin() : home.bin()).toString());
        return Exit.DONE;
    }
}
