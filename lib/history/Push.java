package lib.history;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Shell;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.TransportConfigCallback;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.BranchConfig;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SubmoduleConfig.FetchRecurseSubmodulesMode;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteConfig;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;

/** One push of a branch: where to, over which transport, and what to do when the remote's branch has moved. */
final class Push {
    /** Others may push in between as often; then it is the user's turn. */
    private static final int TRIES = 6;

    private final GitRepo repo;
    private final Repository repository;
    private final Commit commit;
    private final Credentials credentials;
    private String remote;
    private String source;
    private String destination;
    private String tracking;
    private SshdSessionFactory ssh;

    Push(GitRepo repo, Commit commit) {
        this.repo = repo;
        this.repository = repo.repository();
        this.commit = commit;
        this.credentials = new Credentials(repo.environment());
    }

    Commit run() throws IOException {
        String nowhere = findTarget();
        if (nowhere != null) return commit.unpushed(nowhere);
        try (Git git = new Git(repository)) {
            return push(git, this::prepare);
        } catch (GitAPIException | JGitInternalException e) {
            throw notPushed(Reasons.of(e), e);
        } finally {
            if (ssh != null) ssh.close();
        }
    }

    /** Where git push would push to. Returns null, or why there is no such place. */
    private String findTarget() {
        Config config = repository.getConfig();
        BranchConfig branch = new BranchConfig(config, commit.branch());
        source = Constants.R_HEADS + commit.branch();
        String upstream = branch.isRemoteLocal() ? null : branch.getRemote();
        remote = branch.getPushRemote();
        if (remote == null) remote = config.getString("remote", null, "pushDefault");
        if (remote == null) remote = upstream;
        if (remote == null) {
            Set<String> all = config.getSubsections("remote");
            if (all.isEmpty()) return "no remote";
            if (all.size() > 1 && !all.contains(Constants.DEFAULT_REMOTE_NAME)) {
                return "several remotes, and no upstream (git push -u REMOTE " + commit.branch() + ")";
            }
            remote = all.size() == 1 ? all.iterator().next() : Constants.DEFAULT_REMOTE_NAME;
        }
        destination = remote.equals(upstream) && branch.getMerge() != null ? branch.getMerge() : source;
        try {
            for (RefSpec spec : new RemoteConfig(config, remote).getFetchRefSpecs()) {
                if (spec.matchSource(destination)) tracking = spec.expandFromSource(destination).getDestination();
            }
        } catch (URISyntaxException e) {
            throw new Failure(Exit.GIT, "the URL of remote " + remote + " is not understood", "git remote -v shows it.", e);
        }
        return null;
    }

    private Commit push(Git git, TransportConfigCallback prepare) throws GitAPIException, IOException {
        for (int tries = 1;; tries++) {
            ObjectId head = repo.head();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream hooks = new PrintStream(said, true, StandardCharsets.UTF_8);
            List<String> urls = new ArrayList<>();
            RemoteRefUpdate refused = null;
            Iterable<PushResult> results = git.push().setRemote(remote)
                    .setRefSpecs(new RefSpec(source + ":" + destination)).setTimeout(repo.timeoutSeconds)
                    .setCredentialsProvider(credentials).setTransportConfigCallback(prepare)
                    .setHookOutputStream(hooks).setHookErrorStream(hooks).call();
            String messages = "";
            for (PushResult result : results) {
                urls.add(shown(result.getURI()));
                messages += result.getMessages();
                for (RemoteRefUpdate update : result.getRemoteUpdates()) {
                    boolean good = update.getStatus() == RemoteRefUpdate.Status.OK
                            || update.getStatus() == RemoteRefUpdate.Status.UP_TO_DATE;
                    if (!good) refused = update;
                }
            }
            credentials.approve();
            String url = String.join(", ", urls);
            if (refused == null) return commit.pushed(tries == 1 ? commit.id() : repo.lastOf(commit.files()), url);

            ObjectId tip = fetch(git, prepare);
            boolean behind = tip == null || isAncestor(tip, head);
            if (!behind && isAncestor(head, tip)) return commit.pushed(commit.id(), url);
            String why = Reasons.oneLine(refused.getMessage(), refused.getStatus().name());
            // not moved and yet refused: another push holds the branch at this moment, or the server has its reasons
            if (behind && !why.contains("lock") || tries == TRIES) {
                String more = Reasons.oneLine(messages, "");
                throw notPushed(url + " refused it: " + why + (more.isEmpty() ? "" : " (" + more + ")"), null);
            }
            if (!behind) new Rebase(repo, this).onto(head, tip);
            else pause();
        }
    }

    private void prepare(Transport transport) {
        if (transport instanceof SshTransport overSsh) overSsh.setSshSessionFactory(ssh());
        // JGit would serve a repository on this machine by itself, without the hooks that guard it
        if (!transport.getURI().isRemote() && repo.environment().hasGit()) {
            transport.setOptionReceivePack("exec git receive-pack");
        }
    }

    /** The user's ssh: its configuration, keys, known hosts and agent. */
    private SshdSessionFactory ssh() {
        if (ssh == null) {
            // The library takes its limit for a whole login from here alone; typing a passphrase takes a while.
            int login = repo.timeoutSeconds * (System.console() == null ? 2 : 4);
            System.setProperty("org.apache.sshd.config.auth-timeout", String.valueOf(login * 1000L));
            File home = repo.environment().home();
            ssh = new SshdSessionFactoryBuilder().setHomeDirectory(home).setSshDirectory(new File(home, ".ssh"))
                    .withDefaultConnectorFactory().build(null);
        }
        return ssh;
    }

    /** Brings what others have pushed; returns where the remote's branch is now, or null if it is gone. */
    private ObjectId fetch(Git git, TransportConfigCallback prepare) throws GitAPIException {
        String spec = tracking == null ? destination : "+" + destination + ":" + tracking;
        Ref now = git.fetch().setRemote(remote).setRefSpecs(new RefSpec(spec)).setTagOpt(TagOpt.NO_TAGS)
                .setRecurseSubmodules(FetchRecurseSubmodulesMode.NO).setTimeout(repo.timeoutSeconds)
                .setCredentialsProvider(credentials).setTransportConfigCallback(prepare).call()
                .getAdvertisedRef(destination);
        return now == null ? null : now.getObjectId();
    }

    private boolean isAncestor(ObjectId older, ObjectId newer) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.isMergedInto(walk.parseCommit(older), walk.parseCommit(newer));
        }
    }

    Credentials credentials() {
        return credentials;
    }

    /** The remote's branch as git names it. */
    String upstream() {
        return remote + "/" + Repository.shortenRefName(destination);
    }

    /** The remote's branch has commits that we have not, and this is why ours cannot go on top of them. */
    Failure moved(String why, Throwable cause) {
        return failure(upstream() + " has moved, " + why, "git pull --rebase", cause);
    }

    private Failure notPushed(String why, Throwable cause) {
        return failure(why, null, cause);
    }

    private Failure failure(String why, String first, Throwable cause) {
        String branch = Repository.shortenRefName(destination);
        String push = "git push " + Shell.quote(remote) + " "
                + Shell.quote(commit.branch().equals(branch) ? branch : commit.branch() + ":" + branch);
        return new Failure(Exit.GIT, "committed as " + commit.id() + " on " + commit.branch() + ", but not pushed: "
                + why, "The commit stays. Push it later: " + (first == null ? "" : first + " && ") + push,
                Reasons.withoutUserInfo(cause));
    }

    private static String shown(URIish url) {
        return url.setUser(null).setPass(null).toString();
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
