package lib.options;

import java.time.Duration;
import lib.capture.Request;
import lib.cli.Durations;
import picocli.CommandLine.Option;

/** What is recorded of the target, and how. */
public final class SamplingOptions {
    @Option(names = "--pid", paramLabel = "PID", description = "The process, where several have that name.")
    private Integer pid;

    @Option(names = {"-d", "--duration"}, paramLabel = "TIME", converter = Durations.class,
            description = "How long to record (default: 60s).")
    private Duration duration = Duration.ofSeconds(60);

    @Option(names = {"-F", "--frequency"}, paramLabel = "HZ", description = "Samples a second and CPU (default: ${DEFAULT-VALUE}).")
    private int frequency = 99;

    @Option(names = {"-e", "--event"}, paramLabel = "EVENT",
            description = "The perf event to sample (default: cycles, or cpu-clock where the CPU counts none).")
    private String event;

    private enum EngineName { perf, pprof }

    @Option(names = "--engine", paramLabel = "NAME",
            description = "perf, on the node; or pprof, kube-apiserver's own profile through the API, without a pod: for managed"
                    + " clusters. Its stages then work on this machine: 03 and 04 with --local (default: ${DEFAULT-VALUE}).")
    private EngineName engine = EngineName.perf;

    @Option(names = "--fix-kernel-settings", description = "While it records, change the kernel settings that stand in the way.")
    private boolean fixKernel;

    /** The process that was named, or null. */
    public Integer pid() {
        return pid;
    }

    /** Whether the program gives its own profile through the API, so that no node is entered. */
    public boolean throughApi() {
        return engine == EngineName.pprof;
    }

    /** What an engine is to do. */
    public Request request() {
        return new Request((int) duration.toSeconds(), frequency, event, fixKernel);
    }
}
