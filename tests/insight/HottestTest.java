package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lib.insight.Hottest.Function;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;

class HottestTest {
    private static StackTree tree() {
        StackTree tree = new StackTree(new Frames());
        SubsystemsTest.add(tree, 10, "main", "walk", "walk", "walk");
        SubsystemsTest.add(tree, 5, "main", "walk", "read", "walk");
        SubsystemsTest.add(tree, 20, "main", "read");
        return tree;
    }

    @Test
    void selfIsWhatEndsInTheFunction() {
        List<Function> top = Hottest.bySelf(tree(), 10);
        assertEquals(List.of("read", "walk"), top.stream().map(Function::name).toList());
        assertEquals(20, top.get(0).self());
        assertEquals(15, top.get(1).self());
        assertEquals(2, top.get(1).selfSamples());
    }

    @Test
    void totalCountsRecursionOnce() {
        List<Function> top = Hottest.byTotal(tree(), 2);
        assertEquals(new Function("main", 0, 35, 0, 3, 0, 1), top.get(0));
        assertEquals("read", top.get(1).name());
        assertEquals(25, top.get(1).total());
        assertEquals(15, Hottest.byTotal(tree(), 3).get(2).total());
    }

    @Test
    void equalOnesComeByName() {
        StackTree tree = new StackTree(new Frames());
        SubsystemsTest.add(tree, 1, "b");
        SubsystemsTest.add(tree, 1, "a");
        assertEquals(List.of("a", "b"), Hottest.bySelf(tree, 5).stream().map(Function::name).toList());
    }

    @Test
    void nothingWasRecorded() {
        assertEquals(List.of(), Hottest.bySelf(new StackTree(new Frames()), 5));
    }

    @Test
    void aStackMayBeVeryDeep() {
        StackTree tree = new StackTree(new Frames());
        String[] stack = new String[100_000];
        java.util.Arrays.fill(stack, "again");
        SubsystemsTest.add(tree, 7, stack);
        assertEquals(7, Hottest.byTotal(tree, 1).get(0).total());
    }
}
