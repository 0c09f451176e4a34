package lib.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.insight.Rules;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {
    private static Budget read(String yaml) {
        return Budget.read("budget.yaml", yaml, Rules.of("kube-apiserver"));
    }

    private static Check check(String yaml, Made now, Made... before) throws IOException {
        List<Result> baseline = new ArrayList<>();
        for (Made one : before) baseline.add(one.result());
        return Check.of("budget.yaml", read(yaml), now.result(), baseline, path -> List.of("abc1234 <Bigger> lists in " + path));
    }

    private static Made counted(long lists) {
        Made made = new Made();
        made.requests = List.of(Made.lists(lists));
        return made;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"call: list, share: 45 % | 0", "call: list, share: 39.5 % | 0", "call: list, share: 30 % | 19",
        "call: list, cpus: 0.5 | 0", "call: list, cpus: 0.3 | 19", "call: list, cpu-per-request: 30 ms | 0", "call: list, cpu-per-request: 20 ms | 19",
        "call: list, cpu-per-request: 20000 us | 19", "total: true, cpus: 0.9 | 19", "total: true, cpus: 1.1 | 0", "subsystem: serialization, share: 30 % | 19",
        "function: encoding/json.*, share: 30 % | 19", "function: encoding/json.*, share: 45 % | 0", "function: '*.ListResource.*', share: 30 % | 19",
        "call: create, share: 1 % | 0", "call: stacks cut off, cpus: 0.1 | 0", "link: impersonation, share: 1 % | 0", "subsystem: 'handlers: watch', share: 1 % | 0",
        "function: no.such, share: 1 % | 0"})
    void aLimitIsExceededByMoreThanItsErrorOrKept(String budget, int exitCode) throws IOException {
        Check check = check("budgets: [{" + budget + "}]", counted(1000));
        assertEquals(exitCode, check.exitCode(), check.text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"call: list, growth: 3 points | 0.4 | 0", "call: list, growth: 3 points | 0.5 | 19", "call: list, growth: 20 % | 0.4 | 0",
        "call: list, growth: 10 % | 0.6 | 19", "call: list, growth: 20 % per request | 0.6 | 19", "call: list, growth: 20 % per request | 0.4 | 0",
        "total: true, growth: 10 % | 0.6 | 0", "function: encoding/json.*, growth: 3 points | 0.6 | 19"})
    void growthIsAgainstTheBaseline(String budget, double now, int exitCode) throws IOException {
        Check check = check("budgets: [{" + budget + "}]", counted(1000).share(Made.LIST, now), counted(1000));
        assertEquals(exitCode, check.exitCode(), check.text());
    }

    @BeforeEach
    void sameSamples() {
        Made.afresh();
    }

    @Test
    void twiceTheRequestsMayCostTwiceTheCpu() throws IOException {
        Made busy = counted(2000);
        busy.samples = 12_000;
        assertEquals(Exit.DONE, check("budgets: [{call: list, growth: 10 % per request}]", busy, counted(1000)).exitCode());
        assertEquals(Exit.BUDGET, check("budgets: [{call: list, growth: 10 %}]", busy, counted(1000)).exitCode());
    }

    /** Thirty of thirty, although each check has ten limits that lie at what is measured. */
    @Test
    void theSameIsNotAboveItsBudgetByChance() throws IOException {
        String limits = "{call: list, share: 40 %, growth: 0 points}, {call: get, share: 10 %, growth: 0 points}, {call: background GC, share: 20 %, growth: 0 points},"
                + "{function: main.main, share: 30 %, growth: 0 points}, {total: true, growth: 0 %}";
        int failed = 0;
        for (int i = 0; i < 30; i++) if (check("budgets: [" + limits + "]", new Made(), new Made(), new Made(), new Made()).exitCode() != Exit.DONE) failed++;
        assertEquals(0, failed);
    }

    @Test
    void tooFewSamplesTellNothing() throws IOException {
        Made few = new Made();
        few.samples = 500;
        Check check = check("budgets: [{call: list, share: 1 %}]", few);
        assertEquals(Exit.TOO_FEW, check.exitCode());
        assertTrue(check.text().endsWith("Too few samples to tell: 500, and the budget asks for 1,000."), check.text());
        assertTrue(check.junit().contains("skipped=\"1\""), check.junit());
        assertTrue(check.markdown().startsWith("### Too few samples to tell"));
        assertEquals(Exit.BUDGET, check("least-samples: 400\nbudgets: [{call: list, share: 1 %}]", few).exitCode());
    }

    @Test
    void whatCannotBeKnownIsSaidAndNotExceeded() throws IOException {
        Check check = check("budgets: [{call: list, cpu-per-request: 1 ms}, {call: list, growth: 1 points}]", new Made());
        assertEquals(Exit.DONE, check.exitCode());
        assertTrue(check.text().contains("unknown   call list: its requests were not counted, at most 1.000 ms each  (budget.yaml:1)"), check.text());
        assertTrue(check.text().contains("there is nothing to compare with"), check.text());
    }

    @Test
    void aNameThatIsMissingIsToldFromOneThatIsWrong() throws IOException {
        Failure failure = assertThrows(Failure.class, () -> read("budgets: [{link: authorisation, share: 1 %}]"));
        assertTrue(failure.next().startsWith("There are: ") && failure.next().contains("authorization, "), failure.next());
        Check check = check("budgets: [{function: 'encodnig/json.*', share: 1 %}]", new Made());
        assertTrue(check.text().contains("ok        function encodnig/json.*: 0.0 ± 0.1 %, at most 1.0 % (no function has such a name)"), check.text());
        assertTrue(check.markdown().contains("(no function has such a name)"), check.markdown());
    }

    @Test
    void theReportsNameTheLineAndTheCommits() throws Exception {
        Check check = check("""
                # nightly
                budgets:
                  - call: list
                    share: 30 %
                    path: deploy
                  - link: authentication
                    share: 5 %
                """, new Made(), new Made());
        assertTrue(check.text().lines().anyMatch(line -> line.matches("EXCEEDED  call list: (39|40|41)\\.\\d ± 4\\.0 %, at most 30\\.0 %  \\(budget\\.yaml:4\\)")),
                check.text());
        assertTrue(check.text().contains("\n            abc1234 <Bigger> lists in deploy\nok "), check.text());
        assertTrue(check.markdown().contains("- abc1234 &lt;Bigger> lists in deploy\n"), check.markdown());
        var xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(check.junit().getBytes(StandardCharsets.UTF_8)));
        assertEquals("1", xml.getDocumentElement().getAttribute("failures"));
        assertEquals(2, xml.getElementsByTagName("testcase").getLength());
        assertTrue(xml.getElementsByTagName("failure").item(0).getTextContent().startsWith("budget.yaml:4\nabc1234"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | is empty", "x: 1 | is none of least-samples", "budgets: [] | has no limit", "budgets: [{share: 1 %}] | is of a call",
        "budgets: [{call: list}] | it limits nothing", "budgets: [{call: list, shrae: 1 %}] | is none of call", "budgets: [{call: list, share: 0.4}] | is no number with %",
        "budgets: [{call: list, share: lots}] | is no number", "budgets: [{link: audit, cpu-per-request: 1 ms}] | only calls have requests",
        "budgets: [{total: true, share: 1 %}] | the total is all of it", "budgets: [{call: list, link: audit, share: 1 %}] | is of one thing", "'budgets: [' | is not YAML",
        "'- a' | :1: here is a list of names", "budgets: {call: list} | budgets is a list", "budgets: [{call: list, growth: 5}] | is no number with points or",
        "'budgets:\n- share: 1 %\n  call: lsit' | :3: 'lsit' is no call that is known", "budgets: [{link: list, share: 1 %}] | :1: 'list' is no link",
        "budgets: [{subsystem: handlers, share: 1 %}] | :1: 'handlers' is no subsystem", "budgets: [{total: false, cpus: 1}] | :1: 'false' is no total"})
    void whatIsNotUnderstoodIsRefused(String yaml, String why) {
        Failure failure = assertThrows(Failure.class, () -> read(yaml));
        assertEquals(Exit.INPUT, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("budget.yaml") && failure.getMessage().contains(why), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"));
    }
}
