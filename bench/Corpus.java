import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import lib.cli.UserCache;

/** Text of {@code perf script} of any size, kept in a cache for the next time. */
final class Corpus {
    private static final int FUNCTIONS = 4000;
    private static final int PATHS = 5_000;
    private static final String[] COMMANDS = {"kube-apiserver", "etcd", "java", "Web Content", "kworker/0:1"};

    private final Path cache;

    Corpus(Path cache) {
        this.cache = cache;
    }

    /** The samples of a recording, compressed with gzip or not, again and again until the size is reached. */
    Path repeated(Path recording, long size) throws IOException {
        byte[] once;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(open(recording), StandardCharsets.UTF_8))) {
            // inferno takes a record of a mapped file for the first event, and then finds no other of that name
            once = in.lines().filter(line -> !line.contains(": PERF_RECORD_")).collect(Collectors.joining("\n", "", "\n"))
                    .getBytes(StandardCharsets.UTF_8);
        }
        return cached("recording-" + (size >> 20) + "M.txt", out -> {
            for (long written = 0; written < size; written += once.length) out.write(once);
        });
    }

    private static InputStream open(Path recording) throws IOException {
        InputStream in = Files.newInputStream(recording);
        return recording.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    }

    /**
     * Samples of several programs: thousands of paths through a made-up call graph, some taken much more often than
     * others, each ending at one of several addresses, some in the kernel.
     */
    Path varied(long size) throws IOException {
        return cached("varied-" + (size >> 20) + "M.txt", out -> {
            Random random = new Random(1);
            List<String> functions = new ArrayList<>();
            for (int i = 0; i < FUNCTIONS; i++) functions.add(function(i, random));
            List<String> paths = new ArrayList<>();
            for (int i = 0; i < PATHS; i++) paths.add(path(i % COMMANDS.length, functions, random));
            long written = 0;
            for (long sample = 0; written < size; sample++) {
                int path = (int) (PATHS * Math.pow(random.nextDouble(), 3));
                int command = path % COMMANDS.length;
                StringBuilder text = new StringBuilder();
                text.append(String.format("%s %5d/%-5d [%03d] %d.%06d:   %8d cpu-clock:pppH: \n", COMMANDS[command], 1000 + command,
                        2000 + random.nextInt(40), random.nextInt(8), 100 + sample / 99, random.nextInt(1_000_000), 10_101_010));
                if (random.nextInt(4) == 0) {
                    for (int call = random.nextInt(8); call >= 0; call--) {
                        text.append(String.format("\tffffffff81%06x do_kernel_work_%d+0x%x ([kernel.kallsyms])\n", call * 4096 + 18, call, 18));
                    }
                } else {
                    int leaf = path * 7 % FUNCTIONS;
                    text.append(frame(leaf, random.nextInt(40) * 4, functions, command));
                }
                text.append(paths.get(path)).append('\n');
                byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                out.write(bytes);
                written += bytes.length;
            }
        });
    }

    /** A walk through the call graph, leaf first. */
    private static String path(int command, List<String> functions, Random random) {
        StringBuilder path = new StringBuilder();
        int function = command * 7;
        for (int depth = 4 + random.nextInt(60); depth > 0; depth--) {
            int site = Math.min(random.nextInt(6), random.nextInt(6));
            path.insert(0, frame(function, site * 32, functions, command));
            function = (function * 31 + site * 17 + 1) % FUNCTIONS;
        }
        return path.toString();
    }

    private static String frame(int function, int offset, List<String> functions, int command) {
        return String.format("\t%16x %s+0x%x (/usr/bin/%s)\n", 0x400000 + function * 4096L + offset, functions.get(function), offset,
                COMMANDS[command].replace(" ", ""));
    }

    private static String function(int number, Random random) {
        String[] parts = {"k8s.io/apiserver/pkg/", "storage", "(*watchCache)", "runtime.", "std::vector<int>::", "handle", "Serve", "HTTP", "loop"};
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) name.append(parts[random.nextInt(parts.length)]);
        return name.append(number).toString();
    }

    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private Path cached(String name, Content content) throws IOException {
        Path file = UserCache.make(cache).resolve(name);
        if (!Files.exists(file)) {
            System.err.println("making " + file);
            Path part = cache.resolve(name + ".part");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 20)) {
                content.write(out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }
}
