package lib.flame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lib.insight.Amounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SvgTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "k8s.io/kubernetes/vendor/k8s.io/apiserver/pkg/endpoints/handlers.GetResource.func1 | handlers.GetResource.func1",
        "encoding/json.(*encodeState).marshal | json.(*encodeState).marshal",
        "runtime.mallocgc | runtime.mallocgc",
        "k8s.io/api/core/v1.(*Pod).Unmarshal | core/v1.(*Pod).Unmarshal",
        "gopkg.in/yaml%2ev2.unmarshal | yaml.v2.unmarshal",
        "slices.SortFunc[go.shape.[]k8s.io/api/core/v1.Pod,go.shape.int] | slices.SortFunc[go.shape.[]k8s.io/api/core/v1.Pod,go.shape.int]",
        "a.io/b/c.Map[a.io/d.K,int].Do.func1 | c.Map[a.io/d.K,int].Do.func1",
        "std::vector<a/b>::push | std::vector<a/b>::push",
        "operator/(Foo const&, int) | operator/(Foo const&, int)",
        "[kube-apiserver] | [kube-apiserver]",
        "entry_SYSCALL_64_after_hwframe | entry_SYSCALL_64_after_hwframe",
        "crypto/sha256.block.abi0 | sha256.block",
        "runtime.memmove.abi0 | runtime.memmove",
        "v1.x | v1.x",
        "/v1.x | /v1.x"})
    void shortNames(String name, String expected) {
        assertEquals(expected, SvgText.shortName(name));
    }

    @Test
    void aLabelLosesItsPackageThenItsReceiverThenItsEnd() {
        String name = "k8s.io/apiserver/pkg/storage/etcd3.(*store).GetList";
        assertEquals("etcd3.(*store).GetList", SvgText.label(name, 22));
        assertEquals("(*store).GetList", SvgText.label(name, 21));
        assertEquals("GetList", SvgText.label(name, 15));
        assertEquals("GetLi…", SvgText.label(name, 6));
        assertEquals("", SvgText.label(name, 5));
        assertEquals("foo", SvgText.label("foo", 3));
        assertEquals("", SvgText.label("foo", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime.mallocgc", "k8s.io/api/core/v1.(*Pod).Unmarshal", "漢字漢字漢字漢字", "😀😀😀😀😀", "a😀b漢c😀d漢e",
        "日本.(*語😀).関数関数関数", "العربية.دالة", "x"})
    void aLabelFitsAndNeverSplitsACharacter(String name) {
        for (int room = 0; room < 60; room++) {
            String label = SvgText.label(name, room);
            assertTrue(SvgText.cells(label) <= room, label);
            assertEquals(label, SvgText.visible(label), "no half of a surrogate pair");
        }
    }

    @Test
    void whatXmlCannotHoldBecomesVisible() {
        assertEquals("a\\u0000b\\u001b[1m\\u202egnp.\\u007f\\u0085", SvgText.visible("a\u0000b\u001b[1m\u202egnp.\u007f\u0085"));
        assertEquals("\\ud83d x \\udc00", SvgText.visible("\ud83d x \udc00"));
        assertEquals("\\uffff\\ufffe\\ufeff\\u200b\\u2066", SvgText.visible("\uffff\ufffe\ufeff\u200b\u2066"));
        assertEquals("\\u000a\\u0009", SvgText.visible("\n\t"));
        assertEquals("漢字 😀 é", SvgText.visible("漢字 😀 é"));
        assertEquals("\\ud83f\\udfff", SvgText.visible(new String(Character.toChars(0x1ffff))));
    }

    @Test
    void escaping() {
        assertEquals("&lt;a b=&quot;c&quot;&gt;&amp;&#39;]]&gt;", SvgText.xml("<a b=\"c\">&']]>"));
        assertEquals("\"a\\\"b\\\\c\"", SvgText.json("a\"b\\c"));
    }

    @Test
    void amounts() {
        assertEquals("72.6 s CPU (7,262 samples)", Amounts.of(72_620_000_000L, 7262, Amounts.NANOSECONDS));
        assertEquals("1.50 s CPU (1 sample)", Amounts.of(1_500_000_000L, 1, Amounts.NANOSECONDS));
        assertEquals("10 ms CPU (1 sample)", Amounts.of(10_101_010, 1, Amounts.NANOSECONDS));
        assertEquals("7,262 samples", Amounts.of(7262, 7262, Amounts.SAMPLES));
        assertEquals("1,000,000 cycles (3 samples)", Amounts.of(1_000_000, 3, "cycles"));
        assertEquals("1,500 goroutine", Amounts.weight(1500, "goroutine"));
        assertEquals("300 MiB inuse_space", Amounts.weight(300 << 20, "inuse_space/bytes"));
        assertEquals("1.5 MiB inuse_space (7 samples)", Amounts.of(3 << 19, 7, "inuse_space/bytes"));
        assertEquals("0.001 MiB inuse_space", Amounts.weight(1024, "inuse_space/bytes"));
        assertEquals("20 ms delay", Amounts.weight(20_000_000, "delay/nanoseconds"));
        assertEquals("5 cpu_core/cycles/", Amounts.weight(5, "cpu_core/cycles/"));
        assertEquals("0.05 %", Amounts.percent(0.0005));
        assertEquals("12.3 %", Amounts.percent(0.1234));
    }
}
