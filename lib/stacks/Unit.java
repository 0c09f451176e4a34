package lib.stacks;

/** What a weight is. */
public enum Unit {
    /** Nanoseconds of CPU time. */
    CPU_NANOSECONDS("nanoseconds"),
    /** Nanoseconds of something else, such as waiting. */
    NANOSECONDS("nanoseconds"),
    BYTES("bytes"),
    /** A number of events or samples. */
    COUNT("count");

    private final String title;

    Unit(String title) {
        this.title = title;
    }

    /** As pprof calls it. */
    @Override
    public String toString() {
        return title;
    }
}
