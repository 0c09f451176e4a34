package lib.stacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lib.formats.Fold;
import lib.formats.Format;
import lib.formats.ReadOptions;
import lib.stacks.Frames.Kind;
import org.junit.jupiter.api.Test;

class StackTreeTest {
    private static StackTree tree(String... folded) {
        return Fold.read(String.join("\n", folded) + "\n", new ReadOptions().format(Format.FOLDED)).tree();
    }

    @Test
    void framesAreOneByNameAndKind() {
        Frames frames = new Frames();
        int user = frames.intern("f", Kind.USER);
        assertEquals(user, frames.intern(new byte[] {'x', 'f'}, 1, 2, Kind.USER));
        assertNotEquals(user, frames.intern("f", Kind.KERNEL));
        assertEquals(2, frames.size());
        assertEquals("f", frames.name(1));
        assertEquals(Kind.KERNEL, frames.kind(1));
    }

    @Test
    void samplesKnowTheirTimesWhateverIsDoneToTheTree() {
        StackTree tree = new StackTree(new Frames());
        int main = tree.child(0, tree.frames().intern("main", Kind.USER));
        int read = tree.child(main, tree.frames().intern("read", Kind.USER));
        tree.addAt(read, 5, 1_000);
        tree.addAt(main, 7, 3_000);
        tree.addAt(read, 6, 2_000);
        StackTree sum = tree("other 3");
        sum.merge(tree);
        assertEquals(21, sum.totals()[0]);
        assertEquals(1_000, sum.times().first());
        assertEquals(3_000, sum.times().last());
        StackTree mapped = sum.map(Labels.PLAIN);
        assertEquals("main;read 11\n", Fold.folded(mapped.during(1_000, 3_000)), "from, and before");
        assertEquals("main 7\nmain;read 6\n", Fold.folded(mapped.during(2_000, 3_001)));
        assertEquals(2, mapped.during(2_000, 3_001).times().size());
        assertEquals(1, mapped.during(0, 1).size(), "the root alone");
    }

    @Test
    void unknownFramesAreOneByModuleAddressAndPosition() {
        Frames frames = new Frames();
        int id = frames.internUnknown("/bin/x", 7, true);
        assertEquals(id, frames.internUnknown("/bin/x", 7, true));
        assertNotEquals(id, frames.internUnknown("/bin/x", 7, false));
        assertNotEquals(id, frames.internUnknown("/bin/x", 8, true));
        assertNotEquals(id, frames.internUnknown("/bin/y", 7, true));
        assertNotEquals(id, frames.internUnknown(null, 7, true));
        assertNotEquals(id, frames.intern("/bin/x", Kind.USER));
        assertTrue(frames.isUnknown(id));
        assertEquals("[x]", frames.name(id));
    }

    @Test
    void nodesAreSharedByPrefix() {
        StackTree tree = tree("a;b 1", "a;c 2", "a 4", "a;b 8");
        assertEquals(4, tree.size());
        assertArrayEquals(new long[] {15, 15, 9, 2}, tree.totals());
        for (int node = 1; node < tree.size(); node++) assertTrue(tree.parent(node) < node);
    }

    @Test
    void forkIsMergedBack() {
        StackTree tree = tree("a;b 1", "a;c 2");
        Frames frames = new Frames(tree.frames());
        StackTree fork = tree.fork(frames);
        assertEquals(0, fork.totals()[0]);
        tree.add(tree.child(1, tree.frames().intern("ours", Kind.USER)), 4, 1);
        fork.add(1, 8, 1);
        fork.add(2, 16, 1);
        fork.add(fork.child(1, frames.intern("theirs", Kind.USER)), 32, 1);
        fork.add(fork.child(fork.child(0, frames.intern("ours", Kind.USER)), frames.intern("theirs", Kind.USER)), 64, 1);
        tree.merge(fork);
        assertEquals("a 8\na;b 17\na;c 2\na;ours 4\na;theirs 32\nours;theirs 64\n", Fold.folded(tree));
        StackTree other = tree("z 1");
        other.merge(fork);
        assertEquals("a 8\na;b 16\na;theirs 32\nours;theirs 64\nz 1\n", Fold.folded(other));
    }

