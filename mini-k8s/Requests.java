import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The requests that make up a load, all in one namespace, and the count of what came of them. */
final class Requests {
    /** After a request that got no answer: a server that is being started again must not be hammered. */
    private static final long PAUSE_MS = 200;
    /** Each gives the service account a role, so that all of them have to be looked at. */
    private static final int ROLE_BINDINGS = 200;

    /** How an answer is wanted: as controllers ask for it, as kubectl get does, and as most clients do. */
    private static final String[] PROTOBUF = {"Accept", "application/vnd.kubernetes.protobuf"};
    private static final String[] TABLE = {"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"};
    private static final String[] COMPRESSED = {"Accept-Encoding", "gzip"};
    private static final String[] PLAIN = {"Accept", "application/json"};

    private final Api admin;
    private final Kind kind;
    private final String namespace;
    private final String core;
    private final String rbac;
    private final Map<String, AtomicLong> sent = new ConcurrentSkipListMap<>();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<String> firstError = new AtomicReference<>();
    private Api api;

    Requests(Api api, Kind kind, String namespace) {
        this.admin = api;
        this.api = api;
        this.kind = kind;
        this.namespace = namespace;
        core = "/api/v1/namespaces/" + namespace;
        rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace;
    }

    /** Requests that were answered until now, by verb and resource as the server's metrics name them. */
    Map<String, Long> sent() {
        Map<String, Long> counts = new LinkedHashMap<>();
        sent.forEach((what, count) -> counts.put(what, count.get()));
        return counts;
    }

    long errors() {
        return errors.get();
    }

    /** What the first error said; null if there was none. */
    String firstError() {
        return firstError.get();
    }

    // --- Before and after --------------------------------------------------------------------------------------------

    /** Makes the namespace and what the load needs there. Returns whether all of it worked. */
    boolean prepare() throws InterruptedException {
        boolean worked = send("POST", "namespaces", "/api/v1/namespaces", "{\"metadata\": {\"name\": \"" + namespace + "\"}}", PLAIN);
        Random random = new Random(0);
        for (int i = 0; i < kind.objects && worked; i++) {
            worked = post("configmaps", configMap("object-" + i, kind.bytes, random))
                    && post("secrets", secret("object-" + i, kind.bytes / 4, random));
        }
        return worked && (kind != Kind.authz || becomeServiceAccount());
    }

    /** Makes a service account with rights of its own; it sends all that follows. */
    private boolean becomeServiceAccount() throws InterruptedException {
        boolean worked = post("serviceaccounts", "{\"metadata\": {\"name\": \"load\"}}");
        for (int i = 0; i < ROLE_BINDINGS && worked; i++) {
            String name = "load-" + i;
            // One of the roles has the right that is used, the others are about objects that are not there.
            String rule = "{\"apiGroups\": [\"\"], \"resources\": [\"configmaps\"], \"verbs\": [\"get\"]"
                    + (i == 0 ? "}" : ", \"resourceNames\": [\"" + name + "\"]}");
            worked = send("POST", "roles", rbac + "/roles", "{\"metadata\": {\"name\": \"" + name + "\"}, \"rules\": [" + rule + "]}", PLAIN)
                    && send("POST", "rolebindings", rbac + "/rolebindings", "{\"metadata\": {\"name\": \"" + name + "\"}, \"roleRef\":"
                    + " {\"apiGroup\": \"rbac.authorization.k8s.io\", \"kind\": \"Role\", \"name\": \"" + name + "\"}, \"subjects\":"
                    + " [{\"kind\": \"ServiceAccount\", \"name\": \"load\", \"namespace\": \"" + namespace + "\"}]}", PLAIN);
        }
        String token = worked ? token() : null;
        if (token != null) api = admin.as(token);
        return token != null;
    }

