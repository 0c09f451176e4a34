package lib.profile;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What was recorded: the metadata that travels as {@code NAME.profile.json} next to its data. A part is null where it is
 * not known yet: a plan has no outcome, and what is not drawn has no picture. It holds no credentials.
 *
 * @param schema version of this form, see {@link Schema}
 * @param recording the token of the recording that all its files carry; null in what was recorded before there was one
 * @param target the program
 * @param where the node
 * @param engine how samples were taken
 * @param outcome when, how much, and how it ended
 * @param data what was recorded, as a file
 * @param naming how the frames got their names
 * @param drawn the files that were made of it
 * @param requests what an API server answered meanwhile, the most frequent first; null where it is not known
 * @param clients who asked, or null where it is not known
 */
public record Profile(int schema, String recording, Program target, Place where, Sampling engine, Outcome outcome, Data data,
        Naming naming, Drawn drawn, List<RequestCount> requests, Clients clients) {

    /** @throws NullPointerException if a part is missing that every recording has */
    public Profile {
        Objects.requireNonNull(target, "a profile without a target");
        Objects.requireNonNull(where, "a profile without a place");
        Objects.requireNonNull(engine, "a profile without an engine");
        Objects.requireNonNull(outcome, "a profile without an outcome");
    }

    /** What is known before the recording begins; {@code outcome} has its planned length only. */
    public static Profile plan(String recording, Program target, Place where, Sampling engine, int seconds) {
        return new Profile(Schema.VERSION, recording, target, where, engine, Outcome.planned(seconds), null, null, null, null, null);
    }

    /** This profile once it is recorded, as it really was sampled. */
    public Profile recorded(Sampling sampled, Outcome ended, Data file) {
        return new Profile(Schema.VERSION, recording, target, where, sampled, ended, file, null, null, requests, clients);
    }

    /** This profile once its frames are named and its picture is drawn. */
    public Profile drawn(Naming named, Drawn files) {
        return new Profile(Schema.VERSION, recording, target, where, engine, outcome, data, named, files, requests, clients);
    }

    /** This profile with what the server answered meanwhile. */
    public Profile counted(List<RequestCount> answered) {
        return new Profile(Schema.VERSION, recording, target, where, engine, outcome, data, naming, drawn, answered, clients);
    }

    /** This profile with who asked meanwhile. */
    public Profile asked(Clients who) {
        return new Profile(Schema.VERSION, recording, target, where, engine, outcome, data, naming, drawn, requests, who);
    }

    /**
     * The start of the recording.
     *
     * @throws java.time.format.DateTimeParseException if {@link Outcome#start} is no instant
     * @throws NullPointerException if there is none
     */
    public Instant startedAt() {
        return Instant.parse(outcome.start());
    }

    /** What was recorded where, such as {@code kube-apiserver on cp-1}. */
    public String title() {
        return target.name() + " on " + where.node();
    }

    /** How many CPUs were busy: each takes {@link Sampling#frequency} samples a second. */
    public double cpus() {
        return outcome.seconds() > 0 ? outcome.samples() / outcome.seconds() / Math.max(1, engine.frequency()) : 0;
    }
}