    @Test
    void manyChildrenAreFoundAgain() {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5000; i++) {
                tree.add(tree.child(tree.child(0, frames.intern("p" + i % 50, Kind.USER)), frames.intern("c" + i, Kind.USER)), 1, 1);
            }
        }
        assertEquals(1 + 50 + 5000, tree.size());
        assertEquals(10_000, tree.totals()[0]);
    }

    @Test
    void mergeMatchesFramesByName() {
        StackTree tree = tree("a;b 1", "c 2");
        tree.merge(tree("c 10", "a;b 20", "a;d 40"));
        assertEquals("a;b 21\na;d 40\nc 12\n", Fold.folded(tree));
    }

    @Test
    void mapNamesExpandsAndDrops() {
        StackTree tree = tree("a;gone;b 1", "a;two 2", "gone 4");
        StackTree mapped = tree.map((source, node, target) -> switch (source.frames().name(source.frame(node))) {
            case "gone" -> new int[0];
            case "two" -> new int[] {target.intern("x", Kind.USER), target.intern("y", Kind.INLINED)};
            default -> new int[] {target.intern(source.frames().name(source.frame(node)).toUpperCase(), Kind.USER)};
        });
        assertEquals("A;B 1\nA;x;y 2\n", Fold.folded(mapped));
        assertEquals(4, mapped.self(0), "a stack without frames ends at the root");
        assertEquals(7, mapped.totals()[0]);
    }

    @Test
    void earlierProfileIsMappedAndMerged() {
        StackTree tree = tree("a;b 10 20", "a;c 5 0");
        assertTrue(tree.hasBefore());
        assertFalse(tree("a 1").hasBefore());
        assertArrayEquals(new long[] {15, 15, 10, 5}, tree.beforeTotals());
        assertEquals("a;b 10 20\na;c 5 0\n", Fold.folded(tree.map(Labels.PLAIN)));
        tree.merge(tree("a;b 1 2", "d 3 4"));
        assertEquals("a;b 11 22\na;c 5 0\nd 3 4\n", Fold.folded(tree));
    }

    @Test
    void sumsStayAtTheLargestNumber() {
        StackTree tree = tree("a;b 9223372036854775807", "a;c 9223372036854775807", "a;b 5");
        assertEquals(Long.MAX_VALUE, tree.totals()[0]);
    }

    @Test
    void timeOrderSurvivesMapAndMerge() {
        Frames frames = new Frames();
        StackTree tree = StackTree.inTimeOrder(frames);
        int a = frames.intern("a", Kind.USER);
        int b = frames.intern("b", Kind.USER);
        tree.add(tree.child(tree.child(0, a), b), 2, 1);
        tree.add(tree.child(0, b), 3, 1);
        tree.add(tree.child(tree.child(0, a), b), 4, 1);
        StackTree mapped = tree.map(Labels.PLAIN);
        assertEquals(tree.size(), mapped.size());
        mapped.merge(tree);
        long[] totals = mapped.totals();
        StringBuilder seen = new StringBuilder();
        for (int node = 1; node < mapped.size(); node++) {
            seen.append(mapped.parent(node) == 0 ? "|" : "").append(mapped.frames().name(mapped.frame(node)))
                    .append(mapped.start(node)).append('+').append(totals[node]);
        }
        assertEquals("|a0+2b0+2|b2+3|a5+6b5+6|b11+3|a14+4b14+4", seen.toString(), "the last stack and the next first one touch");
    }

    @Test
    void timeOrderKeepsAGap() {
        Frames frames = new Frames();
        StackTree tree = StackTree.inTimeOrder(frames);
        int a = tree.child(0, frames.intern("a", Kind.USER));
        int b = frames.intern("b", Kind.USER);
        tree.add(tree.child(a, b), 1, 1);
        tree.add(a, 1, 1);
        tree.add(tree.child(a, b), 1, 1);
        assertEquals(4, tree.size(), "b was left in between");
        assertEquals(4, tree.map(Labels.PLAIN).size());
    }

    @Test
    void labelsMergeWhatIsShownAlike() {
        Frames frames = new Frames();
        StackTree tree = new StackTree(frames);
        tree.add(tree.child(0, frames.internUnknown("/bin/x", 1, true)), 1, 1);
        tree.add(tree.child(0, frames.internUnknown("/bin/x", 2, true)), 2, 1);
        assertEquals(2, tree.map(Labels.PLAIN).size());
        assertEquals(3, tree.map(new Labels(false, false, false, true)).size());
        int marked = frames.intern("f_[k]", Kind.KERNEL);
        assertEquals("f_[k]", new Labels(true, true, true, false).label(frames, marked), "not marked twice");
    }
}
