package lib.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lib.cli.Interrupts;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/**
 * JGit's ssh: the ssh program, with the user's configuration, keys and agent, as git runs it. A library in its place
 * would be 6 MB of jars, 16 MB with what it needs for ed25519, and would read half of that configuration.
 */
final class OpenSsh extends SshSessionFactory {
    private static final int END_WITHIN_S = 5;

    private final JGitClient client;

    OpenSsh(JGitClient client) {
        this.client = client;
    }

    @Override
    public String getType() {
        return "openssh";
    }

    @Override
    public RemoteSession getSession(URIish url, CredentialsProvider nobody, FS fs, int timeoutMs) throws TransportException {
        String configured = client.variable("GIT_SSH_COMMAND");
        if (configured == null) configured = client.config().getString("core", null, "sshCommand");
        String program = client.variable("GIT_SSH") == null ? "ssh" : client.variable("GIT_SSH");
        List<String> words = new ArrayList<>();
        if (configured != null) {
            words.addAll(List.of("sh", "-c", configured + " \"$@\"", configured));
        } else {
            words.add(program);
            if (program.equals("ssh")) {
                int seconds = Math.max(1, timeoutMs / 1000);
                words.addAll(List.of("-o", "ConnectTimeout=" + seconds, "-o", "ServerAliveInterval=" + seconds));
            }
        }
        String host = url.getHost().replaceAll("^\\[|\\]$", ""); // of an IPv6 address
        String whom = url.getUser() == null ? host : url.getUser() + "@" + host;
        if (whom.startsWith("-")) throw new TransportException(url, "a host's name does not begin with -"); // an option of ssh's
        if (url.getPort() > 0) words.addAll(List.of("-p", String.valueOf(url.getPort())));
        words.add(whom);
        return new Session(words);
    }

    private final class Session implements RemoteSession {
        private final List<String> words;
        private Process process;

        Session(List<String> words) {
            this.words = words;
        }

        @Override
        public Process exec(String command, int timeoutSeconds) throws IOException {
            List<String> all = new ArrayList<>(words);
            all.add(command);
            process = client.program(all.toArray(String[]::new)).start();
            return new Ended(process);
        }

        @Override
        public void disconnect() {
            if (process != null) process.destroy();
        }
    }

    /** JGit asks for the exit code as soon as the output ends, when the process may still be about to. */
    private static final class Ended extends Process {
        private final Process process;

        Ended(Process process) {
            this.process = process;
        }

        @Override
        public int exitValue() {
            try {
                if (!process.waitFor(END_WITHIN_S, TimeUnit.SECONDS)) process.destroyForcibly();
                return process.waitFor();
            } catch (InterruptedException e) {
                throw Interrupts.failure(e);
            }
        }

        @Override
        public int waitFor() throws InterruptedException {
            return process.waitFor();
        }

        @Override
        public void destroy() {
            process.destroy();
        }

        @Override
        public OutputStream getOutputStream() {
            return process.getOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return process.getInputStream();
        }

        @Override
        public InputStream getErrorStream() {
            return process.getErrorStream();
        }
    }
}
