package lib.capture;

import java.time.Duration;

/**
 * What an engine is to do.
 *
 * @param seconds how long
 * @param frequency samples a second and CPU
 * @param event what to sample, in the engine's words; null for what it finds best
 * @param changeKernel whether it may change the kernel settings that stand in its way while it records
 */
public record Request(int seconds, int frequency, String event, boolean changeKernel) {
    public Duration duration() {
        return Duration.ofSeconds(seconds);
    }

    /** The same, but no kernel setting may be changed. */
    public Request withoutChanges() {
        return new Request(seconds, frequency, event, false);
    }
}
