package lib.symbols;

import java.io.IOException;
import java.util.Arrays;
import lib.cli.Failure;
import lib.elf.ByteSource;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.node.Transfer;

/** A process's executable or another file that it has mapped, on the node: what is read of it is brought here, and kept. */
final class NodeFile implements ByteSource {
    /** Small reads bring this much, so that the headers of a file come at once. */
    private static final int BLOCK = 64 << 10;
    /** More is not brought: no function table known is half as large. */
    private static final long MOST = 256L << 20;
    private static final Script FIND = Script.of(NodeFile.class, "find-file.sh");

    private final Transfer transfer;
    private final String path;
    private final KnownRanges known;
    private long brought;

    private NodeFile(Transfer transfer, String path, long size) {
        this.transfer = transfer;
        this.path = path;
        this.known = new KnownRanges(size);
    }

    /**
     * The file that process {@code pid} has mapped from {@code module}.
     *
     * @return null when it is not there any more
     * @throws Failure when the node cannot be asked
     */
    static NodeFile find(Node node, Transfer transfer, int pid, String module) {
        Output output = node.sh(FIND, Integer.toString(pid), module);
        if (!output.ok() || output.lines().size() != 2 || !output.lines().get(0).matches("\\d{1,18}")) return null;
        return new NodeFile(transfer, output.lines().get(1), Long.parseLong(output.lines().get(0)));
    }

    /** All that was brought so far. */
    KnownRanges known() {
        return known;
    }

    /** How many bytes of it were brought, before compression. */
    long brought() {
        return brought;
    }

    /** Where it is on the node. */
    String path() {
        return path;
    }

    @Override
    public long size() {
        return known.size();
    }

    @Override
    public byte[] read(long offset, int length) throws IOException {
        ByteSource.checkRange(offset, length, size());
        if (!known.has(offset, length)) {
            long from = length < BLOCK ? offset / BLOCK * BLOCK : offset;
            long to = length < BLOCK ? Math.min(size(), (offset + length + BLOCK - 1) / BLOCK * BLOCK) : offset + length;
            byte[] start = known.from(from); // a search may have brought the beginning of what is now read whole
            brought += to - from - start.length;
            if (brought > MOST) {
                throw new IOException("more than " + (MOST >> 20) + " MB of it would have to be brought here");
            }
            try {
                byte[] rest = transfer.range(path, from + start.length, (int) (to - from) - start.length);
                byte[] whole = Arrays.copyOf(start, start.length + rest.length);
                System.arraycopy(rest, 0, whole, start.length, rest.length);
                known.add(from, whole);
            } catch (Failure e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return known.read(offset, length);
    }
}
