package lib.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stripped programs of the Go compiler of this machine ({@code -Dgo=/path/to/go} for another one) against the symbol
 * table of their unstripped twins: every function, at its first byte, in the middle and at its last.
 */
class GoToolchainTest {
    private static final String PROGRAM = """
            package main

            import ("os"; "sort"; "strings")

            type pair struct{ a, b int }
            func (p pair) sum() int { return add(p.a, p.b) }
            func add(a, b int) int { return a + b }

            func main() {
                words := strings.Fields(strings.Join(os.Args, " "))
                sort.Slice(words, func(i, j int) bool { return pair{len(words[i]), i}.sum() < len(words[j]) })
                println(len(words))
            }
            """;

    @TempDir
    private Path folder;

    private void go(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(System.getProperty("go", "go")));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(Map.of("GOTOOLCHAIN", "local", "GOFLAGS", "", "CGO_ENABLED", "0", "GO111MODULE", "off"));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeTrue(false, "no Go compiler on this machine");
            return;
        }
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertTrue(ended && process.exitValue() == 0, () -> {
            try {
                return Files.readString(folder.resolve("log"));
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    private void compare(String... flags) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("main.go"), PROGRAM);
        List<String> build = new ArrayList<>(List.of("build"));
        build.addAll(List.of(flags));
        List<String> whole = new ArrayList<>(build);
        whole.addAll(List.of("-o", "whole", "main.go"));
        go(whole.toArray(String[]::new));
        build.addAll(List.of("-ldflags", "-s -w", "-o", "stripped", "main.go"));
        go(build.toArray(String[]::new));

        Binary twin = Binary.open(ByteSource.of(folder.resolve("whole")));
        Symbols symbols = Binary.open(ByteSource.of(folder.resolve("stripped"))).symbols(true);
        assertEquals(List.of(), symbols.problems());
        Bytes table = twin.read(twin.section(".symtab"));
        Bytes names = twin.read(twin.section(".strtab"));
        int compared = 0;
        int inlined = 0;
        for (long at = 0; at < table.size; at += 24) {
            long start = table.i64(at + 8);
            long size = table.i64(at + 16);
            String name = names.text(table.u32(at), 1 << 16);
            // Go 1.18 to 1.20 leave type arguments out of the function table, so these cannot be known.
            if ((table.u8(at + 4) & 15) != 2 || size == 0 || !twin.isCode(start) || name.contains("[")) continue;
            for (long offset : new long[] {0, size / 2, size - 1}) {
                List<Location> found = symbols.at(start + offset, false, true);
                assertTrue(!found.isEmpty(), name);
                assertEquals(name, found.get(found.size() - 1).function());
                inlined += found.size() - 1;
                compared++;
            }
        }
        assertTrue(compared > 1000, "only " + compared + " compared");
        assertTrue(inlined > 10, "no inlined calls");
    }

    @Test
    void executable() throws IOException, InterruptedException {
        compare();
    }

    @Test
    void positionIndependent() throws IOException, InterruptedException {
        compare("-buildmode=pie", "-trimpath");
    }
}
