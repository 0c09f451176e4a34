package lib.formats;

import java.io.IOException;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of formats that {@link StackReader} understands, each in a file of its own: what it is called, how an input
 * of that format begins, and who reads it. An input is of the first format that its beginning fits.
 */
public enum Format {
    PERF_DATA("perf.data", PerfData::likeness, PerfData::read),
    PPROF("pprof", PprofReader::likeness, PprofReader::read),
    PERF_SCRIPT("perf script text", PerfScript::likeness, PerfScript::read),
    FOLDED("folded stacks", FoldedText::likeness, FoldedText::read);

    interface Detector {
        Likeness of(Incoming in);
    }

    interface Reader {
        Harvest read(Incoming in, ReadOptions options) throws IOException;
    }

    private final String title;
    private final Detector detector;
    private final Reader reader;

    Format(String title, Detector detector, Reader reader) {
        this.title = title;
        this.detector = detector;
        this.reader = reader;
    }

    /** The format of an input, by its beginning, of which more is read while nothing is told by it; or null. */
    static Format detect(Incoming in) throws IOException {
        do {
            for (Format format : values()) {
                Likeness likeness = format.detector.of(in);
                if (likeness != Likeness.NO) {
                    return likeness == Likeness.SURE || Foreign.known(in.head()) == null ? format : null;
                }
            }
        } while (in.readMore());
        return null;
    }

    Harvest read(Incoming in, ReadOptions options) throws IOException {
        return reader.read(in, options);
    }

    /** All formats as a sentence calls them: {@code a, b and c}. */
    public static String known() {
        String all = Stream.of(values()).map(format -> format.title).collect(Collectors.joining(", "));
        int last = all.lastIndexOf(", ");
        return all.substring(0, last) + " and " + all.substring(last + 2);
    }

    /** The name as an option takes it: {@code perf-script}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
