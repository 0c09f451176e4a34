import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import lib.cli.Durations;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "load", description = {"Keep the API server busy for a while, with a bounded mix of requests",
        "in a namespace of its own, which is removed at the end and on Ctrl-C.",
        "--kind says what most of them are: gets, lists, watches, creates, patches and deletes",
        "of ConfigMaps and Secrets (mixed); lists; writes; a few changes that many watches hear of;",
        "large objects; small gets by a service account whom many RoleBindings are about (authz)."})
class Load extends MiniCommand {

    @Option(names = {"-d", "--duration"}, paramLabel = "TIME", defaultValue = "60s", converter = Durations.class,
            description = "How long (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4",
            description = "Requests at the same time (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--kind", paramLabel = "KIND", defaultValue = "mixed",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Kind kind;

    /**
     * The result, as -o json gives it.
     *
     * @param requests that were answered in {@code seconds}
     * @param sent all that were answered, by verb and resource, with those that made what the load needs
     */
    record Report(String kind, double seconds, long requests, double perSecond, long errors, String firstError,
            Map<String, Long> sent, long watchBytes) {}

    @Override
    protected int run() throws Exception {
        if (workers < 1) throw new Failure(Exit.USAGE, "--workers takes a number from 1", "See mini-k8s load --help.");
        Machine.requireRoot("load");
        if (!Files.exists(home.completeMark())) {
            throw new Failure(Exit.UNREACHABLE, "mini-k8s is not running", "mini-k8s up starts it.");
        }
        Api api = new Api(home);
        if (!api.ready()) {
            throw new Failure(Exit.UNREACHABLE, "the API server on " + api.server() + " is not ready",
                    "mini-k8s status says more.");
        }
        Requests requests = new Requests(api, kind, "mini-k8s-load-" + ProcessHandle.current().pid());
        AtomicBoolean stop = new AtomicBoolean();
        try (Interrupts interrupts = Interrupts.handle(count -> stop.set(true))) {
            console.step("Loading " + api.server() + " with " + workers + " workers for " + Durations.show(duration) + ", " + kind);
            Report report;
            try {
                report = requests.prepare() ? load(requests, stop) : null;
            } finally {
                console.step("Removing what the load has made");
                if (!requests.cleanUp()) console.warn("its namespace is still being removed");
            }
            if (report == null) {
                throw new Failure(Exit.FAILED, "could not make the load's objects: " + requests.firstError(), null);
            }
            result(report, text(report));
            return interrupts.count() > 0 ? Exit.INTERRUPTED : Exit.DONE;
        }
    }

    private Report load(Requests requests, AtomicBoolean stop) throws InterruptedException, IOException {
        List<Thread> threads = new ArrayList<>();
        List<InputStream> watches = new ArrayList<>();
        long[] watched = new long[kind.watches];
        long before = all(requests);
        for (int i = 0; i < kind.watches; i++) {
            int number = i;
            InputStream stream = requests.watch(i);
            watches.add(stream);
            threads.add(new Thread(() -> watched[number] = drain(stream)));
        }
        for (int i = 0; i < workers; i++) {
            Requests.Worker worker = requests.new Worker(i);
            threads.add(new Thread(() -> work(worker, stop)));
        }
        long start = System.nanoTime();
        threads.forEach(Thread::start);
        try (Progress progress = new Progress(console, "load", duration.toSeconds(), "s")) {
            double elapsed = 0;
            while (elapsed < duration.toSeconds() && !stop.get()) {
                Thread.sleep(100);
                elapsed = (System.nanoTime() - start) / 1e9;
                progress.at((long) elapsed);
            }
        }
        stop.set(true);
        double seconds = (System.nanoTime() - start) / 1e9;
        for (InputStream stream : watches) stream.close();
        for (Thread thread : threads) thread.join();
        long answered = all(requests) - before;
        long bytes = 0;
        for (long each : watched) bytes += each;
        return new Report(kind.name(), seconds, answered, answered / seconds, requests.errors(), requests.firstError(), requests.sent(), bytes);
    }

    private static long all(Requests requests) {
        return requests.sent().values().stream().mapToLong(Long::longValue).sum();
    }

    private static void work(Requests.Worker worker, AtomicBoolean stop) {
        try {
            while (!stop.get()) worker.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a watch until it is closed; returns how many bytes came. */
    private static long drain(InputStream stream) {
        byte[] buffer = new byte[1 << 16];
        long all = 0;
        try {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) all += n;
        } catch (IOException e) {
            // closed: the load is over
        }
        return all;
    }

    private static String text(Report report) {
        StringBuilder text = new StringBuilder("%,d requests in %.0f s, %.0f per second, %.1f MB watched, %d errors%s".formatted(
                report.requests(), report.seconds(), report.perSecond(), report.watchBytes() / 1e6, report.errors(),
                report.firstError() == null ? "" : "; the first: " + report.firstError()));
        text.append("\nSent in all, with what made the objects that it reads:");
        report.sent().forEach((what, count) -> text.append("\n%,9d  %s".formatted(count, what)));
        return text.toString();
    }
}
