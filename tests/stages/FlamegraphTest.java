import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Stage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stage 03 on files, as its command line says. */
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class FlamegraphTest {
    private static final String SCRIPT = """
            kube-apiserver  10/11  1.000000:  10101010 cpu-clock:pppH:
            \t          4011 main.hot+0x1 (/bin/a)
            \t          4000 main.main+0x10 (/bin/a)

            kube-apiserver  10/12  1.010000:  10101010 cpu-clock:pppH:
            \t          4022 main.(*T).method+0x2 (/bin/a)
            \t          4000 main.main+0x10 (/bin/a)

            kube-apiserver  10/12  1.020000:  10101010 cpu-clock:pppH:
            \t          4011 main.hot+0x1 (/bin/a)
            \t          4000 main.main+0x10 (/bin/a)
            """;
    private static final String FOLDED = "kube-apiserver;main.main;main.(*T).method 10101010\nkube-apiserver;main.main;main.hot 20202020\n";

    @TempDir
    Path folder;
    private Path script;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        script = Files.writeString(folder.resolve("perf.txt"), SCRIPT);
    }

    private int run(Object... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) words[i] = args[i].toString();
        return Stage.execute(new Flamegraph(), new Console(new PrintWriter(out), new PrintWriter(err), false, false), words);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    @Test
    void textInPictureAndStacksOut() throws IOException {
        assertEquals(Exit.DONE, run("--input", script, "-o", file("a.svg"), "--folded", file("a.folded")), err::toString);
        assertEquals(FOLDED, Files.readString(file("a.folded")));
        String svg = Files.readString(file("a.svg"));
        assertTrue(svg.startsWith("<") && svg.contains("main.hot") && svg.contains("30 ms CPU (3 samples)"), svg);
        assertTrue(out.toString().contains("66.7 %  main.hot"), out.toString());
    }

    @Test
    void aPartOfTheRecording() throws IOException {
        assertEquals(Exit.DONE, run("--input", script, "--from", "0.005", "--to", "0.015", "-o", file("a.svg"), "--folded", file("a.folded")), err::toString);
        assertEquals("kube-apiserver;main.main;main.(*T).method 10101010\n", Files.readString(file("a.folded")));
        assertTrue(out.toString().startsWith("10 ms CPU (1 sample)"), out.toString());
        assertTrue(Files.readString(file("a.svg")).contains(", 0.005 s to 0.015 s of it"), "the picture says so");
        run("--input", script, "--from", "0.01", "--folded", file("b.folded"));
        assertEquals("kube-apiserver;main.main;main.(*T).method 10101010\nkube-apiserver;main.main;main.hot 10101010\n", Files.readString(file("b.folded")));
        assertEquals(Exit.INPUT, run("--input", script, "--from", "5"));
        assertTrue(err.toString().contains("the last one is from 0.020 s"), err.toString());
        assertEquals(Exit.INPUT, run("--input", file("b.folded"), "--to", "5"));
        assertTrue(err.toString().contains("nothing says when"), err.toString());
        assertEquals(Exit.USAGE, run("--input", script, "--to", "5", "--flamechart"));
        assertEquals(Exit.USAGE, run("--input", script, "--to", "NaN"));
        assertEquals(Exit.USAGE, run("--input", script, "--from", "2", "--to", "1"));
        assertTrue(err.toString().contains("--from 2 s is not before --to 1 s"), err.toString());
    }

    @Test
    void aViewThatIsNotThereIsRefused() {
        assertEquals(Exit.USAGE, run("--input", script, "--by", "call", "--reverse", "-o", file("a.svg")));
        assertEquals(Exit.USAGE, run("--input", script, "--by", "call", "--flamechart", "-o", file("a.svg")));
    }

    @Test
    void thePictureHasTheTimesUnlessTheyAreNotWanted() throws IOException {
        run("--input", script, "-o", file("a.svg"));
        run("--input", script, "-o", file("b.svg"), "--no-time");
        assertTrue(Files.readString(file("a.svg")).contains("<metadata class=\"times\">"));
        assertFalse(Files.readString(file("b.svg")).contains("class=\"times\""));
        run("--input", script, "-o", file("c.svg"), "--no-time", "--from", "0");
        assertFalse(Files.readString(file("c.svg")).contains("class=\"times\""));
        run("--input", script, "--input", script, "-o", file("d.svg"));
        assertFalse(Files.readString(file("d.svg")).contains("class=\"times\""), "two recordings have two clocks");
    }

    @Test
    void theSameBytesEveryTimeFromTextGzipAndStandardInput() throws IOException {
        run("--input", script, "-o", file("a.svg"));
        Path gzip = file("perf.txt.gz");
        try (var packed = new GZIPOutputStream(Files.newOutputStream(gzip))) {
            packed.write(SCRIPT.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(Exit.DONE, run("--input", gzip, "-o", file("b.svg")));
        assertArrayEquals(Files.readAllBytes(file("a.svg")), Files.readAllBytes(file("b.svg")));
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(SCRIPT.getBytes(StandardCharsets.UTF_8)));
        try {
            assertEquals(Exit.DONE, run("--input", "-", "-o", file("c.svg")));
        } finally {
            System.setIn(before);
        }
        assertArrayEquals(Files.readAllBytes(file("a.svg")), Files.readAllBytes(file("c.svg")));
    }

    @Test
    void severalInputsAreSummed() throws IOException {
        assertEquals(Exit.DONE, run("--input", script, "--input", script, "--count", "samples", "--folded", file("two")));
        assertEquals("kube-apiserver;main.main;main.(*T).method 2\nkube-apiserver;main.main;main.hot 4\n", Files.readString(file("two")));
        assertFalse(Files.exists(Path.of("flame.svg")), "a picture is drawn unasked only where nothing else was asked for");
    }

    @Test
    void rootsByProcessAndThread() throws IOException {
        run("--input", script, "--pid", "--folded", file("pid"));
        assertTrue(Files.readString(file("pid")).startsWith("kube-apiserver-10;main.main;"), Files.readString(file("pid")));
        run("--input", script, "--tid", "--folded", file("tid"));
        assertTrue(Files.readString(file("tid")).contains("kube-apiserver-10/12;main.main;main.hot 10101010"));
    }

    @Test
    void aDifferenceNamesItsMovers() throws IOException {
        Path before = Files.writeString(file("before.folded"), "kube-apiserver;main.main;main.(*T).method 2\nkube-apiserver;main.main;main.hot 1\n");
        assertEquals(Exit.DONE, run("--input", script, "--diff", before, "-o", file("d.svg")), err::toString);
        assertTrue(out.toString().contains("+33.33 points  (33.3 %, 66.7 %)  main.hot"), out.toString());
        byte[] first = Files.readAllBytes(file("d.svg"));
        run("--input", script, "--diff", before, "-o", file("d.svg"));
        assertArrayEquals(first, Files.readAllBytes(file("d.svg")));
    }

    @Test
    void theFiveQuestionsAreAnsweredInsteadWithWhatChanged() throws IOException {
        Path before = Files.writeString(file("before.folded"), "kube-apiserver;main.main;main.hot 1\n");
        assertEquals(Exit.DONE, run("--input", script, "--answers", "--diff", before, "-o", file("a.svg")), err::toString);
        assertTrue(out.toString().startsWith("1. Which paths are hottest?\n"), out.toString());
        assertTrue(out.toString().contains("4. How did it change?\n   By nothing"), out.toString());
        assertFalse(out.toString().contains("The largest changes"), out.toString());
    }

    @Test
    void aSavedResultKnowsItsUnitItsSamplesAndItsKernel() throws IOException {
        Path result = file("flame-20260101-000000.folded.gz");
        try (var packed = new GZIPOutputStream(Files.newOutputStream(result))) {
            packed.write("etcd;main.main;do_idle_[k] 30303030\netcd;runtime.mallocgc 20202020\n".getBytes(StandardCharsets.UTF_8));
        }
        run("--input", result, "-o", file("a.svg"));
        assertTrue(out.toString().startsWith("5 samples of 10,101,010 each"), out.toString());
        Files.writeString(file("flame-20260101-000000.json"), """
                {"target": "etcd", "node": "n1", "event": "cpu-clock:pppH", "frequency": 99, "seconds": 10.0, "samples": 5,
                "start": "2026-01-01T00:00:00Z", "ended": "complete"}""");
        assertEquals(Exit.DONE, run("--input", result, "-v", "-o", file("b.svg")), err::toString);
        assertTrue(out.toString().startsWith("51 ms CPU (5 samples)"), out.toString());
        assertTrue(out.toString().contains("  do_idle\n"), out.toString());
        assertTrue(Files.readString(file("b.svg")).contains("etcd on n1"));
        run("--input", result, "--kernel", "--folded", file("again"));
        assertTrue(Files.readString(file("again")).contains("do_idle_[k] 30303030\n"));
    }

    @Test
    void otherFormsOfOutputCanBeReadBack() throws IOException {
        assertEquals(Exit.DONE, run("--input", script, "--pprof", file("p.pb.gz"), "--speedscope", file("s.json"), "--json", file("j.json")));
        assertEquals(Exit.DONE, run("--input", file("p.pb.gz"), "--folded", file("back")));
        assertEquals(FOLDED, Files.readString(file("back")));
        assertTrue(Files.readString(file("s.json")).contains("\"main.hot\""));
        assertTrue(Files.readString(file("j.json")).contains("\"samples\" : 3"), Files.readString(file("j.json")));
    }

    @Test
    void jsonForPrograms() {
        assertEquals(Exit.DONE, run("--input", script, "-o", "json", "-o", file("a.svg")));
        assertTrue(out.toString().startsWith("{") && out.toString().contains("\"total\" : \"30 ms CPU (3 samples)\""), out.toString());
        assertTrue(Files.exists(file("a.svg")));
    }

    @Test
    void whatHoldsNoStacksIsQuoted() throws IOException {
        Path text = Files.writeString(file("notes.txt"), "Dear reader,\nthis is a letter.\n");
        assertEquals(Exit.INPUT, run("--input", text, "-o", file("x.svg")));
        assertTrue(err.toString().contains("Dear reader,"), err.toString());
        assertEquals(Exit.INPUT, run("--input", Files.writeString(file("empty"), ""), "-o", file("x.svg")));
        assertEquals(Exit.INPUT, run("--input", file("none"), "-o", file("x.svg")));
        assertEquals(Exit.INPUT, run("--input", folder, "-o", file("x.svg")));
        assertFalse(Files.exists(file("x.svg")));
    }

    @Test
    void wrongUsage() {
        assertEquals(Exit.USAGE, run("--input", script, "--minwidth", "wide"));
        assertEquals(Exit.USAGE, run("--input", script, "--width", "5", "-o", file("x.svg")));
        assertEquals(Exit.USAGE, run("--input", script, "-o", "-", "--folded", "-"));
        assertEquals(Exit.INPUT, run("--input", script, "--event", "no-such", "-o", file("x.svg")));
    }

    @Test
    void badLinesAreCountedAndTheRestIsUsed() throws IOException {
        Path damaged = Files.writeString(file("damaged"), SCRIPT + "\nwhat is this\n\n" + SCRIPT);
        assertEquals(Exit.DONE, run("--input", damaged, "--count", "samples", "--folded", file("rest")));
        assertTrue(err.toString().contains("1 line was not understood") && err.toString().contains("what is this"), err.toString());
        assertTrue(Files.readString(file("rest")).contains("main.hot 4"));
    }

    @Test
    void aFolderThatCannotBeWrittenToLeavesNothing() {
        assertEquals(Exit.TRANSFER, run("--input", script, "-o", file("no/such/a.svg")));
    }
}
