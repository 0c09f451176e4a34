package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import lib.stacks.Stacks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** perf.data, with a script in the place of perf that shows what it was asked for. */
class PerfDataTest {
    private static final byte[] MAGIC = "PERFILE2 and more".getBytes();

    @TempDir
    Path dir;
    private Path perf;

    @BeforeEach
    void needsAShell() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the stand-in for perf is a shell script, and there is no /bin/sh");
    }

    private ReadOptions standIn(String script) throws IOException {
        perf = Files.writeString(dir.resolve("perf"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(perf, PosixFilePermissions.fromString("rwx------"));
        return new ReadOptions().perf(perf.toString());
    }

    private static String sample(String comm) {
        return "printf '" + comm + " 1/1 5.123456: 7 cycles:\\n\\t7f01 main (/bin/x)\\n\\n'\n";
    }

    @Test
    void perfReadsAPlainFileInPlace() throws IOException {
        ReadOptions options = standIn("case \"$*\" in *' -i " + dir.resolve("data") + "'*) " + sample("in-place") + ";; esac\n"
                + "case \"$*\" in *--no-inline*) " + sample("no-inline") + ";; esac\n");
        Path data = Files.write(dir.resolve("data"), MAGIC);
        assertEquals("in-place;main 7\nno-inline;main 7\n", Fold.folded(StackReader.read(List.of(data), options)));
    }

    @Test
    void perfReadsACopyOfAStream() throws IOException {
        ReadOptions options = standIn("for last; do :; done; while [ $# -gt 1 ]; do [ \"$1\" = -i ] && file=$2; shift; done\n"
                + "printf \"$(cat \"$file\" | tr ' ' _) 1/1 5.123456: 7 cycles:\\n\\t7f01 main (/bin/x)\\n\\n\"\n");
        assertEquals("PERFILE2_and_more;main 7\n", Fold.folded(StackReader.read("in", new ByteArrayInputStream(MAGIC), options)));
    }

    @Test
    void failureOfPerf() throws IOException {
        ReadOptions options = standIn("echo first >&2; echo 'incompatible file format' >&2; exit 3\n");
        IOException e = assertThrows(IOException.class, () -> StackReader.read("in", new ByteArrayInputStream(MAGIC), options));
        assertEquals("in: perf script failed with 3: incompatible file format", e.getMessage());
    }

    @Test
    void failureAfterSomeSamples() throws IOException {
        Stacks stacks = StackReader.read("in", new ByteArrayInputStream(MAGIC), standIn(sample("x") + "echo 'broken at the end' >&2; exit 1\n"));
        assertEquals("x;main 7\n", Fold.folded(stacks));
        assertTrue(stacks.notes().get(0).contains("broken at the end"));
    }

    @Test
    void noPerf() {
        IOException e = assertThrows(IOException.class, () -> StackReader.read("in", new ByteArrayInputStream(MAGIC),
                new ReadOptions().perf(dir.resolve("missing").toString())));
        assertTrue(e.getMessage().startsWith("perf.data needs perf"), e.getMessage());
    }
}
