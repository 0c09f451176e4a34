package lib.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import lib.elf.GoProgram.Age;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged and hostile files: either they are refused by the one exception there is, or look-ups find something or nothing. */
class HostileBinaryTest {
    /** Reads a file and asks for addresses in and around its text. Anything but BadBinaryException is a failure. */
    static void survive(ByteSource source) throws IOException {
        try {
            Binary binary = Binary.open(source);
            Symbols symbols = binary.symbols(true);
            for (long at = GoProgram.TEXT - 8; at < GoProgram.TEXT + 2600; at += 13) {
                for (Location found : symbols.at(at, at % 2 == 0, true)) {
                    assertTrue(!found.function().isEmpty() && found.line() >= 0);
                }
            }
            symbols.at(-1, true, true);
            symbols.at(Long.MIN_VALUE, true, true);
            binary.fileOffsetToVaddr(0x1010);
        } catch (BadBinaryException e) {
            assertTrue(e.getMessage().length() > 5, "a reason is given");
        }
    }

    private static GoProgram sample(Age age) {
        GoProgram program = GoProgram.sample();
        program.age = age;
        program.symbols.put("main.main", new long[] {program.start(1), 24});
        return program;
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void cutAnywhere(Age age) throws IOException {
        byte[] whole = sample(age).build();
        for (int length = 0; length < whole.length; length += length < 1024 ? 13 : 397) {
            survive(ByteSource.of(Arrays.copyOf(whole, length)));
        }
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void oneFieldReplaced(Age age) throws IOException {
        Random random = new Random(age.ordinal());
        GoProgram program = sample(age);
        for (int round = 0; round < 4; round++) {
            program.order = round % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            program.relocated = round > 1;
            program.sectionHeaders = round != 3;
            byte[] whole = program.build();
            for (int i = 0; i < 40; i++) survive(ByteSource.of(ElfDamage.damage(whole, random)));
        }
    }

    @Test
    void hugeSizesAreNotAllocated() throws IOException {
        GoProgram program = sample(Age.GO_1_19);
        byte[] whole = program.build();
        int[] most = {0};
        ByteSource huge = new ByteSource() {
            @Override
            public long size() {
                return Long.MAX_VALUE; // as a sparse file may say: every size in the file seems possible
            }

            @Override
            public byte[] read(long offset, int length) throws IOException {
                most[0] = Math.max(most[0], length);
                return ByteSource.of(whole).read(offset, length);
            }
        };
        Random random = new Random(9);
        for (int i = 0; i < 100; i++) {
            byte[] original = whole.clone();
            byte[] damaged = ElfDamage.damage(whole, random);
            System.arraycopy(damaged, 0, whole, 0, damaged.length);
            survive(huge);
            System.arraycopy(original, 0, whole, 0, whole.length);
        }
        assertTrue(most[0] <= 256 << 20, "asked for " + most[0]);
    }

    @Test
    void whatIsWrongIsSaid() {
        byte[] small = GoProgram.sample().build();
        small[4] = 1;
        assertTrue(assertThrows(BadBinaryException.class, () -> Binary.open(ByteSource.of(small))).getMessage().contains("32-bit"));
        for (byte[] other : List.of(new byte[0], new byte[100], "#!/bin/sh\n".repeat(10).getBytes())) {
            assertEquals("not an ELF file",
                    assertThrows(BadBinaryException.class, () -> Binary.open(ByteSource.of(other))).getMessage());
        }
    }

    @Test
    void aDamagedTableLeavesTheSymbolTable() throws IOException {
        GoProgram program = sample(Age.GO_1_19);
        byte[] whole = program.build();
        Bytes bytes = new Bytes(whole, 0, program.order);
        Binary.Section table = Binary.open(ByteSource.of(whole)).section(".gopclntab");
        bytes.putI64(table.offset() + 8, 1L << 40); // number of functions
        Symbols symbols = Binary.open(ByteSource.of(whole)).symbols(true);
        assertEquals(List.of("the Go function table is cut or damaged"), symbols.problems());
        assertEquals("main.main", symbols.at(program.start(1) + 3, false, true).get(0).function());
    }

    @Test
    void aDamagedTreeLeavesTheFunction() throws IOException {
        GoProgram program = sample(Age.GO_1_19);
        byte[] whole = program.build();
        Binary.Section trees = Binary.open(ByteSource.of(whole)).section(".rodata");
        // The first function's tree stands behind eight bytes; its third call (the one looked up) gets a name far away.
        new Bytes(whole, 0, program.order).putI64(trees.offset() + 8 + 2 * 20 + 8, 0x7fffffff_7fffffffL);
        Symbols symbols = Binary.open(ByteSource.of(whole)).symbols(true);
        assertEquals(List.of("main.main"),
                symbols.at(program.start(1) + 12, false, true).stream().map(Location::function).toList());
    }

    @Test
    void aProgramWithoutNamesKnowsNothing() throws IOException {
        GoProgram program = GoProgram.sample();
        program.tableSection = ".other";
        byte[] whole = program.build();
        Binary.Section table = Binary.open(ByteSource.of(whole)).section(".other");
        new Bytes(whole, 0, program.order).putI64(table.offset(), 0);
        Symbols symbols = Binary.open(ByteSource.of(whole)).symbols(true);
        assertTrue(symbols.isEmpty());
        assertEquals(List.of(), symbols.at(program.start(1), false, true));
    }
}
