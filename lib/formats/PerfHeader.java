package lib.formats;

/**
 * The line that begins a sample in the text of {@code perf script}: {@code [comm] PID/TID [cpu] time: period event:},
 * where most parts may be missing and the command's name may hold spaces, digits and brackets. After the event a
 * tracepoint's fields may follow or, where no call chains were recorded, the sample's only frame.
 */
final class PerfHeader {
    private static final int MAX_TOKENS = 24;
    /** perf's times have at least six decimals. */
    private static final int PLAIN_TIME = 8;
    /** perf pads a period to ten columns, but a process only to seven. */
    private static final int PERIOD_COLUMNS = 10;

    private static final int NANO_DIGITS = 9;

    private static final String MODES = "KUHGgMCSEhPFf";

    private final int[] from = new int[MAX_TOKENS];
    private final int[] to = new int[MAX_TOKENS];

    /** The command's name, as offsets; empty where there is none. */
    int commFrom;
    int commTo;
    /** The text of {@code PID}, {@code TID} or {@code PID/TID}; empty where there is none. */
    int idFrom;
    int idTo;
    /** The sample's period, 1 where it is 0 or missing. */
    long period;
    boolean hasPeriod;
    /** The event's name without the colon at its end; empty where there is none. */
    int eventFrom;
    int eventTo;
    /** What follows the event. */
    int rest;
    /** Whether the line tells of something else than a sample, such as a mapped file: {@code PERF_RECORD_MMAP2 …}. */
    boolean isRecord;
    /** Whether the line has a time, which hardly anything but a header has in that place. */
    boolean hasTime;
    private int timeFrom;

    /**
     * Understands the line {@code [begin, end)}, which has no newline in it.
     *
     * @param strict whether a time or an event is needed; otherwise a name and a number are enough
     * @return false where the line is no header; nothing else here then means anything
     */
    boolean parse(byte[] b, int begin, int end, boolean strict) {
        int tokens = 0;
        hasTime = false;
        for (int i = skipBlanks(b, begin, end); i < end && tokens < MAX_TOKENS; i = skipBlanks(b, i, end)) {
            from[tokens] = i;
            while (i < end && !isBlank(b[i])) i++;
            to[tokens++] = i;
            if (isTime(b, tokens - 1)) {
                timeFrom = from[tokens - 1];
                int id = idBefore(b, tokens - 1);
                if (id >= 0) {
                    take(id);
                    parseEvent(b, i, end);
                    hasTime = true;
                    return true;
                }
                if (tokens > 1 && !isBlank(b[begin]) && to[tokens - 1] - from[tokens - 1] > PLAIN_TIME) {
                    parseEvent(b, i, end);
                    if (eventTo > eventFrom) {
                        commFrom = from[0];
                        commTo = to[tokens - 2];
                        idFrom = commTo;
                        idTo = commTo;
                        hasTime = true;
                        return true;
                    }
                }
            }
        }
        return parseWithoutTime(b, tokens, end) || !strict && parseIdOnly(b, tokens, end);
    }

    /** The time in nanoseconds, where there is one. */
    long time(byte[] b) {
        int i = timeFrom;
        long time = 0;
        for (; isDigit(b[i]); i++) time = TextBytes.appendDigit(time, b[i]);
        int end = i + 1 + NANO_DIGITS;
        while (++i < end && isDigit(b[i])) time = TextBytes.appendDigit(time, b[i]);
        for (; i < end; i++) time = TextBytes.appendDigit(time, (byte) '0');
        return time;
    }

    /** {@code comm PID [cpu] period event:}. */
    private boolean parseWithoutTime(byte[] b, int tokens, int end) {
        for (int i = 1; i < tokens; i++) {
            int length = to[i] - from[i];
            if (length < 2 || b[to[i] - 1] != ':') continue;
            boolean afterPeriod = isNumber(b, from[i - 1], to[i - 1]) && i >= 2
                    && to[i - 1] - to[i - 2] > PERIOD_COLUMNS && idBefore(b, i - 1) >= 0;
            int id = idBefore(b, afterPeriod ? i - 1 : i);
            if (id >= 0) {
                take(id);
                parseEvent(b, afterPeriod ? from[i - 1] : from[i], end);
                return eventTo > eventFrom;
            }
        }
        return false;
    }

