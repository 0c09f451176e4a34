package lib.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lib.history.Contents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of all results in a headless Chromium, served and from a disk. */
class PageTest {
    @TempDir
    Path folder;
    private HttpServer server;

    @BeforeEach
    void aPageOfThreeResults() throws IOException {
        Made.afresh();
        Path results = folder.resolve("results");
        new Made().at("2026-11-20T10:00:00Z").keep(results);
        new Made().at("2026-11-20T11:00:00Z").keep(results);
        Made last = new Made().at("2026-11-20T12:00:00Z").share(Made.LIST, 0.6);
        last.version = "v1.32.0";
        last.keep(results);
        for (var made : new Index(false, text -> { }).of(Contents.of(results)).entrySet()) Files.write(results.resolve(made.getKey()), made.getValue());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Path file = results.resolve(exchange.getRequestURI().getPath().substring(1));
            byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            exchange.sendResponseHeaders(Files.exists(file) ? 200 : 404, content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** The page as it is once its script has run and what it loads is there. */
    private String page(String address, int width) throws Exception {
        String chromium = Stream.of("chromium", "chromium-browser", "google-chrome").filter(name -> Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, name)))).findFirst().orElse(null);
        assumeTrue(chromium != null, "Chromium is not installed");
        Process process = new ProcessBuilder(List.of(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=" + width + ",800",
                "--user-data-dir=" + folder.resolve("browser"), "--virtual-time-budget=20000", "--dump-dom", address))
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String page = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return page.replaceFirst("(?s)<script type=\"application/json\".*", "");
    }

    private static String text(String page, String id) {
        Matcher element = Pattern.compile("(?s)<(\\w+) id=\"" + id + "\"[^>]*>(.*?)</\\1>").matcher(page);
        assertTrue(element.find(), id + " is there");
        return element.group(2).replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ").strip();
    }

    @Test
    void theLastResultIsComparedWithTheOneBeforeAndDrawn() throws Exception {
        String page = page("http://127.0.0.1:" + server.getAddress().getPort() + "/index.html", 1280);
        assertEquals("3 of 3 results", text(page, "count"));
        assertTrue(text(page, "verdict").matches("1\\.01 → 1\\.01 CPUs\\. (list \\+(19|20|21).*|other −(19|20|21).*list \\+.*)points\\."), text(page, "verdict"));
        assertTrue(text(page, "rows").matches("(?s).*list \\+(19|20|21)\\.\\d ± (3\\.9|4\\.0) changed (39|40|41)\\.\\d % (59|60|61)\\.\\d %.*get .*inside the error.*"), text(page, "rows"));
        assertTrue(text(page, "chart").contains("v1.32.0"), "a line where the version changed: " + text(page, "chart"));
        assertTrue(text(page, "table").contains("2026-11-20 12:00 kube-apiserver v1.32.0 cp-1"), text(page, "table"));
        assertFalse(Pattern.compile("<canvas id=\"graph\"[^>]*hidden").matcher(page).find(), "the graph is drawn: " + text(page, "graph-status"));
        assertTrue(Pattern.compile("<p id=\"pick\"[^>]*hidden").matcher(page).find(), "and no file asked for");
    }

    @Test
    void fromADiskItAsksForTheStacks() throws Exception {
        String page = page(folder.resolve("results/index.html").toUri().toString(), 500);
        assertTrue(text(page, "verdict").contains("list +") || text(page, "verdict").contains("other −"), text(page, "verdict"));
        assertFalse(Pattern.compile("<p id=\"pick\"[^>]*hidden").matcher(page).find());
        assertTrue(Pattern.compile("<canvas id=\"graph\"[^>]*hidden").matcher(page).find());
    }
}
