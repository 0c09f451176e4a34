package lib.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far long work is: a bar on a terminal, a plain line every ten seconds elsewhere. */
public final class Progress implements AutoCloseable {
    private static final long LINE_EVERY_MS = 10_000;

    private final Console console;
    private final String task;
    private final String unit;
    private final long total;
    private final ProgressBar bar;
    private long lastLine = System.currentTimeMillis();

    /**
     * @param total amount of work in units; 0 or less where it is not known
     * @param unit such as "s" or "MB"
     */
    public Progress(Console console, String task, long total, String unit) {
        this.console = console;
        this.task = task;
        this.total = total;
        this.unit = unit;
        this.bar = !console.terminal() ? null : new ProgressBarBuilder()
                .setTaskName("    " + task).setInitialMax(total).setUnit(" " + unit, 1).hideEta()
                .setStyle(ProgressBarStyle.UNICODE_BLOCK).setUpdateIntervalMillis(200)
                .setConsumer(new Line()).build();
    }

    /** Says that so many units of the work are done. */
    public void at(long done) {
        if (bar != null) {
            bar.stepTo(done);
            return;
        }
        long now = System.currentTimeMillis();
        if (now - lastLine >= LINE_EVERY_MS) {
            lastLine = now;
            console.note(task + ": " + done + (total > 0 ? " of " + total : "") + " " + unit);
        }
    }

    @Override
    public void close() {
        if (bar == null) return;
        bar.close();
        System.err.print("\r\u001b[K"); // an empty line, for what comes next
        System.err.flush();
    }

    /** Draws on one line, and leaves it as it is at the end: the library's own would now and then not clear it. */
    private static final class Line extends ConsoleProgressBarConsumer {
        Line() {
            super(System.err);
        }

        @Override
        public void close() {
            // Progress.close() does that
        }
    }
}
