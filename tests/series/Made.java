package lib.series;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import lib.cli.Json;
import lib.cli.Scratch;
import lib.cli.Sha256;
import lib.history.Results;
import lib.profile.Data;
import lib.profile.Drawn;
import lib.profile.Ending;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Program;
import lib.profile.RequestCount;
import lib.profile.Sampling;

/** Results that were never recorded: stacks of kube-apiserver's in given shares, drawn by chance. */
public final class Made {
    public static final String REQUEST = "kube-apiserver;k8s.io/apiserver/pkg/server.(*APIServerHandler).ServeHTTP;";
    public static final String LIST = REQUEST + "k8s.io/apiserver/pkg/endpoints/handlers.ListResource.func1;encoding/json.Marshal";
    public static final String GET = REQUEST + "k8s.io/apiserver/pkg/endpoints/handlers.GetResource.func1;runtime.memmove";
    public static final String COLLECTOR = "kube-apiserver;runtime.gcBgMarkWorker;runtime.scanobject";
    public static final String OTHER = "kube-apiserver;main.main";
    private static final long PERIOD = 10_101_010;

    public String start = "2026-11-20T10:00:00Z";
    public String version = "v1.31.2";
    public String node = "cp-1";
    public String cluster = "0a1b2c3d-0000-4000-8000-000000000001";
    public String target = "kube-apiserver";
    public String event = "cpu-clock";
    public String program = "perf version 6.1.90";
    public int samples = 6000;
    public double seconds = 60;
    public List<RequestCount> requests;
    /** Parts of the whole, by stack; what is missing is of {@link #OTHER}. */
    public final Map<String, Double> shares = new TreeMap<>(Map.of(LIST, 0.4, GET, 0.1, COLLECTOR, 0.2));

    private static final Random RANDOM = new Random(18);

    /** Draws the same samples again from now on, whatever was drawn before in this JVM. */
    public static void afresh() {
        RANDOM.setSeed(18);
    }

    private byte[] folded() throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < samples; i++) counts.merge(drawn(), PERIOD, Long::sum);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (var stack : counts.entrySet()) gzip.write((stack.getKey() + " " + stack.getValue() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private String drawn() {
        double at = RANDOM.nextDouble();
        for (var stack : shares.entrySet()) {
            at -= stack.getValue();
            if (at < 0) return stack.getKey();
        }
        return OTHER;
    }

    private Profile profile(byte[] folded) {
        Profile plan = Profile.plan("token", new Program(target, 1, "/" + target, List.of(target), "abc123", null),
                new Place(node, "6.1.0", version, cluster, Map.of()), new Sampling(program, event, 99), (int) seconds);
        return plan.recorded(plan.engine(), new Outcome(start, seconds, samples, 0, List.of(1.5, 1.0, 0.5), Ending.COMPLETE),
                new Data(1, Sha256.hex(start.getBytes(StandardCharsets.UTF_8)))).drawn(null, new Drawn("0", Sha256.hex(folded))).counted(requests);
    }

    Result result() throws IOException {
        byte[] folded = folded();
        return Result.of(profile(folded), folded);
    }

    /** Puts its three files into a folder; returns its name. */
    public String keep(Path folder) throws IOException {
        byte[] folded = folded();
        Profile profile = profile(folded);
        try (Scratch here = new Scratch()) {
            Path svg = Files.writeString(here.file("flame.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>\n");
            Path stacks = Files.write(here.file("flame.folded.gz"), folded);
            Path json = Files.writeString(here.file("profile.json"), Json.write(profile));
            return new Results(folder).save(profile, svg, stacks, json).json().getFileName().toString().replace(".json", "");
        }
    }

    public Made at(String instant) {
        start = instant;
        return this;
    }

    public Made share(String stack, double share) {
        shares.put(stack, share);
        return this;
    }

    public static RequestCount lists(long count) {
        return new RequestCount("LIST", "pods", "", "cluster", "200", count, count * 0.01, count * 1000);
    }
}
