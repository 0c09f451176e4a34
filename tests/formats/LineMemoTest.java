package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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

    private static long[] keys(Random random) {
        return random.longs(512).toArray();
    }

    /**
     * A product changes its sign with a factor, whatever the other factor is. So a word and its negative, which needs no
     * more to be known of the secret than how many zeros it ends with, leave hashes that can be made equal by the next word.
     */
    @Test
    void noTwoLinesCanBeWrittenThatAreTakenForOne() {
        Random random = new Random(7);
        for (int tried = 0; tried < 2_000; tried++) {
            LineMemo memo = new LineMemo(keys(random));
            long first = 0x4040404040404040L | random.nextLong() & 0x3f3f3f3f3f3f3f3fL;
            long second = 0x4040404040404040L | random.nextLong() & 0x3f3f3f3f3f3f3f3fL;
            memo.recognize(text(first, second), 0);
            int entry = memo.add(1, 0, 0);
            for (int zeros = 0; zeros < 24; zeros++) {
                long negative = first ^ -1L << zeros + 1;
                long[] others = {second, second ^ -1L << zeros + 1, second ^ (1L << zeros + 1) - 1};
                for (long other : others) {
                    memo.restart();
                    assertNotEquals(entry, memo.recognize(text(negative, other), 0), zeros + " zeros, try " + tried);
                }
            }
        }
    }

    /** With each bit changed, with one byte more or less, with zeros behind: never the same, in words or between them. */
    @Test
    void similarLinesAreTold() {
        LineMemo memo = new LineMemo(keys(new Random(3)));
        byte[] line = new byte[60];
        Arrays.fill(line, (byte) 'A');
        for (int length = 0; length <= line.length - 25; length++) {
            for (int last = 0; last < 2; last++) {
                byte[] bytes = line.clone();
                if (length > 0) bytes[length - 1] = (byte) (last == 0 ? 'A' : 0);
                bytes[length] = '\n';
                assertEquals(0, memo.recognize(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0), length + " bytes");
                assertEquals(length + 1, memo.end());
                memo.add(length, last, 0);
                if (length == 0) break;
            }
        }
        byte[] known = line.clone();
        known[35] = '\n';
        for (int bit = 0; bit < 8 * 35; bit++) {
            byte[] bytes = known.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(0, memo.recognize(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0), "bit " + bit);
        }
        memo.restart();
        int entry = memo.recognize(ByteBuffer.wrap(known).order(ByteOrder.LITTLE_ENDIAN), 0);
        assertEquals(35, memo.first(entry));
    }

    @Test
    void onlyAnUnknownLineIsAdded() {
        LineMemo memo = new LineMemo();
        assertThrows(IllegalStateException.class, () -> memo.add(1, 2, 3));
        memo.recognize(text(5), 0);
        memo.add(1, 2, 3);
        assertThrows(IllegalStateException.class, () -> memo.add(1, 2, 3), "once is enough");
        memo.recognize(text(6), 0);
        memo.restart();
        assertNotEquals(0, memo.recognize(text(5), 0));
        assertThrows(IllegalStateException.class, () -> memo.add(1, 2, 3), "it is known");
    }

    @Test
    void aLineThatIsTooLongIsUnderstoodEachTime() {
        LineMemo memo = new LineMemo();
        long[] words = new Random(1).longs(600).map(word -> word & 0x3f3f3f3f3f3f3f3fL | 0x4040404040404040L).toArray();
        for (int round = 0; round < 2; round++) {
            assertEquals(0, memo.recognize(text(words), 0));
            assertEquals(8 * 600 + 1, memo.end());
            int entry = memo.add(round, 7, 1);
            assertEquals(round, memo.first(entry));
            assertEquals(7, memo.second(entry));
            assertEquals(1, memo.flag(entry));
            assertEquals(0, memo.recognize(text(round + 1), 0), "what follows is another line");
            memo.add(9, 9, 0);
        }
    }

    @Test
    void theStacksDoNotDependOnTheSecret() {
        // Numbers of entries are given in the order of lines, whatever their hashes are.
        Random lines = new Random(1);
        LineMemo one = new LineMemo(keys(new Random(2)));
        LineMemo two = new LineMemo(keys(new Random(3)));
        for (int i = 0; i < 5_000; i++) {
            ByteBuffer line = text(0x3030303030303030L + lines.nextInt(8) + ((long) lines.nextInt(100) << 32), 0x61);
            int a = one.recognize(line, 0);
            int b = two.recognize(line, 0);
            assertEquals(a, b);
            if (a == 0) assertEquals(one.add(i, i, 0), two.add(i, i, 0));
        }
    }
}
