package lib.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** What the history of a repository says of the results in it. */
public final class Log {
    private static final int MOST_COMMITS = 20;

    private final GitRepo repo;
    private final Path results;

    /** @param results as for {@link GitRepo#folder} */
    public Log(GitRepo repo, Path results) {
        this.repo = repo;
        this.results = results;
    }

    /**
     * The results of a revision.
     *
     * @param folder with its files
     * @param name the last one that its commit brought or changed, or else the last one there; null where there is none
     */
    public record Found(Contents folder, String name) {}

    /** @throws Failure INPUT if there is no such revision */
    public Found at(String revision) {
        try (RevWalk walk = new RevWalk(repo.repository())) {
            ObjectId id = repo.repository().resolve(revision + "^{commit}");
            if (id == null) throw none(revision, null);
            RevCommit commit = walk.parseCommit(id);
            Map<String, ObjectId> files = files(commit);
            Map<String, ObjectId> before = commit.getParentCount() == 0 ? Map.of() : files(walk.parseCommit(commit.getParent(0)));
            Contents folder = repo.contents(commit.getTree(), path());
            List<String> names = Results.names(folder);
            List<String> brought = names.stream().filter(name -> List.of(Results.JSON, Results.FOLDED).stream()
                    .anyMatch(ending -> !files.get(name + ending).equals(before.get(name + ending)))).toList();
            List<String> from = brought.isEmpty() ? names : brought;
            return new Found(folder, from.isEmpty() ? null : from.get(from.size() - 1));
        } catch (RevisionSyntaxException e) {
            throw none(revision, e);
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot read what is at " + revision + ": " + Reasons.of(e), null, e);
        }
    }

    private static Failure none(String revision, Throwable cause) {
        return new Failure(Exit.INPUT, "'" + revision + "' is neither a result, nor a file, nor a revision of git",
                "history list shows the results.", cause);
    }

    private Map<String, ObjectId> files(RevCommit commit) throws IOException {
        return repo.trees().files(commit.getTree(), path());
    }

    private String path() throws IOException {
        String path = repo.path(results);
        if (path == null) throw new IOException(results + " is not inside the repository");
        return TreeEdit.bytes(path);
    }

    /**
     * The commits between those of two results, the latest first, as {@code git log --oneline} shows them; commits of results are
     * left out.
     *
     * @param older a result's name; where it is in no commit, nothing is between
     * @param newer the same; where it is in no commit, all since the older one's are meant
     * @param path which they change, from the top of the work tree; null for any
     */
    public List<String> between(String older, String newer, String path) {
        try (RevWalk walk = new RevWalk(repo.repository())) {
            ObjectId from = commitOf(older);
            if (from == null) return List.of();
            ObjectId to = commitOf(newer);
            walk.markStart(walk.parseCommit(to == null ? repo.tip() : to));
            walk.markUninteresting(walk.parseCommit(from));
            if (path != null) walk.setTreeFilter(AndTreeFilter.create(PathFilter.create(path), TreeFilter.ANY_DIFF));
            List<String> lines = new ArrayList<>();
            Unpushed results = new Unpushed(repo.repository());
            for (RevCommit commit : walk) {
                if (results.changes(commit) != null) continue;
                if (lines.size() == MOST_COMMITS) {
                    lines.add("…");
                    break;
                }
                lines.add(repo.abbreviated(commit) + " " + commit.getShortMessage());
            }
            return lines;
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot read the log: " + Reasons.of(e), null, e);
        }
    }

    private ObjectId commitOf(String name) throws IOException {
        String file = path() + "/" + name + Results.JSON;
        ObjectId tip = repo.tip();
        if (tip == null) return null;
        try (RevWalk walk = new RevWalk(repo.repository())) {
            if (repo.trees().at(walk.parseCommit(tip).getTree(), file) == null) return null;
        }
        return repo.last(file);
    }

    /**
     * Takes results out of the branch's last commit by a new one; the history keeps them.
     *
     * @param names without endings
     * @return how the commit is called
     * @throws Failure GIT if they cannot be taken out, or a change of the user's is in the way: nothing is done then
     */
    public String remove(List<String> names, String message) {
        try {
            Map<String, ObjectId> gone = new LinkedHashMap<>();
            for (String name : names) for (String ending : Results.ENDINGS) gone.put(path() + "/" + name + ending, null);
            return repo.commitWithout(gone, path() + "/", message);
        } catch (IOException e) {
            throw new Failure(Exit.GIT, "cannot take results out of the repository: " + Reasons.of(e), null, e);
        }
    }
}
