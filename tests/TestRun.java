//SOURCES TestWorker.java
package tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the test classes of a script, in as many JVMs as there are processors, and says how it went: what a class says stays
 * together, a JVM that crashes counts as a failure, and the last line is {@code N passed, N failed, N skipped}.
 *
 * <p>JUnit's annotations say what must not run side by side: {@link ResourceLock} and {@link Isolated}.
 */
public final class TestRun {
    private static final Pattern SUM = Pattern.compile("(\\d+) passed, (\\d+) failed, (\\d+) skipped");

    private static final String LONG = "long";

    private final PrintStream out = System.out;
    private final Class<?> script;
    private final List<Work> left = new ArrayList<>();
    private final List<Work> running = new ArrayList<>();
    private final List<Work> done = new ArrayList<>();
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();
    private boolean tagged;

    private TestRun(Class<?> script) {
        this.script = script;
    }

    /**
     * Runs every test class that was compiled with a script.
     *
     * @param script any class of it
     * @param names regular expression for the names of the test classes
     * @param args parts of class names: with any, only classes whose name holds one of them are run; {@code long}: the tests
     *     that are tagged so, instead of the others; {@code -j N}: in N JVMs; {@code -v}: the slowest classes are listed
     * @return exit code: 0, or 1 where a test failed or none ran
     */
    public static int of(Class<?> script, String names, String... args) {
        return of(script, names, null, args);
    }

