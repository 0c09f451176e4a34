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
        Patterns patterns = new Patterns(List.of(List.of("net.", "a.B*y"), List.of("net.(*conn", "*_[k]", "a."), List.of("a.Ba*x*z", "net")));
        assertEquals(0, patterns.find("net.Dial"));
        assertEquals(1, patterns.find("net.(*conn).Read"));
        assertEquals(2, patterns.find("net/http.Get"));
        assertEquals(1, patterns.find("a.C"));
        assertEquals(0, patterns.find("a.Bay"));
        assertEquals(2, patterns.find("a.Baxyz"));
        assertEquals(0, patterns.find("a.Bazxy"), "the pieces stand in this order");
        assertEquals(1, patterns.find("tcp_[k]"));
        assertEquals(1, patterns.find("k8s.io/kubernetes/vendor/a.C"));
        assertEquals(1, patterns.find("vendor/a.C"));
        assertEquals(Patterns.NONE, patterns.find("ne"));
    }
}
