import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.zip.GZIPInputStream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Json;
import lib.cli.Stage;
import lib.profile.Profile;
import lib.profile.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo: a real recording through the real stages, with no cluster, no perf and no shell. */
class DemoTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int lab(String... words) {
        return Stage.execute(new Lab(), new Console(new PrintWriter(out), new PrintWriter(err), false, false), words);
    }

    @Test
    void fromTheRecordingToAPushedCommit() throws IOException {
        assertEquals(Exit.DONE, lab("--demo"), out + "\n" + err);
        String picture = out.toString().replaceAll("(?s).*\n(\\S+\\.svg)\n.*", "$1");
        Path svg = Path.of(picture);
        Path repository = svg.getParent().getParent();
        try {
            assertTrue(Files.readString(svg).contains("kube-apiserver on mini-k8s"), "the picture says what it shows");
            Profile profile = Json.read(Files.readString(Path.of(picture.replace(".svg", ".json"))), Profile.class, Schema::current);
            assertTrue(profile.outcome().samples() > 1000, "under load: " + profile.outcome().samples());
            assertTrue(profile.naming().named() >= 0.99 * profile.naming().frames(), profile.naming().toString());
            assertTrue(profile.naming().by().get("pclntab") > 0, "the binary is stripped: " + profile.naming());
            try (InputStream folded = new GZIPInputStream(Files.newInputStream(Path.of(picture.replace(".svg", ".folded.gz"))))) {
                String text = new String(folded.readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(text.contains(";net/http.(*conn).serve;"), "handlers have their names");
                assertFalse(text.contains("[kube-apiserver]"), "no frame is without one");
            }
            assertTrue(out.toString().contains(", pushed to "), out.toString());
            String last = out.toString().substring(out.toString().indexOf("53.9 s CPU (5,335 samples)"));
            assertTrue(last.contains("\nlist took 31.7 % ± 1.2"), "the answer comes last: " + last);
            assertTrue(last.lines().count() <= 20 && last.lines().allMatch(line -> line.length() <= 80), "and fits the smallest terminal: " + last);
            assertEquals(out.toString().indexOf("list took"), out.toString().lastIndexOf("list took"), "it is said once");
            assertTrue(Files.exists(repository.resolveSibling("remote.git/refs/heads/main")), "the remote has the commit");
        } finally {
            try (var files = Files.walk(repository.getParent())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }

    @Test
    void otherOptionsHaveNoMeaningInIt() {
        assertEquals(Exit.USAGE, lab("--demo", "-d", "20"));
        assertTrue(err.toString().contains("--duration has no meaning with --demo"), err.toString());
    }

    @Test
    void withoutAClusterTheLabSaysWhatElseThereIs(@TempDir Path folder) {
        assertEquals(Exit.UNREACHABLE, lab("--kubeconfig", folder.resolve("none").toString()));
        assertTrue(err.toString().contains("does not exist"), "why not: " + err);
        assertTrue(err.toString().contains("./jbang lab --demo"), err.toString());
    }
}
