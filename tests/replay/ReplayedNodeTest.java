package lib.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import lib.cli.Console;
import lib.cli.Failure;
import lib.node.LocalNode;
import lib.node.Node;
import lib.node.Output;
import lib.node.Script;
import lib.node.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded of a node comes again when it is replayed. */
class ReplayedNodeTest {
    @TempDir
    Path folder;
    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false);

    @Test
    void answersAndFilesComeAgain() throws IOException {
        byte[] content = new byte[(9 << 20) + 5];
        new Random(1).nextBytes(content);
        Path file = Files.write(folder.resolve("data"), content);
        Path counter = folder.resolve("counter");
        try (Node node = new RecordingNode(new LocalNode(), folder.resolve("kept"))) {
            assertEquals("x\n", ask(node, counter));
            assertEquals("x\nx\n", ask(node, counter));
            new Transfer(node, console).download(file.toString(), folder.resolve("first"), 1 << 24);
        }
        Files.delete(file);
        Files.delete(counter);

        Node again = new ReplayedNode(folder.resolve("kept"));
        assertEquals(new LocalNode().name(), again.name());
        assertEquals("x\n", ask(again, counter));
        assertEquals("x\nx\n", ask(again, counter));
        assertEquals("x\nx\n", ask(again, counter), "the last answer stays");
        new Transfer(again, console).download(file.toString(), folder.resolve("second"), 1 << 24);
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("second")));
        assertTrue(Files.notExists(counter), "nothing is run");
    }

    private static String ask(Node node, Path counter) {
        Output output = node.sh(new Script("ask", "echo x >>\"$1\"; cat \"$1\"; exit 3"), counter.toString());
        assertEquals(3, output.exitCode());
        return output.text() + "\n";
    }

    @Test
    void whatIsPutOntoItIsThereForTheNextStage() throws IOException {
        try (Node node = new RecordingNode(new LocalNode(), folder)) {
            node.run("true");
        }
        Path file = Files.writeString(folder.resolve("flame.svg"), "<svg/>");
        new Transfer(new ReplayedNode(folder), console).upload(file, "/tmp/flame.svg");
        Node next = new ReplayedNode(folder);
        assertEquals("<svg/>", next.text("/tmp/flame.svg"));
        new Transfer(next, console).download("/tmp/flame.svg", folder.resolve("back"), 100);
        assertEquals("<svg/>", Files.readString(folder.resolve("back")));
    }

    @Test
    void whatItWasNeverAskedItSaysSo() throws IOException {
        try (Node node = new RecordingNode(new LocalNode(), folder)) {
            node.run("true");
        }
        Failure failure = assertThrows(Failure.class, () -> new ReplayedNode(folder).run("uname", "-r"));
        assertTrue(failure.getMessage().contains("uname -r"), failure.getMessage());
    }

    @Test
    void aSparseFileHasItsStretchesAndZerosBetween() throws IOException {
        byte[] content = new byte[10_000];
        new Random(2).nextBytes(content);
        BitSet marked = new BitSet();
        marked.set(10, 20);
        marked.set(5000, 9000);
        Path file = folder.resolve("part" + Sparse.ENDING);
        Sparse.write(content, marked, file);
        byte[] wanted = new byte[6000];
        for (int i = 0; i < wanted.length; i++) wanted[i] = marked.get(i + 15) ? content[i + 15] : 0;
        assertArrayEquals(wanted, Sparse.read(file, 15, 6000));
    }
}
