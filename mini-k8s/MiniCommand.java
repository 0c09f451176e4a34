import lib.cli.Console;
import lib.cli.Stage;

/** What the subcommands share: one console, so that an error is shown as the subcommand's -v and -q say. */
abstract class MiniCommand extends Stage {
    private static final Console CONSOLE = Console.ofProcess();

    final Home home = Home.ofMachine();

    MiniCommand() {
        console = CONSOLE;
    }
}
