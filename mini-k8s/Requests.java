import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The requests that make up the load, all in one namespace, and the count of what came of them. */
final class Requests {
    static final int OBJECTS = 40;
    /** After a request that got no answer: a server that is being started again must not be hammered. */
    private static final long PAUSE_MS = 200;

    /** How an answer is wanted: as controllers ask for it, as kubectl get does, and as most clients do. */
    private static final String[] PROTOBUF = {"Accept", "application/vnd.kubernetes.protobuf"};
    private static final String[] TABLE = {"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"};
    private static final String[] COMPRESSED = {"Accept-Encoding", "gzip"};
    private static final String[] PLAIN = {"Accept", "application/json"};

    private final Api api;
    private final String namespace;
    private final String configMaps;
    private final String secrets;
    private final Map<String, AtomicLong> done = new ConcurrentSkipListMap<>();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<String> firstError = new AtomicReference<>();

    Requests(Api api, String namespace) {
        this.api = api;
        this.namespace = namespace;
        configMaps = "/api/v1/namespaces/" + namespace + "/configmaps";
        secrets = "/api/v1/namespaces/" + namespace + "/secrets";
    }

    /** Requests that were answered, by kind. */
    Map<String, AtomicLong> done() {
        return done;
    }

    long errors() {
        return errors.get();
    }

    /** What the first error said; null if there was none. */
    String firstError() {
        return firstError.get();
    }

    // --- Before and after --------------------------------------------------------------------------------------------

    /** Makes the namespace and the objects that the load reads. Returns whether all of it worked. */
    boolean prepare() throws InterruptedException {
        boolean worked = send("create", "POST", "/api/v1/namespaces",
                "{\"metadata\": {\"name\": \"" + namespace + "\"}}", PLAIN);
        Random random = new Random(0);
        for (int i = 0; i < OBJECTS && worked; i++) {
            worked = send("create", "POST", configMaps, configMap("object-" + i, 16_000, random), PLAIN)
                    && send("create", "POST", secrets, secret("object-" + i, 4_000, random), PLAIN);
        }
        done.clear(); // not part of the load
        return worked;
    }

    /** Deletes the namespace with all that is in it; waits for that, for half a minute at most. */
    boolean cleanUp() throws InterruptedException {
        send("delete", "DELETE", "/api/v1/namespaces/" + namespace, null, PLAIN);
        for (int i = 0; i < 60; i++) {
            if (api.ready() && api.find("/api/v1/namespaces/" + namespace) == null) return true;
            Thread.sleep(500);
        }
        return false;
    }

    // --- The mix -----------------------------------------------------------------------------------------------------

    /** One worker's share: reads twice as often as it writes, lists about as often as it gets. */
    final class Worker {
        private final String name;
        private final Random random;
        private final Deque<String> own = new ArrayDeque<>();
        private int made;

        Worker(int number) {
            name = "worker-" + number + "-";
            random = new Random(number); // the same requests in every run
        }

        void next() throws InterruptedException {
            String object = "/object-" + random.nextInt(OBJECTS);
            int choice = random.nextInt(100);
            if (choice < 20) send("get", "GET", configMaps + object, null, PLAIN);
            else if (choice < 35) send("get", "GET", secrets + object, null, PLAIN);
            else if (choice < 43) send("list", "GET", configMaps, null, PLAIN);
            else if (choice < 51) send("list", "GET", configMaps + "?resourceVersion=0", null, PROTOBUF);
            else if (choice < 57) send("list", "GET", secrets, null, COMPRESSED);
            else if (choice < 62) send("list", "GET", secrets + "?limit=20", null, TABLE);
            else if (choice < 67) send("list", "GET", "/api/v1/pods", null, PLAIN);
            else if (choice < 77) send("patch", "PATCH", configMaps + object, label(), PLAIN);
            else if (choice < 82) send("patch", "PATCH", secrets + object, label(), PLAIN);
            else if (own.size() < 5) create();
            else send("delete", "DELETE", configMaps + "/" + own.remove(), null, PLAIN);
        }

        private void create() throws InterruptedException {
            String object = name + made++;
            if (send("create", "POST", configMaps, configMap(object, 8_000, random), PLAIN)) own.add(object);
        }

        /** Deletes what it has made and not deleted yet. */
        void end() throws InterruptedException {
            while (!own.isEmpty()) send("delete", "DELETE", configMaps + "/" + own.remove(), null, PLAIN);
        }

        private String label() {
            return "{\"metadata\": {\"labels\": {\"changed\": \"" + random.nextInt(1_000_000) + "\"}}}";
        }
    }

    /** Opens a watch on the namespace's configmaps or secrets; closing the stream ends it. */
    InputStream watch(int number) throws IOException, InterruptedException {
        HttpRequest request = api.request((number % 2 == 0 ? configMaps : secrets) + "?watch=true").build();
        HttpResponse<InputStream> response = api.client().send(request, BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) failed("watch: " + response.statusCode());
        count("watch");
        return response.body();
    }

    private boolean send(String kind, String method, String path, String body, String[] wanted)
            throws InterruptedException {
        HttpRequest.Builder request = api.request(path).headers(wanted)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) request.header("Content-Type", method.equals("PATCH") ? Api.MERGE_PATCH : "application/json");
        try {
            int status = api.client().send(request.build(), BodyHandlers.discarding()).statusCode();
            count(kind);
            if (status < 300) return true;
            failed(method + " " + path + ": " + status);
        } catch (IOException e) {
            failed(method + " " + path + ": " + e.getMessage());
            Thread.sleep(PAUSE_MS);
        }
        return false;
    }

    private void count(String kind) {
        done.computeIfAbsent(kind, ignored -> new AtomicLong()).incrementAndGet();
    }

    private void failed(String what) {
        errors.incrementAndGet();
        firstError.compareAndSet(null, what);
    }

    // --- Objects -----------------------------------------------------------------------------------------------------

    private static String configMap(String name, int bytes, Random random) {
        return "{\"metadata\": {\"name\": \"" + name + "\"}, \"data\": {\"text\": \"" + text(bytes, random) + "\"}}";
    }

    private static String secret(String name, int bytes, Random random) {
        String data = Base64.getEncoder().encodeToString(text(bytes, random).getBytes(StandardCharsets.US_ASCII));
        return "{\"metadata\": {\"name\": \"" + name + "\"}, \"data\": {\"data\": \"" + data + "\"}}";
    }

    private static String text(int length, Random random) {
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) text.append((char) ('a' + random.nextInt(26)));
        return text.toString();
    }
}
