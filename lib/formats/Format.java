package lib.formats;

/** The formats that {@link StackReader} understands; text and pprof may be compressed with gzip. */
public enum Format {
    /** The text that {@code perf script} prints. */
    PERF_SCRIPT,
    /** Folded stacks: {@code main;f;g 12}, or with two counts, earlier and later, as difffolded.pl prints. */
    FOLDED,
    /** A profile of pprof: protobuf as in google/pprof's profile.proto. */
    PPROF,
    /** What {@code perf record} writes; read through the {@code perf} of this machine. */
    PERF_DATA
}
