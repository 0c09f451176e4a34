package lib.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** Commits that a remote has not, and whose they are: results, or the user's own work. */
final class Unpushed {
    private final Repository repository;

    Unpushed(Repository repository) {
        this.repository = repository;
    }

    /** The commits up to head that none of the known ones has behind it, the oldest first. */
    List<RevCommit> commits(AnyObjectId head, Collection<? extends AnyObjectId> known) throws IOException {
        List<RevCommit> found = new ArrayList<>();
        try (RevWalk walk = new RevWalk(repository)) {
            walk.sort(RevSort.TOPO);
            walk.sort(RevSort.REVERSE, true);
            walk.markStart(walk.parseCommit(head));
            for (AnyObjectId one : known) {
                if (walk.peel(walk.parseAny(one)) instanceof RevCommit commit) walk.markUninteresting(commit);
            }
            for (RevCommit commit : walk) found.add(commit);
        }
        return found;
    }

    /** The first of these commits that holds anything but results; null where all hold nothing else. */
    RevCommit own(List<RevCommit> commits) throws IOException {
        for (RevCommit commit : commits) if (changes(commit) == null) return commit;
        return null;
    }

    /**
     * A file that a result's commit changes.
     *
     * @param before null where it was not there
     * @param after null where it is taken away
     */
    record Change(ObjectId before, ObjectId after) {}

    /** What a commit changes, by paths as strings of bytes; null where it holds anything but results, or is a merge. */
    Map<String, Change> changes(RevCommit commit) throws IOException {
        if (commit.getParentCount() > 1) return null;
        Map<String, Change> found = new LinkedHashMap<>();
        try (RevWalk walk = new RevWalk(repository); TreeWalk changes = new TreeWalk(repository)) {
            if (commit.getParentCount() == 0) changes.addTree(new EmptyTreeIterator());
            else changes.addTree(walk.parseCommit(commit.getParent(0)).getTree());
            changes.addTree(walk.parseCommit(commit).getTree());
            changes.setFilter(TreeFilter.ANY_DIFF);
            changes.setRecursive(true);
            while (changes.next()) {
                Change change = new Change(id(changes, 0), id(changes, 1));
                String name = changes.getNameString();
                if (!Results.isResult(name) && !Results.isAttributes(name, change.after()) && !isMade(name, change)) return null;
                found.put(TreeEdit.bytes(changes.getRawPath()), change);
            }
            return found.isEmpty() ? null : found;
        }
    }

    private boolean isMade(String name, Change change) throws IOException {
        if (!Results.isMade(name)) return false;
        try (ObjectReader reader = repository.newObjectReader()) {
            for (ObjectId id : new ObjectId[] {change.before(), change.after()}) {
                if (id != null && !Results.isMade(name, reader.open(id).getCachedBytes())) return false;
            }
            return true;
        }
    }

    private static ObjectId id(TreeWalk walk, int side) {
        ObjectId id = walk.getObjectId(side);
        return id.equals(ObjectId.zeroId()) ? null : id;
    }
}
