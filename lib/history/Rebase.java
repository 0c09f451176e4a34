package lib.history;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Puts result commits on top of what others have pushed. The new commits are made in the object database alone; only
 * when all of them are there, the files that the others changed are brought into the work tree and the branch is
 * moved, as {@code git merge --ff} would: what the user has changed stays, and where that is in the way nothing is
 * done. Commits that hold anything but results are the user's own and are not rewritten.
 */
final class Rebase {
    private final GitRepo repo;
    private final Push push;

    Rebase(GitRepo repo, Push push) {
        this.repo = repo;
        this.push = push;
    }

    /** Replays the commits of head that are not in tip onto tip, and moves the branch there; returns where that is. */
    ObjectId onto(ObjectId head, ObjectId tip) throws IOException {
        Unpushed unpushed = new Unpushed(repo.repository());
        try (RevWalk walk = new RevWalk(repo.repository())) {
            RevCommit top = walk.parseCommit(tip);
            for (RevCommit ours : unpushed.commits(head, List.of(tip))) {
                Map<String, Unpushed.Change> changes = unpushed.changes(ours);
                if (changes == null) throw push.moved("and commit " + repo.abbreviated(ours) + ", yours, is not pushed either", null);
                ObjectId tree = repo.trees().with(top.getTree(), files(changes, top));
                if (!tree.equals(top.getTree())) tree = repo.withDerived(tree, GitRepo.folderOf(changes.keySet().iterator().next()));
                // somebody else may have committed the very same files
                if (!tree.equals(top.getTree())) top = walk.parseCommit(repo.make(tree, top, ours.getAuthorIdent(), ours.getFullMessage()));
            }
            repo.move(walk.parseCommit(head), top, "rebase: results onto " + push.shown());
            return top;
        } catch (Client.InTheWay e) {
            throw push.moved("and your uncommitted change is in the way: " + e.getMessage(), e);
        }
    }

    private Map<String, ObjectId> files(Map<String, Unpushed.Change> changes, RevCommit top) throws IOException {
        Map<String, ObjectId> files = new HashMap<>();
        for (var change : changes.entrySet()) {
            if (Results.isMade(change.getKey().replaceFirst(".*/", ""))) continue; // made anew of all
            ObjectId before = change.getValue().before();
            ObjectId after = change.getValue().after();
            ObjectId theirs = repo.trees().at(top.getTree(), change.getKey());
            if (Objects.equals(theirs, before)) files.put(change.getKey(), after);
            else if (!Objects.equals(theirs, after) && !Results.isAttributes(change.getKey().replaceFirst(".*/", ""), after)) {
                throw push.moved("and holds another result of the same name", null);
            }
        }
        return files;
    }
}
