package lib.series;

import java.io.IOException;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.history.Contents;
import lib.history.Results;
import lib.profile.Profile;

/** The results of a folder in the order of their time. */
public final class Series {
    private final Contents folder;
    private final List<String> names;

    /** @throws Failure INPUT if the folder cannot be read */
    public Series(Contents folder) {
        this.folder = folder;
        try {
            names = Results.names(folder);
        } catch (IOException e) {
            throw new Failure(Exit.INPUT, "cannot read the results: " + Failure.reason(e), null, e);
        }
    }

    /** Their names without endings, the earliest first. */
    public List<String> names() {
        return names;
    }

    /** @throws Failure INPUT if there is no such result */
    public Result read(String name) {
        if (!names.contains(name)) throw new Failure(Exit.INPUT, "there is no result " + name, "history list shows those that are there.");
        return Result.read(folder, name);
    }

    /** The metadata of one of them. */
    public Profile profile(String name) {
        return Result.profile(folder, name);
    }

    /** The last result; null where there is none. */
    public String last() {
        return names.isEmpty() ? null : names.get(names.size() - 1);
    }

    /**
     * The last result before this one that it may be compared with: of the same target, engine and event, and of no other cluster.
     * One that cannot be read is passed over.
     *
     * @return null where there is none
     */
    public Result previous(Result of) {
        for (int i = names.size() - 1; i >= 0; i--) {
            String name = names.get(i);
            if (name.compareTo(of.name()) >= 0) continue;
            try {
                Profile profile = profile(name);
                if (Result.incomparable(profile, of.profile()) == null && !Result.elsewhere(profile, of.profile())) return read(name);
            } catch (Failure e) {
                // as if it were not there: what can be said is said without it
            }
        }
        return null;
    }
}
