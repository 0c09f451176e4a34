package lib.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import lib.stacks.Frames;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    private static final String PROGRAMS = "kube-apiserver etcd kube-scheduler kube-controller-manager kubelet network";

    static List<String> programs() {
        return List.of(PROGRAMS.split(" "));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyNameInAHeadingIsThere(String target) {
        Walk walk = new Walk(new StackTree(new Frames()), Rules.of(target));
        assertTrue(walk.rows.size() < Long.SIZE, "a bit for each");
        assertTrue(walk.rows.size() > 2);
        assertTrue(walk.works.size() > 2);
    }

    @ParameterizedTest
    @MethodSource("programs")
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

    @ParameterizedTest
    @CsvSource({"etcd,range", "etcd-7601,range", "kube-controller,job", "kubelet,PLEG", "kube-apiserver,list", "java,list", "etcdctl,list"})
    void theCommandSaysWhoseStacksTheyAre(String command, String row) {
        StackTree tree = new StackTree(new Frames());
        SubsystemsTest.add(tree, 1, command, "a");
        SubsystemsTest.add(tree, 1, command, "b");
        SubsystemsTest.add(tree, 5, "kubelet", "a");
        assertTrue(Rules.ofStacks(tree).names(Section.Kind.CALL).contains(row));
    }

    @Test
    void theLongestPatternCountsWhereverItStands() {
        List<List<String>> lines = List.of(List.of("net.", "a.B*y"), List.of("net.(*conn", "*_[k]", "a."), List.of("a.Ba*x*z", "net"));
        List<Section> sections = lines.stream()
                .map(names -> new Section(Section.Kind.CODE, "x", List.of(), "", List.of(), false, false, names)).toList();
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
