import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording of perf with its samples again and again, each time later: what perf.data of a long recording is. It takes a
 * file as perf record leaves it (no pipe, not compressed, of this machine's byte order), laid out as the kernel's
 * tools/perf/Documentation/perf.data-file-format.txt says.
 */
final class RepeatedRecording {
    private static final int SAMPLE = 9, FINISHED_ROUND = 68, DATA_OFFSET = 40, DATA_SIZE = 48, FEATURES = 72;
    private static final int IP = 1, TID = 2, IDENTIFIER = 1 << 16;

    private RepeatedRecording() { }

    /** Writes the recording with at least so many samples, and returns how many there are. */
    static long write(Path recording, long samples, Path to) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(recording)).order(ByteOrder.nativeOrder());
        int data = (int) in.getLong(DATA_OFFSET);
        int end = data + (int) in.getLong(DATA_SIZE);
        long sampleType = in.getLong((int) in.getLong(24) + 24);
        int time = 8 + 8 * Long.bitCount(sampleType & (IP | TID | IDENTIFIER));
        List<int[]> found = new ArrayList<>();
        long first = Long.MAX_VALUE;
        long last = 0;
        for (int at = data; at < end; at += in.getShort(at + 6) & 0xffff) {
            if (in.getInt(at) != SAMPLE) continue;
            found.add(new int[] {at, in.getShort(at + 6) & 0xffff});
            first = Math.min(first, in.getLong(at + time));
            last = Math.max(last, in.getLong(at + time));
        }
        long times = (samples + found.size() - 1) / found.size();
        long once = found.stream().mapToLong(sample -> sample[1]).sum() + 8;
        long added = (times - 1) * once;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), 1 << 20)) {
            in.putLong(DATA_SIZE, end - data + added);
            out.write(in.array(), 0, end);
            byte[] round = ByteBuffer.allocate(8).order(in.order()).putInt(FINISHED_ROUND).putShort((short) 0).putShort((short) 8).array();
            for (long i = 1; i < times; i++) {
                for (int[] sample : found) {
                    in.putLong(sample[0] + time, in.getLong(sample[0] + time) + last - first + 1);
                    out.write(in.array(), sample[0], sample[1]);
                }
                out.write(round);
            }
            int sections = Long.bitCount(in.getLong(FEATURES)); // perf has fewer than 64 kinds
            for (int i = 0; i < sections; i++) in.putLong(end + 16 * i, in.getLong(end + 16 * i) + added);
            out.write(in.array(), end, in.capacity() - end);
        }
        return times * found.size();
    }
}
