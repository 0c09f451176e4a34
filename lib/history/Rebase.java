package lib.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import lib.cli.Failure;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.errors.CheckoutConflictException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.Signer;
import org.eclipse.jgit.lib.Signers;
import org.eclipse.jgit.merge.MergeStrategy;
import org.eclipse.jgit.merge.ThreeWayMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * Puts result commits on top of what others have pushed. The new commits are made in the object database alone; only
 * when all of them are there, the files that the others changed are brought into the work tree and the branch is
 * moved, as {@code git merge --ff} would: what the user has changed stays, and where that is in the way nothing is
 * done. Commits that hold anything but results are the user's own and are not rewritten.
 */
final class Rebase {
    private final GitRepo repo;
    private final Repository repository;
    private final Push push;

    Rebase(GitRepo repo, Push push) {
        this.repo = repo;
        this.repository = repo.repository();
        this.push = push;
    }

    /** Replays the commits of head that are not in tip onto tip, and moves HEAD there. */
    void onto(ObjectId head, ObjectId tip) throws IOException {
        try (RevWalk walk = new RevWalk(repository); ObjectInserter inserter = repository.newObjectInserter()) {
            RevCommit top = walk.parseCommit(tip);
            for (RevCommit ours : onlyOurs(head, tip)) {
                ObjectId tree = merged(walk, top, ours);
                // somebody else may have committed the very same files
                if (!tree.equals(top.getTree())) top = walk.parseCommit(replay(inserter, ours, tree, top));
            }
            move(walk.parseCommit(head), top);
        }
    }

    /** The commits that only we have, the oldest first. */
    private List<RevCommit> onlyOurs(ObjectId head, ObjectId tip) throws IOException {
        List<RevCommit> found = new ArrayList<>();
        try (RevWalk walk = new RevWalk(repository)) {
            walk.sort(RevSort.TOPO);
            walk.sort(RevSort.REVERSE, true);
            walk.markStart(walk.parseCommit(head));
            walk.markUninteresting(walk.parseCommit(tip));
            for (RevCommit commit : walk) {
                if (!holdsResultsOnly(commit)) {
                    throw push.moved("and commit " + repo.abbreviated(commit) + ", yours, is not pushed either", null);
                }
                found.add(commit);
            }
        }
        return found;
    }

    private boolean holdsResultsOnly(RevCommit commit) throws IOException {
        if (commit.getParentCount() > 1) return false;
        try (RevWalk walk = new RevWalk(repository); TreeWalk changes = new TreeWalk(repository)) {
            if (commit.getParentCount() == 0) changes.addTree(new EmptyTreeIterator());
            else changes.addTree(walk.parseCommit(commit.getParent(0)).getTree());
            changes.addTree(walk.parseCommit(commit).getTree());
            changes.setFilter(TreeFilter.ANY_DIFF);
            changes.setRecursive(true);
            while (changes.next()) if (!Results.isResult(changes.getNameString())) return false;
            return true;
        }
    }

    private ObjectId merged(RevWalk walk, RevCommit onto, RevCommit ours) throws IOException {
        ThreeWayMerger merger = MergeStrategy.RESOLVE.newMerger(repository, true);
        // a first commit has no parent: its base is then the empty tree
        if (ours.getParentCount() > 0) merger.setBase(walk.parseCommit(ours.getParent(0)));
        if (!merger.merge(onto, walk.parseCommit(ours))) {
            throw push.moved("and holds another result of the same name", null);
        }
        return merger.getResultTreeId();
    }

    private ObjectId replay(ObjectInserter inserter, RevCommit ours, ObjectId tree, RevCommit onto) throws IOException {
        PersonIdent committer = repo.committer();
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setParentId(onto);
        commit.setAuthor(ours.getAuthorIdent());
        commit.setCommitter(committer);
        commit.setMessage(ours.getFullMessage());
        GpgConfig signing = new GpgConfig(repository.getConfig());
        Signer signer = signing.isSignCommits() ? Signers.get(signing.getKeyFormat()) : null;
        try {
            if (signer != null) {
                signer.signObject(repository, signing, commit, committer, signing.getSigningKey(), push.credentials());
            }
        } catch (GitAPIException e) {
            throw push.moved("and the commit could not be signed anew: " + Reasons.of(e), e);
        }
        ObjectId id = inserter.insert(commit);
        inserter.flush();
        return id;
    }

    private void move(RevCommit from, RevCommit to) throws IOException {
        try {
            repo.whenUnlocked(() -> {
                DirCache index = repository.lockDirCache();
                try {
                    DirCacheCheckout checkout = new DirCacheCheckout(repository, from.getTree(), index, to.getTree());
                    checkout.setFailOnConflict(true);
                    checkout.checkout();
                } finally {
                    index.unlock();
                }
                return null;
            });
            repo.whenUnlocked(() -> {
                RefUpdate update = repository.updateRef(Constants.HEAD);
                update.setNewObjectId(to);
                update.setExpectedOldObjectId(from);
                update.setRefLogMessage("rebase: results onto " + push.upstream(), false);
                RefUpdate.Result result = update.forceUpdate();
                if (result != RefUpdate.Result.FORCED && result != RefUpdate.Result.FAST_FORWARD) {
                    throw new IOException("HEAD could not be moved (" + result + ")");
                }
                return null;
            });
        } catch (CheckoutConflictException e) {
            throw push.moved("and your uncommitted change to " + e.getConflictingFiles()[0] + " is in the way", e);
        } catch (Failure | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
