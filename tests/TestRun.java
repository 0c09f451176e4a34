package tests;

import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the test classes of a script and says how it went; its last line is {@code N passed, N failed, N skipped}. */
public final class TestRun implements TestExecutionListener {
    private final PrintStream out = System.out;
    private int passed;
    private int failed;
    private int skipped;

    private TestRun() {}

    /**
     * Runs every test class that was compiled with a script.
     *
     * @param script any class of it
     * @param names regular expression for the names of the test classes
     * @param args parts of class names: with any, only classes whose name holds one of them are run
     * @return exit code: 0, or 1 where a test failed or none ran
     */
    public static int of(Class<?> script, String names, String... args) {
        Path classes;
        try {
            classes = Path.of(script.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(classes)))
                .filters(ClassNameFilter.includeClassNamePatterns(names));
        if (args.length > 0) {
            StringBuilder any = new StringBuilder();
            for (String arg : args) any.append(any.isEmpty() ? "" : "|").append(".*").append(Pattern.quote(arg)).append(".*");
            request.filters(ClassNameFilter.includeClassNamePatterns(any.toString()));
        }
        System.setProperty("java.util.logging.config.class", Silent.class.getName()); // the mock servers tell of every request
        TestRun run = new TestRun();
        LauncherDiscoveryRequest built = request.build();
        LauncherFactory.create().execute(built, run);
        if (run.passed + run.failed == 0) run.out.println("no test was run");
        run.out.println(run.passed + " passed, " + run.failed + " failed, " + run.skipped + " skipped");
        return run.failed == 0 && run.passed > 0 ? 0 : 1;
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
