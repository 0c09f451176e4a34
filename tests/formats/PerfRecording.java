package lib.formats;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes perf.data for the tests: events, records in any order, as a file or as a pipe, compressed or not. */
final class PerfRecording {
    static final long KERNEL = -128, USER = -512;
    /** What the samples of {@link #sample} have. */
    static final int SAMPLE_TYPE = PerfAttr.IP | PerfAttr.TID | PerfAttr.TIME | PerfAttr.ID | PerfAttr.CPU | PerfAttr.PERIOD | PerfAttr.CALLCHAIN;
    private static final int KERNEL_MODE = 1, USER_MODE = 2;
    private static final long SAMPLE_ID_ALL = 1 << 18;

    private record Event(byte[] attr, long id, String name) { }

    final ByteOrder order;
    private final List<Event> events = new ArrayList<>();
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private final ByteArrayOutputStream buildIds = new ByteArrayOutputStream();
    private long sampleType = SAMPLE_TYPE;

    PerfRecording(ByteOrder order) {
        this.order = order;
    }

    /** A recording of little bytes first with the event cpu-clock of id 7. */
    static PerfRecording usual() {
        return new PerfRecording(ByteOrder.LITTLE_ENDIAN).event(1, 0, 7, "cpu-clock:ppp");
    }

    private ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(order);
    }

    PerfRecording sampleType(long value) {
        sampleType = value;
        return this;
    }

    /** @param name null, where no table tells it */
    PerfRecording event(int type, long config, long id, String name) {
        ByteBuffer attr = bytes(128);
        long flags = order == ByteOrder.LITTLE_ENDIAN ? SAMPLE_ID_ALL : Long.reverse(SAMPLE_ID_ALL);
        attr.putInt(type).putInt(128).putLong(config).putLong(99).putLong(sampleType).putLong(0).putLong(flags);
        events.add(new Event(attr.array(), id, name));
        return this;
    }

    /** Sets a field of 64 bits in the attributes of the last event. */
    PerfRecording field(int offset, long value) {
        ByteBuffer.wrap(events.get(events.size() - 1).attr).order(order).putLong(offset, value);
        return this;
    }

    PerfRecording record(int type, int misc, byte[] body) {
        records.writeBytes(bytes(8).putInt(type).putShort((short) misc).putShort((short) (8 + body.length)).array());
        records.writeBytes(body);
        return this;
    }

    private static byte[] padded(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(utf8, utf8.length / 8 * 8 + 8);
    }

    /** A record that ends with who and when, as those of the kernel do. */
    private PerfRecording timed(int type, int misc, long time, int pid, ByteBuffer body) {
        ByteBuffer whole = bytes(body.capacity() + 32);
        whole.put(body.array()).putInt(pid).putInt(pid).putLong(time).putLong(0).putLong(0);
        return record(type, misc, whole.array());
    }

    PerfRecording comm(long time, int pid, int tid, String name) {
        byte[] text = padded(name);
        return timed(3, 0, time, pid, bytes(8 + text.length).putInt(pid).putInt(tid).put(text));
    }

    PerfRecording fork(long time, int pid, int tid, int parent) {
        return timed(7, 0, time, pid, bytes(24).putInt(pid).putInt(parent).putInt(tid).putInt(parent).putLong(time));
    }

    /** An executable part of a file. */
    PerfRecording map(long time, int pid, long start, long length, long offset, String file) {
        byte[] text = padded(file);
        return timed(10, USER_MODE, time, pid, bytes(64 + text.length).putInt(pid).putInt(pid).putLong(start).putLong(length).putLong(offset)
                .putLong(0).putLong(0).putLong(0).putInt(5).putInt(2).put(text));
    }

    /** The same, with a build id of twenty bytes of that value. */
    PerfRecording map(long time, int pid, long start, long length, long offset, String file, int build) {
        byte[] text = padded(file);
        ByteBuffer body = bytes(64 + text.length).putInt(pid).putInt(pid).putLong(start).putLong(length).putLong(offset);
        body.put((byte) 20).put((byte) 0).putShort((short) 0);
        for (int i = 0; i < 20; i++) body.put((byte) build);
        return timed(10, USER_MODE | 1 << 14, time, pid, body.putInt(5).putInt(2).put(text));
    }

    PerfRecording kernelMap(long start, long length, String name) {
        byte[] text = padded(name);
        return timed(1, KERNEL_MODE, 0, -1, bytes(32 + text.length).putInt(-1).putInt(0).putLong(start).putLong(length).putLong(start).put(text));
    }

    PerfRecording kernelSymbol(long time, long start, int length, String name, boolean gone) {
        byte[] text = padded(name);
        return timed(17, 0, time, 0, bytes(16 + text.length).putLong(start).putInt(length).putShort((short) 1).putShort((short) (gone ? 1 : 0)).put(text));
    }

    PerfRecording lost(long count) {
        return timed(2, 0, 0, 0, bytes(16).putLong(7).putLong(count));
    }

    PerfRecording sample(long time, int pid, int tid, long id, long period, long... chain) {
        boolean inKernel = chain.length > 0 && chain[0] == KERNEL;
        long ip = chain.length > 1 ? chain[1] : 0;
        ByteBuffer body = bytes(8 * (7 + chain.length));
        body.putLong(ip).putInt(pid).putInt(tid).putLong(time).putLong(id).putLong(0).putLong(period).putLong(chain.length);
        for (long address : chain) body.putLong(address);
        return record(9, inKernel ? KERNEL_MODE : USER_MODE, body.array());
    }

    PerfRecording turn() {
        return record(68, 0, new byte[0]);
    }

    PerfRecording buildId(String file, int build) {
        byte[] text = padded(file);
        ByteBuffer entry = bytes(36 + text.length).putInt(0).putShort((short) 0).putShort((short) (36 + text.length)).putInt(-1);
        for (int i = 0; i < 20; i++) entry.put((byte) build);
        buildIds.writeBytes(entry.putInt(0).put(text).array());
        return this;
    }

    /** Puts all records so far into compressed ones, each of so many bytes of one stream. */
    PerfRecording compressed(int piece) {
        byte[] plain = records.toByteArray();
        records.reset();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0x38});
        for (int at = 0; at < plain.length; at += 1000) { // blocks as they are, of a thousand bytes each
            int size = Math.min(1000, plain.length - at);
            int header = size << 3 | (at + size == plain.length ? 1 : 0);
            stream.writeBytes(new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16)});
            stream.write(plain, at, size);
        }
        byte[] packed = stream.toByteArray();
        for (int at = 0; at < packed.length; at += piece) {
            record(PerfRecords.COMPRESSED, 0, Arrays.copyOfRange(packed, at, Math.min(packed.length, at + piece)));
        }
        return this;
    }

    private byte[] descriptions() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(8).putInt(events.size()).putInt(128).array());
        for (Event event : events) {
            byte[] name = padded(event.name);
            out.writeBytes(event.attr);
            out.writeBytes(bytes(8).putInt(1).putInt(name.length).array());
            out.writeBytes(name);
            out.writeBytes(bytes(8).putLong(event.id).array());
        }
        return out.toByteArray();
    }

    byte[] file() {
        int attrs = 104;
        int ids = attrs + events.size() * 144;
        int data = ids + events.size() * 8;
        byte[] body = records.toByteArray();
        ByteBuffer head = bytes(data);
        head.putLong(0x32454c4946524550L).putLong(104).putLong(144).putLong(attrs).putLong(events.size() * 144L).putLong(data).putLong(body.length);
        boolean named = events.stream().allMatch(event -> event.name != null);
        head.putLong(0).putLong(0).putLong((buildIds.size() > 0 ? 1 << 2 : 0) | (named ? 1 << 12 : 0) | 1 << 3);
        head.position(attrs);
        for (int i = 0; i < events.size(); i++) head.put(events.get(i).attr).putLong(ids + 8L * i).putLong(8);
        for (Event event : events) head.putLong(event.id);
        List<byte[]> tables = new ArrayList<>();
        if (buildIds.size() > 0) tables.add(buildIds.toByteArray());
        tables.add(bytes(12).putInt(8).put("machine\0".getBytes(StandardCharsets.UTF_8)).array());
        if (named) tables.add(descriptions());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.array());
        out.writeBytes(body);
        long at = data + body.length + 16L * tables.size();
        for (byte[] table : tables) {
            out.writeBytes(bytes(16).putLong(at).putLong(table.length).array());
            at += table.length;
        }
        tables.forEach(out::writeBytes);
        return out.toByteArray();
    }

    byte[] pipe() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(16).putLong(0x32454c4946524550L).putLong(16).array());
        PerfRecording head = new PerfRecording(order);
        for (Event event : events) {
            head.record(64, 0, bytes(136).put(event.attr).putLong(event.id).array());
            byte[] name = padded(event.name);
            head.record(78, 0, bytes(16 + name.length).putLong(2).putLong(event.id).put(name).array());
        }
        out.writeBytes(head.records.toByteArray());
        out.writeBytes(records.toByteArray());
        ByteBuffer ids = ByteBuffer.wrap(buildIds.toByteArray()).order(order);
        while (ids.hasRemaining()) {
            int length = ids.getShort(ids.position() + 6);
            byte[] body = new byte[length - 8];
            ids.position(ids.position() + 8).get(body);
            out.writeBytes(bytes(8).putInt(67).putShort((short) 0).putShort((short) length).array());
            out.writeBytes(body);
        }
        return out.toByteArray();
    }
}
