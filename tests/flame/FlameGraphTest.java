package lib.flame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import lib.flame.Drawing.By;
import lib.flame.Drawing.Sort;
import lib.insight.Amounts;
import lib.insight.Difference;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FlameGraphTest {
    private static final Drawing PLAIN = Drawing.of("kube-apiserver", "60 s at 99 Hz", Amounts.SAMPLES);
    private static final String[] HOSTILE = {"<script>alert(1)</script>", "]]>", "\"'&<>", "a\u0000b\u0007\u001b", "\ud83d", "\udc00x",
        "\u202eabc\u2066", "</metadata></svg>", "x\r\ny", "\uffff", "漢字😀", "javascript:alert(1)", "é".repeat(5000), " ", "=5#3 ^"};

    static Document parse(String svg) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(svg)));
    }

    static Element first(Document document, String tag, String style) {
        NodeList all = document.getElementsByTagName(tag);
        for (int i = 0; i < all.getLength(); i++) {
            Element e = (Element) all.item(i);
            if (e.getAttribute("class").equals(style)) return e;
        }
        throw new AssertionError("no " + tag + " of class " + style);
    }

    static List<String> texts(Element in) {
        NodeList all = in.getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) texts.add(all.item(i).getTextContent());
        return texts;
    }

    @Test
    void theStillPictureSaysEverythingWithoutAScript() throws Exception {
        Document svg = parse(Trees.draw(Trees.of("kube-apiserver;runtime.mallocgc 3", "kube-apiserver;encoding/json.Marshal 7"), PLAIN));
        Element still = first(svg, "g", "still");
        List<String> texts = texts(still);
        assertTrue(texts.containsAll(List.of("kube-apiserver", "60 s at 99 Hz", "runtime.mallocgc", "json.Marshal", "all",
                "serialization 70.0 % · 70.0 %", "Go GC and allocation 30.0 % · 30.0 %", "other 0.0 % · 100.0 %")), texts.toString());
        assertTrue(texts.contains("10 samples · width: share of the total"), texts.toString());
        assertEquals("Flame graph: kube-apiserver, 10 samples", svg.getDocumentElement().getAttribute("aria-label"));
    }

    @Test
    void everyColourHasAnEntryAndEveryShareIsThatOfTheBoxes() throws Exception {
        StackTree tree = Trees.random(2000, 5);
        tree.merge(Trees.of("m;k8s.io/apiserver/pkg/endpoints/filters.WithAuthorization.func1;k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1;"
                + "encoding/json.Marshal 500"));
        for (By by : By.values()) {
            Document svg = parse(Trees.draw(tree, Trees.drawing(0.1, by)));
            Set<String> entries = new TreeSet<>();
            Set<String> drawn = new TreeSet<>();
            for (String style : styles(first(svg, "g", "chips"))) entries.add(style.substring(0, 1));
            for (String style : styles(first(svg, "g", "boxes"))) drawn.add(style.substring(0, 1));
            assertTrue(entries.containsAll(drawn), by + ": " + drawn);
            entries.remove("o"); // what is of no kind may have samples and no box
            assertTrue(drawn.containsAll(entries), by + ": " + entries);
        }
        List<String> texts = texts(first(parse(Trees.draw(tree, Trees.drawing(0.1, By.STACK))), "g", "keys"));
        assertTrue(texts.stream().anyMatch(text -> text.matches("authorization 0\\.0 % · [1-9].* %")), "its own is nothing, yet it has a box: " + texts);
    }

    static List<String> styles(Element in) {
        NodeList paths = in.getElementsByTagName("path");
        List<String> styles = new ArrayList<>();
        for (int i = 0; i < paths.getLength(); i++) styles.add(((Element) paths.item(i)).getAttribute("class"));
        return styles;
    }

    @Test
    void byCallTheStillPictureIsNoHigherThanAPageShowsAtOnce() throws Exception {
        String[] stack = new String[200];
        Arrays.fill(stack, "f");
        StackTree tree = Trees.of("a;k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1;" + String.join(";", stack) + " 1");
        Document svg = parse(Trees.draw(tree, Trees.drawing(0.1, null)));
        assertTrue(Integer.parseInt(svg.getDocumentElement().getAttribute("height")) * 838 / 1200 <= 700);
        assertTrue(texts(first(svg, "g", "still")).stream().anyMatch(t -> t.contains("of 203 rows")), "and says so");
        assertTrue(texts(first(svg, "g", "labels")).contains("LIST 100.0 %"));
        assertTrue(Integer.parseInt(parse(Trees.draw(tree, Trees.drawing(0.1, By.STACK))).getDocumentElement().getAttribute("height")) > 200 * 16);
        Drawing narrow = new Drawing("", "", Amounts.SAMPLES, 200, 0.1, Drawing.Sort.NAME, false, false, false, null, null, true);
        assertTrue(texts(first(parse(Trees.draw(tree, narrow)), "g", "labels")).contains("LIST 100.0 %"), "nor empty where it is narrow");
    }

    @Test
    void thePlainStacksOfAPictureByCallAreThoseOfThePlainPicture() {
        StackTree tree = Trees.random(2000, 5);
        tree.merge(Trees.of("m;k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1;x 500"));
        String calls = stacks(Trees.draw(tree, Trees.drawing(0, null)));
        assertTrue(calls.contains("^"), "places");
        assertEquals(stacks(Trees.draw(tree, Trees.drawing(0, By.STACK))), calls.replaceAll("\\^[0-9a-z]+", ""));
    }

    private static String stacks(String svg) {
        return svg.substring(svg.indexOf("<metadata class=\"stacks\">"), svg.lastIndexOf("</metadata>"));
    }

    private static String times(String svg) {
        int from = svg.indexOf("<metadata class=\"times\">");
        return from < 0 ? null : svg.substring(from + 24, svg.indexOf("</metadata>", from));
    }

    @Test
    void whenSamplesWereTakenIsThereInFewBytes() {
        StackTree tree = Trees.at(0, "m;a", 25_000_000, "m;b", 25_000_001, "m;a", 39_999_999, "m;a", 105_000_000, "m");
        assertEquals(" 2\n 2*2 1\n3 1", times(Trees.draw(tree, PLAIN)));
        StackTree otherwise = Trees.at(105_000_000, "m", 39_999_999, "m;a", 25_000_000, "m;b", 25_000_001, "m;a", 0, "m;a");
        assertEquals(Trees.draw(tree, PLAIN), Trees.draw(otherwise, PLAIN), "the order of input does not matter");
        tree.add(1, 1, 1);
        assertEquals(null, times(Trees.draw(tree, PLAIN)), "one has no time");
    }

    @Test
    void timesNeverMakeTheFileMuchLarger() {
        Object[] samples = new Object[40_000];
        for (int i = 0; i < samples.length; i += 2) {
            samples[i] = i * 3_000_000L;
            samples[i + 1] = "m;" + "abcdefgh".charAt(i / 2 * 7 % 8) + ";x" + i % 61;
        }
        StackTree tree = Trees.at(samples);
        Drawing without = new Drawing("kube-apiserver", "60 s at 99 Hz", Amounts.SAMPLES, 1200, 0.1, Sort.NAME, false, false, false, null, null, false);
        assertTrue(Trees.draw(tree, PLAIN).length() <= 1.5 * Trees.draw(tree, without).length());
    }

    @Test
    void mergedFunctionsAreNotInThePicture() throws Exception {
        Drawing merging = new Drawing("t", "", Amounts.SAMPLES, 1200, 0, Sort.NAME, false, false, false, null, Pattern.compile("^wrap"), true);
        List<String> labels = texts(first(parse(Trees.draw(Trees.of("m;wrap1;x 2", "m;wrap2;x 3", "m;y 5"), merging)), "g", "labels"));
        assertEquals(List.of("all", "m", "x", "y"), labels);
    }

    @Test
    void nothingIsFetchedFromElsewhere() {
        String svg = Trees.draw(Trees.of("a;b 1"), PLAIN);
        String rest = svg.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xhtml", "");
        assertFalse(rest.contains("http:") || rest.contains("https:") || rest.contains("@import") || rest.contains("url("), "an address");
        assertFalse(svg.contains("innerHTML") || svg.contains("insertAdjacentHTML") || svg.contains("eval(") || svg.contains("document.write"));
    }

    @Test
    void hostileNamesAndTitlesStayText() throws Exception {
        for (String bad : HOSTILE) {
            StackTree tree = new StackTree(new Frames());
            int at = tree.child(0, tree.frames().intern(bad, Kind.USER));
            tree.add(tree.child(at, tree.frames().intern(bad + bad, Kind.KERNEL)), 5, 5);
            Document svg = parse(Trees.draw(tree, Drawing.of(bad, bad, bad)));
            assertEquals(2, svg.getElementsByTagName("script").getLength(), bad);
            assertEquals(3, svg.getElementsByTagName("metadata").getLength(), bad);
            assertEquals(SvgText.visible(bad), first(svg, "metadata", "names").getTextContent().split("\n")[0].substring(4), bad);
            parse(Trees.draw(Difference.of(tree, Trees.of("x 1")), Drawing.of(bad, bad, bad)));
        }
    }

    @Test
    void theTableHoldsTheWholeTree() throws Exception {
        StackTree tree = Trees.random(2000, 3);
        Drawing all = new Drawing("t", "", Amounts.SAMPLES, 1200, 0, Sort.NAME, false, false, false, null, null, true);
        Layout layout = new Layout(tree, all);
        Document svg = parse(Trees.draw(tree, all));
        List<String> names = new ArrayList<>();
        String last = "";
        for (String line : first(svg, "metadata", "names").getTextContent().split("\n")) {
            int space = line.indexOf(' ');
            last = last.substring(0, Integer.parseInt(line.substring(2, space), 36)) + line.substring(space + 1);
            names.add(last);
        }
        int box = 0;
        int depth = 0;
        for (String line : first(svg, "metadata", "stacks").getTextContent().split("\n")) {
            String[] tokens = line.split(" ", -1);
            depth -= Integer.parseInt(tokens[0], 36);
            for (int i = 1; i < tokens.length; i++, box++, depth++) {
                String[] fields = tokens[i].split("(?=[=#])");
                String name = fields[0].isEmpty() || fields[0].startsWith("=") ? "all" : names.get(Integer.parseInt(fields[0], 36));
                long weight = 0;
                for (String field : fields) {
                    weight = field.startsWith("=") ? Long.parseLong(field.substring(1), 36) : weight;
                }
                assertEquals(layout.depth[box], depth);
                assertEquals(layout.ownWeight[box], weight);
                assertEquals(box == 0 ? "all" : layout.frames.name(layout.frame[box]), name);
            }
        }
        assertEquals(layout.size, box);
    }

    /** A large picture, and one by call with times. */
    private static String pictures(Drawing drawing) {
        StackTree calls = Trees.at(0, "i;k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1;x", 30_000_000, "i;net/http.(*conn).serve;y");
        return Trees.draw(Trees.random(3000, 1), drawing) + Trees.draw(calls, drawing);
    }

    @Test
    void sameProfileSameBytes() {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        Drawing drawing = Drawing.of("t", "s", Amounts.NANOSECONDS);
        String expected = pictures(drawing);
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
            assertEquals(expected, pictures(drawing));
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertEquals(expected, pictures(drawing));
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void theOrderOfInputDoesNotMatter() {
        String one = Trees.draw(Trees.of("m;a;x 1", "m;b 2", "m;a 4"), PLAIN);
        assertEquals(one, Trees.draw(Trees.of("m;a 4", "m;b 2", "m;a;x 1"), PLAIN));
    }

    @Test
    void fewBytesForABox() {
        Drawing all = new Drawing("t", "", Amounts.SAMPLES, 1200, 0, Sort.NAME, false, false, false, null, null, true);
        int fixed = Trees.draw(Trees.of("a 1"), all).length();
        int boxes = 50_000;
        int each = (Trees.draw(Trees.random(boxes, 2), all).length() - fixed) / boxes;
        // flamegraph.pl spends a group, a title, a rectangle and a text on each box: more than 200 bytes.
        assertTrue(each < 20, each + " bytes for a box");
        assertTrue(fixed < 70_000, fixed + " bytes for an empty picture");
    }

    @Test
    void anEmptyProfileIsAPictureToo() throws Exception {
        Document svg = parse(Trees.draw(new StackTree(new Frames()), Drawing.of("nothing", "", Amounts.NANOSECONDS)));
        assertTrue(texts(first(svg, "g", "still")).stream().anyMatch(t -> t.startsWith("0 s CPU (0 samples)")));
    }

    @Test
    void inThePictureAFlameGrowsUpAndAnIcicleDown() throws Exception {
        StackTree tree = Trees.of("root;leaf 1");
        for (boolean inverted : new boolean[] {false, true}) {
            Drawing drawing = new Drawing("t", "", Amounts.SAMPLES, 1200, 0, Sort.NAME, inverted, false, false, null, null, true);
            Element labels = first(parse(Trees.draw(tree, drawing)), "g", "labels");
            List<String> order = texts(labels);
            int root = Integer.parseInt(((Element) labels.getElementsByTagName("text").item(order.indexOf("root"))).getAttribute("y"));
            int leaf = Integer.parseInt(((Element) labels.getElementsByTagName("text").item(order.indexOf("leaf"))).getAttribute("y"));
            assertEquals(inverted ? 16 : -16, leaf - root);
        }
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Drawing("t", "", "ns", 10, 0, Sort.NAME, false, false, false, null, null, true));
        assertThrows(IllegalArgumentException.class, () -> new Drawing("t", "", "ns", 1200, Double.NaN, Sort.NAME, false, false, false, null, null, true));
    }
}
