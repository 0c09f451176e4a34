package lib.elf;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Random;
import lib.elf.GoProgram.Age;
import org.junit.jupiter.api.Test;

/**
 * Damages programs at random for a while: {@code -Dfuzz.seconds=N} (30), {@code -Dfuzz.seed=N} to see one failure again.
 * A failure's message has the seed.
 */
class ElfFuzz {
    @Test
    void damagedPrograms() throws IOException {
        long end = System.nanoTime() + Long.getLong("fuzz.seconds", 30) * 1_000_000_000L;
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        do {
            try {
                one(new Random(seed));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dfuzz.seed=" + seed + ": " + e, e);
            }
            seed++;
        } while (System.nanoTime() < end && Long.getLong("fuzz.seed") == null);
    }

    private static void one(Random random) throws IOException {
        GoProgram program = GoProgram.sample();
        program.age = Age.values()[random.nextInt(Age.values().length)];
        program.order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        program.relocated = random.nextInt(3) == 0;
        program.sectionHeaders = random.nextInt(3) > 0;
        program.tableSection = random.nextBoolean() ? ".gopclntab" : ".data.rel.ro";
        program.symbols.put("main.main", new long[] {program.start(1), 24});
        program.symbols.put("label", new long[] {program.start(2), 0});
        byte[] whole = program.build();
        for (int i = 0; i < 20; i++) HostileBinaryTest.survive(ByteSource.of(ElfDamage.damage(whole, random)));
    }
}
