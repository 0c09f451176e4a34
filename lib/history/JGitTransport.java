package lib.history;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SubmoduleConfig.FetchRecurseSubmodulesMode;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;

/** Fetch and push by JGit: over http, files and the ssh program. */
final class JGitTransport {
    private final JGitClient client;
    private final Repository repository;
    private final int timeoutSeconds;

    JGitTransport(JGitClient client, Repository repository, int timeoutSeconds) {
        this.client = client;
        this.repository = repository;
        this.timeoutSeconds = timeoutSeconds;
    }

    List<Client.Sent> push(Target target) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream hooks = new PrintStream(said, true, StandardCharsets.UTF_8);
        try (Git git = new Git(repository)) {
            List<Client.Sent> sent = new ArrayList<>();
            List<String> options = target.options().isEmpty() ? null : target.options();
            Iterable<PushResult> results = git.push().setRemote(target.remote()).setPushOptions(options)
                    .setRefSpecs(new RefSpec(target.source() + ":" + target.destination()))
                    .setTimeout(timeoutSeconds).setCredentialsProvider(new Credentials()).setTransportConfigCallback(this::prepare)
                    .setHookOutputStream(hooks).setHookErrorStream(hooks).call();
            for (PushResult result : results) {
                String told = Reasons.oneLine(result.getMessages(), "");
                for (RemoteRefUpdate update : result.getRemoteUpdates()) {
                    boolean good = update.getStatus() == RemoteRefUpdate.Status.OK || update.getStatus() == RemoteRefUpdate.Status.UP_TO_DATE;
                    String why = Reasons.oneLine(update.getMessage(), update.getStatus().name()) + (told.isEmpty() ? "" : " (" + told + ")");
                    sent.add(new Client.Sent(result.getURI().setUser(null).setPass(null).toString(), good ? null : why));
                }
            }
            return sent;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (GitAPIException | JGitInternalException e) {
            throw new IOException(Reasons.of(e), Reasons.withoutUserInfo(e));
        }
    }

    ObjectId fetch(Target target) throws IOException {
        String spec = target.tracking() == null ? target.destination() : "+" + target.destination() + ":" + target.tracking();
        try (Git git = new Git(repository)) {
            Ref now = git.fetch().setRemote(target.from()).setRefSpecs(new RefSpec(spec)).setTagOpt(TagOpt.NO_TAGS)
                    .setRecurseSubmodules(FetchRecurseSubmodulesMode.NO).setTimeout(timeoutSeconds)
                    .setCredentialsProvider(new Credentials()).setTransportConfigCallback(this::prepare).call()
                    .getAdvertisedRef(target.destination());
            return now == null ? null : now.getObjectId();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (GitAPIException | JGitInternalException e) {
            throw new IOException(Reasons.of(e), Reasons.withoutUserInfo(e));
        }
    }

    private void prepare(Transport transport) {
        if (transport instanceof SshTransport ssh) ssh.setSshSessionFactory(new OpenSsh(client));
        URIish url = transport.getURI();
        if ("git".equals(url.getScheme())) throw unable("git:// needs git: without it, a server that is silent would be waited for for ever");
        if (!url.isRemote()) {
            // JGit serves a repository on this machine by itself, without the hooks that guard it
            Path there = Path.of(url.getPath());
            Path hooks = (Files.exists(there.resolve(".git")) ? there.resolve(".git") : there).resolve("hooks");
            for (String guard : List.of("pre-receive", "update", "reference-transaction")) {
                if (Files.isExecutable(hooks.resolve(guard))) throw unable("the remote has a hook that only git runs: " + hooks.resolve(guard));
            }
        }
    }

    private static UncheckedIOException unable(String why) {
        return new UncheckedIOException(new IOException(why));
    }
}
