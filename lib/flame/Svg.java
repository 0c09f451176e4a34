package lib.flame;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import lib.insight.Amounts;
import lib.insight.Subsystems.Share;
import lib.stacks.Frames;

/**
 * Writes the picture. The file holds the profile twice: as a still picture (all boxes of one colour are one path of
 * thick lines, a label is a text), and as a table of names and stacks from which the script draws what a reader looks at.
 */
final class Svg {
    /** In pixels, as in the script: the margin on both sides, a row, and a label's font. */
    static final int MARGIN = 10;
    static final int ROW = 16;
    static final int FONT = 11;
    /** How high the edge of a difference's box is, that tells of the change with all callees. */
    private static final int EDGE = 4;
    private static final int HEADER = 70;
    /** About what the legend takes. */
    private static final int BELOW = 120;
    /** On a page of GitHub, which makes wider ones narrower, a still picture by call is at most so high. */
    private static final int PAGE = 838;
    private static final int HEIGHT = 700;

    private final Views views;
    /** What is drawn first. */
    private final Layout layout;
    /** What the script reads. */
    private final Layout table;
    private final Drawing drawing;
    private final Palette palette;
    private final Legend legend;
    /** How many rows the still picture has: by call, the highest ones hold little, and less of them says more. */
    private final int rows;
    private final int bottom;
    /** Of each frame: its place in the table of names (-1 where it is not there) and its class. */
    private final int[] number;
    private final String[] style;
    private final int[] sortedFrames;

    /** @param shares how the samples divide among the kinds of code */
    Svg(Views views, Drawing drawing, Palette palette, List<Share> shares) {
        this.views = views;
        layout = views.still();
        table = views.stacks();
        this.drawing = drawing;
        this.palette = palette;
        rows = views.byCall() != null ? Math.min(layout.rows, (Math.max(PAGE, drawing.width()) * HEIGHT / PAGE - HEADER - BELOW) / ROW) : layout.rows;
        bottom = HEADER + rows * ROW;
        var frames = table.frames;
        sortedFrames = Arrays.stream(table.frame, 1, table.size).distinct().boxed()
                .sorted((a, b) -> frames.name(a).equals(frames.name(b)) ? frames.kind(a).compareTo(frames.kind(b))
                        : frames.name(a).compareTo(frames.name(b)))
                .mapToInt(Integer::intValue).toArray();
        number = new int[frames.size()];
        style = new String[frames.size()];
        Arrays.fill(number, -1);
        for (int i = 0; i < sortedFrames.length; i++) {
            int frame = sortedFrames[i];
            number[frame] = i;
            style[frame] = palette.styleOf(frames.name(frame), frames.kind(frame));
        }
        if (views.rooted() != null) views.rooted().labels().forEach(label -> style[label] = Palette.NEUTRAL);
        legend = layout.difference ? Legend.ofChanges(drawing) : Legend.of(shares, views, this::styleOf, palette);
    }

    void write(OutputStream out) throws IOException {
        Writer w = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        String title = SvgText.visible(drawing.title());
        String subtitle = SvgText.visible(drawing.subtitle());
        String unit = SvgText.visible(drawing.unit());
        String total = (isCounted() ? Amounts.of(layout.weight[0], layout.samples[0], unit) : Amounts.weight(layout.weight[0], unit))
                + (layout.difference ? ", before: " + Amounts.weight(layout.before[0], unit) : "");
        StringBuilder still = new StringBuilder();
        int height = still(still, title, subtitle, total);
        StringBuilder stacks = stacks();
        Timeline timeline = drawing.time() ? Timeline.of(views, (still.length() + stacks.length()) / 2) : null;
        w.write("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + drawing.width() + "\" height=\"" + height
                + "\" viewBox=\"0 0 " + drawing.width() + " " + height + "\" role=\"img\" aria-label=\""
                + SvgText.xml("Flame graph: " + title + ", " + total) + "\">\n");
        w.write("<meta xmlns=\"http://www.w3.org/1999/xhtml\" name=\"viewport\" content=\"width=device-width\"/>\n");
        w.write("<title>" + SvgText.xml(title) + "</title>\n<style>\n" + resource("flame.css"));
        writeColours(w, timeline);
        // Where scripts run, the still picture is not worth painting.
        w.write("</style>\n<script>document.documentElement.classList.add('live')</script>\n");
        if (layout.difference || timeline != null) {
            w.write("<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                    + "<path class=\"w3\" d=\"M0 3h6\" stroke-width=\"6\"/><path class=\"w1\" d=\"M0 3h6\"/></pattern>\n");
        }
        w.append(still);
        writeAbout(w, title, subtitle, total, timeline);
        writeNames(w);
        writeSources(w);
        w.append(stacks);
        if (timeline != null) w.append("<metadata class=\"times\">").append(timeline.text()).append("</metadata>\n");
        w.write("<script>//<![CDATA[\n" + script() + "//]]></script>\n</svg>\n");
        w.flush();
    }

