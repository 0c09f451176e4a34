package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lib.insight.Difference.Mover;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    private static StackTree both() {
        StackTree before = new StackTree(new Frames());
        SubsystemsTest.add(before, 60, "main", "read");
        SubsystemsTest.add(before, 40, "main", "gone", "far");
        StackTree after = new StackTree(new Frames());
        SubsystemsTest.add(after, 150, "main", "read");
        SubsystemsTest.add(after, 50, "main", "fresh");
        return Difference.of(before, after);
    }

    @Test
    void bothProfilesLieInOneTree() {
        StackTree tree = both();
        assertTrue(tree.hasBefore());
        assertEquals(200, tree.totals()[0]);
        assertEquals(100, tree.beforeTotals()[0]);
        assertEquals(6, tree.size(), "the root, main, read, fresh, and the path that vanished");
        for (int node = 1; node < tree.size(); node++) {
            if (tree.frames().name(tree.frame(node)).equals("far")) {
                assertEquals(40, tree.before(node));
                assertEquals(0, tree.self(node));
            }
        }
    }

    @Test
    void sharesMoveUnlessWeightsAreWanted() {
        List<Mover> shares = Difference.movers(both(), false, 10);
        assertEquals(List.of("far", "fresh", "read"), shares.stream().map(Mover::name).toList());
        assertEquals(0.15, shares.get(2).selfShare() - shares.get(2).selfShareBefore(), 1e-9);
        List<Mover> weights = Difference.movers(both(), true, 2);
        assertEquals(List.of("read", "fresh"), weights.stream().map(Mover::name).toList());
        assertEquals(60, weights.get(0).selfBefore());
        assertEquals(150, weights.get(0).self());
    }

    @Test
    void theSameProfileTwiceMovesNothing() {
        StackTree a = new StackTree(new Frames());
        SubsystemsTest.add(a, 3, "main", "read");
        assertEquals(List.of(), Difference.movers(Difference.of(a, a), false, 10));
        assertTrue(Difference.of(new StackTree(new Frames()), a).hasBefore(), "even if the earlier one is empty");
    }
}
