package lib.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import lib.elf.GoProgram.Age;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every layout of Go's function table, written by {@link GoProgram} and read back. */
class GoTableTest {
    private static Symbols read(GoProgram program) throws IOException {
        Symbols symbols = Binary.open(ByteSource.of(program.build())).symbols(true);
        assertEquals(List.of(), symbols.problems());
        assertTrue(symbols.isGo());
        return symbols;
    }

    /** Checks every byte of the program's code against what the program was made of. */
    private static void check(GoProgram program) throws IOException {
        Symbols symbols = read(program);
        for (int i = 0; i < program.functions.size(); i++) {
            GoProgram.Function f = program.functions.get(i);
            long at = program.start(i);
            for (GoProgram.Span span : f.spans()) {
                for (int k = 0; k < span.length(); k++, at++) {
                    List<Location> found = symbols.at(at, false, true);
                    String where = f.name() + " at " + Long.toHexString(at) + ": " + found;
                    assertEquals(f.name(), found.get(found.size() - 1).function(), where);
                    assertEquals(span.line(), found.get(0).line(), where);
                    int call = span.call();
                    for (int depth = 0; depth < found.size() - 1; depth++) {
                        assertTrue(call >= 0, where);
                        assertEquals(f.calls().get(call).function(), found.get(depth).function(), where);
                        assertTrue(found.get(depth).inlined(), where);
                        assertEquals(f.file(), found.get(depth).file(), where);
                        call = f.calls().get(call).parent();
                    }
                    assertEquals(-1, call, where);
                    assertFalse(found.get(found.size() - 1).inlined(), where);
                    assertEquals(found.subList(found.size() - 1, found.size()).get(0).function(),
                            symbols.at(at + 1, true, false).get(0).function(), "by return address");
                }
            }
            for (int k = 0; k < f.padding(); k++, at++) {
                assertEquals(List.of(), symbols.at(at, false, true), "padding after " + f.name());
            }
        }
        assertEquals(List.of(), symbols.at(program.start(0) - 1, false, true));
        assertEquals(List.of(), symbols.at(program.start(program.functions.size()), false, true));
        assertEquals(List.of(), symbols.at(0, true, true));
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void everyAddressOfEveryLayout(Age age) throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            GoProgram program = GoProgram.sample();
            program.age = age;
            program.order = order;
            check(program);
        }
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void withoutSectionHeaders(Age age) throws IOException {
        GoProgram program = GoProgram.sample();
        program.age = age;
        program.sectionHeaders = false;
        check(program);
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void pointersLeftToTheDynamicLinker(Age age) throws IOException {
        GoProgram program = GoProgram.sample();
        program.age = age;
        program.relocated = true;
        program.tableSection = ".data.rel.ro";
        check(program);
    }

    @ParameterizedTest
    @EnumSource(value = Age.class, names = {"GO_1_19", "GO_1_21", "GO_1_27"})
    void codeOfAnotherLanguageBeforeGos(Age age) throws IOException {
        GoProgram program = GoProgram.sample();
        program.age = age;
        program.foreignCode = 160;
        program.headerText = false;
        check(program);
    }

    @Test
    void linesOfCallsComeFromTheCallers() throws IOException {
        for (Age age : Age.values()) {
            GoProgram program = GoProgram.sample();
            program.age = age;
            Symbols symbols = read(program);
            // main.inner's body: 4 + 4 + 4 bytes into main.main
            List<Location> found = symbols.at(program.start(1) + 12, false, true);
            assertEquals(List.of("main.inner", "main.middle", "main.outer", "main.main"),
                    found.stream().map(Location::function).toList(), age.name());
            // Go 1.20 and newer look the line up at the instruction that stayed; before, the call's line is written down.
            List<Integer> lines = age.compareTo(Age.GO_1_21) >= 0 ? List.of(300, 31, 20, 10) : List.of(300, 32, 21, 11);
            assertEquals(lines, found.stream().map(Location::line).toList(), age.name());
        }
    }

    @Test
    void withoutInlinedCallsWhereNotWanted() throws IOException {
        GoProgram program = GoProgram.sample();
        Symbols symbols = Binary.open(ByteSource.of(program.build())).symbols(false);
        List<Location> found = symbols.at(program.start(1) + 12, false, true);
        assertEquals(1, found.size());
        assertEquals(new Location("main.main", "/src/main.go", 300, false), found.get(0));
    }

    @Test
    void theSymbolTablesNameHasTheTypeArguments() throws IOException {
        GoProgram program = GoProgram.sample();
        program.symbols.put("main.(*T[go.shape.int]).Do.func1", new long[] {program.start(2), 10});
        program.symbols.put("a_function_in_C", new long[] {program.start(0) - 100, 40});
        Symbols symbols = read(program);
        assertEquals("main.(*T[go.shape.int]).Do.func1", symbols.at(program.start(2) + 3, false, true).get(0).function());
        assertEquals("main.main", symbols.at(program.start(1), false, true).get(0).function());
        assertEquals("a_function_in_C", symbols.at(program.start(0) - 61, false, true).get(0).function());
        assertEquals(List.of(), symbols.at(program.start(0) - 60, false, true));
    }

    @Test
    void middleDotsAreDotsInTheSymbolTable() throws IOException {
        GoProgram program = GoProgram.sample();
        program.functions.set(0, new GoProgram.Function("type..eq.net.dialResult\u00b71", "a.go", 0,
                List.of(new GoProgram.Span(32, 7, -1)), List.of()));
        assertEquals("type..eq.net.dialResult.1", read(program).at(program.start(0), false, true).get(0).function());
    }

    /** Since Go 1.24 the segment of notes has Go's own id only. */
    @Test
    void anIdInASectionOutsideOfTheNotesSegment() throws IOException {
        GoProgram program = GoProgram.sample();
        program.gnuNoteApart = true;
        Binary binary = Binary.open(ByteSource.of(program.build()));
        assertEquals("0102ab", binary.buildId());
        assertEquals("abc/def", binary.goBuildId());
        program.sectionHeaders = false;
        assertEquals(null, Binary.open(ByteSource.of(program.build())).buildId());
    }

    @Test
    void idsAndPlaces() throws IOException {
        GoProgram program = GoProgram.sample();
        Binary binary = Binary.open(ByteSource.of(program.build()));
        assertEquals("0102ab", binary.buildId());
        assertEquals("abc/def", binary.goBuildId());
        assertEquals(GoProgram.TEXT + 5, binary.fileOffsetToVaddr(0x1005));
        assertEquals(-1, binary.fileOffsetToVaddr(0x20));
        assertTrue(binary.isCode(GoProgram.TEXT));
        assertFalse(binary.isCode(GoProgram.TEXT - 1));
        assertNotNull(binary.section(".gopclntab"));
    }
}