    /** Whether samples were counted beside their weights: folded stacks have one number, which may be of another unit. */
    private boolean isCounted() {
        return drawing.unit().equals(Amounts.SAMPLES) || layout.weight[0] == 0 || !Arrays.equals(layout.weight, layout.samples);
    }

    // The still picture

    /** Returns the height of the whole picture. */
    private int still(StringBuilder s, String title, String subtitle, String total) {
        int width = drawing.width();
        int room = width - 2 * MARGIN;
        s.append("<g class=\"still\">\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
        text(s, "head", MARGIN, 26, SvgText.cut(title, (int) (room / 10.5)));
        text(s, "sub", MARGIN, 44, SvgText.cut(subtitle, room / 8));
        text(s, "sub", MARGIN, 61, SvgText.cut(total + " · " + caption(true), room / 8));
        boxes(s);
        labels(s);
        int y = legend(s, bottom + 14);
        s.append("</g>\n");
        return y;
    }

    /** @param still whether rows may be missing */
    private String caption(boolean still) {
        String compared = drawing.absolute() ? "width: both weights" : "width: mean of both shares";
        String width = layout.difference ? compared + ", red: grew, blue: shrank; a box by its own change, its edge with what it calls"
                : layout.timeOrder ? "from left to right: time" : "width: share of the total";
        if (still && rows < layout.rows) width += ", the first " + rows + " of " + layout.rows + " rows";
        return width + (drawing.reverse() ? ", from the function where samples ended to its callers" : "");
    }

    private static void text(StringBuilder s, String style, int x, int y, String text) {
        s.append("<text class=\"").append(style).append("\" x=\"").append(x).append("\" y=\"").append(y).append("\">")
                .append(SvgText.xml(text)).append("</text>\n");
    }

    private int rowTop(int box) {
        int row = layout.depth[box];
        return HEADER + ROW * (drawing.inverted() ? row : rows - 1 - row);
    }

    private String styleOf(int box) {
        return styleOf(layout, box);
    }

    private String styleOf(Layout layout, int box) {
        if (!layout.difference) return layout.frame[box] < 0 ? Palette.NEUTRAL : style[layout.frame[box]];
        return layout.weight[box] == 0 && layout.before[box] > 0 ? "v0" : Palette.changeStyle(layout.ownChange(box, drawing.absolute()));
    }

    /** The class of a difference's edge. */
    private String edgeOf(int box) {
        return Palette.changeStyle(layout.change(box, drawing.absolute()));
    }

    /** A line as thick as a box is high needs far fewer characters than a rectangle; positions are tenths of pixels. */
    private void boxes(StringBuilder s) {
        boxes(s, "boxes", this::styleOf, ROW / 2);
        if (layout.difference) boxes(s, "edges", this::edgeOf, drawing.inverted() ? EDGE / 2 : ROW - 1 - EDGE / 2);
    }

    private void boxes(StringBuilder s, String group, IntFunction<String> styles, int middle) {
        SortedMap<String, StringBuilder> paths = new TreeMap<>();
        SortedMap<String, long[]> pens = new TreeMap<>();
        int room = 10 * (drawing.width() - 2 * MARGIN);
        for (int box = 0; box < layout.size; box++) {
            long left = Math.round(layout.x[box] * room) + 10 * MARGIN;
            long right = Math.round((layout.x[box] + layout.width[box]) * room) + 10 * MARGIN;
            if (right == left || layout.depth[box] >= rows) continue;
            // Half a pixel of the page between neighbours, where they can spare it.
            long length = right - left - (right - left >= 15 ? 5 : 0);
            String style = styles.apply(box);
            StringBuilder path = paths.computeIfAbsent(style, k -> new StringBuilder());
            long[] pen = pens.computeIfAbsent(style, k -> new long[2]);
            long y = rowTop(box) + middle;
            path.append('m');
            tenths(path, left - pen[0]);
            if (y >= pen[1]) path.append(' ');
            path.append(y - pen[1]).append('h');
            tenths(path, length);
            pen[0] = left + length;
            pen[1] = y;
        }
        s.append("<g class=\"").append(group).append("\" transform=\"translate(0 .5)\">\n");
        paths.forEach((style, path) -> s.append("<path class=\"").append(style).append("\" d=\"").append(path).append("\"/>\n"));
        s.append("</g>\n");
    }

    private static void tenths(StringBuilder s, long tenths) {
        if (tenths < 0) s.append('-');
        long t = Math.abs(tenths);
        if (t >= 10 || t == 0) s.append(t / 10);
        if (t % 10 != 0) s.append('.').append(t % 10);
    }

    private void labels(StringBuilder s) {
        s.append("<g class=\"labels\">\n");
        int room = drawing.width() - 2 * MARGIN;
        double cell = FONT * SvgText.ADVANCE;
        for (int box = 0; box < layout.size; box++) {
            if (layout.depth[box] >= rows) continue;
            int cells = (int) ((layout.width[box] * room - 6) / cell);
            String label = box == 0 ? SvgText.cut("all", cells) : isPlace(layout.frame[box]) ? placeLabel(box, cells)
                    : SvgText.label(layout.frames.name(layout.frame[box]), cells);
            if (!label.isEmpty() && cells > 0) {
                s.append("<text x=\"");
                tenths(s, Math.round((layout.x[box] * room + MARGIN + 3) * 10));
                s.append("\" y=\"").append(rowTop(box) + 12);
                if (!SvgText.isPlain(label)) {
                    // A fallback font's characters may be of any width: make them take the room they were given.
                    s.append("\" lengthAdjust=\"spacingAndGlyphs\" textLength=\"").append(Math.round(SvgText.cells(label) * cell));
                }
                s.append("\">").append(SvgText.xml(label)).append("</text>\n");
            }
        }
        s.append("</g>\n");
    }

    private boolean isPlace(int frame) {
        return views.rooted() != null && views.rooted().labels().contains(frame);
    }

    /** What the work was done for, with its share where there is room. */
    private String placeLabel(int box, int cells) {
        String name = layout.frames.name(layout.frame[box]);
        String withShare = name + " " + Amounts.percent(layout.width[box]);
        return withShare.length() <= cells && !layout.difference ? withShare : SvgText.label(name, cells);
    }

    private int legend(StringBuilder s, int top) {
        int x = MARGIN;
        int y = top + 8;
        StringBuilder texts = new StringBuilder();
        if (!layout.difference) {
            text(texts, "sub", x, y + 4, Legend.SHARES + ":");
            y += 20;
        }
        s.append("<g class=\"chips\">\n");
        for (Legend.Entry entry : legend.entries()) {
            if (!entry.here()) continue;
            String text = entry.text();
            int wide = 18 + (int) Math.ceil(SvgText.cells(text) * 6.6) + 14;
            if (x > MARGIN && x + wide > drawing.width() - MARGIN) {
                x = MARGIN;
                y += 20;
            }
            s.append("<path class=\"").append(entry.style()).append("\" d=\"M").append(x).append(' ').append(y).append("h12\"/>\n");
            text(texts, "key", x + 17, y + 4, text);
            x += wide;
        }
        s.append("</g>\n<g class=\"keys\">\n").append(texts).append("</g>\n");
        return y + 18;
    }

    private void writeColours(Writer w, Timeline timeline) throws IOException {
        TreeSet<String> used = new TreeSet<>();
        for (Layout view : List.of(layout, table)) {
            for (int box = 0; box < view.size; box++) used.add(styleOf(view, box));
        }
        legend.entries().forEach(entry -> used.add(entry.style()));
        if (timeline != null) Legend.ofChanges(drawing).entries().forEach(entry -> used.add(entry.style()));
        boolean hatched = used.remove("v0");
        for (String s : used) w.write("." + s + "{stroke:" + palette.fill(s, false) + "}\n");
        w.write("@media (prefers-color-scheme:dark){\n");
        for (String s : used) w.write("." + s + "{stroke:" + palette.fill(s, true) + "}\n");
        w.write("}\n");
        if (hatched) w.write(".v0{stroke:url(#hatch)}\n#hatch path{stroke-width:4}\n");
    }

    // What the script reads

    private void writeAbout(Writer w, String title, String subtitle, String total, Timeline timeline) throws IOException {
        String calls = "";
        if (views.byCall() != null) {
            calls = ",\"narrowest\":" + drawing.narrowest() + ",\"sort\":\"" + drawing.sort() + "\",\"labels\":" + strings(labels())
                    + ",\"places\":[" + places() + "],\"merged\":" + merged();
        }
        String about = "{\"title\":" + SvgText.json(title) + ",\"subtitle\":" + SvgText.json(subtitle) + ",\"total\":" + SvgText.json(total)
                + ",\"caption\":" + SvgText.json(caption(false)) + ",\"unit\":" + SvgText.json(SvgText.visible(drawing.unit()))
            + ",\"counted\":" + isCounted() + ",\"scale\":" + scale() + ",\"inverted\":" + drawing.inverted() + ",\"difference\":" + layout.difference
                    + ",\"absolute\":" + drawing.absolute() + ",\"steps\":" + Arrays.toString(Palette.STEPS) + calls
                + ",\"shares\":" + SvgText.json(Legend.SHARES) + ",\"other\":" + SvgText.json(palette.other())
                + ",\"alone\":" + alone()
                + (timeline == null ? "" : ",\"column\":" + timeline.width() + ",\"columns\":" + timeline.columns()
                        + ",\"changes\":[" + keys(Legend.ofChanges(drawing)) + "]")
                + ",\"legend\":[" + keys(legend) + "]}";
        w.write("<metadata class=\"about\">" + SvgText.xml(about) + "</metadata>\n");
    }

    private static String keys(Legend legend) {
        return legend.entries().stream().map(entry -> strings(List.of(entry.style(), entry.name(), entry.share(), entry.total(), entry.detail())))
                .collect(Collectors.joining(",\n"));
    }

    /** The labels of places by call, sorted. */
    private List<String> labels() {
        return views.byCall().places().stream().flatMap(place -> place.labels().stream()).distinct().sorted().toList();
    }

    private static String strings(List<String> texts) {
        return texts.stream().map(SvgText::json).collect(Collectors.joining(",", "[", "]"));
    }

    /** Of each place: which callers stand there (0 none, 1 all, 2 functions), and its labels. */
    private String places() {
        List<String> labels = labels();
        return views.byCall().places().stream().map(place -> "[" + place.callers().ordinal() + place.labels().stream()
                .map(label -> "," + labels.indexOf(label)).collect(Collectors.joining()) + "]").collect(Collectors.joining(","));
    }

    /** The places among the names of functions that are merged by call. */
    private String merged() {
        return Arrays.stream(sortedFrames).filter(frame -> views.byCall().isMerged(frame)).mapToObj(frame -> Integer.toString(number[frame]))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Functions whose kind counts only where no caller's does: places among the names, with the letter. */
    private String alone() {
        return Arrays.stream(sortedFrames).filter(frame -> palette.alone(table.frames.name(frame), table.frames.kind(frame)) != null)
                .mapToObj(frame -> "[" + number[frame] + ",\"" + palette.alone(table.frames.name(frame), table.frames.kind(frame)) + "\"]")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** All weights are multiples of this: mostly the samples' period. */
    private long scale() {
        long scale = 0;
        for (int box = 0; box < table.size; box++) {
            scale = gcd(gcd(gcd(scale, table.ownWeight[box]), table.ownBefore[box]), table.gap[box]);
        }
        return Math.max(1, scale);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? Math.abs(a) : gcd(b, a % b);
    }

    /** A name per line, sorted: its class, how many characters it shares with the line before (base 36), a space, the rest. */
    private void writeNames(Writer w) throws IOException {
        w.write("<metadata class=\"names\">");
        String last = "";
        for (int frame : sortedFrames) {
            String name = table.frames.name(frame);
            int same = shared(last, name);
            w.write(style[frame] + Integer.toString(same, 36) + " " + SvgText.xml(name.substring(same)) + "\n");
            last = name;
        }
        w.write("</metadata>\n");
    }

    /**
     * Where in the source most of a name's samples were, a line for each name, if that is known of any: how many characters
     * it shares with the last one that was known (base 36), a space, the rest; empty where it is not known.
     */
    private void writeSources(Writer w) throws IOException {
        if (Arrays.stream(sortedFrames).allMatch(frame -> table.frames.source(frame) == null)) return;
        w.write("<metadata class=\"sources\">");
        String last = "";
        for (int frame : sortedFrames) {
            Frames.Source source = table.frames.source(frame);
            if (source != null) {
                String place = SvgText.visible(source.file()) + ":" + source.line();
                int same = shared(last, place);
                w.write(Integer.toString(same, 36) + " " + SvgText.xml(place.substring(same)));
                last = place;
            }
            w.write("\n");
        }
        w.write("</metadata>\n");
    }

    /** With how many characters both begin; a character of two parts counts whole. */
    private static int shared(String a, String b) {
        int same = 0;
        while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) same++;
        return same > 0 && Character.isHighSurrogate(b.charAt(same - 1)) ? same - 1 : same;
    }

    /**
     * The boxes, callers first. A line is what a stack does not share with the one before: how many frames to go back,
     * then frames. A frame is its place among the names, then what belongs to itself or to callees too narrow to draw:
     * = weight, # samples where these are not the same number, ~ weight in the earlier profile, + weight of the gap at
     * its left, ^ the number of its place where it stands somewhere else by call. Weights are divided by the scale. All numbers in base 36.
     */
    private StringBuilder stacks() {
        long scale = scale();
        StringBuilder s = new StringBuilder("<metadata class=\"stacks\">0");
        for (int box = 0; box < table.size; box++) {
            if (box > 0) {
                int back = table.depth[box - 1] - table.depth[box] + 1;
                s.append(back == 0 ? " " : "\n" + Integer.toString(back, 36) + " ");
                s.append(Integer.toString(number[table.frame[box]], 36));
            } else {
                s.append(' ');
            }
            long weight = table.ownWeight[box] / scale;
            field(s, '=', weight, 0);
            field(s, '#', table.ownSamples[box], weight);
            field(s, '~', table.ownBefore[box] / scale, 0);
            field(s, '+', table.gap[box] / scale, 0);
            if (views.byCall() != null && views.byCall().begins(table.node[box])) field(s, '^', views.byCall().place(table.node[box]), -1);
        }
        return s.append("</metadata>\n");
    }

    private static void field(StringBuilder s, char mark, long value, long understood) {
        if (value != understood) s.append(mark).append(Long.toString(value, 36));
    }

    /** The script without what only its authors read: comments on lines of their own, and indentation. */
    private static String script() {
        return resource("flame.js").lines().map(String::strip).filter(line -> !line.startsWith("//")).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String resource(String name) {
        try (InputStream in = Svg.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name + " is not on the class path beside Svg").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
