package lib.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.profile.RequestCount;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Comparison compare(Made before, Made after) throws IOException {
        return Comparison.of(List.of(before.result()), List.of(after.result()));
    }

    private static Row row(Comparison comparison, Row.Kind kind, String name) {
        return comparison.rows().stream().filter(row -> row.kind() == kind && row.name().equals(name)).findFirst().orElseThrow();
    }

    @BeforeEach
    void sameSamples() {
        Made.afresh();
    }

    @Test
    void aCallThatTakesMoreIsNamedFirstWithItsError() throws IOException {
        Comparison comparison = compare(new Made(), new Made().share(Made.LIST, 0.5).share(Made.COLLECTOR, 0.15));
        Row list = row(comparison, Row.Kind.CALL, "list");
        assertTrue(list.changed());
        assertEquals(0.1, list.change(), 0.02);
        assertEquals(0.0403, list.error(), 0.001); // 2.228 * 2 * sqrt(0.4 * 0.6 / 6000 + 0.5 * 0.5 / 6000)
        assertEquals("list", comparison.changes().get(0).name());
        assertTrue(comparison.words(5).get(1).startsWith("list 4") || comparison.words(5).get(1).startsWith("list 3"), comparison.words(5).toString());
        assertTrue(comparison.text(false).contains("\n* "), comparison.text(false));
        assertFalse(row(comparison, Row.Kind.CALL, "get").changed());
    }

    /** Chance finds a change in 5 of 100 comparisons of the same at most, although each has dozens of rows. */
    @Test
    void samplingsOfTheSameHaveNoChange() throws IOException {
        int found = 0;
        for (int i = 0; i < 100; i++) {
            Comparison comparison = compare(manyFunctions(), manyFunctions());
            if (!comparison.changes().isEmpty()) found++;
            else assertTrue(comparison.words(3).get(1).startsWith("No change of a share that these samples could show; of list, one of "));
        }
        assertTrue(found <= 7, found + " of 100");
    }

    private static Made manyFunctions() {
        Made made = new Made();
        made.samples = 1500;
        for (int i = 0; i < 40; i++) made.share(Made.REQUEST + "f" + i, 0.005);
        return made;
    }

    /** Runs that differ by more than chance: what differs as much between the sides is no change. */
    @Test
    void theSpreadOfASidesRunsIsTakenIntoAccount() throws IOException {
        Random random = new Random(1);
        int found = 0;
        int foundInSingles = 0;
        for (int i = 0; i < 40; i++) {
            List<Result> runs = new ArrayList<>();
            for (int run = 0; run < 6; run++) runs.add(restless(random, 0).result());
            if (!Comparison.of(runs.subList(0, 3), runs.subList(3, 6)).changes().isEmpty()) found++;
            if (!Comparison.of(runs.subList(0, 1), runs.subList(1, 2)).changes().isEmpty()) foundInSingles++;
        }
        assertTrue(found <= 6, found + " of 40");
        assertTrue(foundInSingles <= 10, "what is usual counts for single runs, although these are more restless: " + foundInSingles);
    }

    private static Made restless(Random random, double more) {
        Made made = new Made();
        made.share(Made.LIST, 0.4 + more + 0.03 * random.nextGaussian()).share(Made.COLLECTOR, 0.2 + 0.02 * random.nextGaussian());
        made.samples = 3000;
        return made;
    }

    /** As it was on mini-k8s: 12 s of lists beside as many without them. */
    @Test
    void aLargeChangeIsSeenInSingleRunsOfFewSamples() throws IOException {
        Made few = new Made().share(Made.LIST, 0.05);
        Made many = new Made().share(Made.LIST, 0.3);
        few.samples = 600;
        many.samples = 600;
        assertTrue(row(compare(few, many), Row.Kind.CALL, "list").changed());
    }

    @Test
    void aLargeChangeIsSeenAmongRestlessRuns() throws IOException {
        Random random = new Random(2);
        List<Result> before = new ArrayList<>();
        List<Result> after = new ArrayList<>();
        for (int run = 0; run < 5; run++) {
            before.add(restless(random, 0).result());
            after.add(restless(random, 0.2).result());
        }
        Comparison comparison = Comparison.of(before, after);
        assertTrue(row(comparison, Row.Kind.CALL, "list").changed());
        assertTrue(comparison.spread() > 1.5, "spread " + comparison.spread());
        assertTrue(comparison.text(false).contains("times as much as chance would have them"));
    }

    @Test
    void twiceTheTrafficIsNotTwiceAsBad() throws IOException {
        Made before = new Made();
        before.requests = List.of(Made.lists(1000));
        Made after = new Made();
        after.requests = List.of(Made.lists(2000));
        after.samples = 12_000;
        Comparison comparison = compare(before, after);
        Row list = row(comparison, Row.Kind.CALL, "list");
        assertFalse(list.changed(), "its share is the same");
        assertEquals(2, list.cpus() / list.cpusBefore(), 0.15);
        assertEquals(list.eachBefore(), list.each(), list.eachError() * 1.5, "and so is what a request costs");
        assertTrue(comparison.words(1).get(0).endsWith("1,000 → 2,000 requests"), comparison.words(1).toString());
        assertNull(row(comparison, Row.Kind.CALL, "background GC").each());
    }

    /** A watch counts when it ends: its number says nothing of its cost. */
    @Test
    void whatLastsHasNoCostOfARequest() throws IOException {
        Made made = new Made().share(Made.REQUEST + "k8s.io/apiserver/pkg/endpoints/handlers.(*WatchServer).HandleHTTP", 0.2);
        made.requests = List.of(new RequestCount("WATCH", "pods", "", "cluster", "200", 10, 600, 1000), Made.lists(10));
        Comparison comparison = compare(made, made);
        assertNull(row(comparison, Row.Kind.CALL, "watch").each());
        assertTrue(row(comparison, Row.Kind.CALL, "list").each() > 0);
    }

    /** Of few samples the test and the error may differ by a little. */
    @Test
    void whatIsInsideItsErrorIsNotCalledAChange() throws IOException {
        for (int samples = 40; samples < 120; samples++) {
            Made few = new Made();
            Made many = new Made().share(Made.LIST, 0.8);
            few.samples = samples;
            many.samples = 3 * samples;
            for (Row row : compare(few, many).changes()) assertTrue(Math.abs(row.change()) > row.error(), row.words());
        }
    }

    @Test
    void onlyTheSameTargetEngineAndEventAreCompared() throws IOException {
        Made other = new Made();
        other.target = "etcd";
        Failure failure = assertThrows(Failure.class, () -> compare(new Made(), other));
        assertEquals(Exit.INPUT, failure.exitCode());
        assertTrue(failure.getMessage().contains("other targets: kube-apiserver and etcd"), failure.getMessage());
        Made event = new Made();
        event.event = "cycles";
        assertTrue(assertThrows(Failure.class, () -> compare(new Made(), event)).getMessage().contains("other events"));
        Made newer = new Made();
        newer.program = "perf version 6.9";
        newer.version = "v1.32.0";
        newer.node = "cp-2";
        assertEquals(List.of("node cp-1 → cp-2", "Kubernetes v1.31.2 → v1.32.0"), compare(new Made(), newer).unlike());
    }

    @Test
    void chancesAreStudents() {
        assertEquals(0.05, Chances.twoSided(1.96, 10_000), 0.0002);
        assertEquals(0.05, Chances.twoSided(12.706, 1), 0.0001);
        assertEquals(0.05, Chances.twoSided(4.303, 2), 0.0001);
        assertEquals(0.01, Chances.twoSided(5.841, 3), 0.0001);
        assertEquals(0.001, Chances.twoSided(4.587, 10), 0.0001);
        assertEquals(1.96, Chances.deviations(0.95, 10_000), 0.001);
        assertEquals(List.of(true, false, true), list(Chances.holm(new double[] {0.01, 0.06, 0.02}, 0.05)));
        assertEquals(List.of(false, false, false), list(Chances.holm(new double[] {0.02, 0.02, 0.02}, 0.05)), "each alone would be found");
    }

    private static List<Boolean> list(boolean[] values) {
        List<Boolean> list = new ArrayList<>();
        for (boolean value : values) list.add(value);
        return list;
    }
}
