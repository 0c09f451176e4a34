package lib.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import lib.stacks.Stacks;
import org.junit.jupiter.api.Test;

class FoldedTest {
    private static Stacks read(String text) {
        return Fold.read(text, new ReadOptions().format(Format.FOLDED));
    }

    @Test
    void linesOfOneStackAreSummed() {
        assertEquals("a b;c 5\n", Fold.folded(read("a b;c 2\na b;c 3\n")));
    }

    @Test
    void lastLineNeedsNoNewlineAndCarriageReturnsGo() {
        assertEquals("a;b 3\n", Fold.folded(read("a;b 1\r\na;b 2")));
    }

    @Test
    void twoCounts() {
        Stacks stacks = read("a;b 1 2\n");
        assertTrue(stacks.tree().hasBefore());
        assertEquals(1, stacks.tree().beforeTotals()[0]);
        assertEquals(2, stacks.tree().totals()[0]);
    }

    @Test
    void fractionsAreScaled() {
        Stacks stacks = read("a;x 2.5\na;x 0.5\nb 2.49999999999999999999\nc 1.\n");
        assertEquals("a;x 30\nb 25\nc 10\n", Fold.folded(stacks));
        assertEquals(List.of("test: counts with fractions: all are multiplied by 10"), stacks.notes());
        assertEquals("m;a 250\nm;b 1\nm;c 400\nm;d 400\n", Fold.folded(read("m;a 0.25\nm;b 0.001\nm;c .4\nm;d 400e-3\n")));
        assertEquals("a 200000\nb 333333\n", Fold.folded(read("a 0.2\nb .3333333333\n")));
        assertEquals("a 20000000000\nb 333\n", Fold.folded(read("a 2\nb .0000000333333\n")), "three digits of the smallest are enough");
        assertEquals("a;b 10000000000 30000000000\na;c 1 40000000000\n", Fold.folded(read("a;b 1 3\na;c 1e-10 4\n")));
        assertEquals("x 120000\n", Fold.folded(read("x 1.2E+05\n")));
        assertEquals(List.of(), read("x 1.2E+05\n").notes(), "it is whole");
    }

    @Test
    void aCountTooSmallBesideTheOthersIsTold() {
        Stacks stacks = read("a 9000000000000000\nb 0.001\n");
        assertEquals("a 9000000000000000\n", Fold.folded(stacks));
        assertEquals(List.of("test: 1 stack is left out, too small beside the others"), stacks.notes());
    }

