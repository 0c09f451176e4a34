package lib.convert;

import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Section;
import lib.flame.Drawing;
import picocli.CommandLine.Option;

/** How the picture looks. */
@Section("Picture")
public final class Look {
    @Option(names = "--title", paramLabel = "TEXT", description = "The picture's title.")
    private String title;

    @Option(names = "--width", paramLabel = "PIXELS", defaultValue = "1200",
            description = "Width of the still picture (default: ${DEFAULT-VALUE}).")
    private int width;

    @Option(names = "--minwidth", paramLabel = "PIXELS", defaultValue = "0.1",
            description = "Leave out boxes narrower than this (default: ${DEFAULT-VALUE}).")
    private double minWidth;

    @Option(names = "--sort", paramLabel = "ORDER", defaultValue = "name",
            description = "Order of the callees: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Drawing.Sort sort;

    @Option(names = "--inverted", description = "Draw the root above, as icicles.")
    private boolean inverted;

    @Option(names = "--reverse", description = "Begin with the functions where samples ended, their callers on top.")
    private boolean reverse;

    @Option(names = "--diff", paramLabel = "BEFORE",
            description = "Draw what changed since these earlier stacks, in any form that --input takes.")
    private String before;

    @Option(names = "--absolute", description = "With --diff: compare weights instead of shares of the total.")
    private boolean absolute;

    @Option(names = "--normalize", description = "With --diff: compare shares of the total, as by default.")
    private boolean normalize;

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
     */
    public Drawing drawing(String usualTitle, String subtitle, String unit, Input input) {
        try {
            return new Drawing(title == null ? usualTitle : title, subtitle, unit, width, minWidth,
                    input.timeOrder() ? Drawing.Sort.CALL : sort, inverted, reverse, absolute);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, e.getMessage(), null, e);
        }
    }
}
