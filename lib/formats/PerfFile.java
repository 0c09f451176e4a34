package lib.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a perf.data file says about its records, by the kernel's tools/perf/Documentation/perf.data-file-format.txt: where
 * they are, how each event was recorded, and which builds of files were mapped. A file of {@code perf record -o -}
 * tells that in records of its own, {@link #take}.
 */
final class PerfFile {
    private static final long MAGIC = 0x32454c4946524550L; // PERFILE2
    private static final int PIPE_HEADER = 16;
    private static final int FILE_HEADER = 104;
    /** The attributes and each table are small; what says that it is larger is damaged. */
    private static final int MOST = 16 << 20;
    private static final int MOST_EVENTS = 10_000;

    private static final int FEATURES_AT = 72, FEATURES = 256;
    private static final int BUILD_IDS = 2, HOST = 3, RELEASE = 4, EVENTS = 12, AUX = 18;

    private static final int HEADER_ATTR = 64, HEADER_BUILD_ID = 67, AUXTRACE_INFO = 70, EVENT_UPDATE = 78, HEADER_FEATURE = 80;
    private static final int UPDATE_NAME = 2;
    private static final int HAS_ID_SIZE = 1 << 15;
    private static final int BUILD_ID_LENGTH = 20;

    private final FileChannel channel;
    private final long size;
    final ByteOrder order;
    final boolean isPipe;
    /** Where the records are, as far as the file reaches. */
    long dataOffset;
    long dataSize;
    final List<PerfAttr> attrs = new ArrayList<>();
    private final Map<Long, PerfAttr> byId = new HashMap<>();
    /** The GNU build ids of mapped files by path, in hex; {@code [kernel.kallsyms]} is one. */
    final Map<String, String> buildIds = new HashMap<>();
    /** Whose recording it is, where that is told. */
    String host;
    String release;
    /** What is wrong with the tables. */
    final List<String> notes = new ArrayList<>();
    boolean hasAux;

    /** Says that a file has nothing that can be used; the message is the reason. */
    static final class UnusableException extends IOException {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    /** @throws UnusableException if it has no header that can be used */
    PerfFile(FileChannel channel) throws IOException {
        this.channel = channel;
        size = channel.size();
        ByteBuffer begin = part(0, PIPE_HEADER, ByteOrder.LITTLE_ENDIAN);
        check(begin != null && (begin.getLong(0) == MAGIC || begin.getLong(0) == Long.reverseBytes(MAGIC)), "it has no header");
        order = begin.getLong(0) == MAGIC ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        begin.order(order);
        isPipe = begin.getLong(8) == PIPE_HEADER;
        if (isPipe) {
            dataOffset = PIPE_HEADER;
            dataSize = size - PIPE_HEADER;
            return;
        }
        ByteBuffer header = begin.getLong(8) == FILE_HEADER ? part(0, FILE_HEADER, order) : null;
        check(header != null, "its header is damaged");
        readAttrs(header);
        dataOffset = header.getLong(40);
        long said = header.getLong(48);
        check(dataOffset >= FILE_HEADER && dataOffset <= size, "its header is damaged");
        dataSize = said > 0 ? Math.min(said, size - dataOffset) : size - dataOffset;
        if (said <= 0) {
            notes.add("perf did not end it: what was recorded until then is used");
        } else if (said > size - dataOffset) {
            notes.add("it is cut off: of " + said + " bytes of records " + dataSize + " are there");
        } else {
            readFeatures(header);
        }
    }

    private static void check(boolean right, String what) throws UnusableException {
        if (!right) throw new UnusableException(what);
    }

    /** Bytes of the file; null where it does not have them, or they are too many. */
    private ByteBuffer part(long offset, long length, ByteOrder byteOrder) throws IOException {
        if (offset < 0 || length < 0 || length > MOST || offset > size - length) return null;
        ByteBuffer bytes = ByteBuffer.allocate((int) length).order(byteOrder);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) return null;
        }
        return bytes.flip();
    }

    private void readAttrs(ByteBuffer header) throws IOException {
        int each = (int) Math.min(MOST, header.getLong(16));
        ByteBuffer table = part(header.getLong(24), header.getLong(32), order);
        check(table != null && each > 16, "its table of events is damaged");
        for (int at = 0; at + each <= table.limit() && attrs.size() < MOST_EVENTS; at += each) {
            PerfAttr attr = PerfAttr.read(table, at, each - 16);
            check(attr != null, "its table of events is damaged");
            ByteBuffer ids = part(table.getLong(at + each - 16), table.getLong(at + each - 8), order);
            if (ids == null) notes.add("a table of ids is damaged");
            add(attr, ids, 0, ids == null ? 0 : ids.limit() / 8);
        }
        check(!attrs.isEmpty(), "it names no event");
    }

    private void add(PerfAttr attr, ByteBuffer ids, int at, int count) {
        attrs.add(attr);
        for (int i = 0; i < count && byId.size() < MOST; i++) byId.put(ids.getLong(at + 8 * i), attr);
    }

    /** The tables stand behind the records, in the order of their bits. */
    private void readFeatures(ByteBuffer header) throws IOException {
        boolean swapped = !bit(header, HOST, false) && bit(header, HOST, true);
        long at = dataOffset + dataSize;
        for (int feature = 0; feature < FEATURES; feature++) {
            if (!bit(header, feature, swapped)) continue;
            ByteBuffer section = part(at, 16, order);
            if (section == null) {
                notes.add("its tables are cut off");
                return;
            }
            at += 16;
            if (feature != BUILD_IDS && feature != HOST && feature != RELEASE && feature != EVENTS && feature != AUX) continue;
            ByteBuffer table = part(section.getLong(0), section.getLong(8), order);
            if (table == null) notes.add("a table is damaged (" + feature + ")");
            else feature(feature, table, 0, table.limit());
        }
    }

    /** Whether the file has that table; a program of 32 bits and the other byte order wrote the halves of each word the other way. */
    private static boolean bit(ByteBuffer header, int feature, boolean swapped) {
        return (header.getLong(FEATURES_AT + feature / 64 * 8) >>> (feature % 64 ^ (swapped ? 32 : 0)) & 1) != 0;
    }

    private void feature(int feature, ByteBuffer b, int at, int end) {
        if (feature == BUILD_IDS) {
            for (int i = at, length; i + 36 < end && (length = b.getShort(i + 6) & 0xffff) > 36 && i + length <= end; i += length) {
                buildId(b, i, length);
            }
        } else if (feature == HOST) {
            host = counted(b, at, end);
        } else if (feature == RELEASE) {
            release = counted(b, at, end);
        } else if (feature == EVENTS) {
            events(b, at, end);
        } else if (feature == AUX) {
            hasAux = true;
        }
    }

    /** A record {@code header, pid, 24 bytes of build id, path}. */
    private void buildId(ByteBuffer b, int at, int length) {
        int given = (b.getShort(at + 4) & HAS_ID_SIZE) == 0 ? BUILD_ID_LENGTH : Math.min(BUILD_ID_LENGTH, b.get(at + 32) & 0xff);
        if (buildIds.size() < MOST_EVENTS * 10) buildIds.putIfAbsent(text(b, at + 36, at + length), hex(b, at + 12, given));
    }

    /** What each event is called, with its ids, in the order of the attributes. */
    private void events(ByteBuffer b, int at, int end) {
        if (end - at < 8) return;
        int count = b.getInt(at);
        int attrSize = b.getInt(at + 4);
        int i = at + 8;
        for (int number = 0; number < count && number < attrs.size(); number++) {
            if (attrSize < 0 || attrSize > end - i - 8) return;
            int ids = b.getInt(i + attrSize);
            i += attrSize + 4;
            int length = b.getInt(i);
            if (length < 0 || length > end - i - 4) return;
            PerfAttr attr = attrs.get(number);
            if (attr.name == null) attr.name = counted(b, i, end);
            i += 4 + length;
            if (ids < 0 || ids > (end - i) / 8) return;
            for (int id = 0; id < ids && byId.size() < MOST; id++, i += 8) byId.putIfAbsent(b.getLong(i), attr);
        }
    }

    /** A text with its length before it. */
    private static String counted(ByteBuffer b, int at, int end) {
        if (end - at < 4) return null;
        int length = b.getInt(at);
        return length < 0 || length > end - at - 4 ? null : text(b, at + 4, at + 4 + length);
    }

    /** The text up to the first zero. */
    static String text(ByteBuffer b, int at, int end) {
        int to = at;
        while (to < end && b.get(to) != 0) to++;
        return new String(b.array(), at, to - at, StandardCharsets.UTF_8);
    }

    /** A build id, or null where it is all zeros. */
    static String hex(ByteBuffer b, int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (b.get(i) != 0) return HexFormat.of().formatHex(b.array(), at, at + length);
        }
        return null;
    }

    /** Takes what a record of a pipe tells about the others. */
    void take(int type, ByteBuffer b, int at, int length) {
        int end = at + length;
        if (type == HEADER_ATTR && attrs.size() < MOST_EVENTS) {
            PerfAttr attr = PerfAttr.read(b, at + 8, length - 8);
            if (attr == null) return;
            int ids = at + 8 + (b.getInt(at + 12) == 0 ? 64 : b.getInt(at + 12));
            add(attr, b, ids, ids > at && ids <= end ? (end - ids) / 8 : 0);
        } else if (type == EVENT_UPDATE && length > 24 && b.getLong(at + 8) == UPDATE_NAME) {
            PerfAttr attr = byId.get(b.getLong(at + 16));
            if (attr != null && attr.name == null) attr.name = text(b, at + 24, end);
        } else if (type == HEADER_BUILD_ID && length > 36) {
            buildId(b, at, length);
        } else if (type == HEADER_FEATURE && length > 16) {
            feature((int) b.getLong(at + 8), b, at + 16, end);
        } else if (type == AUXTRACE_INFO) {
            hasAux = true;
        }
    }

    /** The event of that id, or null. */
    PerfAttr byId(long id) {
        return id == 0 ? attrs.get(0) : byId.get(id);
    }
}
