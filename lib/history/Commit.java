package lib.history;

import java.util.List;

/**
 * A result's commit, as {@link GitRepo} made or found it.
 *
 * @param id its abbreviated id; a push onto a branch that has moved gives it a new one
 * @param branch the branch that it is on; null where HEAD is detached
 * @param files its files, as paths from the top of the work tree
 * @param made whether it was made now; false where these files were committed before, unchanged
 * @param pushedTo the remote's URL, without user and password; null where it was not pushed
 * @param notPushed why it was not pushed; null where it was, or where nobody asked for it yet
 */
public record Commit(String id, String branch, List<String> files, boolean made, String pushedTo, String notPushed) {
    Commit pushed(String newId, String url) {
        return new Commit(newId, branch, files, made, url, null);
    }

    Commit unpushed(String why) {
        return new Commit(id, branch, files, made, null, why);
    }
}
