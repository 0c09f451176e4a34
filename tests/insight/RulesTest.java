package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    @ParameterizedTest
    @ValueSource(strings = {"kube-apiserver"})
    void everyFamilyHasAColourOfItsOwnInTheOrderOfTheLegend(String target) {
        Rules rules = Rules.of(target);
        List<String> families = rules.subsystems().names().stream().map(name -> name.split(":")[0]).distinct().toList();
        assertEquals(families, List.copyOf(rules.colours().keySet()));
        assertEquals(families.size(), Map.copyOf(rules.colours()).values().stream().distinct().count());
        assertTrue(families.size() <= 20, "a letter for each; u to z are for changes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no-such-program", "../rules/kube-apiserver", "go.txt"})
    void aProgramWithoutRulesHasKubeApiserversRules(String target) {
        assertEquals(Rules.of("kube-apiserver").subsystems().names(), Rules.of(target).subsystems().names());
    }

    @Test
    void theLongestPatternCountsWhereverItStands() {
        List<List<String>> lines = List.of(List.of("net.", "a.B*y"), List.of("net.(*conn", "*_[k]", "a."), List.of("a.Ba*x*z", "net"));
        List<Section> sections = lines.stream()
            .map(names -> new Section(Section.Kind.CODE, "x", List.of(), "", List.of(), false, names)).toList();
        Patterns patterns = new Patterns(sections);
        assertEquals(0, find(patterns, "net.Dial"));
        assertEquals(1, find(patterns, "net.(*conn).Read"));
        assertEquals(2, find(patterns, "net/http.Get"));
        assertEquals(1, find(patterns, "a.C"));
        assertEquals(0, find(patterns, "a.Bay"));
        assertEquals(2, find(patterns, "a.Baxyz"));
        assertEquals(0, find(patterns, "a.Bazxy"), "the pieces stand in this order");
        assertEquals(1, find(patterns, "tcp_[k]"));
        assertEquals(1, find(patterns, "k8s.io/kubernetes/vendor/a.C"));
        assertEquals(1, find(patterns, "vendor/a.C"));
        assertEquals(Patterns.NONE, find(patterns, "ne"));
    }

    private static int find(Patterns patterns, String name) {
        return patterns.find(name)[Section.Question.CODE.ordinal()];
    }
}
