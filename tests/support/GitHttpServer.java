package tests.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Assumptions;

/** Git's own CGI program behind the JDK's web server, on the loopback address, for one user with a password. */
public final class GitHttpServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final Path root;
    private final Map<String, String> environment;
    private final String user;

    /**
     * Serves the repositories below a folder; those that may be pushed to have {@code http.receivepack} on.
     *
     * @param environment of git
     */
    public GitHttpServer(Path root, Map<String, String> environment, String user, String password) throws IOException {
        Path program = program();
        this.root = root;
        this.environment = environment;
        this.user = user;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(pool);
        String right = "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        server.createContext("/", exchange -> {
            try (exchange) {
                if (right.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    backend(exchange, program);
                } else {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"lab\"");
                    exchange.sendResponseHeaders(401, -1);
                }
            }
        });
        server.start();
    }

    private static Path program() throws IOException {
        Process git = new ProcessBuilder("git", "--exec-path").start();
        String core = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        Path program = Path.of(core, "git-http-backend");
        Assumptions.assumeTrue(Files.isExecutable(program), "this git has no http-backend");
        return program;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        pool.shutdownNow();
    }

    private void backend(HttpExchange exchange, Path program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString());
        Map<String, String> cgi = builder.environment();
        cgi.clear();
        cgi.putAll(environment);
        cgi.putAll(Map.of("GIT_PROJECT_ROOT", root.toString(), "GIT_HTTP_EXPORT_ALL", "1", "REMOTE_USER", user,
                "REQUEST_METHOD", exchange.getRequestMethod(), "PATH_INFO", exchange.getRequestURI().getPath()));
        String query = exchange.getRequestURI().getQuery();
        cgi.put("QUERY_STRING", query == null ? "" : query);
        for (String header : List.of("Content-Type", "Content-Encoding", "Content-Length", "Git-Protocol")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            String name = header.toUpperCase(Locale.ROOT).replace('-', '_');
            if (value != null) cgi.put(name.matches("CONTENT_TYPE|CONTENT_LENGTH") ? name : "HTTP_" + name, value);
        }
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (OutputStream in = process.getOutputStream()) {
            exchange.getRequestBody().transferTo(in);
        }
        try (InputStream out = process.getInputStream()) {
            byte[] answer = out.readAllBytes();
            String text = new String(answer, StandardCharsets.ISO_8859_1);
            int body = text.indexOf("\r\n\r\n") + 4;
            int status = 200;
            for (String line : text.substring(0, body).strip().split("\r\n")) {
                String[] parts = line.split(": ", 2);
                if (parts[0].equals("Status")) status = Integer.parseInt(parts[1].substring(0, 3));
                else exchange.getResponseHeaders().add(parts[0], parts[1]);
            }
            exchange.sendResponseHeaders(status, answer.length - body == 0 ? -1 : answer.length - body);
            exchange.getResponseBody().write(answer, body, answer.length - body);
        }
    }
}
