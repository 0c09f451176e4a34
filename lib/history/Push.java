package lib.history;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Shell;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/** One push of a branch: what goes out with it, and what to do when the remote's branch has moved. */
final class Push {
    /** Others may push in between for so long; then it is the user's turn. */
    private static final long PATIENCE_S = 120;

    private final GitRepo repo;
    private final Client client;
    private final Commit commit;
    private final Target target;

    Push(GitRepo repo, Client client, Commit commit, Target target) {
        this.repo = repo;
        this.client = client;
        this.commit = commit;
        this.target = target;
    }

    /** @param all whether commits of the user's own may go out, too */
    Commit run(boolean all) throws IOException {
        try {
            Failure refusal = all ? null : client.whole(this::refusal);
            if (refusal != null) throw refusal;
            return push();
        } catch (IOException e) {
            throw failure(Reasons.of(e), null, e);
        }
    }

    /** Why nothing is pushed: a commit of the user's own would go out with the result. Null where there is none. */
    private Failure refusal() throws IOException {
        Set<ObjectId> known = new HashSet<>(client.tips(target.known()));
        ObjectId head = repo.tip();
        if (own(head, known) == null) return null;
        ObjectId tip = client.fetch(target); // what we know of the remote may be old
        if (tip != null) known.add(tip);
        RevCommit own = own(head, known);
        if (own == null) return null;
        if (tip != null && !isAncestor(tip, head)) return moved("and commit " + repo.abbreviated(own) + ", yours, is not pushed either", null);
        String which = repo.abbreviated(own) + " (" + own.getShortMessage() + ")";
        return failure("it would take with it a commit of your own, " + which,
                "--push-all does that, --branch NAME keeps results apart; or by hand: ", null);
    }

    private RevCommit own(ObjectId head, Set<ObjectId> known) throws IOException {
        Unpushed unpushed = new Unpushed(repo.repository());
        return unpushed.own(unpushed.commits(head, known));
    }

    private Commit push() throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        boolean again = false;
        ObjectId before = null;
        while (true) {
            ObjectId head = repo.tip();
            List<Client.Sent> sent = client.push(target);
            List<Client.Sent> refused = sent.stream().filter(one -> one.refused() != null).toList();
            String urls = sent.stream().map(Client.Sent::url).collect(Collectors.joining(", "));
            if (refused.isEmpty()) return commit.pushed(repo.lastOf(commit), urls);

            ObjectId tip = client.fetch(target);
            boolean behind = tip == null || isAncestor(tip, head);
            if (!behind && sent.size() == 1 && isAncestor(head, tip)) return commit.pushed(repo.lastOf(commit), urls);
            // Not in our way and yet refused: by the server's rules, or another push had the branch's lock at that moment. Where
            // the branch has come closer meanwhile, it was another push.
            if (behind && again && Objects.equals(tip, before) || System.nanoTime() > until) {
                throw failure(refused.get(0).url() + " refused it: " + refused.get(0).refused(), null, null);
            }
            again = behind;
            before = tip;
            if (behind) Waiting.pause();
            else client.whole(() -> new Rebase(repo, this).onto(head, tip));
        }
    }

    private boolean isAncestor(ObjectId older, ObjectId newer) throws IOException {
        try (RevWalk walk = new RevWalk(repo.repository())) {
            return walk.isMergedInto(walk.parseCommit(older), walk.parseCommit(newer));
        }
    }

    /** The remote's branch as git names it. */
    String shown() {
        return target.shown();
    }

    /** The remote's branch has commits that we have not, and this is why ours cannot go on top of them. */
    Failure moved(String why, Throwable cause) {
        return failure(target.shown() + " has moved, " + why, "git pull --rebase && ", cause);
    }

    private Failure failure(String why, String first, Throwable cause) {
        String branch = Repository.shortenRefName(target.destination());
        String source = Repository.shortenRefName(target.source());
        String push = "git push " + Shell.quote(target.remote()) + " " + Shell.quote(source.equals(branch) ? branch : source + ":" + branch);
        return new Failure(Exit.GIT, "committed as " + commit.id() + " on " + commit.branch() + ", but not pushed: " + why,
                "The commit stays. Push it later: " + (first == null ? "" : first) + push, Reasons.withoutUserInfo(cause));
    }
}
