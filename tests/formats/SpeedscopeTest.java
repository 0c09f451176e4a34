package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import lib.stacks.Unit;
import org.junit.jupiter.api.Test;

class SpeedscopeTest {
    private static String write(StackTree tree) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SpeedscopeWriter.write(tree, "a \"title\"", Unit.CPU_NANOSECONDS, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void sampledProfile() throws IOException {
        assertEquals("""
            {"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[
            {"name":"main"},
            {"name":"a"},
            {"name":"b"}]},"name":"a \\"title\\"","activeProfileIndex":0,"profiles":[{"type":"sampled","name":"a \\"title\\"",\
            "unit":"nanoseconds","startValue":0,"endValue":7,"samples":[
            [0,1],
            [0,2],
            [0,2,1]],"weights":[1,4,2]}]}
            """, write(Fold.read("main;b 4\nmain;b;a 2\nmain;a 1\n", new ReadOptions()).tree()));
    }

    @Test
    void namesAreEscaped() throws IOException {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        tree.add(tree.child(0, frames.intern("q\"b\\n\nu\u0001s\uD800é\uD83D\uDE00", Kind.USER)), 1, 1);
        assertTrue(write(tree).contains("{\"name\":\"q\\\"b\\\\n\\u000au\\u0001s\\ud800é\uD83D\uDE00\"}"));
    }

    @Test
    void timeOrder() throws IOException {
        String text = "x 1 5.000001: 1 c:\n\t1 b (/x)\n\nx 1 5.000002: 2 c:\n\t1 a (/x)\n\nx 1 5.000003: 4 c:\n\t1 b (/x)\n\n";
        String written = write(Fold.read(text, new ReadOptions().timeOrder(true)).tree());
        assertTrue(written.contains("\"samples\":[\n[0,1],\n[0,2],\n[0,1]],\"weights\":[1,2,4]"), written);
    }
}
