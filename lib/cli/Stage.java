package lib.cli;

import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What every script is: a command with the options that all of them share. A stage writes its steps as
 * {@link #run()}; errors leave it as exceptions and are shown and mapped to exit codes here, once.
 */
@Section("Common options")
public abstract class Stage implements Callable<Integer> {
    private static final long CLEAN_UP_WITHIN_MS = 20_000;
    private static final int HELP_WIDTH = 100;
    /** Options after which no stage runs. */
    private static final Set<String> ONLY_TEXT = Set.of("-h", "--help", "-V", "--version");

    private static final List<Runnable> AT_END = new CopyOnWriteArrayList<>();

    @Spec
    protected CommandSpec spec;

    protected Console console = Console.ofProcess();

    @Option(names = {"-q", "--quiet"}, description = "Print the result only.")
    private boolean quiet;

    @Option(names = {"-v", "--verbose"}, description = "Print more, and the stack trace of an error.")
    private boolean verbose;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the git revision and the Java in use, and exit.")
    private boolean version;

    private boolean json;
    private boolean silent;
    private String told;

    @Option(names = "-o", paramLabel = "FORMAT", description = "Form of the result: text or json (default: text).")
    void output(List<String> values) {
        for (String value : values) {
            switch (value) {
                case "json" -> json = true;
                case "text" -> json = false;
                default -> outputFile(value);
            }
        }
    }

    /** What -o means besides text and json: nothing, but for a stage whose result is a file. */
    protected void outputFile(String value) {
        throw new ParameterException(spec.commandLine(), "-o takes text or json, not '" + value + "'");
    }

    /** What other threads can begin with while the command line is read, as a cold JVM takes its time for that. */
    protected void prepare() {}

    /** The steps of this stage. Returns the exit code. */
    protected abstract int run() throws Exception;

    /** Whether the result is for a program. */
    protected boolean json() {
        return json;
    }

    /** Prints the result: as JSON of this object, or as this text. */
    protected void result(Object data, String text) {
        told = text;
        if (json) console.result(Json.write(data).stripTrailing());
        else if (!silent) console.result(text);
    }

    /** The text of its last result; null where there was none yet. */
    public String told() {
        return told;
    }

    @Override
    public final Integer call() throws Exception {
        console.quiet(quiet);
        console.verbose(verbose);
        return run();
    }

    /**
     * Runs the stage with these arguments, ends the process with its exit code. Ctrl-C and SIGTERM interrupt the
     * stage, so that it cleans up behind itself; a second signal, or 20 s, end the process at once.
     */
    public static void main(Stage stage, String... args) {
        Thread main = Thread.currentThread();
        Interrupts interrupts = Interrupts.first(() -> {
            Interrupts.end(main);
            try {
                Thread.sleep(CLEAN_UP_WITHIN_MS);
            } catch (InterruptedException e) {
                // nobody does
            }
            Runtime.getRuntime().halt(Exit.INTERRUPTED);
        });
        if (Arrays.stream(args).noneMatch(ONLY_TEXT::contains)) stage.prepare();
        int exitCode = execute(stage, stage.console, args);
        AT_END.forEach(Runnable::run);
        System.exit(interrupts.count() > 0 && exitCode != Exit.DONE ? Exit.INTERRUPTED : exitCode);
    }

    /** Has something done once the stage is, just before the process ends. */
    public static void atEnd(Runnable last) {
        AT_END.add(last);
    }

    /**
     * Runs the steps of another stage as part of this one, with the options that it was made with: on the same console, its
     * result in the same form.
     *
     * @param silent whether this stage says the part's result itself, where it is text
     * @return its exit code; an error of its is shown
     */
    protected int part(Stage stage, boolean silent) {
        stage.silent = silent;
        stage.console = console;
        stage.json = json;
        stage.spec = spec;
        try {
            return stage.run();
        } catch (Exception e) {
            return console.failed(e);
        }
    }

    /** Runs the stage with these arguments on this console; returns the exit code and throws nothing. */
    public static int execute(Stage stage, Console console, String... args) {
        stage.console = console;
        CommandLine line = new CommandLine(stage);
        line.setExecutionExceptionHandler((error, command, parsed) -> console.failed(error));
        line.setParameterExceptionHandler((error, ignored) -> {
            String name = error.getCommandLine().getCommandName();
            return console.failed(new Failure(Exit.USAGE, error.getMessage(), "See " + name + " --help.", error));
        });
        line.setCaseInsensitiveEnumValuesAllowed(true);
        for (CommandLine command : line.getSubcommands().values()) {
            describe(command);
            if (command.getCommand() instanceof Stage part) part.console = console; // its -v and -q hold where its errors are shown
        }
        describe(line);
        return line.execute(args);
    }

    private static void describe(CommandLine line) {
        line.setUsageHelpWidth(HELP_WIDTH); // where there is no terminal to ask
        line.setUsageHelpAutoWidth(true);
        line.getCommandSpec().versionProvider(new Revision());
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, Stage::options);
        var usage = line.getCommandSpec().usageMessage();
        usage.abbreviateSynopsis(true);
        if (usage.description().length > 0) usage.descriptionHeading("%n");
        usage.commandListHeading("%nCommands:%n");
        List<String> order = new ArrayList<>(line.getHelpSectionKeys());
        for (String last : List.of(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING, UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST)) {
            order.remove(last);
            order.add(last);
        }
        line.setHelpSectionKeys(order);
        usage.exitCodeListHeading("%nExit codes:%n");
        usage.exitCodeList(Exit.help());
    }

    /** The options, those of a class below its heading; the stage's own come first, what all stages have in common last. */
    private static String options(Help help) {
        Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
        sections.put("Options", new ArrayList<>());
        List<OptionSpec> all = help.commandSpec().options().stream().filter(option -> !option.hidden()).toList();
        for (OptionSpec option : all) {
            Section section = ((Member) option.userObject()).getDeclaringClass().getAnnotation(Section.class);
            sections.computeIfAbsent(section == null ? "Options" : section.value(), name -> new ArrayList<>()).add(option);
        }
        String common = Stage.class.getAnnotation(Section.class).value();
        List<OptionSpec> last = sections.remove(common);
        if (last != null) sections.put(common, last);
        StringBuilder text = new StringBuilder();
        sections.forEach((name, options) -> {
            if (options.isEmpty()) return;
            Help.Layout layout = help.createDefaultLayout(all, List.of(), help.colorScheme()); // all, so that columns are alike
            layout.addOptions(options, help.parameterLabelRenderer());
            text.append(System.lineSeparator()).append(name).append(':').append(System.lineSeparator()).append(layout);
        });
        return text.toString();
    }
}
