package tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the test classes that standard input names, a line each, and says after each how many passed, failed, were skipped. */
public final class TestWorker implements TestExecutionListener {
    /** Begins the line after a class. */
    static final String END = "\u0000end ";

    private final PrintStream out;
    private int passed;
    private int failed;
    private int skipped;

    private TestWorker(PrintStream out) {
        this.out = out;
    }

    /** @param args whether those tests are run that are tagged as long, or the others */
    public static void main(String... args) throws InterruptedException {
        System.setProperty("java.util.logging.config.class", Silent.class.getName()); // the mock servers tell of every request
        BlockingQueue<String> names = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(names));
        reader.setDaemon(true);
        reader.start();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        while (true) {
            TestWorker worker = new TestWorker(out);
            worker.run(names.take(), Boolean.parseBoolean(args[0]));
            out.println(END + worker.passed + " " + worker.failed + " " + worker.skipped);
        }
    }

    /** Where the other end is gone, nobody wants to know the rest. */
    private static void read(BlockingQueue<String> names) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String name; (name = in.readLine()) != null; ) names.add(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Runtime.getRuntime().exit(1);
        }
    }

    private void run(String name, boolean tagged) {
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(name)).filters(TestRun.tags(tagged)).build(), this);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) out.println(test.getDisplayName());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped++;
        out.println("  skipped  " + test.getDisplayName() + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
            case ABORTED -> executionSkipped(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
            case FAILED -> {
                failed++;
                out.println("  FAILED   " + test.getDisplayName());
                result.getThrowable().ifPresent(error -> error.printStackTrace(out));
            }
        }
    }

    /** Logging of libraries that shows warnings only. */
    public static final class Silent {
        public Silent() {
            java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        }
    }
}