    private String token() throws InterruptedException {
        try {
            HttpResponse<String> response = admin.client().send(admin.request(core + "/serviceaccounts/load/token")
                    .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"apiVersion\": \"authentication.k8s.io/v1\","
                    + " \"kind\": \"TokenRequest\", \"spec\": {\"expirationSeconds\": 7200}}")).build(), BodyHandlers.ofString());
            count("POST", "serviceaccounts/token");
            if (response.statusCode() == 201) return new ObjectMapper().readTree(response.body()).path("status").path("token").asText();
            failed("no token: " + response.statusCode());
        } catch (IOException e) {
            failed("no token: " + e.getMessage());
        }
        return null;
    }

    /** Deletes the namespace with all that is in it; waits for that, for half a minute at most. */
    boolean cleanUp() throws InterruptedException {
        api = admin;
        send("DELETE", "namespaces", core, null, PLAIN);
        for (int i = 0; i < 60; i++) {
            if (admin.ready() && admin.find(core) == null) return true;
            Thread.sleep(500);
        }
        return false;
    }

    // --- The mixes ---------------------------------------------------------------------------------------------------

    /** One worker's share. */
    final class Worker {
        private static final int MOST_OWN = 5;

        private final String name;
        private final Random random;
        private final Deque<String> own = new ArrayDeque<>();
        private int made;

        Worker(int number) {
            name = "worker-" + number + "-";
            random = new Random(number); // the same requests in every run
        }

        void next() throws InterruptedException {
            String object = "object-" + random.nextInt(kind.objects);
            int choice = random.nextInt(100);
            switch (kind) {
                case mixed -> mixed(object, choice);
                case list -> lists(object, choice);
                case write -> writes(object, choice);
                case watch -> changes(object, choice);
                case large -> large(object, choice);
                default -> authorized(object, choice);
            }
        }

        /** Reads twice as often as it writes, lists about as often as it gets. */
        private void mixed(String object, int choice) throws InterruptedException {
            if (choice < 20) get("configmaps", object);
            else if (choice < 35) get("secrets", object);
            else if (choice < 43) list("configmaps", "", PLAIN);
            else if (choice < 51) list("configmaps", "?resourceVersion=0", PROTOBUF);
            else if (choice < 57) list("secrets", "", COMPRESSED);
            else if (choice < 62) list("secrets", "?limit=20", TABLE);
            else if (choice < 67) send("LIST", "pods", "/api/v1/pods", null, PLAIN);
            else if (choice < 77) patch("configmaps", object);
            else if (choice < 82) patch("secrets", object);
            else createOrDelete(8_000);
        }

        private void lists(String object, int choice) throws InterruptedException {
            if (choice < 50) list("configmaps", "", PLAIN);
            else if (choice < 75) list("secrets", "?limit=20", PLAIN);
            else if (choice < 95) list("configmaps", "?resourceVersion=0", PROTOBUF);
            else get("configmaps", object);
        }

        private void writes(String object, int choice) throws InterruptedException {
            if (choice < 30) patch("configmaps", object);
            else if (choice < 50) put(object);
            else createOrDelete(kind.bytes);
        }

        private void changes(String object, int choice) throws InterruptedException {
            patch(choice < 50 ? "configmaps" : "secrets", object);
            Thread.sleep(20); // each is sent on to half of the watches
        }

        private void large(String object, int choice) throws InterruptedException {
            if (choice < 60) get("configmaps", object);
            else if (choice < 75) list("configmaps", "", PLAIN);
            else put(object);
        }

        private void authorized(String object, int choice) throws InterruptedException {
            if (choice < 80) get("configmaps", object);
            else send("POST", "selfsubjectaccessreviews", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                    "{\"spec\": {\"resourceAttributes\": {\"namespace\": \"" + namespace + "\", \"verb\": \"delete\","
                            + " \"resource\": \"pods\"}}}", PLAIN);
        }

        /** Deletes what it has made and not deleted yet. */
        void end() throws InterruptedException {
            while (!own.isEmpty()) deleteOne();
        }

        private void get(String resource, String object) throws InterruptedException {
            send("GET", resource, core + "/" + resource + "/" + object, null, PLAIN);
        }

        private void list(String resource, String query, String[] wanted) throws InterruptedException {
            send("LIST", resource, core + "/" + resource + query, null, wanted);
        }

        private void patch(String resource, String object) throws InterruptedException {
            send("PATCH", resource, core + "/" + resource + "/" + object,
                    "{\"metadata\": {\"labels\": {\"changed\": \"" + random.nextInt(1_000_000) + "\"}}}", PLAIN);
        }

        private void put(String object) throws InterruptedException {
            send("PUT", "configmaps", core + "/configmaps/" + object, configMap(object, kind.bytes, random), PLAIN);
        }

        private void createOrDelete(int bytes) throws InterruptedException {
            if (own.size() >= MOST_OWN) {
                deleteOne();
            } else {
                String object = name + made++;
                if (post("configmaps", configMap(object, bytes, random))) own.add(object);
            }
        }

        private void deleteOne() throws InterruptedException {
            send("DELETE", "configmaps", core + "/configmaps/" + own.remove(), null, PLAIN);
        }
    }

    /** Opens a watch on the namespace's configmaps or secrets; closing the stream ends it. */
    InputStream watch(int number) throws IOException, InterruptedException {
        String resource = number % 2 == 0 ? "configmaps" : "secrets";
        HttpRequest request = api.request(core + "/" + resource + "?watch=true").build();
        HttpResponse<InputStream> response = api.client().send(request, BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) failed("watch: " + response.statusCode());
        count("WATCH", resource);
        return response.body();
    }

    private boolean post(String resource, String body) throws InterruptedException {
        return send("POST", resource, core + "/" + resource, body, PLAIN);
    }

    /** @param verb as the server's metrics say it: a list is a GET for HTTP */
    private boolean send(String verb, String resource, String path, String body, String[] wanted) throws InterruptedException {
        HttpRequest.Builder request = api.request(path).headers(wanted)
                .method(verb.equals("LIST") ? "GET" : verb, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) request.header("Content-Type", verb.equals("PATCH") ? Api.MERGE_PATCH : "application/json");
        try {
            int status = api.client().send(request.build(), BodyHandlers.discarding()).statusCode();
            count(verb, resource);
            if (status < 300) return true;
            failed(verb + " " + path + ": " + status);
        } catch (IOException e) {
            failed(verb + " " + path + ": " + e.getMessage());
            Thread.sleep(PAUSE_MS);
        }
        return false;
    }

    private void count(String verb, String resource) {
        sent.computeIfAbsent(verb + " " + resource, ignored -> new AtomicLong()).incrementAndGet();
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
