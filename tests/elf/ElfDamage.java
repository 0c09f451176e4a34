package lib.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Ways to damage a file: single bits, whole fields with values that are likely to hurt, copies of other parts, a cut end. */
final class ElfDamage {
    private static final long[] HURTFUL = {0, 1, -1, 7, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffffL, 0x80000000L, 0xffffffffL,
        Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, GoProgram.TEXT, 64};

    private ElfDamage() {}

    static byte[] damage(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            // Half of it where headers and tables are: a program's text is of no interest.
            int at = random.nextInt(random.nextBoolean() ? 512 : bytes.length - 8);
            long value = random.nextBoolean() ? HURTFUL[random.nextInt(HURTFUL.length)] : random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> buffer.putLong(at & ~7, value);
                case 2 -> buffer.putInt(at & ~3, (int) value);
                case 3 -> buffer.putShort(at & ~1, (short) value);
                case 4 -> System.arraycopy(whole, random.nextInt(whole.length - 64), bytes, Math.min(at, bytes.length - 64), 64);
                default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(64)), (byte) value);
            }
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
