package lib.stacks;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What was recorded: the metadata that travels as {@code NAME.profile.json} next to its data. A field is null
 * (or 0) where it is not known. It holds no credentials: the command line is recorded without them.
 *
 * @param target name of the profiled program, as the stages name their files by it
 * @param pid process id on the node
 * @param executable path of the executable as the process sees it
 * @param commandLine words of the command line, secret-looking values left out
 * @param buildId GNU build id of the executable in hex, or null
 * @param goBuildId Go's build id, or null
 * @param node name of the node
 * @param kernel release of the node's kernel
 * @param kubernetes version of the cluster's API server, or null
 * @param engine program that recorded, with its version
 * @param event perf event that was sampled
 * @param frequency samples a second asked for
 * @param start start of the recording in UTC, ISO 8601, to the second
 * @param seconds length of the recording
 * @param samples number of samples
 * @param lost number of samples that the kernel reported lost
 * @param load load averages of the node (1, 5, 15 minutes) when the recording ended
 * @param ended how the recording ended: "complete", "interrupted", "target exited", or "failed" where perf was killed or
 *     could not write
 * @param settings kernel settings that matter for the recording, by name
 * @param dataBytes size of the recorded data in bytes
 * @param dataSha256 SHA-256 of the recorded data in hex
 * @param naming how the frames were named; null until they are
 * @param pictureSha256 SHA-256 in hex of the flame graph that was drawn of it; null until it is
 */
public record Profile(String target, int pid, String executable, List<String> commandLine, String buildId,
        String goBuildId, String node, String kernel, String kubernetes, String engine, String event, int frequency,
        String start, double seconds, long samples, long lost, List<Double> load, String ended,
        Map<String, String> settings, long dataBytes, String dataSha256, Naming naming, String pictureSha256) {

    /**
     * How the frames of a profile got their names.
     *
     * @param frames frames in all, each distinct stack entry counted by its samples
     * @param named frames that have a name
     * @param by number of named frames by what named them ("perf", "pclntab", "symtab", "kallsyms", "perf map")
     * @param unknown frames that stayed without a name
     * @param transferredBytes bytes of symbol tables that were brought from the node for it
     */
    public record Naming(long frames, long named, Map<String, Long> by, long unknown, long transferredBytes) {}

    /**
     * The start of the recording.
     *
     * @throws java.time.format.DateTimeParseException if {@link #start} is no instant
     */
    public Instant startedAt() {
        return Instant.parse(start);
    }

    /** This profile once its frames are named and its picture is drawn. */
    public Profile drawn(Naming named, String sha256) {
        return new Profile(target, pid, executable, commandLine, buildId, goBuildId, node, kernel, kubernetes, engine,
                event, frequency, start, seconds, samples, lost, load, ended, settings, dataBytes, dataSha256, named, sha256);
    }
}
