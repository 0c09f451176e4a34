package lib.series;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.cli.Sha256;
import lib.formats.NotStacksException;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.history.Contents;
import lib.history.Results;
import lib.insight.Basis;
import lib.insight.Report;
import lib.insight.Rules;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.RequestCount;
import lib.profile.Schema;
import lib.stacks.Labels;
import lib.stacks.StackTree;

/**
 * A kept result, or one that is about to be kept.
 *
 * @param name without an ending, such as {@code flame-20250131-235959}
 * @param profile its metadata
 * @param tree its stacks, kernel frames known as such
 * @param rules of its target
 * @param report what it says, with all functions that have samples of their own
 */
public record Result(String name, Profile profile, StackTree tree, Rules rules, Report report) {
    /** What is read of a .json file at the most: 2,000 sorts of requests take a fifth. */
    private static final int MOST_METADATA = 4 << 20;

    /** A result of its metadata and its stacks as they are kept. */
    static Result of(String name, Profile profile, StackTree kept) {
        Rules rules = Rules.of(profile.target().name());
        StackTree tree = Labels.unmarked(kept);
        return new Result(name, profile, tree, rules, Report.of(tree, Basis.ofKept(profile), rules, Integer.MAX_VALUE));
    }

    /**
     * A result that is not in its folder yet.
     *
     * @throws IOException if the stacks cannot be read
     * @throws Failure INPUT if the metadata has no usable start
     */
    public static Result of(Profile profile, byte[] folded) throws IOException {
        String name = Results.nameOf(profile);
        return of(name, profile, stacks(name, folded));
    }

    /**
     * Reads a result.
     *
     * @param name without an ending
     * @throws Failure INPUT if it is not there, or is none, or of a form that is not known yet, or the stacks are not those that the
     *     metadata describe
     */
    public static Result read(Contents folder, String name) {
        Profile profile = profile(folder, name);
        try {
            byte[] folded = folder.read(name + Results.FOLDED);
            String said = profile.drawn() == null ? null : profile.drawn().foldedSha256();
            if (said != null && !said.equals(Sha256.hex(folded))) {
                throw new Failure(Exit.INPUT, name + Results.FOLDED + " is not what " + name + Results.JSON + " describes: its SHA-256 is another",
                        "Restore both from git, or draw the recording again.");
            }
            return of(name, profile, stacks(name, folded));
        } catch (NotStacksException e) {
            throw new Failure(Exit.INPUT, e.getMessage(), null, e);
        } catch (IOException e) {
            throw new Failure(Exit.INPUT, "cannot read " + name + Results.FOLDED + ": " + Failure.reason(e), null, e);
        }
    }

    /**
     * Reads the metadata alone.
     *
     * @throws Failure INPUT as {@link #read}
     */
    static Profile profile(Contents folder, String name) {
        String file = name + Results.JSON;
        try {
            return profile(file, folder.read(file));
        } catch (IOException e) {
            throw new Failure(Exit.INPUT, "cannot read " + file + ": " + Failure.reason(e), null, e);
        }
    }

    static Profile profile(String file, byte[] json) {
        try {
            if (json.length > MOST_METADATA) throw new IllegalArgumentException("it is larger than " + (MOST_METADATA >> 20) + " MB");
            Profile profile = Json.read(new String(json, StandardCharsets.UTF_8), Profile.class, Schema::current);
            profile.startedAt();
            return profile;
        } catch (IllegalArgumentException | NullPointerException | DateTimeException e) {
            throw new Failure(Exit.INPUT, file + " is not the metadata of a recording: " + e.getMessage(), null, e);
        }
    }

    private static StackTree stacks(String name, byte[] folded) throws IOException {
        return StackReader.read(name + Results.FOLDED, new ByteArrayInputStream(folded), new ReadOptions()).tree();
    }

    /** Why two recordings say nothing about each other; null where they may be compared: same target, engine and event. */
    static String incomparable(Profile one, Profile other) {
        if (!Objects.equals(one.target().name(), other.target().name())) {
            return "other targets: " + one.target().name() + " and " + other.target().name();
        }
        if (!engine(one).equals(engine(other))) return "other engines: " + engine(one) + " and " + engine(other);
        String event = one.engine().event();
        return Objects.equals(event, other.engine().event()) ? null : "other events: " + event + " and " + other.engine().event();
    }

    /** The engine's name, without its version. */
    static String engine(Profile profile) {
        String program = profile.engine().program();
        return program == null ? "unknown" : program.strip().split("\\s+")[0];
    }

    /** What else is not alike, to be said beside a comparison. */
    static List<String> unlike(Profile one, Profile other) {
        List<String> unlike = new ArrayList<>();
        Place before = one.where();
        Place after = other.where();
        unlike(unlike, "cluster", before.cluster(), after.cluster());
        unlike(unlike, "node", before.node(), after.node());
        unlike(unlike, "Kubernetes", before.kubernetes(), after.kubernetes());
        unlike(unlike, "build", build(one), build(other));
        unlike(unlike, "kernel", before.kernel(), after.kernel());
        unlike(unlike, "command line", changed(one, other), changed(other, one));
        unlike(unlike, "load", load(one), load(other));
        return unlike;
    }

    private static void unlike(List<String> to, String what, Object before, Object after) {
        if (before != null && after != null && !before.equals(after)) to.add(what + " " + before + " → " + after);
    }

    /** The words of a command line that the other has not; null where none is known. */
    private static String changed(Profile one, Profile other) {
        List<String> words = one.target().commandLine();
        List<String> others = other.target().commandLine();
        if (words == null || others == null) return null;
        List<String> own = words.stream().filter(word -> !others.contains(word)).toList();
        return own.isEmpty() ? "–" : String.join(" ", own);
    }

    /** The build id of what was recorded; null where it is not known. */
    static String build(Profile profile) {
        return profile.target().buildId() != null ? profile.target().buildId() : profile.target().goBuildId();
    }

    /** The load of the last minute; null where it is not known. */
    static Double load(Profile profile) {
        List<Double> load = profile.outcome().load();
        return load == null || load.isEmpty() ? null : load.get(0);
    }

    /** How many requests were answered; null where they were not counted. */
    static Long requests(Profile profile) {
        return profile.requests() == null ? null : profile.requests().stream().mapToLong(RequestCount::count).sum();
    }

    /** Whether two recordings are known to be of different clusters. */
    static boolean elsewhere(Profile one, Profile other) {
        String cluster = one.where().cluster();
        return cluster != null && other.where().cluster() != null && !cluster.equals(other.where().cluster());
    }
}
