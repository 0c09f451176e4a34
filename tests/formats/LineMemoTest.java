package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineMemoTest {
    private static ByteBuffer text(long... words) {
        ByteBuffer text = ByteBuffer.allocate(8 * words.length + 24).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : words) text.putLong(word);
        return text.put((byte) '\n');
    }

    @Test
    void aLineIsRecognizedAndAnotherIsNot() {
        LineMemo memo = new LineMemo();
        ByteBuffer line = text(0x4141414141414141L, 0x42);
        assertEquals(0, memo.recognize(line, 0));
        int entry = memo.add(1, 2, 3);
        memo.restart();
        assertEquals(entry, memo.recognize(text(0x4141414141414141L, 0x42), 0));
        assertEquals(0, memo.recognize(text(0x4141414141414141L, 0x43), 0));
    }

    /** Differences that pass through a multiplication unchanged, whatever it multiplies by, must not cancel out afterwards. */
    @Test
    void noTwoLinesCanBeWrittenThatAreTakenForOne() {
        Random random = new Random(7);
        for (int tried = 0; tried < 20_000; tried++) {
            LineMemo memo = new LineMemo(random.nextLong(), random.nextLong() | 1);
            long first = 0x2020202020202020L | random.nextLong() & 0x4f4f4f4f4f4f4f4fL;
            long second = 0x2020202020202020L | random.nextLong() & 0x4f4f4f4f4f4f4f4fL;
            memo.recognize(text(first, second), 0);
            int entry = memo.add(1, 0, 0);
            for (int shift = 0; shift < 63; shift++) {
                memo.restart();
                long other = second ^ 1L << 63 ^ 1L << shift;
                assertNotEquals(entry, memo.recognize(text(first ^ 1L << 63, other), 0), "shift " + shift);
            }
        }
    }

    @Test
    void theStacksDoNotDependOnTheSecret() {
        // Numbers of entries are given in the order of lines, whatever their hashes are.
        Random lines = new Random(1);
        LineMemo one = new LineMemo(1, 3);
        LineMemo two = new LineMemo(-5, 0x1234567890abcdefL | 1);
        for (int i = 0; i < 5_000; i++) {
            ByteBuffer line = text(0x3030303030303030L + lines.nextInt(8) + ((long) lines.nextInt(100) << 32), 0x61);
            int a = one.recognize(line, 0);
            int b = two.recognize(line, 0);
            assertEquals(a, b);
            if (a == 0) assertEquals(one.add(i, i, 0), two.add(i, i, 0));
        }
    }
}