    private boolean parseIdOnly(byte[] b, int tokens, int end) {
        int last = tokens - 1;
        if (last >= 2 && isNumber(b, from[last], to[last]) && to[last] - to[last - 1] > PERIOD_COLUMNS && idBefore(b, last) >= 1) {
            take(idBefore(b, last));
            parseEvent(b, from[last], end);
            return true;
        }
        int id = tokens == 0 ? -1 : idBefore(b, tokens);
        if (id < 1) return false;
        take(id);
        parseEvent(b, end, end);
        return true;
    }

    /** The token that is the process or thread, when everything between it and {@code token} is known; else -1. */
    private int idBefore(byte[] b, int token) {
        int i = token - 1;
        if (i >= 0 && isId(b, from[i], to[i])) return i;
        int flags = i;
        while (flags >= 1 && isMode(b, flags)) flags--;
        if (flags < i && isId(b, from[flags], to[flags])) return flags;
        if (i >= 1 && !isCpu(b, i)) {
            i--; // flags such as "d..1." after the CPU
        }
        while (i >= 1 && isMode(b, i)) i--;
        return i >= 1 && isCpu(b, i) && isId(b, from[i - 1], to[i - 1]) ? i - 1 : -1;
    }

    /** What {@code -F +misc} adds: where the processor was, {@code K} for the kernel, {@code U} for user code; and so on. */
    private boolean isMode(byte[] b, int token) {
        for (int i = from[token]; i < to[token]; i++) {
            if (MODES.indexOf(b[i]) < 0) return false;
        }
        return to[token] - from[token] <= 4;
    }

    private void take(int id) {
        commFrom = from[0];
        commTo = id == 0 ? from[0] : to[id - 1];
        idFrom = from[id];
        idTo = to[id];
    }

    private void parseEvent(byte[] b, int begin, int end) {
        int i = skipBlanks(b, begin, end);
        isRecord = startsWith(b, i, end, "PERF_RECORD_");
        period = 1;
        hasPeriod = false;
        int digits = i;
        long number = 0;
        while (i < end && isDigit(b[i])) number = TextBytes.appendDigit(number, b[i++]);
        if (i > digits && (i == end || isBlank(b[i]))) {
            hasPeriod = true;
            period = Math.max(1, number);
            i = skipBlanks(b, i, end);
        } else {
            i = digits;
        }
        eventFrom = i;
        eventTo = i;
        rest = i;
        for (; i < end; i++) {
            if (b[i] == ':' && (i + 1 == end || isBlank(b[i + 1]))) {
                eventTo = i;
                rest = i + 1;
                return;
            }
        }
    }

    private boolean isTime(byte[] b, int token) {
        int i = from[token];
        int last = to[token] - 1;
        if (b[last] != ':' || !isDigit(b[i])) return false;
        while (isDigit(b[i])) i++;
        return b[i] == '.' && isNumber(b, i + 1, last);
    }

    private boolean isCpu(byte[] b, int token) {
        return b[from[token]] == '[' && b[to[token] - 1] == ']' && isNumber(b, from[token] + 1, to[token] - 1);
    }

    /** {@code 12}, {@code 12/34}, {@code -1}. */
    private static boolean isId(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] != '/') i++;
        return isSigned(b, from, i) && (i == to || isSigned(b, i + 1, to));
    }

    private static boolean isSigned(byte[] b, int from, int to) {
        return isNumber(b, from < to && b[from] == '-' ? from + 1 : from, to);
    }

    private static boolean isNumber(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isDigit(b[i])) return false;
        }
        return from < to;
    }

    static boolean startsWith(byte[] b, int from, int to, String ascii) {
        if (to - from < ascii.length()) return false;
        for (int i = 0; i < ascii.length(); i++) {
            if (b[from + i] != ascii.charAt(i)) return false;
        }
        return true;
    }

    static int skipBlanks(byte[] b, int from, int to) {
        int i = from;
        while (i < to && isBlank(b[i])) i++;
        return i;
    }

    static int withoutBlanks(byte[] b, int from, int to) {
        int i = to;
        while (i > from && isBlank(b[i - 1])) i--;
        return i;
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
