package lib.flame;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final Pattern VALUE = Pattern.compile("\"value\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Map<String, Integer> KEY_CODES = Map.of("Enter", 13, "Escape", 27, "Backspace", 8, "Home", 36,
            "ArrowLeft", 37, "ArrowUp", 38, "ArrowRight", 39, "ArrowDown", 40);

    private final Path directory;
    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private int lastId;

    /** Chromium or Chrome on the PATH, or null. */
    static Path find() {
        for (String folder : System.getenv("PATH").split(":")) {
            for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
                if (Files.isExecutable(Path.of(folder, name))) return Path.of(folder, name);
            }
        }
        return null;
    }

    Browser(Path chromium) throws IOException, InterruptedException {
        directory = Files.createTempDirectory("flame-browser");
        List<String> command = new ArrayList<>(List.of(chromium.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
                "--window-size=1200,800", "--user-data-dir=" + directory, "about:blank"));
        process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
        Path port = directory.resolve("DevToolsActivePort");
        for (int i = 0; i < 600 && !(Files.exists(port) && Files.readString(port).contains("\n")); i++) {
            Thread.sleep(50);
        }
        HttpClient http = HttpClient.newHttpClient();
        URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
        Matcher address = Pattern.compile("\"webSocketDebuggerUrl\": *\"(ws://[^\"]*/page/[^\"]*)\"")
                .matcher(http.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString()).body());
        if (!address.find()) throw new IOException("no page in " + list);
        StringBuilder partial = new StringBuilder();
        socket = http.newWebSocketBuilder().buildAsync(URI.create(address.group(1)), new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                partial.append(text);
                if (last) {
                    answers.add(partial.toString());
                    partial.setLength(0);
                }
                from.request(1);
                return null;
            }
        }).join();
        call("Page.enable", "");
        call("Runtime.enable", "");
    }

    /** Calls a method of the protocol; the parameters are JSON members without braces. */
    String call(String method, String parameters) throws IOException, InterruptedException {
        int id = ++lastId;
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + parameters + "}}", true).join();
        while (true) {
            String answer = answers.poll(60, TimeUnit.SECONDS);
            if (answer == null) throw new IOException(method + ": no answer");
            if (answer.startsWith("{\"id\":" + id + ",")) return answer;
        }
    }

    /** Opens a page and waits until it has been drawn. */
    void open(String address) throws IOException, InterruptedException {
        call("Page.navigate", "\"url\":\"about:blank\"");
        call("Page.navigate", "\"url\":" + quoted(address));
        for (int i = 0; i < 600 && !eval("document.readyState + location.href.slice(0, 5)").matches("complete(file|http).*"); i++) {
            Thread.sleep(20);
        }
        settle();
    }

    /** The value of an expression as text, a promise being waited for. */
    String eval(String expression) throws IOException, InterruptedException {
        String answer = call("Runtime.evaluate", "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":"
                + quoted("(async () => String(await (" + expression + ")))()"));
        Matcher value = VALUE.matcher(answer);
        if (answer.contains("\"exceptionDetails\"") || !value.find()) throw new IOException(expression + ": " + answer);
        return unquoted(value.group(1));
    }

    private void settle() throws IOException, InterruptedException {
        eval("new Promise(done => { setTimeout(done, 300); requestAnimationFrame(() => requestAnimationFrame(done)); })");
    }

    /** Presses a key, such as {@code n}, {@code Enter} or, with Control held, {@code Ctrl-f}. */
    void key(String name) throws IOException, InterruptedException {
        boolean control = name.startsWith("Ctrl-");
        String key = control ? name.substring(5) : name;
        int code = KEY_CODES.getOrDefault(key, (int) Character.toUpperCase(key.charAt(0)));
        String text = key.length() == 1 && !control ? ",\"text\":" + quoted(key) : key.equals("Enter") ? ",\"text\":\"\\r\"" : "";
        String shared = "\"key\":" + quoted(key) + ",\"windowsVirtualKeyCode\":" + code + ",\"modifiers\":" + (control ? 2 : 0);
        call("Input.dispatchKeyEvent", "\"type\":\"keyDown\"," + shared + text);
        call("Input.dispatchKeyEvent", "\"type\":\"keyUp\"," + shared);
        settle();
    }

    void type(String text) throws IOException, InterruptedException {
        call("Input.insertText", "\"text\":" + quoted(text));
        settle();
    }

    void move(double x, double y) throws IOException, InterruptedException {
        mouse("mouseMoved", x, y, "none");
    }

    void click(double x, double y, String button) throws IOException, InterruptedException {
        mouse("mouseMoved", x, y, "none");
        mouse("mousePressed", x, y, button);
        mouse("mouseReleased", x, y, button);
    }

    private void mouse(String type, double x, double y, String button) throws IOException, InterruptedException {
        call("Input.dispatchMouseEvent", "\"type\":\"" + type + "\",\"x\":" + x + ",\"y\":" + y + ",\"clickCount\":1,\"button\":\"" + button + "\"");
        settle();
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            json.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' || c > 126 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return json.append('"').toString();
    }

    private static String unquoted(String json) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char kind = json.charAt(++i);
            if (kind == 'u') {
                text.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                text.append(kind == 'n' ? '\n' : kind == 't' ? '\t' : kind == 'r' ? '\r' : kind);
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly()).join();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                // A helper process of the browser may still be removing its own files.
                file.toFile().delete();
            }
        }
    }
}
