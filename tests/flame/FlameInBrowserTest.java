package lib.flame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.flame.Drawing.By;
import lib.insight.Amounts;
import lib.insight.Difference;
import lib.insight.Rules;
import lib.stacks.Frames;
import lib.stacks.Frames.Kind;
import lib.stacks.StackTree;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader does with the picture. */
class FlameInBrowserTest {
    private static final String API = "k8s.io/kubernetes/vendor/k8s.io/apiserver/pkg/";
    private static final String LIST = API + "endpoints/handlers.ListResource.func1";
    private static final String[] STACKS = {
        "apiserver;" + LIST + ";encoding/json.Marshal;runtime.mallocgc 30",
        "apiserver;" + LIST + ";encoding/json.Marshal;encoding/json.Marshal 10",
        "apiserver;" + LIST + ";" + API + "storage/etcd3.(*store).GetList 20",
        "apiserver;runtime.gcBgMarkWorker;runtime.scanobject 30",
        "apiserver;runtime.schedule 10"};
    private static Browser browser;
    @TempDir
    private static Path folder;
    private static Path plain;

    @BeforeAll
    static void start() throws Exception {
        Path chromium = Browser.find();
        Assumptions.assumeTrue(chromium != null, "no chromium or google-chrome on the PATH");
        browser = new Browser(chromium);
        plain = save("plain.svg", Trees.draw(Trees.of(STACKS), Trees.drawing(0.1, By.STACK)));
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) browser.close();
    }

    @BeforeEach
    void open() throws Exception {
        size(1200, 800);
        browser.open(plain.toUri().toString());
    }

    private static Path save(String name, String svg) throws IOException {
        return Files.writeString(folder.resolve(name), svg);
    }

    private static void size(int width, int height) throws Exception {
        browser.call("Emulation.setDeviceMetricsOverride", "\"width\":" + width + ",\"height\":" + height + ",\"deviceScaleFactor\":1,\"mobile\":false");
    }

    private static String text(String selector) throws Exception {
        return browser.eval("document.querySelector('" + selector + "').textContent");
    }

    private static String labels() throws Exception {
        return browser.eval("[...document.querySelectorAll('main .labels text')].map(t => t.textContent).sort().join(' ')");
    }

    /** The middle of a box by its label. */
    private static double[] at(String label) throws Exception {
        String[] xy = browser.eval("(t => { const r = t.getBoundingClientRect(); return (r.left + r.right) / 2 + ' ' + (r.top + r.bottom) / 2; })"
                + "([...document.querySelectorAll('main .labels text')].find(t => t.textContent === '" + label + "'))").split(" ");
        return new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])};
    }

    private static void click(String label) throws Exception {
        double[] xy = at(label);
        browser.click(xy[0], xy[1], "left");
    }

    @Test
    void theScriptTakesTheStillPicturesPlace() throws Exception {
        assertEquals("null", browser.eval("document.querySelector('.still')"));
        assertEquals("all apiserver etcd3.(*store).GetList handlers.ListResource.func1 json.Marshal json.Marshal runtime.gcBgMarkWorker "
                + "runtime.mallocgc runtime.scanobject runtime.schedule", labels());
        assertEquals("kube-apiserver", text("h1"));
        assertTrue(text("header").contains("100 samples"));
    }

    @Test
    void clickZoomsAndBackspaceAndEscapeGoBack() throws Exception {
        click("handlers.ListResource.func1");
        assertEquals("#z=2", browser.eval("location.hash"));
        assertEquals("all›apiserver›handlers.ListResource.func1", text(".path"));
        assertEquals(LIST, text(".detail .name"));
        assertEquals("60 samples · 60.0 % of all · 100.0 % of zoomed · 60.0 % of parent", text(".numbers"));
        click("json.Marshal");
        assertTrue(labels().startsWith("all apiserver handlers.ListResource.func1 json.Marshal"), labels());
        browser.key("Backspace");
        assertEquals("#z=2", browser.eval("location.hash"));
        assertTrue(labels().contains("GetList"));
        browser.key("Escape");
        assertEquals("", text(".path"));
        assertTrue(labels().contains("runtime.schedule"));
    }

    @Test
    void theBreadcrumbLeadsBack() throws Exception {
        click("runtime.scanobject");
        browser.eval("document.querySelectorAll('.path button')[1].click()");
        assertEquals("all›apiserver", text(".path"));
    }

    @Test
    void theKeyboardWalksAndZooms() throws Exception {
        browser.eval("document.querySelector('.stage').focus()");
        browser.key("ArrowUp");
        browser.key("ArrowUp");
        assertEquals(LIST, text(".detail .name"), "the widest callee");
        browser.key("ArrowRight");
        assertEquals("runtime.gcBgMarkWorker", text(".detail .name"));
        browser.key("ArrowLeft");
        browser.key("Enter");
        assertEquals("#z=2", browser.eval("location.hash"));
        browser.key("ArrowDown");
        assertEquals("apiserver", text(".detail .name"));
        browser.key("Home");
        assertEquals(LIST, text(".detail .name"));
        assertEquals("true", browser.eval("(id => document.getElementById(id).getAttribute('aria-label').startsWith('k8s.io') && document.getElementById(id).getAttribute('role') === 'treeitem')"
                + "(document.querySelector('[role=tree]').getAttribute('aria-activedescendant'))"));
    }

    @Test
    void searchCountsNothingTwice() throws Exception {
        browser.key("/");
        browser.type("json");
        assertEquals("2 matches, 40.0 %", text("output"));
        browser.key("Enter");
        assertEquals("1 of 2 matches, 40.0 %", text("output"));
        browser.key("Escape");
        assertEquals("", browser.eval("document.querySelector('input').value"));
        browser.key("Ctrl-f");
        browser.type("MARSHAL");
        assertEquals("no match", text("output"), "capitals count");
        browser.key("Escape");
        browser.key("/");
        browser.type("runtime");
        assertEquals("4 matches, 70.0 %", text("output"));
        browser.eval("document.querySelector('.stage').focus()");
        browser.key("n");
        assertEquals("runtime.mallocgc", text(".detail .name"));
        browser.key("n");
        assertEquals("runtime.gcBgMarkWorker", text(".detail .name"));
        browser.key("N");
        assertEquals("runtime.mallocgc", text(".detail .name"));
        click("handlers.ListResource.func1");
        assertEquals("1 match, 50.0 %", text("output"), "of what is seen");
        assertEquals("runtime", browser.eval("document.querySelector('input').value"));
    }

    @Test
    void searchByRegularExpressionAndSubsystem() throws Exception {
        browser.eval("document.querySelector('[aria-label=\"Regular expression\"]').click()");
        browser.key("/");
        browser.type("^runtime\\.(scan|gc)");
        assertEquals("2 matches, 30.0 %", text("output"));
        browser.type("(");
        assertEquals("not a regular expression", text("output"));
        browser.eval("[...document.querySelectorAll('.legend button')].find(b => b.textContent.startsWith('serialization')).click()");
        assertEquals("1 of 2 matches, 40.0 %", text("output"));
        assertEquals("encoding/json.Marshal", text(".detail .name"), "the widest is gone to");
        assertEquals("serialization 10.0 %· 40.0 %", text(".legend [aria-pressed=true]"));
        browser.key("Escape");
        assertEquals("null", browser.eval("document.querySelector('.legend [aria-pressed=true]')"));
    }

    @Test
    void enterGoesToTheWidestMatch() throws Exception {
        browser.key("/");
        browser.type("e");
        browser.key("Enter");
        assertEquals("apiserver", text(".detail .name"));
        browser.key("Enter");
        assertEquals(LIST, text(".detail .name"));
        assertTrue(text("output").startsWith("2 of "), text("output"));
    }

    @Test
    void theStacksAreThereByCallToo() throws Exception {
        Path file = save("calls.svg", Trees.draw(Trees.of(STACKS), Trees.drawing(0.1, null)));
        browser.open(file.toUri().toString());
        String byCall = labels();
        assertEquals("LIST 60.0 % all apiserver apiserver background GC 30.0 % beside requests 30.0 % etcd3.(*store).GetList "
                + "handlers.ListResource.func1 json.Marshal json.Marshal other 10.0 % runtime.gcBgMarkWorker runtime.mallocgc runtime.scanobject "
                + "runtime.schedule", byCall);
        browser.key("v");
        assertTrue(browser.eval("location.hash").contains("v=stacks"));
        String stacks = labels();
        browser.open(plain.toUri().toString());
        assertEquals(labels(), stacks, "as if it were drawn by stack");
        browser.open(file.toUri() + "#v=stacks");
        assertEquals(stacks, labels());
        browser.eval("[...document.querySelectorAll('.tools button')].find(b => b.textContent === 'By call').click()");
        assertEquals(byCall, labels());
        assertEquals("100 samples · 100.0 % of all", text(".numbers"));
    }

    @Test
    void boxesOfManyNarrowStacksWeighByCallWhatTheyDoInTheStillPicture() throws Exception {
        StackTree tree = Trees.of(STACKS);
        for (int i = 0; i < 400; i++) {
            int at = tree.child(0, tree.frames().intern("chain" + i % 40, Kind.USER));
            for (String name : new String[] {"way" + i, i % 3 == 0 ? LIST : "runtime.gcBgMarkWorker", "leaf" + i % 7}) {
                at = tree.child(at, tree.frames().intern(name, Kind.USER));
            }
            tree.add(at, 1, 1);
        }
        String svg = Trees.draw(tree, Trees.drawing(10, null));
        String still = String.join(" ", FlameGraphTest.texts(FlameGraphTest.first(FlameGraphTest.parse(svg), "g", "labels")).stream().sorted().toList());
        browser.open(save("narrow.svg", svg).toUri().toString());
        assertEquals(still, labels());
        assertTrue(still.contains("leaf3"), still);
        browser.key("v");
        String stacks = labels();
        browser.open(save("narrow.svg", Trees.draw(tree, Trees.drawing(10, By.STACK))).toUri().toString());
        assertEquals(labels(), stacks);
    }

    @Test
    void theLegendSaysInTheBrowserWhatItSaysInTheStillPicture() throws Exception {
        StackTree tree = Trees.random(3000, 7);
        tree.merge(Trees.of(STACKS));
        tree.add(tree.child(0, tree.frames().intern("crypto/rsa.Verify", Kind.USER)), 2000, 1);
        for (By by : By.values()) {
            String svg = Trees.draw(tree, Trees.drawing(0, by));
            String still = String.join("|", FlameGraphTest.texts(FlameGraphTest.first(FlameGraphTest.parse(svg), "g", "keys")));
            browser.open(save("legend.svg", svg).toUri().toString());
            String legend = browser.eval("[...document.querySelectorAll('.legend > *')].map(e => e.textContent.replace('%·', '% ·')).join('|')");
            assertEquals(still.replace(Legend.SHARES + ":|", ""), legend);
            browser.eval("document.querySelectorAll('.legend > button').forEach(b => b.dataset.term === '@serialization' && b.click())");
            String share = text("output").replaceAll(".*, ", "");
            assertTrue(legend.matches(".*serialization [^|]* · " + share + "\\|.*"), share + " in " + legend);
        }
    }

    private static String table() throws Exception {
        return browser.eval("[...document.querySelectorAll('aside tbody tr')].map(r => [...r.children].map(c => c.textContent).join(' ')).join('|')");
    }

    @Test
    void aTableHasTheFunctionsOfTheStacks() throws Exception {
        browser.key("t");
        assertEquals("30.0 % 30.0 % runtime.mallocgc|30.0 % 30.0 % runtime.scanobject|20.0 % 20.0 % etcd3.(*store).GetList|10.0 % 40.0 % json.Marshal|"
            + "10.0 % 10.0 % runtime.schedule|0.0 % 100.0 % apiserver|0.0 % 60.0 % handlers.ListResource.func1|0.0 % 30.0 % runtime.gcBgMarkWorker", table());
        browser.eval("document.querySelector('aside [data-by=total] button').click()");
        assertTrue(table().startsWith("0.0 % 100.0 % apiserver|"), table());
        assertEquals("descending", browser.eval("document.querySelector('aside [data-by=total]').getAttribute('aria-sort')"));
        browser.eval("document.querySelector('aside input').focus()");
        browser.type("json");
        assertEquals("10.0 % 40.0 % json.Marshal", table(), "recursion counts once");
        browser.eval("document.querySelector('aside tbody button').click()");
        assertEquals("encoding/json.Marshal", text(".detail .name"));
        assertEquals("40 samples · 40.0 % of all · 66.7 % of parent", text(".numbers"), "the widest box");
        assertTrue(browser.eval("location.hash").contains("t=1"));
    }

    @Test
    void byCallTheTableSaysWhatMostOfAFunctionIsDoneFor() throws Exception {
        String[] more = {"apiserver;" + LIST.replace("List", "Get") + ";encoding/json.Marshal 5"};
        StackTree tree = Trees.of(STACKS);
        tree.merge(Trees.of(more));
        browser.open(save("table.svg", Trees.draw(tree, Trees.drawing(0, null))).toUri() + "#t=1");
        assertTrue(table().contains("LIST json.Marshal|"), table());
        assertTrue(table().contains("background GC runtime.scanobject"), table());
        assertTrue(!table().contains("beside requests"), "what is no function is not listed");
    }

    /** Ten seconds: of the first five only json, then only the collector; the third second is idle. */
    private static Path overTime() throws IOException {
        Object[] samples = new Object[180];
        for (int i = 0; i < 90; i++) {
            long time = i * 100_000_000L + (i < 20 ? 0 : 1_000_000_000L);
            samples[2 * i] = time;
            samples[2 * i + 1] = time < 5_000_000_000L ? STACKS[0].replace(" 30", "") : STACKS[3].replace(" 30", "");
        }
        return save("time.svg", Trees.draw(Trees.at(samples), Trees.drawing(0.1, null)));
    }

    private static void drag(double from, double to) throws Exception {
        String[] box = browser.eval("(r => r.left + ' ' + r.top + ' ' + r.width)(document.querySelector('.strip').getBoundingClientRect())").split(" ");
        double left = Double.parseDouble(box[0]) + Svg.MARGIN;
        double width = Double.parseDouble(box[2]) - 2 * Svg.MARGIN;
        double y = Double.parseDouble(box[1]) + 20;
        for (String type : new String[] {"mousePressed", "mouseMoved", "mouseReleased"}) {
            double x = left + width * (type.equals("mousePressed") ? from : to);
            browser.call("Input.dispatchMouseEvent", "\"type\":\"" + type + "\",\"x\":" + x + ",\"y\":" + y + ",\"clickCount\":1,\"button\":\"left\",\"buttons\":1");
        }
    }

    @Test
    void aWindowOfTheTimeRedrawsGraphTableLegendAndAnswer() throws Exception {
        browser.open(overTime().toUri() + "#t=1");
        assertTrue(text(".answer p").startsWith("0 s to 9.92 s, 90 samples: background GC 55.6 % ± 10.3, LIST 44.4 %"), text(".answer p"));
        drag(0, 0.508);
        assertTrue(text(".answer p").matches("0 s to 5\\.\\d* s, 41 samples: LIST 97\\.6 % ± 4\\.7, background GC 2\\.4 %"), text(".answer p"));
        assertTrue(text(".numbers").startsWith("41 samples · 100.0 % of all"), text(".numbers"));
        assertTrue(table().startsWith("97.6 % 97.6 % LIST runtime.mallocgc|2.4 % 2.4 % background GC runtime.scanobject"), table());
        assertTrue(text(".legend").contains("Go GC and allocation 100.0 %· 100.0 %"), text(".legend"));
        browser.key("v");
        assertTrue(text(".numbers").startsWith("41 samples"), "the plain stacks too: " + text(".numbers"));
        browser.key("v");
        String before = labels() + text(".answer p");
        String address = browser.eval("location.href");
        assertTrue(address.matches(".*#t=1&w=0-5\\.\\d*"), address);
        browser.open(address);
        assertEquals(before, labels() + text(".answer p"));
        drag(0.3, 0.3);
        assertTrue(text(".answer p").startsWith("0 s to 9.92 s"), "a click shows all again: " + text(".answer p"));
        drag(0.22, 0.28);
        assertTrue(text(".answer p").endsWith(": nothing ran"), text(".answer p"));
    }

    @Test
    void twoWindowsAreCompared() throws Exception {
        browser.open(overTime().toUri().toString());
        drag(0, 0.508);
        browser.eval("document.querySelector('.answer button').click()");
        drag(0.6, 0.9);
        assertTrue(text(".answer p").matches("5\\.\\d* s to 8\\.\\d* s, before: 0 s to 5\\.\\d* s, \\d+ samples: "
                + "LIST 0\\.0 % \\(before 97\\.6 %\\), background GC 100\\.0 % \\(before 2\\.4 %\\)"), text(".answer p"));
        assertTrue(tipOver("runtime.mallocgc").endsWith("before: 40 samples, 97.6 % · vanished"), text(".tip .numbers"));
        assertTrue(text(".legend").contains("vanished"), text(".legend"));
        String before = labels() + text(".answer p") + text(".legend");
        browser.open(browser.eval("location.href"));
        assertEquals(before, labels() + text(".answer p") + text(".legend"));
        browser.eval("[...document.querySelectorAll('.path .state')].find(b => b.textContent.startsWith('before')).click()");
        assertTrue(text(".legend").contains("Go GC and allocation 100.0 %"), text(".legend"));
        browser.key("Escape");
        assertTrue(text(".answer p").startsWith("0 s to 9.92 s, 90 samples"), text(".answer p"));
    }

    @Test
    void twoWindowsOfAProgramWithoutCallsAreComparedByItsCode() throws Exception {
        Object[] samples = new Object[400];
        for (int i = 0; i < 200; i++) {
            samples[2 * i] = i * 50_000_000L;
            samples[2 * i + 1] = i < 100 ? "main;parse" : i < 190 ? "main;draw" : "main;runtime.mallocgc";
        }
        browser.open(save("compare.svg", Trees.draw(Trees.at(samples), Trees.drawing(0.1, null))).toUri() + "#b=0-5&w=5-9");
        assertTrue(text(".answer p").endsWith(": draw 100.0 % (before 1.0 %), parse 0.0 % (before 99.0 %)"), text(".answer p"));
        browser.eval("[...document.querySelectorAll('.path .state')].find(b => b.textContent.startsWith('before')).click()");
        assertTrue(text(".answer p").endsWith("80 samples: draw 100.0 %"), "what did not run then is not listed: " + text(".answer p"));
    }

    @Test
    void evenWorkLooksEven() throws Exception {
        Object[] samples = new Object[2 * 2800];
        for (int i = 0; i < 2800; i++) {
            samples[2 * i] = i / 4 * 20_000_000L;
            samples[2 * i + 1] = "main;work" + i / 4;
        }
        browser.open(save("even.svg", Trees.draw(Trees.at(samples), Trees.drawing(0.1, null))).toUri().toString());
        String heights = "[...document.querySelectorAll('.strip svg path:not(.tick)')].flatMap(p => p.getAttribute('d').match(/v-[0-9.]+/g))";
        assertEquals("v-40.0", browser.eval("[...new Set(" + heights + ".slice(0, -1))].join()"), "but for the last one, which may not be whole");
        assertTrue(Integer.parseInt(browser.eval(heights + ".length")) >= 300, "of many bars");
    }

    @Test
    void aLowWindowHasTheAnswerOfAPartOfTheTime() throws Exception {
        size(640, 400);
        browser.open(overTime().toUri() + "#w=2-3");
        assertEquals("true", browser.eval("document.querySelector('.answer p').offsetHeight > 0 && document.querySelector('.answer button').offsetHeight > 0"));
        assertTrue(Integer.parseInt(browser.eval("document.querySelector('main').clientHeight")) >= 5 * Svg.ROW, "and room for boxes");
        browser.key("Escape");
        assertEquals("0", browser.eval("document.querySelector('.answer').offsetHeight"), "room for boxes");
    }

    @Test
    void theZoomStaysWhereTheWindowHasIt() throws Exception {
        browser.open(overTime().toUri().toString());
        click("json.Marshal");
        drag(0, 0.4);
        assertTrue(text(".path").endsWith("json.Marshal"), text(".path"));
        drag(0.8, 0.9);
        assertTrue(!text(".path").contains("json.Marshal"), text(".path"));
    }

    @Test
    void theKeyboardChoosesAWindow() throws Exception {
        browser.open(overTime().toUri().toString());
        browser.eval("document.querySelector('.slider').focus()");
        browser.key("ArrowRight");
        assertEquals("0.1 seconds", browser.eval("document.querySelector('.slider').getAttribute('aria-valuetext')"));
        browser.eval("document.querySelectorAll('.slider')[1].focus()");
        browser.key("ArrowLeft");
        browser.key("ArrowLeft");
        assertTrue(text(".answer p").startsWith("0.1 s to 9.72 s, 87 samples"), text(".answer p"));
        browser.key("Escape");
        assertTrue(text(".answer p").startsWith("0 s to 9.92 s, 90 samples"), text(".answer p"));
    }

    @Test
    void withoutTimesThereIsNoStrip() throws Exception {
        assertEquals("none", browser.eval("getComputedStyle(document.querySelector('.time')).display"));
    }

    @Test
    void mergingAFunctionLeavesItsSamplesToItsCaller() throws Exception {
        click("json.Marshal");
        browser.key("m");
        assertTrue(!labels().contains("json.Marshal") && labels().contains("runtime.mallocgc"), labels());
        click("handlers.ListResource.func1");
        assertTrue(text(".numbers").startsWith("60 samples · 60.0 % of all"), text(".numbers"));
        assertTrue(text(".numbers").contains("10 samples in itself"), text(".numbers"));
        browser.eval("document.querySelector('.path .state').click()");
        assertTrue(labels().contains("json.Marshal"));
    }

    @Test
    void upsideDown() throws Exception {
        assertTrue(at("apiserver")[1] > at("runtime.schedule")[1]);
        browser.key("i");
        assertTrue(at("apiserver")[1] < at("runtime.schedule")[1]);
        browser.key("ArrowDown");
        assertEquals("apiserver", text(".detail .name"));
    }

    @Test
    void hidingAFunctionLeavesOutWhatItCalls() throws Exception {
        double[] xy = at("runtime.gcBgMarkWorker");
        browser.click(xy[0], xy[1], "right");
        browser.eval("[...document.querySelectorAll('.menu button')].find(b => b.textContent.startsWith('Hide')).click()");
        assertTrue(!labels().contains("scanobject"), labels());
        click("apiserver");
        assertEquals("70 samples · 70.0 % of all · 100.0 % of zoomed", text(".numbers"));
        browser.eval("document.querySelector('.path .state').click()");
        assertTrue(labels().contains("scanobject"));
    }

    @Test
    void focusShowsCallersAndCalleesOfAFunction() throws Exception {
        click("json.Marshal");
        browser.key("f");
        assertEquals("apiserver handlers.ListResource.func1 json.Marshal json.Marshal runtime.mallocgc", labels());
        assertEquals("40 samples · 40.0 % of all · 100.0 % of zoomed", text(".numbers"));
        browser.key("t");
        assertEquals("75.0 % 75.0 % runtime.mallocgc|25.0 % 100.0 % json.Marshal", table());
        browser.key("t");
        double function = at("runtime.mallocgc")[1] + Svg.ROW;
        assertTrue(at("handlers.ListResource.func1")[1] > function && at("apiserver")[1] > function + Svg.ROW, "callers below");
        browser.key("ArrowDown");
        browser.key("ArrowDown");
        assertEquals("apiserver", text(".detail .name"));
        browser.key("Escape");
        assertTrue(labels().contains("runtime.schedule"));
    }

    @Test
    void aFunctionNamedLikeTheWholeIsAFunction() throws Exception {
        browser.open(save("all.svg", Trees.draw(Trees.of("main;all 3", "main;read 7"), Trees.drawing(0.1, null))).toUri() + "#f=all");
        assertEquals("all main", labels());
        assertTrue(text(".numbers").startsWith("3 samples · 30.0 % of all"), text(".numbers"));
    }

    @Test
    void theAddressKeepsTheView() throws Exception {
        click("handlers.ListResource.func1");
        browser.key("i");
        browser.key("/");
        browser.type("json");
        String before = labels() + text("output") + text(".path");
        String address = browser.eval("new Promise(done => setTimeout(() => done(location.href), 400))");
        assertTrue(address.endsWith("#z=2&s=json&i=1"), address);
        browser.open(address);
        assertEquals(before, labels() + text("output") + text(".path"));
        browser.open(plain.toUri() + "#z=99999&f=nothing&h=<script>&s=%00");
        assertEquals("no match", text("output"));
        assertTrue(labels().contains("runtime.schedule"), "what makes no sense is passed over");
    }

    @Test
    void aBoxSaysWhatItIsUnderThePointer() throws Exception {
        double[] xy = at("etcd3.(*store).GetList");
        browser.move(xy[0], xy[1]);
        assertEquals(API + "storage/etcd3.(*store).GetList", text(".tip .name"));
        assertEquals("20 samples · 20.0 % of all · 33.3 % of parent", text(".tip .numbers"));
        browser.move(xy[0], 5);
        assertEquals("true", browser.eval("document.querySelector('.tip').hidden || getComputedStyle(document.querySelector('.tip')).display === 'none'"));
    }

    @Test
    void aNameCanBeCopied() throws Exception {
        browser.eval("(navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }) && 0");
        click("handlers.ListResource.func1");
        browser.key("c");
        assertEquals(LIST, browser.eval("window.copied"));
    }

    @Test
    void aNameCanBeCopiedWhereThePageCameByPlainHttp() throws Exception {
        String script = browser.call("Page.addScriptToEvaluateOnNewDocument", "\"source\":\"Object.defineProperty(navigator,'clipboard',{value:undefined})\"")
                .replaceAll(".*\"identifier\":(\"\\w*\").*", "$1");
        browser.open(plain.toUri().toString());
        browser.call("Page.removeScriptToEvaluateOnNewDocument", "\"identifier\":" + script);
        click("handlers.ListResource.func1");
        browser.key("c");
        assertEquals("copied", text("output"));
        browser.key("/");
        browser.call("Input.dispatchKeyEvent", "\"type\":\"keyDown\",\"commands\":[\"paste\"]");
        assertEquals(LIST, browser.eval("document.querySelector('input').value"));
    }

    @Test
    void aPhoneOpensItAtItsWidth() throws Exception {
        browser.call("Emulation.setDeviceMetricsOverride", "\"width\":390,\"height\":844,\"deviceScaleFactor\":2,\"mobile\":true");
        browser.open(plain.toUri().toString());
        assertEquals("390", browser.eval("innerWidth"));
        assertEquals("true", browser.eval("document.querySelector('main').scrollTop + document.querySelector('main').clientHeight"
                + " >= document.querySelector('main').scrollHeight"), "the root is in sight");
    }

    @Test
    void aLowWindowHasRoomForBoxes() throws Exception {
        size(640, 400); // 1280 by 800 at 200 %
        browser.open(plain.toUri().toString());
        assertTrue(Integer.parseInt(browser.eval("document.querySelector('main').clientHeight")) > 240);
    }

    @Test
    void theSelectedBoxHasAnOutlineWhereTheKeyboardIs() throws Exception {
        browser.key("Tab");
        browser.eval("document.querySelector('.stage').focus()");
        browser.key("ArrowUp");
        assertEquals("solid", browser.eval("getComputedStyle(document.querySelector('.ring')).outlineStyle"));
        browser.eval("document.querySelector('input').focus()");
        assertEquals("none", browser.eval("getComputedStyle(document.querySelector('.ring')).outlineStyle"));
    }

    @Test
    void aDifferenceColoursABoxByItsOwnChangeAndItsEdgeByThatOfWhatItCalls() throws Exception {
        StackTree both = Difference.of(Trees.of("a;b 10", "a;c 90"), Trees.of("a;b 60", "a;c 40"));
        String svg = Trees.draw(both, Drawing.of("t", "", Amounts.SAMPLES));
        assertEquals("[u4, w4, z0] [u4, w4, z0]", FlameGraphTest.styles(FlameGraphTest.first(FlameGraphTest.parse(svg), "g", "boxes")) + " "
                + FlameGraphTest.styles(FlameGraphTest.first(FlameGraphTest.parse(svg), "g", "edges")));
        StackTree below = Difference.of(Trees.of("a;way;b 10", "a;c 90"), Trees.of("a;way;b 60", "a;c 40"));
        browser.open(save("own.svg", Trees.draw(below, Drawing.of("t", "", Amounts.SAMPLES))).toUri().toString());
        String row = "(row => [...document.querySelectorAll('main .boxes path')].filter(p => p.getAttribute('d').includes(row)).map(p => p.className.baseVal).join())";
        String top = browser.eval("[...document.querySelectorAll('main .labels text')].find(t => t.textContent === 'way').getAttribute('y') - 4");
        assertEquals("w4,z0", browser.eval(row + "(' " + top + "h')"), "only c has a change of its own there");
        assertEquals("w4 edge,u4 edge", browser.eval(row + "(' " + (Integer.parseInt(top) + 5) + "h')"));
    }

    @Test
    void cpuTimeAndADifference() throws Exception {
        StackTree before = Trees.of("a;b 1000000000", "a;gone 1000000000");
        StackTree after = Trees.of("a;b 3000000000", "a;c 1000000000");
        browser.open(save("diff.svg", Trees.draw(Difference.of(before, after), Drawing.of("t", "", Amounts.NANOSECONDS))).toUri().toString());
        double[] xy = at("gone");
        browser.move(xy[0], xy[1]);
        assertTrue(text(".tip .numbers").endsWith("before: 1.00 s CPU, 50.0 % · vanished"), text(".tip .numbers"));
        xy = at("b");
        browser.move(xy[0], xy[1]);
        assertTrue(text(".tip .numbers").startsWith("3.00 s CPU · "), text(".tip .numbers"));
        assertTrue(text(".tip .numbers").endsWith("before: 1.00 s CPU, 50.0 % · +25.00 points"), text(".tip .numbers"));
    }

    @Test
    void hostileNamesRunNothing() throws Exception {
        String bad = "<img src=x onerror=pwned=1>]]></script><script>pwned=1</script>\u202e\"'&";
        StackTree tree = new StackTree(new Frames());
        tree.add(tree.child(tree.child(0, tree.frames().intern(bad, Kind.USER)), tree.frames().intern("\ud800" + bad.repeat(200), Kind.USER)), 5, 5);
        browser.open(save("bad.svg", Trees.draw(tree, Drawing.of(bad, bad, bad))).toUri().toString());
        browser.move(600, 500);
        browser.eval("document.querySelector('.stage').focus()");
        for (String key : new String[] {"ArrowUp", "Enter", "f", "ArrowDown", "h", "Escape", "?"}) browser.key(key);
        assertEquals("undefined 2 0", browser.eval("typeof pwned + ' ' + document.querySelectorAll('script').length + ' ' + document.querySelectorAll('img').length"));
        assertEquals(SvgText.visible(bad), text("h1"));
    }

    @Test
    void darkAndLight() throws Exception {
        String light = browser.eval("getComputedStyle(document.querySelector('.app')).backgroundColor");
        browser.call("Emulation.setEmulatedMedia", "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"dark\"}]");
        assertEquals("rgb(255, 255, 255)", light);
        assertEquals("rgb(21, 24, 29)", browser.eval("getComputedStyle(document.querySelector('.app')).backgroundColor"));
        browser.call("Emulation.setEmulatedMedia", "\"features\":[]");
    }

    @Test
    void noLabelIsWiderThanItsBox() throws Exception {
        StackTree tree = new StackTree(new Frames());
        for (String name : new String[] {"漢字漢字漢字漢字漢字", "😀😀😀😀😀😀😀😀😀😀😀", "ﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺ", "W".repeat(80), "e\u0301".repeat(40)}) {
            tree.add(tree.child(0, tree.frames().intern(name, Kind.USER)), 5, 5);
        }
        Path file = save("wide.svg", Trees.draw(tree, Drawing.of("t", "", Amounts.SAMPLES)));
        for (int width : new int[] {1200, 700, 400}) {
            size(width, 800);
            browser.open(file.toUri().toString());
            double room = (width - 20) / 5.0;
            assertTrue(Double.parseDouble(browser.eval("Math.max(...[...document.querySelectorAll('main .labels text')].slice(1).map(t => t.getComputedTextLength()))")) <= room - 5,
                    width + " pixels");
        }
    }

    @Test
    void aNarrowWindowIsEnough() throws Exception {
        size(380, 700);
        browser.open(plain.toUri().toString());
        assertTrue(Integer.parseInt(browser.eval("document.querySelector('.app').scrollWidth")) <= 380);
        assertTrue(labels().contains("apiserver"));
        assertTrue(Integer.parseInt(browser.eval("Math.round(document.querySelector('main').clientHeight)")) > 200);
    }

    @Test
    void asAnImageAndFromAServer() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] svg = Files.readAllBytes(plain);
        server.createContext("/flame.svg", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "image/svg+xml");
            exchange.sendResponseHeaders(200, svg.length);
            exchange.getResponseBody().write(svg);
            exchange.close();
        });
        server.createContext("/page", exchange -> {
            byte[] page = "<!doctype html><img src=flame.svg>".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            browser.open(address + "/flame.svg");
            assertTrue(labels().contains("runtime.schedule"));
            browser.open(address + "/page");
            // The colours in the row of the root, as drawn.
            String drawn = browser.eval("(async () => { const image = document.querySelector('img'); await image.decode();"
                    + " const canvas = document.createElement('canvas'); canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;"
                    + " const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);"
                    + " const colours = new Set(); const data = context.getImageData(0, 0, canvas.width, canvas.height).data;"
                    + " for (let i = 0; i < data.length; i += 4) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);"
                + " return image.naturalWidth + ' ' + [0x" + new Palette(Rules.of(null)).fill("z0", false).substring(1) + ", 0xffffff].every(c => colours.has(c)); })()");
            assertEquals("1200 true", drawn);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void printsAllRowsOnOnePage() throws Exception {
        String answer = browser.call("Page.printToPDF", "\"landscape\":true,\"printBackground\":true");
        assertTrue(answer.contains("\"data\":\"JVBERi"), "a PDF in base 64");
        assertNotEquals("", labels());
        assertEquals("null", browser.eval("document.documentElement.getAttribute('viewBox')"), "as before");
    }

    @Test
    void theTipSaysWhereInTheSourceItWas() throws Exception {
        StackTree tree = Trees.of(STACKS);
        tree.frames().source(tree.frames().intern(LIST, Kind.USER), new Frames.Source("k8s.io/apiserver/<get>.go", 188));
        tree.frames().source(tree.frames().intern("runtime.schedule", Kind.USER), new Frames.Source("k8s.io/apiserver/<get>.go", 19));
        browser.open(save("sources.svg", Trees.draw(tree, Drawing.of("t", "", Amounts.SAMPLES))).toUri().toString());
        assertTrue(tipOver("handlers.ListResource.func1").endsWith(" · k8s.io/apiserver/<get>.go:188"), text(".tip .numbers"));
        assertTrue(tipOver("runtime.schedule").endsWith(" · k8s.io/apiserver/<get>.go:19"), text(".tip .numbers"));
        assertTrue(tipOver("runtime.scanobject").endsWith("of parent"), "of this one it is not known: " + text(".tip .numbers"));
    }

    private static String tipOver(String label) throws Exception {
        double[] xy = at(label);
        browser.move(xy[0], xy[1]);
        return text(".tip .numbers");
    }
}
