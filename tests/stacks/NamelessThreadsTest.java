package lib.stacks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import lib.formats.Fold;
import lib.formats.FoldedWriter;
import lib.formats.ReadOptions;
import org.junit.jupiter.api.Test;

class NamelessThreadsTest {
    private static String together(String folded) throws IOException {
        StackTree tree = Fold.read(folded, new ReadOptions()).tree();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FoldedWriter.write(NamelessThreads.named(tree), out);
        return out.toString();
    }

    @Test
    void threadsKnownByTheirNumberAreTheProcesss() throws IOException {
        assertEquals("kube-apiserver;main;:7 3\nkube-apiserver;main;work 12\nother;x 1\n",
                together(":26745;main;work 2\nkube-apiserver;main;work 10\nkube-apiserver;main;:7 3\nother;x 1\n"));
    }

    @Test
    void whereNothingHasANameTheNumbersStay() throws IOException {
        assertEquals(":1;main 2\n:2;main 3\n", together(":1;main 2\n:2;main 3\n"));
    }
}