    /** The same, and beside it the tests of another script, which have a class path of their own. */
    public static int of(Class<?> script, String names, Other other, String... args) {
        TestRun run = new TestRun(script);
        List<String> parts = new ArrayList<>();
        int jvms = Runtime.getRuntime().availableProcessors();
        boolean verbose = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("-v")) verbose = true;
            else if (args[i].equals(LONG)) run.tagged = true;
            else if (args[i].equals("-j") && i + 1 < args.length) jvms = Integer.parseInt(args[++i]);
            else parts.add(args[i]);
        }
        if (other != null && !run.tagged && other.has(parts)) run.left.add(new Work(other.script, Integer.MAX_VALUE, other.command(parts), null));
        run.discover(names, parts);
        return run.all(jvms, verbose);
    }

    /**
     * A script with test classes of its own.
     *
     * @param script its file, in the checkout
     * @param folder where its test classes are
     */
    public record Other(String script, String folder) {
        private static Path root() {
            Path path = Path.of("").toAbsolutePath();
            while (!Files.exists(path.resolve("jbang-catalog.json"))) path = path.getParent();
            return path;
        }

        private boolean has(List<String> parts) {
            String[] files = root().resolve(folder).toFile().list((in, name) -> name.endsWith("Test.java")
                    && (parts.isEmpty() || parts.stream().anyMatch(name::contains)));
            return files != null && files.length > 0;
        }

        private List<String> command(List<String> parts) {
            List<String> words = new ArrayList<>(List.of(root().resolve("jbang").toString(), root().resolve(script).toString(), "-j", "1"));
            words.addAll(parts);
            return words;
        }
    }

    /** A test class, or what another script runs by a command; and how it went. */
    private static final class Work {
        final String name;
        final long tests;
        final List<String> command;
        final Class<?> type;
        final StringBuilder said = new StringBuilder();
        int passed;
        int failed;
        int skipped;
        long millis;

        Work(String name, long tests, List<String> command, Class<?> type) {
            this.name = name;
            this.tests = tests;
            this.command = command;
            this.type = type;
        }

        void say(String line) {
            said.append(line).append('\n');
        }

        boolean alone() {
            return type != null && type.isAnnotationPresent(Isolated.class);
        }

        boolean disturbs(Work other) {
            if (alone() || other.alone()) return true;
            if (type == null || other.type == null) return false;
            for (ResourceLock mine : type.getAnnotationsByType(ResourceLock.class)) {
                for (ResourceLock its : other.type.getAnnotationsByType(ResourceLock.class)) {
                    boolean reading = mine.mode() == ResourceAccessMode.READ && its.mode() == ResourceAccessMode.READ;
                    if (mine.value().equals(its.value()) && !reading) return true;
                }
            }
            return false;
        }
    }

    /** Classes with many tests come first, so that none of them is left alone at the end; those that run alone come last. */
    private void discover(String names, List<String> parts) {
        Path classes;
        try {
            classes = Path.of(script.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(classes)))
                .filters(ClassNameFilter.includeClassNamePatterns(names))
                .filters(tags(tagged));
        if (!parts.isEmpty()) {
            request.filters(ClassNameFilter.includeClassNamePatterns(parts.stream().map(part -> ".*" + Pattern.quote(part) + ".*")
                    .toArray(String[]::new)));
        }
        TestPlan plan = LauncherFactory.create().discover(request.build());
        List<Work> found = new ArrayList<>();
        for (TestIdentifier engine : plan.getRoots()) {
            for (TestIdentifier test : plan.getChildren(engine)) {
                Class<?> type = ((ClassSource) test.getSource().orElseThrow()).getJavaClass();
                found.add(new Work(type.getName(), plan.countTestIdentifiers(each -> isBelow(plan, each, test)), null, type));
            }
        }
        found.sort(Comparator.comparing(Work::alone).thenComparing(work -> -work.tests).thenComparing(work -> work.name));
        left.addAll(found);
    }

    static PostDiscoveryFilter tags(boolean tagged) {
        return tagged ? TagFilter.includeTags(LONG) : TagFilter.excludeTags(LONG);
    }

    private static boolean isBelow(TestPlan plan, TestIdentifier test, TestIdentifier ancestor) {
        return test.equals(ancestor) || plan.getParent(test).filter(parent -> isBelow(plan, parent, ancestor)).isPresent();
    }

    private int all(int jvms, boolean verbose) {
        long begin = System.nanoTime();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> processes.forEach(TestRun::end))); // Ctrl-C
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(jvms, left.size()); i++) {
            Thread thread = new Thread(this::lane);
            thread.start();
            threads.add(thread);
        }
        try {
            for (Thread thread : threads) thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (verbose) {
            out.println("the slowest of " + seconds((System.nanoTime() - begin) / 1_000_000) + ":");
            done.stream().sorted(Comparator.comparing(work -> -work.millis)).limit(10)
                    .forEach(work -> out.printf("%9s  %s%n", seconds(work.millis), work.name));
        }
        int passed = done.stream().mapToInt(work -> work.passed).sum();
        int failed = done.stream().mapToInt(work -> work.failed).sum() + left.size();
        if (passed + failed == 0) out.println("no test was run");
        out.println(passed + " passed, " + failed + " failed, " + done.stream().mapToInt(work -> work.skipped).sum() + " skipped");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    /** Takes work until none is left; classes share a JVM, which is started anew where one has brought it down. */
    private void lane() {
        Jvm jvm = null;
        try {
            for (Work work = take(); work != null; work = take()) {
                long begin = System.nanoTime();
                try {
                    if (work.command != null) {
                        command(work);
                    } else {
                        if (jvm == null) jvm = new Jvm();
                        if (!jvm.run(work)) jvm = null;
                    }
                } catch (IOException e) {
                    work.failed++;
                    work.say("  FAILED   " + work.name + ": " + e);
                    jvm = null;
                }
                work.millis = (System.nanoTime() - begin) / 1_000_000;
                finished(work);
            }
        } finally {
            if (jvm != null) end(jvm.process);
        }
    }

    private synchronized Work take() {
        while (!left.isEmpty()) {
            for (Work work : left) {
                if (running.stream().noneMatch(work::disturbs)) {
                    left.remove(work);
                    running.add(work);
                    return work;
                }
            }
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return null;
    }

    private synchronized void finished(Work work) {
        running.remove(work);
        done.add(work);
        out.print(work.said);
        out.flush();
        notifyAll();
    }

    private Process started(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private void command(Work work) throws IOException {
        Process process = started(work.command);
        process.getOutputStream().close();
        boolean summed = false;
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line; (line = said.readLine()) != null; ) {
                Matcher sum = SUM.matcher(line);
                summed = sum.matches();
                if (summed) count(work, Integer.parseInt(sum.group(1)), Integer.parseInt(sum.group(2)), Integer.parseInt(sum.group(3)));
                else work.say(line);
            }
        }
        if (!summed) broken(work, process);
    }

    private static void count(Work work, int passed, int failed, int skipped) {
        work.passed = passed;
        work.failed = failed;
        work.skipped = skipped;
    }

    private void broken(Work work, Process process) {
        work.failed++;
        processes.remove(process);
        String how;
        try {
            how = " ended with exit code " + process.waitFor();
        } catch (InterruptedException e) {
            how = " ended";
        }
        work.say("  FAILED   " + work.name + how + " and did not say how it went");
    }

    /** Another JVM like this one, which runs one class after the other: see {@link TestWorker}. */
    private final class Jvm {
        private final Process process;
        private final Writer in;
        private final BufferedReader said;

        Jvm() throws IOException {
            List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            line.addAll(List.of("-cp", System.getProperty("java.class.path"), TestWorker.class.getName(), Boolean.toString(tagged)));
            process = started(line);
            in = process.outputWriter(StandardCharsets.UTF_8);
            said = process.inputReader(StandardCharsets.UTF_8);
        }

        /** @return whether it can run another */
        boolean run(Work work) throws IOException {
            in.write(work.name + "\n");
            in.flush();
            for (String line; (line = said.readLine()) != null; ) {
                int end = line.indexOf(TestWorker.END);
                if (end != 0) work.say(end < 0 ? line : line.substring(0, end));
                if (end >= 0) {
                    String[] counts = line.substring(end + TestWorker.END.length()).split(" ");
                    count(work, Integer.parseInt(counts[0]), Integer.parseInt(counts[1]), Integer.parseInt(counts[2]));
                    return true;
                }
            }
            broken(work, process);
            return false;
        }
    }
}
