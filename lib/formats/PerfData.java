package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * What {@code perf record} writes, read without perf: addresses become frames without names, which lib.symbols names. Only
 * what needs a stack unwinder or a decoder of the processor's traces goes through the perf of this machine.
 */
final class PerfData {
    private PerfData() { }

    /** Whether it begins with the magic number of perf.data, in either byte order. */
    static Likeness likeness(Incoming in) {
        byte[] head = in.head();
        return Likeness.sureIf(PerfHeader.startsWith(head, 0, head.length, "PERFILE2") || PerfHeader.startsWith(head, 0, head.length, "2ELIFREP"));
    }

    static Harvest read(Incoming in, ReadOptions options) throws IOException {
        if (in.file != null && Files.isRegularFile(in.file)) return read(in.name, in.file, options);
        Path copy = Files.createTempFile("perf", ".data");
        try {
            try (InputStream bytes = in.bytes()) {
                Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            return read(in.name, copy, options);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static Harvest read(String name, Path path, ReadOptions options) throws IOException {
        String reason;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            PerfFile file = new PerfFile(channel);
            if (file.isPipe) records(channel, file, false, file::take).read();
            reason = beyondUs(file);
            if (reason == null) return read(channel, file, options);
        } catch (PerfFile.UnusableException e) {
            reason = e.getMessage();
        }
        Harvest harvest = PerfProgram.read(name, path, reason, options);
        harvest.notes.add("perf script has read it, for " + reason);
        return harvest;
    }

    /** Why only perf can read it, or null. */
    private static String beyondUs(PerfFile file) throws PerfFile.UnusableException {
        if (file.attrs.isEmpty()) throw new PerfFile.UnusableException("it names no event");
        if (file.hasAux) return "it has a trace of the processor's (AUX)";
        return file.attrs.stream().map(PerfAttr::beyondUs).filter(Objects::nonNull).map(what -> "it has " + what).findFirst().orElse(null);
    }

    private static Harvest read(FileChannel channel, PerfFile file, ReadOptions options) throws IOException {
        PerfStacks stacks = new PerfStacks(file, options);
        PerfRecords records = records(channel, file, true, stacks::record);
        records.read();
        Harvest harvest = stacks.end();
        harvest.notes.addAll(file.notes);
        if (records.damage() != null) harvest.notes.add(records.damage() + "; what stands before is used");
        return harvest;
    }

    private static PerfRecords records(FileChannel channel, PerfFile file, boolean unpack, PerfRecords.Taker taker) throws IOException {
        InputStream in = Channels.newInputStream(channel.position(file.dataOffset));
        return new PerfRecords(in, file.dataSize, file.order, unpack, taker);
    }
}
