package lib.flame;

import java.util.Arrays;
import lib.stacks.SampleTimes;

/**
 * When samples were taken, in columns of equal length, as the script reads it. A line is a column with samples: how many
 * empty ones stand before it, where there are any; then, each after a space, its boxes in ascending order as the difference
 * from the one before, and * with the number of samples where that is not one. All numbers in base 36.
 *
 * @param width of a column, in nanoseconds
 * @param columns how many, empty ones too
 */
record Timeline(long width, int columns, String text) {
    /** A fiftieth of a second: a column is as long or a multiple of it. */
    private static final long SHORTEST = 20_000_000;
    private static final int MOST = 3000;
    private static final int FEWEST = 100;

    /**
     * @param room so many characters it may have
     * @return null where the times are not known of all samples, or there is no room for them
     */
    static Timeline of(Views views, int room) {
        SampleTimes times = views.tree().times();
        Layout layout = views.stacks();
        if (times.size() < 2 || times.size() != layout.samples[0] || layout.difference) return null;
        int[] boxes = boxes(views);
        long first = times.first();
        long last = times.last() - first;
        for (long width = (last / (SHORTEST * MOST) + 1) * SHORTEST; ; width *= 2) {
            long columns = last / width + 1;
            if (columns < FEWEST && width > SHORTEST) return null;
            String text = text(times, boxes, first, width);
            if (text.length() <= room) return new Timeline(width, (int) columns, text);
        }
    }

    /** Of each node its box, or that of the nearest caller that has one. */
    private static int[] boxes(Views views) {
        int[] boxes = new int[views.tree().size()];
        Arrays.fill(boxes, -1);
        for (int box = 0; box < views.stacks().size; box++) boxes[views.stacks().node[box]] = box;
        for (int node = 1; node < boxes.length; node++) {
            if (boxes[node] < 0) boxes[node] = boxes[views.tree().parent(node)];
        }
        return boxes;
    }

    private static String text(SampleTimes times, int[] boxes, long first, long width) {
        // A column and a box are one number, so that sorting gives the same order whichever came first.
        long[] samples = new long[times.size()];
        for (int i = 0; i < samples.length; i++) samples[i] = (times.nanoseconds(i) - first) / width << 32 | boxes[times.node(i)];
        Arrays.sort(samples);
        StringBuilder text = new StringBuilder();
        long column = -1;
        int box = 0;
        for (int i = 0, same; i < samples.length; i += same) {
            for (same = 1; i + same < samples.length && samples[i + same] == samples[i]; ) same++;
            long next = samples[i] >> 32;
            if (next != column) {
                if (column >= 0) text.append('\n');
                if (next > column + 1) text.append(Long.toString(next - column - 1, 36));
                column = next;
                box = 0;
            }
            text.append(' ').append(Integer.toString((int) samples[i] - box, 36));
            if (same > 1) text.append('*').append(Integer.toString(same, 36));
            box = (int) samples[i];
        }
        return text.toString();
    }
}
