package lib.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;

/**
 * What must be true before a pod is created, asked all at once and shown together, one line each: who we are, what we
 * may do, on which node the pod can be, whether the server would take it, and whether its clock agrees with ours.
 */
public final class Preflight {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** From this minor version on, a server wants "create" for an exec over WebSocket, besides "get". */
    private static final int EXEC_NEEDS_CREATE = 35;

    private final Cluster cluster;
    private final Console console;
    private final List<Failure> failures = new ArrayList<>();

    public Preflight(Cluster cluster, Console console) {
        this.cluster = cluster;
        this.console = console;
    }

    /** A right as RBAC names it: a verb on a resource, such as "get pods/exec"; nice to have where it is optional. */
    private record Right(String verb, String resource, boolean optional) {
        @Override
        public String toString() {
            return verb + " " + resource;
        }
    }

    private List<Right> rights() {
        List<Right> rights = new ArrayList<>();
        for (String verb : List.of("get", "list", "watch", "create", "patch", "delete")) rights.add(new Right(verb, "pods", false));
        rights.addAll(toRun());
        rights.add(new Right("list", "events", true));
        return rights;
    }

    private List<Right> toRun() {
        Right get = new Right("get", "pods/exec", false);
        return cluster.minor() < EXEC_NEEDS_CREATE ? List.of(get) : List.of(get, new Right("create", "pods/exec", false));
    }

    /** The rights to run commands in a pod that we lack, such as "create pods/exec"; those needed where the server does not say. */
    String missingToRun(String pod) {
        List<Right> missing = new ArrayList<>(toRun());
        try {
            missing.removeIf(right -> Boolean.TRUE.equals(may(right, pod)));
        } catch (Failure e) {
            console.debug("the server does not say what we may: " + e.getMessage());
        }
        return (missing.isEmpty() ? toRun() : missing).stream().map(Right::toString).collect(Collectors.joining(", "));
    }

    /**
     * Asks and shows everything.
     *
     * @param asked the node that the user named, or null
     * @param fit makes the pod fit for the node whose name it is given, before the server is asked about it
     * @throws Failure if anything is wrong: the exit code is that of the first, the message names all
     */
    public void run(LabPod pod, String asked, Consumer<String> fit) {
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "preflight");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var who = CompletableFuture.supplyAsync(this::who, threads);
            Map<Right, CompletableFuture<Boolean>> may = new LinkedHashMap<>();
            for (Right right : rights()) may.put(right, CompletableFuture.supplyAsync(() -> may(right, pod.name()), threads));
            var node = CompletableFuture.supplyAsync(() -> cluster.controlPlaneNode(asked, console), threads);
            var admission = node.thenApplyAsync(name -> {
                fit.accept(name);
                return pod.admission();
            }, threads);

            show("server", "Kubernetes " + cluster.version() + " at " + cluster.server());
            show("you are", get(who));
            rights(may);
            String name = get(node);
            if (name != null) show("node", name);
            if (name != null && !Boolean.FALSE.equals(get(may.get(new Right("create", "pods", false))))) {
                String answer = get(admission);
                if (answer != null) show("admission", answer);
            }
            clock();
        } finally {
            threads.shutdownNow();
        }
        if (failures.isEmpty()) return;
        failures.sort((a, b) -> Integer.compare(a.exitCode(), b.exitCode()));
        throw new Failure(failures.get(0).exitCode(), failures.stream().map(Failure::getMessage).collect(Collectors.joining("; ")),
                failures.get(0).next(), failures.get(0));
    }

    private void show(String subject, String text) {
        console.note(String.format("%-10s %s", subject, text));
    }

    /** What a question gave; null where it failed, which is shown and counts. */
    private <T> T get(CompletableFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException c && c.getCause() != null ? c.getCause() : e.getCause();
            Failure failure = cause instanceof Failure f ? f
                    : new Failure(Exit.FAILED, "unexpected answer: " + Cluster.rootMessage(cause), null, cause);
            failed(failure);
            return null;
        }
    }

    private void failed(Failure failure) {
        if (failures.stream().anyMatch(f -> f.getMessage().equals(failure.getMessage()))) return;
        failures.add(failure);
        show("NO", failure.getMessage());
    }

    private void rights(Map<Right, CompletableFuture<Boolean>> may) {
        List<String> missing = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        may.forEach((right, answer) -> {
            Boolean allowed = get(answer);
            if (allowed == null) unknown.add(right.toString());
            else if (!allowed && right.optional) show("note", "you may not " + right + ": how the pod starts will not be shown");
            else if (!allowed) missing.add(right.toString());
        });
        String where = " in namespace " + cluster.namespace();
        if (!missing.isEmpty()) {
            failed(new Failure(Exit.FORBIDDEN, "you may not " + String.join(", ", missing) + where,
                    "Ask for the rights in manifests/rbac.yaml, or use another --context or namespace (-n)."));
        } else if (unknown.isEmpty()) {
            show("rights", "all that are needed" + where);
        } else {
            show("rights", "the server does not say");
        }
    }

    /** Null where the server does not tell: then it will be seen. */
    private Boolean may(Right right, String pod) {
        String[] resource = right.resource.split("/");
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("namespace", cluster.namespace());
        attributes.put("verb", right.verb);
        attributes.put("resource", resource[0]);
        if (resource.length > 1) attributes.put("subresource", resource[1]);
        if (resource[0].equals("pods") && !right.toString().equals("create pods")) attributes.put("name", pod);
        JsonNode answer = post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Map.of("apiVersion",
                "authorization.k8s.io/v1", "kind", "SelfSubjectAccessReview", "spec", Map.of("resourceAttributes", attributes)));
        return answer.at("/status/allowed").isBoolean() ? answer.at("/status/allowed").booleanValue() : null;
    }

    private String who() {
        JsonNode user = post("/apis/authentication.k8s.io/v1/selfsubjectreviews", Map.of("apiVersion",
                "authentication.k8s.io/v1", "kind", "SelfSubjectReview")).at("/status/userInfo");
        if (!user.hasNonNull("username")) return Identity.of(cluster.client().getConfiguration()).name() + ", as the kubeconfig says";
        List<String> groups = new ArrayList<>();
        user.path("groups").forEach(group -> groups.add(group.asText()));
        groups.remove("system:authenticated");
        return Identity.show(user.get("username").asText(), groups);
    }

    /** The answer to a question of ours, a missing node where the server does not know the question. */
    private JsonNode post(String path, Map<String, ?> question) {
        try {
            String answer = cluster.client().raw(path, "POST", question);
            return answer == null ? JSON.missingNode() : JSON.readTree(answer);
        } catch (KubernetesClientException e) {
            if (e.getCode() >= 400 && e.getCode() < 500 && e.getCode() != 401) return JSON.missingNode();
            throw cluster.explain(e, "ask the server about us");
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    private void clock() {
        Duration ahead = cluster.clockAhead();
        if (ahead != null && !Cluster.wrong(ahead)) show("clock", "agrees with the server's");
    }
}
