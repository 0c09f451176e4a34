package lib.cluster;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Console;

/** Shows what the server warns of, each once: deprecated fields, what a policy would refuse. kubectl does the same. */
final class ServerWarnings implements Interceptor {
    /** A warning of code 299 by RFC 7234, section 5.5; servers send no other. */
    private static final Pattern WARNING = Pattern.compile("299 \\S+ \"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Console console;
    private final Set<String> shown = ConcurrentHashMap.newKeySet();

    ServerWarnings(Console console) {
        this.console = console;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        for (String header : response.headers("Warning")) {
            Matcher warning = WARNING.matcher(header);
            while (warning.find()) {
                String text = warning.group(1).replaceAll("\\\\(.)", "$1");
                if (shown.add(text)) console.warn("the server says: " + text);
            }
        }
    }
}
