package lib.flame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lib.flame.Drawing.Sort;
import lib.insight.Amounts;
import lib.insight.Difference;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static Drawing drawing(Sort sort, double minWidth, boolean reverse) {
        return new Drawing("t", "", Amounts.SAMPLES, 1020, minWidth, sort, false, reverse, false, null, null, true);
    }

    /** Each box as "depth name left-right" in thousandths. */
    private static List<String> boxes(StackTree tree, Drawing drawing) {
        Layout layout = new Layout(tree, drawing);
        List<String> boxes = new ArrayList<>();
        for (int i = 1; i < layout.size; i++) {
            boxes.add(layout.depth[i] + " " + layout.frames.name(layout.frame[i]) + " " + Math.round(layout.x[i] * 1000)
                    + "-" + Math.round((layout.x[i] + layout.width[i]) * 1000));
        }
        return boxes;
    }

    @Test
    void oneBoxPerFunctionUnderOneCaller() {
        // Sorted as lines, foo.func1 comes between foo and foo;x.
        assertEquals(List.of("1 m 0-1000", "2 foo 0-700", "3 x 0-200", "2 foo.func1 700-1000", "3 z 700-1000"),
                boxes(Trees.of("m;foo 50", "m;foo.func1;z 30", "m;foo;x 20"), drawing(Sort.NAME, 0, false)));
    }

    @Test
    void addressesWithoutANameThatReadTheSameAreOneBox() {
        StackTree tree = new StackTree(new Frames());
        tree.add(tree.child(0, tree.frames().internUnknown("/bin/x", 1, false)), 3, 3);
        tree.add(tree.child(0, tree.frames().internUnknown("/bin/x", 2, false)), 4, 4);
        assertEquals(List.of("1 [x] 0-1000"), boxes(tree, drawing(Sort.NAME, 0, false)));
    }

    @Test
    void order() {
        StackTree tree = Trees.of("c 20", "a 30", "b 50");
        assertEquals(List.of("1 a 0-300", "1 b 300-800", "1 c 800-1000"), boxes(tree, drawing(Sort.NAME, 0, false)));
        assertEquals(List.of("1 b 0-500", "1 a 500-800", "1 c 800-1000"), boxes(tree, drawing(Sort.WIDTH, 0, false)));
        assertEquals(List.of("1 c 0-200", "1 a 200-500", "1 b 500-1000"), boxes(tree, drawing(Sort.CALL, 0, false)));
    }

    @Test
    void narrowBoxesAreLeftOutAndTheirWeightStays() {
        Layout layout = new Layout(Trees.of("m;a 1", "m;b 999"), drawing(Sort.NAME, 1.5, false));
        assertEquals(3, layout.size);
        assertEquals("b", layout.frames.name(layout.frame[2]));
        assertEquals(1000, layout.weight[1]);
        assertEquals(1, layout.ownWeight[1]);
        assertEquals(4, new Layout(Trees.of("m;a 1", "m;b 999"), drawing(Sort.NAME, 1, false)).size, "a pixel is wide enough");
    }

    @Test
    void reverseBeginsWithTheLeaf() {
        assertEquals(List.of("1 read 0-1000", "2 a 0-250", "3 m 0-250", "2 b 250-1000", "3 m 250-1000"),
                boxes(Trees.of("m;a;read 1", "m;b;read 3"), drawing(Sort.NAME, 0, true)));
    }

    @Test
    void timeOrderKeepsPlacesAndGaps() {
        assertEquals(List.of("1 m 0-1000", "2 b 100-400", "2 a 400-600", "2 b 800-1000"),
                boxes(Trees.inTimeOrder("m 1", "m;b 3", "m;a 2", "m 2", "m;b 2"), drawing(Sort.NAME, 0, false)));
    }

    @Test
    void aDifferenceIsAsWideAsTheMeanOfBothShares() {
        StackTree tree = Difference.of(Trees.of("same 50", "gone 50"), Trees.of("same 100", "new 300"));
        assertEquals(List.of("1 gone 0-250", "1 new 250-625", "1 same 625-1000"), boxes(tree, drawing(Sort.NAME, 0, false)));
        Layout layout = new Layout(tree, drawing(Sort.NAME, 0, false));
        assertEquals(-0.5, layout.change(1, false), 1e-9);
        assertEquals(0.75, layout.change(2, false), 1e-9);
        assertEquals(-0.25, layout.change(3, false), 1e-9);
        assertEquals(0.125, layout.change(3, true), 1e-9);
    }

    @Test
    void emptyAndVeryDeep() {
        assertEquals(1, new Layout(new StackTree(new Frames()), drawing(Sort.NAME, 0.1, false)).size);
        String[] stack = new String[50_000];
        Arrays.fill(stack, "f");
        Layout deep = new Layout(Trees.of(String.join(";", stack) + " 1"), drawing(Sort.NAME, 0.1, false));
        assertEquals(50_001, deep.rows);
        assertFalse(deep.difference);
        assertTrue(deep.width[50_000] == 1);
    }
}
