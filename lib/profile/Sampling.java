package lib.profile;

/**
 * How samples were taken.
 *
 * @param program what recorded, with its version, such as "perf version 6.1.90"
 * @param event what was sampled, such as "cpu-clock"
 * @param frequency samples a second and CPU that were asked for
 */
public record Sampling(String program, String event, int frequency) {}
