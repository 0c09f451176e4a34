package lib.options;

import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Section;
import lib.flame.Drawing;
import picocli.CommandLine.Option;

/** How the picture looks. */
@Section("Picture")
public final class PictureOptions {
    @Option(names = "--title", paramLabel = "TEXT", description = "The picture's title.")
    private String title;

    @Option(names = "--width", paramLabel = "PIXELS",
            description = "Width of the still picture (default: ${DEFAULT-VALUE}).")
    private int width = 1200;

    @Option(names = "--minwidth", paramLabel = "PIXELS",
            description = "Leave out boxes narrower than this (default: ${DEFAULT-VALUE}).")
    private double minWidth = 0.1;

    @Option(names = "--sort", paramLabel = "ORDER",
            description = "Order of the callees: ${COMPLETION-CANDIDATES} (default: name).")
    private Drawing.Sort sort = Drawing.Sort.NAME;

    private enum By { call, stack }

    @Option(names = "--by", paramLabel = "VIEW",
            description = "Draw first: ${COMPLETION-CANDIDATES}; by call where there are calls of the Kubernetes API, unless this is given.")
    private By by;

    @Option(names = "--merge", paramLabel = "REGEX", description = "Merge functions that it finds into their callers, in the picture.")
    private Pattern merge;

    @Option(names = "--inverted", description = "Draw the root above, as icicles.")
    private boolean inverted;

    @Option(names = "--reverse", description = "Begin with the functions where samples ended, their callers on top.")
    private boolean reverse;

    @Option(names = "--diff", paramLabel = "BEFORE",
            description = "Draw what changed since these earlier stacks, in any form that --input takes.")
    private String before;

    @Option(names = "--absolute", description = "With --diff: compare weights instead of shares of the total.")
    private boolean absolute;

    /** The earlier stacks to compare with, or null. */
    public String before() {
        return before;
    }

    /** Whether a comparison is of weights, not shares. */
    public boolean absolute() {
        return absolute;
    }

    /**
     * The drawing.
     *
     * @param usualTitle the title where none was asked for
     * @param unit as in {@link lib.insight.Amounts}
     * @throws Failure if options do not go together, or make no sense
     */
    public Drawing drawing(String usualTitle, String subtitle, String unit, InputOptions input) {
        if (by == By.call && (reverse || input.timeOrder())) {
            throw new Failure(Exit.USAGE, "--by call has the calls at the root, so it goes with neither --reverse nor --flamechart", null);
        }
        try {
            return new Drawing(title == null ? usualTitle : title, subtitle, unit, width, minWidth,
                    input.timeOrder() ? Drawing.Sort.CALL : sort, inverted, reverse, absolute,
                    by == null ? null : by == By.call ? Drawing.By.CALL : Drawing.By.STACK, merge,
                    input.showsTime());
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, e.getMessage(), null, e);
        }
    }
}