    @Test
    void fractionsOfSeveralThreadsAreOne() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 199_999; i++) text.append("main;f").append(i % 10).append(" 0.25\n");
        String one = Fold.folded(Fold.read(text.toString(), new ReadOptions().threads(1)));
        assertEquals("main;f0 500000\n", one.lines().findFirst().orElse("") + "\n");
        assertEquals(one, Fold.folded(Fold.read(text.toString(), new ReadOptions().threads(3).blocksAlone(1))));
    }

    @Test
    void linesThatBeginWithAHashAreComments() {
        Stacks stacks = read("# austin: 3.4 12\n#x;y 3\na;b 1\n");
        assertEquals("a;b 1\n", Fold.folded(stacks));
        assertEquals(0, stacks.bad().count());
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        tree.add(tree.child(tree.child(0, frames.intern("#a", Kind.USER)), frames.intern("#b", Kind.USER)), 3, 3);
        tree.add(tree.child(tree.child(0, frames.intern("_a", Kind.USER)), frames.intern("#b", Kind.USER)), 4, 4);
        assertEquals("_a;#b 7\n", Fold.folded(tree));
    }

    @Test
    void badLinesAreCounted() {
        Stacks stacks = read("a;b 1\n\n# comment\nno count\n12\n;;; 3\na 1.2.3\na;b x 5 .\na;b 1\n");
        assertEquals("a;b 2\n", Fold.folded(stacks));
        assertEquals(List.of(4L, 5L, 6L, 7L, 8L), stacks.bad().first().stream().map(Stacks.BadLine::number).toList());
    }

    @Test
    void emptyFramesAreSkipped() {
        assertEquals("a;b 1\n", Fold.folded(read(";a;;b; 1\n")));
    }

    @Test
    void annotationsTellTheKind() {
        Frames frames = read("a;b_[k];c_[j];d_[i];e_[x] 1\n").tree().frames();
        assertEquals(List.of(Kind.USER, Kind.KERNEL, Kind.JIT, Kind.INLINED, Kind.USER),
                List.of(frames.kind(0), frames.kind(1), frames.kind(2), frames.kind(3), frames.kind(4)));
        assertEquals("b_[k]", frames.name(1));
    }

    @Test
    void linesAreInTheOrderOfTheirBytes() {
        // closures of Go: a name that extends another one by a byte below the semicolon, and a blank before the count
        String text = "m;foo 50\nm;foo.func1;z 30\nm;foo;x 20\nm;foo bar 7\nm;foo bar;y 8\nm;foo 5x 9\nÄ;z 1\nz;Ω 2\n";
        String folded = Fold.folded(read(text));
        List<String> lines = new ArrayList<>(List.of(folded.split("\n")));
        List<String> sorted = new ArrayList<>(lines);
        sorted.sort((a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
        assertEquals(sorted, lines);
        assertEquals(8, lines.size());
    }

    @Test
    void whatIsWrittenCanBeReadBack() {
        for (String name : List.of("a;b", "line\nbreak", "nul\0", "tab\there", "", " ", "name 12", "name 1.5", "name 1e5", "trailing ", "esc\u001b[1m",
                "#hash", "\u2028", "x 1 2", "日本", "\uD800")) {
                Frames frames = new Frames();
                StackTree tree = new StackTree(frames);
                int node = tree.child(tree.child(0, frames.intern(name, Kind.USER)), frames.intern("leaf", Kind.USER));
                tree.add(node, 3, 1);
                tree.add(tree.child(node, frames.intern(name, Kind.USER)), 4, 1);
                String written = Fold.folded(tree);
                Stacks back = read(written);
                assertEquals(0, back.bad().count(), name);
                assertFalse(back.tree().hasBefore(), name);
                assertEquals(4, back.tree().size(), name);
                assertEquals(written, Fold.folded(back));
            }
    }

    @Test
    void framesWrittenAlikeAreOneLine() {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        tree.add(tree.child(0, frames.intern("f", Kind.USER)), 1, 1);
        tree.add(tree.child(0, frames.intern("f", Kind.KERNEL)), 2, 1);
        tree.add(tree.child(0, frames.intern("a;b", Kind.USER)), 4, 1);
        tree.add(tree.child(0, frames.intern("a:b", Kind.USER)), 8, 1);
        assertEquals("a:b 12\nf 3\n", Fold.folded(tree));
    }

    @Test
    void stacksInTimeOrderAreSummedToo() {
        Frames frames = new Frames();
        int a = frames.intern("a", Kind.USER);
        int b = frames.intern("b", Kind.USER);
        StackTree tree = StackTree.inTimeOrder(frames);
        tree.add(tree.child(tree.child(0, a), b), 1, 1);
        tree.add(tree.child(0, b), 2, 1);
        tree.add(tree.child(tree.child(0, a), b), 4, 1);
        assertEquals("a;b 5\nb 2\n", Fold.folded(tree));
    }

    @Test
    void deepStacks() {
        String deep = "a;".repeat(50_000) + "b 1";
        assertEquals(deep + "\n", Fold.folded(read(deep)));
    }

    @Test
    void orderOfLinesDoesNotMatter() {
        Random random = new Random(1);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            lines.add("r;" + "abc".charAt(random.nextInt(3)) + ";f" + random.nextInt(50) + ";g" + random.nextInt(9) + " " + i);
        }
        String one = Fold.folded(read(String.join("\n", lines)));
        Collections.shuffle(lines, random);
        assertEquals(one, Fold.folded(read(String.join("\n", lines))));
    }
}
