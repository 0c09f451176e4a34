package lib.insight;

import java.util.List;
import java.util.regex.Pattern;
import lib.profile.Clients;
import lib.profile.Profile;
import lib.profile.RequestCount;

/**
 * What the weights of a profile are, and of what they were taken, as far as it is known.
 *
 * @param unit of a weight, as in {@link Amounts}
 * @param event that was sampled, such as "cpu-clock"; or null
 * @param samples how many were taken; 0 where the stacks alone tell
 * @param seconds how long it was recorded; 0 where it is not known
 * @param frequency samples a second and CPU; 0 where it is not known
 * @param requests what the program counted meanwhile, or null
 * @param clients who asked it meanwhile, or null
 */
public record Basis(String unit, String event, long samples, double seconds, int frequency, List<RequestCount> requests,
        Clients clients) {
    private static final Pattern CLOCK = Pattern.compile("(cpu|task)-clock(:.*)?|cpu");

    /** Stacks of which only the unit of their weights is known. */
    public static Basis of(String unit) {
        return new Basis(unit, null, 0, 0, 0, null, null);
    }

    /** A recording. */
    public static Basis of(String unit, Profile profile) {
        return new Basis(unit, profile.engine().event(), profile.outcome().samples(), profile.outcome().seconds(),
                profile.engine().frequency(), profile.requests(), profile.clients());
    }

    /** A recording of which only the folded stacks are kept: the event that it was taken by says what they weigh. */
    public static Basis ofKept(Profile profile) {
        return of(unitOf(profile.engine().event()), profile);
    }

    /** The unit of stacks that an event was sampled for, as in {@link Amounts}; null is no known one. */
    public static String unitOf(String event) {
        return event == null ? Amounts.SAMPLES : CLOCK.matcher(event).matches() ? Amounts.NANOSECONDS : event;
    }

    /** How many CPUs were busy; 0 where it is not known. */
    double cpus(Counted counted) {
        if (seconds <= 0) return 0;
        return unit.equals(Amounts.NANOSECONDS) ? counted.weight() / 1e9 / seconds
                : frequency > 0 ? counted.samples() / seconds / frequency : 0;
    }
}
