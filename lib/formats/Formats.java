package lib.formats;

import java.util.List;

/** Tells the format of an input from how it begins. */
final class Formats {
    private static final int LINES = 3;
    private static final int LINE_LENGTH = 120;

    private Formats() { }

    /** The format of an input that begins so, or null. */
    static Format detect(byte[] head) {
        // the magic number of perf.data, in either byte order
        if (PerfHeader.startsWith(head, 0, head.length, "PERFILE2") || PerfHeader.startsWith(head, 0, head.length, "2ELIFREP")) {
            return Format.PERF_DATA;
        }
        if (PprofReader.looksLike(head)) {
            return Format.PPROF;
        }
        Block block = new Block(head.length);
        System.arraycopy(head, 0, block.bytes, 0, head.length);
        block.bytes[head.length] = '\n';
        block.length = head.length + 1;
        return isPerfScript(block) ? Format.PERF_SCRIPT : isFolded(block) ? Format.FOLDED : null;
    }

    /** A header with a time is enough; another one needs a frame on the next line. */
    private static boolean isPerfScript(Block block) {
        PerfHeader header = new PerfHeader();
        PerfFrame frame = new PerfFrame();
        boolean afterHeader = false;
        for (int from = 0, to; from < block.length; from = to + 1) {
            to = from;
            while (block.bytes[to] != '\n') {
                to++;
            }
            if (afterHeader && frame.parse(block.bytes, from, to)
                && (frame.hasModule || PerfHeader.isBlank(block.bytes[from]))) {
                return true;
            }
            afterHeader = block.bytes[from] != '#' && header.parse(block.bytes, from, to, false);
            if (afterHeader && header.hasTime) {
                return true;
            }
        }
        return false;
    }

    /** Most lines end with a number. */
    private static boolean isFolded(Block block) {
        FoldedText folded = new FoldedText(ReadOptions.DEFAULT);
        folded.parse(block);
        return folded.accepted() > folded.harvest().badLines;
    }

    /** The first lines that are not blank, fit to be shown. */
    static List<String> firstLines(byte[] head) {
        return TextBytes.decode(head, 0, head.length).lines()
            .filter(line -> !line.isBlank())
            .limit(LINES)
            .map(line -> TextBytes.printable(line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "…" : line))
            .toList();
    }
}
