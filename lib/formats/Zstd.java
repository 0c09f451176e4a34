package lib.formats;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Unpacks zstd (RFC 8878), all frames of a file one after the other, without dictionaries. The libraries that do this in Java
 * bring native code or take methods of the JDK that are to go. The checksum of the content is not looked at.
 */
final class Zstd extends InputStream {
    private static final int MAGIC = 0xfd2fb528;
    private static final int SKIPPABLE = 0x184d2a50;
    private static final int MAX_BLOCK = 128 << 10;
    /** More is needed only for what {@code zstd --ultra} or {@code --long} made of larger files. */
    private static final int MAX_WINDOW = 64 << 20;
    private static final int MAX_HUFFMAN_BITS = 11;

    private static final int[] LENGTH_BASE = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40,
        48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};
    private static final int[] LENGTH_BITS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9,
        10, 11, 12, 13, 14, 15, 16};
    private static final int[] MATCH_BASE = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387,
        32771, 65539};
    private static final int[] MATCH_BITS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    private static final Table USUAL_LENGTHS = new Table(6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2,
            3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1);
    private static final Table USUAL_MATCHES = new Table(6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1);
    private static final Table USUAL_OFFSETS = new Table(5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1,
            -1, -1, -1, -1);

    private final InputStream in;
    private boolean inFrame;
    private boolean hasChecksum;
    private int windowSize;
    private long frameStart;

    /** What was unpacked: {@code [given, length)} is still to be read, what stands before may be referred to. */
    private byte[] window = new byte[2 * MAX_BLOCK];
    private int given;
    private int length;
    /** How many bytes of the stream no longer stand in the window. */
    private long dropped;

    /** A block, and some bytes behind it, as words are read whole. */
    private final byte[] block = new byte[MAX_BLOCK + Long.BYTES];
    private final byte[] literals = new byte[MAX_BLOCK];
    private int literalsLength;
    /** Where the description of the sequences is read. */
    private int at;
    private final int[] recent = new int[3];
    private Table lengths;
    private Table offsets;
    private Table matches;
    /** By the next bits of a stream: a literal, and how many bits stand for it; null where no block had a tree. */
    private short[] huffman;
    private int huffmanBits;

    Zstd(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) return 0;
        while (given == length) {
            if (!inFrame && !beginFrame()) return -1;
            if (inFrame) unpackBlock();
        }
        int part = Math.min(count, length - given);
        System.arraycopy(window, given, bytes, offset, part);
        given += part;
        return part;
    }

    /** Unpacks the next block into memory, from where it can be read; nothing at the end. */
    void unpackNext() throws IOException {
        if ((inFrame || beginFrame()) && inFrame) unpackBlock();
    }

    /** How much can be read without reading the packed data. */
    @Override
    public int available() {
        return length - given;
    }

    private static IOException damaged(String what) {
        return new IOException("zstd: " + what);
    }

    private static void check(boolean right, String what) throws IOException {
        if (!right) throw damaged(what);
    }

    private long number(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        check(bytes.length == size, "cut off");
        long number = 0;
        for (int i = size - 1; i >= 0; i--) number = number << 8 | bytes[i] & 0xff;
        return number;
    }

    /** Reads a frame's header; false at the end. */
    private boolean beginFrame() throws IOException {
        byte[] begin = in.readNBytes(4);
        if (begin.length == 0) return false;
        check(begin.length == 4, "cut off");
        int magic = begin[0] & 0xff | (begin[1] & 0xff) << 8 | (begin[2] & 0xff) << 16 | begin[3] << 24;
        if ((magic & ~15) == SKIPPABLE) {
            in.skipNBytes(number(4));
            return true;
        }
        check(magic == MAGIC, "no frame where one should begin");
        int descriptor = (int) number(1);
        boolean single = (descriptor & 0x20) != 0;
        long size = 0;
        if (!single) {
            int exponent = (int) number(1);
            long base = 1L << 10 + (exponent >> 3);
            size = base + (base >> 3) * (exponent & 7);
        }
        check(number(new int[] {0, 1, 2, 4}[descriptor & 3]) == 0, "it needs a dictionary");
        int field = descriptor >> 6;
        long content = field == 0 ? single ? number(1) : 0 : number(1 << field) + (field == 1 ? 256 : 0);
        size = single ? content : size;
        check(size >= 0 && size <= MAX_WINDOW, "it needs more than " + (MAX_WINDOW >> 20) + " MB");
        hasChecksum = (descriptor & 4) != 0;
        windowSize = (int) size;
        frameStart = dropped + length;
        recent[0] = 1;
        recent[1] = 4;
        recent[2] = 8;
        lengths = null;
        offsets = null;
        matches = null;
        huffman = null;
        inFrame = true;
        return true;
    }

    private void unpackBlock() throws IOException {
        int header = (int) number(3);
        int size = header >>> 3;
        int type = header >> 1 & 3;
        check(type < 3, "no block is of that type");
        check(size <= MAX_BLOCK, "a block that is too large");
        makeRoom();
        if (type == 1) {
            Arrays.fill(window, length, length + size, (byte) number(1));
            length += size;
        } else {
            check(in.readNBytes(block, 0, size) == size, "cut off");
            if (type == 0) {
                System.arraycopy(block, 0, window, length, size);
                length += size;
            } else {
                sequences(literals(size), size);
            }
        }
        if ((header & 1) != 0) {
            inFrame = false;
            if (hasChecksum) number(4);
        }
    }

    /** Makes room for a block, and keeps what can be referred to. */
    private void makeRoom() {
        if (length + MAX_BLOCK <= window.length) return;
        int kept = Math.min(length, windowSize);
        if (kept + MAX_BLOCK > window.length / 2) {
            window = Arrays.copyOf(window, (int) Math.min(2L * window.length, 2L * windowSize + 2 * MAX_BLOCK));
            if (length + MAX_BLOCK <= window.length) return;
        }
        System.arraycopy(window, length - kept, window, 0, kept);
        dropped += length - kept;
        length = kept;
        given = kept;
    }

    /** Unpacks the literals of the block, and returns where the sequences begin. */
    private int literals(int end) throws IOException {
        check(end > 0, "an empty block");
        int type = block[0] & 3;
        int format = block[0] >> 2 & 3;
        Arrays.fill(block, end, end + Long.BYTES, (byte) 0);
        long header = Bits.word(block, 0);
        if (type < 2) {
            int bytes = format == 1 ? 2 : format == 3 ? 3 : 1;
            literalsLength = (int) (bytes == 1 ? header >> 3 & 0x1f : bytes == 2 ? header >> 4 & 0xfff : header >> 4 & 0xfffff);
            int stored = type == 1 ? 1 : literalsLength;
            check(literalsLength <= MAX_BLOCK && bytes + stored <= end, "literals that are not there");
            if (type == 1) Arrays.fill(literals, 0, literalsLength, block[bytes]);
            else System.arraycopy(block, bytes, literals, 0, literalsLength);
            return bytes + stored;
        }
        int width = format < 2 ? 10 : format == 2 ? 14 : 18;
        int start = format < 2 ? 3 : format == 2 ? 4 : 5;
        literalsLength = (int) (header >> 4 & (1L << width) - 1);
        int packed = (int) (header >> 4 + width & (1L << width) - 1);
        int literalsEnd = start + packed;
        check(literalsLength <= MAX_BLOCK && literalsEnd <= end, "literals that are not there");
        if (type == 2) start = tree(start, literalsEnd);
        check(huffman != null, "no tree for literals");
        if (format == 0) {
            huffmanStream(start, literalsEnd, 0, literalsLength);
            return literalsEnd;
        }
        check(start + 6 <= literalsEnd, "literals that are not there");
        int part = (literalsLength + 3) / 4;
        check(3 * part <= literalsLength, "too few literals");
        int from = start + 6;
        for (int stream = 0; stream < 4; stream++) {
            int size = block[start + 2 * stream] & 0xff | (block[start + 2 * stream + 1] & 0xff) << 8;
            int to = stream == 3 ? literalsEnd : from + size;
            check(to <= literalsEnd, "literals that are not there");
            huffmanStream(from, to, stream * part, stream == 3 ? literalsLength : (stream + 1) * part);
            from = to;
        }
        return literalsEnd;
    }

    private void huffmanStream(int from, int to, int firstLiteral, int lastLiteral) throws IOException {
        Bits bits = new Bits(block, from, to);
        for (int i = firstLiteral; i < lastLiteral; i++) {
            int entry = huffman[(int) bits.peek(huffmanBits)];
            literals[i] = (byte) (entry >> 8);
            bits.left -= entry & 0xff;
        }
        check(bits.left == 0, "literals that do not fit");
    }

    /** Reads the lengths of the literals' codes, and returns where they end. */
    private int tree(int begin, int end) throws IOException {
        check(begin < end, "no tree for literals");
        int header = block[begin] & 0xff;
        int data = begin + 1;
        int[] weights = new int[256];
        int count = 0;
        int treeEnd;
        if (header >= 128) {
            count = header - 127;
            treeEnd = data + (count + 1) / 2;
            check(treeEnd <= end, "no tree for literals");
            for (int i = 0; i < count; i++) weights[i] = block[data + i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
        } else {
            treeEnd = data + header;
            check(treeEnd <= end, "no tree for literals");
            Counts counts = new Counts(block, data, treeEnd, 6, MAX_HUFFMAN_BITS + 1);
            Table table = counts.table();
            Bits bits = new Bits(block, counts.end, treeEnd);
            int one = (int) bits.read(table.log);
            int other = (int) bits.read(table.log);
            while (true) {
                check(count < 254, "too many literals");
                weights[count++] = table.symbol[one];
                if (bits.left < table.bits[one]) {
                    weights[count++] = table.symbol[other];
                    break;
                }
                int next = table.next(one, bits);
                one = other;
                other = next;
            }
        }
        assign(weights, count);
        return treeEnd;
    }

    private void assign(int[] weights, int count) throws IOException {
        int sum = 0;
        for (int i = 0; i < count; i++) sum += weights[i] == 0 ? 0 : 1 << weights[i] - 1;
        check(sum > 0, "no tree for literals");
        huffmanBits = 32 - Integer.numberOfLeadingZeros(sum);
        int left = (1 << huffmanBits) - sum;
        check(huffmanBits <= MAX_HUFFMAN_BITS && Integer.bitCount(left) == 1, "a tree that does not fit");
        weights[count] = Integer.numberOfTrailingZeros(left) + 1;
        huffman = new short[1 << huffmanBits];
        int place = 0;
        for (int weight = 1; weight <= huffmanBits; weight++) {
            for (int literal = 0; literal <= count; literal++) {
                if (weights[literal] == weight) {
                    int places = 1 << weight - 1;
                    Arrays.fill(huffman, place, place + places, (short) (literal << 8 | huffmanBits + 1 - weight));
                    place += places;
                }
            }
        }
    }

    private void sequences(int begin, int end) throws IOException {
        check(begin < end, "no sequences");
        at = begin;
        int count = block[at++] & 0xff;
        if (count > 127) {
            check(at + 2 <= end, "cut off");
            count = count < 255 ? (count - 128 << 8) + (block[at++] & 0xff)
                    : (block[at++] & 0xff) + ((block[at++] & 0xff) << 8) + 0x7f00;
        }
        int literal = 0;
        if (count > 0) {
            check(at < end, "cut off");
            int modes = block[at++];
            lengths = table(modes >> 6 & 3, lengths, USUAL_LENGTHS, 9, LENGTH_BASE.length - 1, end);
            offsets = table(modes >> 4 & 3, offsets, USUAL_OFFSETS, 8, 31, end);
            matches = table(modes >> 2 & 3, matches, USUAL_MATCHES, 9, MATCH_BASE.length - 1, end);
            Bits bits = new Bits(block, at, end);
            int ofLength = (int) bits.read(lengths.log);
            int ofOffset = (int) bits.read(offsets.log);
            int ofMatch = (int) bits.read(matches.log);
            int limit = length + MAX_BLOCK;
            for (int i = 0; i < count; i++) {
                int offsetCode = offsets.symbol[ofOffset];
                long value = (1L << offsetCode) + bits.read(offsetCode);
                int matchCode = matches.symbol[ofMatch];
                int match = MATCH_BASE[matchCode] + (int) bits.read(MATCH_BITS[matchCode]);
                int lengthCode = lengths.symbol[ofLength];
                int run = LENGTH_BASE[lengthCode] + (int) bits.read(LENGTH_BITS[lengthCode]);
                check(bits.left >= 0, "cut off");
                if (i < count - 1) {
                    ofLength = lengths.next(ofLength, bits);
                    ofMatch = matches.next(ofMatch, bits);
                    ofOffset = offsets.next(ofOffset, bits);
                    check(bits.left >= 0, "cut off");
                }
                int offset = offset(value, run);
                check(literal + run <= literalsLength && length + run + match <= limit, "more than a block holds");
                System.arraycopy(literals, literal, window, length, run);
                literal += run;
                length += run;
                check(offset > 0 && offset <= dropped + length - frameStart && offset <= length, "a reference to what is not there");
                copy(offset, match);
            }
            check(bits.left == 0, "sequences that do not fit");
        }
        int rest = literalsLength - literal;
        check(length + rest <= window.length, "more than a block holds");
        System.arraycopy(literals, literal, window, length, rest);
        length += rest;
    }

    private void copy(int offset, int match) {
        if (offset >= match) {
            System.arraycopy(window, length - offset, window, length, match);
        } else {
            for (int i = 0; i < match; i++) window[length + i] = window[length + i - offset];
        }
        length += match;
    }

    private int offset(long value, int run) throws IOException {
        if (value > 3) {
            check(value - 3 <= Integer.MAX_VALUE, "a reference to what is not there");
            recent[2] = recent[1];
            recent[1] = recent[0];
            recent[0] = (int) (value - 3);
            return recent[0];
        }
        int index = (int) value - (run == 0 ? 0 : 1);
        int offset = index < 3 ? recent[index] : recent[0] - 1;
        if (index > 0) {
            if (index > 1) recent[2] = recent[1];
            recent[1] = recent[0];
            recent[0] = offset;
        }
        return offset;
    }

    private Table table(int mode, Table before, Table usual, int maxLog, int maxSymbol, int end) throws IOException {
        switch (mode) {
            case 0:
                return usual;
            case 1:
                check(at < end && (block[at] & 0xff) <= maxSymbol, "no code like that");
                return new Table((byte) block[at++]);
            case 2:
                Counts counts = new Counts(block, at, end, maxLog, maxSymbol);
                at = counts.end;
                return counts.table();
            default:
                check(before != null, "no codes to repeat");
                return before;
        }
    }

    /** Bits that are read from the end of some bytes towards their beginning. */
    private static final class Bits {
        private final byte[] bytes;
        private final int from;
        /** How many are left; negative where more were read than there are. */
        int left;

        Bits(byte[] bytes, int from, int to) throws IOException {
            check(from < to && bytes[to - 1] != 0, "no bits");
            this.bytes = bytes;
            this.from = from;
            left = 8 * (to - from) - 1 - (Integer.numberOfLeadingZeros(bytes[to - 1] & 0xff) - 24);
        }

        static long word(byte[] bytes, int at) {
            long word = 0;
            for (int i = Long.BYTES - 1; i >= 0; i--) word = word << 8 | bytes[at + i] & 0xff;
            return word;
        }

        /** The next bits, zeros where there are no more. */
        long peek(int count) {
            int low = left - count;
            if (low >= 0) return word(bytes, from + (low >> 3)) >>> (low & 7) & (1L << count) - 1;
            return left <= 0 ? 0 : (word(bytes, from) & (1L << left) - 1) << -low;
        }

        long read(int count) {
            long value = count == 0 ? 0 : peek(count);
            left -= count;
            return value;
        }
    }

    /** How often each symbol occurs, as it is written before a table of codes. */
    private static final class Counts {
        private final int log;
        private final int[] counts;
        /** Where they end. */
        final int end;

        Counts(byte[] bytes, int from, int to, int maxLog, int maxSymbol) throws IOException {
            int bit = 8 * from;
            int[] found = new int[maxSymbol + 1];
            check(from < to, "no counts");
            log = 5 + (bytes[from] & 15);
            check(log <= maxLog, "a table that is too large");
            bit += 4;
            int left = 1 << log;
            int symbol = 0;
            while (left > 0) {
                check(symbol <= maxSymbol && bit >> 3 < to, "counts that do not fit");
                int width = 32 - Integer.numberOfLeadingZeros(left + 1);
                int value = (int) (Bits.word(bytes, bit >> 3) >>> (bit & 7)) & (1 << width) - 1;
                int low = value & (1 << width - 1) - 1;
                int threshold = (1 << width) - 1 - (left + 1);
                bit += width;
                if (low < threshold) {
                    bit--;
                    value = low;
                } else if (value >= 1 << width - 1) {
                    value -= threshold;
                }
                int count = value - 1;
                left -= Math.abs(count);
                found[symbol++] = count;
                for (int repeat = count == 0 ? 3 : 0; repeat == 3;) {
                    check(bit >> 3 < to, "counts that do not fit");
                    repeat = (int) (Bits.word(bytes, bit >> 3) >>> (bit & 7)) & 3;
                    bit += 2;
                    symbol += repeat;
                }
            }
            end = bit + 7 >> 3;
            check(left == 0 && end <= to, "counts that do not fit");
            counts = Arrays.copyOf(found, Math.min(symbol, found.length));
        }

        Table table() {
            return new Table(log, counts);
        }
    }

    /** A table of codes (finite state entropy): by state the symbol, and what comes next. */
    private static final class Table {
        final int log;
        final byte[] symbol;
        final byte[] bits;
        private final short[] base;

        /** A single symbol. */
        Table(byte only) {
            log = 0;
            symbol = new byte[] {only};
            bits = new byte[1];
            base = new short[1];
        }

        /** @param counts -1 for a symbol that is rarer than one in all */
        Table(int log, int... counts) {
            this.log = log;
            int size = 1 << log;
            symbol = new byte[size];
            bits = new byte[size];
            base = new short[size];
            int[] next = new int[counts.length];
            int high = size;
            for (int s = 0; s < counts.length; s++) {
                if (counts[s] == -1) {
                    symbol[--high] = (byte) s;
                    next[s] = 1;
                }
            }
            int place = 0;
            for (int s = 0; s < counts.length; s++) {
                if (counts[s] > 0) next[s] = counts[s];
                for (int i = 0; i < counts[s]; i++) {
                    symbol[place] = (byte) s;
                    do {
                        place = place + (size >> 1) + (size >> 3) + 3 & size - 1;
                    } while (place >= high);
                }
            }
            for (int state = 0; state < size; state++) {
                int number = next[symbol[state]]++;
                bits[state] = (byte) (log - (31 - Integer.numberOfLeadingZeros(number)));
                base[state] = (short) ((number << bits[state]) - size);
            }
        }

        int next(int state, Bits source) {
            return base[state] + (int) source.read(bits[state]);
        }
    }
}
