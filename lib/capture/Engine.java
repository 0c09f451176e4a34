package lib.capture;

import java.nio.file.Path;
import lib.cli.Failure;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Sampling;

/**
 * A way to take samples of a program. An engine is made for one recording on one node; what it runs there goes on when the
 * connection breaks, and it alone knows its programs and files. Which recording is meant says its token, {@link Profile#recording}:
 * what lies on the node of another one is not touched.
 */
public interface Engine {
    /**
     * What an engine has found to be possible.
     *
     * @param where the target runs, with the kernel settings that matter as they will be while it records
     * @param byHand the command that records, as one would type it
     */
    record Ready(Sampling sampling, Place where, String byHand) {}

    /**
     * Finds the process that is to be recorded.
     *
     * @param name the program's name
     * @param pid which, where several have that name; or null
     * @throws Failure if there is none, or several
     */
    Target find(String name, Integer pid);

    /**
     * Makes sure that the target can be recorded, says what that found, and changes nothing.
     *
     * @throws Failure if it cannot
     */
    Ready check(Request request, Target target);

    /**
     * Starts recording as it was checked.
     *
     * @param plan what is known of it now; it waits beside the data for whoever sees the recording end
     * @throws Failure if there is not enough space, if one of this target runs already, or if it does not start
     */
    void start(Request request, Target target, Profile plan);

    /** How the recording stands. */
    State state(String token);

    /** Ends the recording now; what was recorded is kept. */
    void stop(String token);

    /**
     * Keeps what a killed recording has, and ends what has outlived it.
     *
     * @return whether there was a sample; the state is then {@link State.Ended}
     */
    boolean salvage(String token);

    /**
     * Removes what the recording has left on the node, and what was made of it.
     *
     * @return false if it runs, or what is there is another's
     */
    boolean forget(String token);

    /** Puts right what a recording that was killed left changed on the node, and says so. */
    void restore();

    /**
     * What was recorded, as the metadata say it; warns of what went wrong.
     *
     * @param plan as it was given at the start
     * @throws Failure if there is nothing, or no sample in it
     */
    Profile finish(Profile plan, State.Ended ended);

    /**
     * Brings the stacks of a recording that has ended here, in a form that lib.formats reads.
     *
     * @param profile its metadata
     * @param to the file to write
     * @throws Failure if there is no recording, the metadata is another's, or it cannot be read
     */
    void stacks(Profile profile, Path to);
}
