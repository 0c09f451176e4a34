package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lib.cli.Exit;
import lib.cli.Failure;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.GitHttpServer;

/** Pushes over ssh and http to servers of the test's own on the loopback address, and to nothing at all. */
class TransportTest {
    private static final String ONE = "2025-01-31T23:59:59Z";
    private static final String TWO = "2025-02-01T00:00:30Z";

    @TempDir
    Path folder;
    private Sandbox box;
    private Path bare;
    private Path mine;
    private int timeoutSeconds;

    @BeforeEach
    void clones() throws Exception {
        Sandbox.needs("git");
        box = new Sandbox(folder);
        bare = box.bare("bare.git", box.repository("seed"));
        mine = box.clone("mine", bare.toString());
    }

    private Commit keep(String start) throws IOException {
        List<Path> files = box.result(mine, start);
        try (GitRepo repo = box.open(mine)) {
            if (timeoutSeconds > 0) repo.timeoutSeconds = timeoutSeconds;
            return repo.push(repo.commit(files, "Profile\n"));
        }
    }

    /** The refusal; the commit stays, the message says how to push later, and no secret is in any part of it. */
    private Failure refused(String start) throws Exception {
        long before = System.nanoTime();
        Failure failure = assertThrows(Failure.class, () -> keep(start));
        assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(60), "it hung");
        assertEquals(Exit.GIT, failure.exitCode());
        String tip = box.git(mine, "rev-parse", "--short=7", "main");
        assertTrue(failure.getMessage().startsWith("committed as " + tip + " on main, but not pushed: "),
                failure.getMessage());
        assertTrue(failure.next().endsWith("git push origin main"), failure.next());
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all));
        assertFalse(all.toString().contains("s3cret"), all::toString);
        assertFalse(all.toString().contains("t0ken"), all::toString);
        return failure;
    }

    private void arrived() throws Exception {
        assertEquals(box.git(mine, "rev-parse", "main"), box.git(bare, "rev-parse", "main"));
        assertEquals("", box.git(bare, "fsck", "--strict", "--no-dangling"));
    }

    private void remote(String url) throws Exception {
        box.git(mine, "remote", "set-url", "origin", url);
    }

    // ---- ssh

    private record Ssh(SshServer server, KeyPair host, KeyPair user) implements AutoCloseable {
        String knownHost() {
            return "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(host.getPublic()) + "\n";
        }

        @Override
        public void close() throws IOException {
            server.close(true);
        }
    }

    /** A server that runs what it is told for whoever has the user's key. */
    private static Ssh ssh() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair host = generator.generateKeyPair();
        KeyPair user = generator.generateKeyPair();
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator((name, key, session) ->
                name.equals("robot") && KeyUtils.compareKeys(key, user.getPublic()));
        server.setCommandFactory((channel, command) ->
                new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
        server.start();
        return new Ssh(server, host, user);
    }

    private Path userKey(Ssh ssh, String name) throws Exception {
        Path key = box.home.resolve(".ssh").resolve(name);
        Files.createDirectories(key.getParent());
        try (OutputStream out = Files.newOutputStream(key)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(ssh.user(), "robot", null, out);
        }
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return key;
    }

    @Test
    void sshWithTheDefaultKeyAndAKnownHost() throws Exception {
        try (Ssh ssh = ssh()) {
            userKey(ssh, "id_ecdsa");
            Sandbox.write(box.home.resolve(".ssh/known_hosts"), ssh.knownHost());
            remote("ssh://robot@127.0.0.1:" + ssh.server().getPort() + bare);
            assertEquals("ssh://127.0.0.1:" + ssh.server().getPort() + bare, keep(ONE).pushedTo());
            arrived();
        }
    }

    @Test
    void anScpLikeUrlWithTheUsersSshConfigAndARemoteThatHasMoved() throws Exception {
        try (Ssh ssh = ssh()) {
            userKey(ssh, "lab_key");
            Sandbox.write(box.home.resolve(".ssh/known_hosts"), ssh.knownHost());
            Sandbox.write(box.home.resolve(".ssh/config"), "Host lab\n  HostName 127.0.0.1\n  Port "
                    + ssh.server().getPort() + "\n  User robot\n  IdentityFile ~/.ssh/lab_key\n");
            remote("lab:" + bare);
            Path theirs = box.clone("theirs", bare.toString());
            box.git(theirs, "commit", "-q", "--allow-empty", "-m", "theirs");
            box.git(theirs, "push", "-q");
            keep(ONE);
            arrived();
            assertEquals("3", box.git(bare, "rev-list", "--count", "main"));
        }
    }

    @Test
    void sshWithAKeyThatOnlyTheAgentHas() throws Exception {
        Sandbox.needs("ssh-agent");
        try (Ssh ssh = ssh()) {
            Path key = userKey(ssh, "key_for_agent");
            Path socket = Files.createTempDirectory("agent").resolve("s"); // a socket needs a short path
            Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).start();
            try {
                for (int i = 0; i < 100 && !Files.exists(socket); i++) Thread.sleep(20);
                box.variables.put("SSH_AUTH_SOCK", socket.toString());
                box.ok(folder, "ssh-add", "-q", key.toString());
                Files.delete(key);
                Sandbox.write(box.home.resolve(".ssh/known_hosts"), ssh.knownHost());
                remote("ssh://robot@127.0.0.1:" + ssh.server().getPort() + bare);
                keep(ONE);
                arrived();
            } finally {
                agent.destroy();
                agent.waitFor();
                Files.deleteIfExists(socket);
                Files.delete(socket.getParent());
            }
        }
    }

    @Test
    void anUnknownHostAChangedHostKeyAndAKeyThatIsNotAccepted() throws Exception {
        assumeTrue(System.console() == null, "on a terminal the user is asked");
        try (Ssh ssh = ssh(); Ssh other = ssh()) {
            userKey(ssh, "id_ecdsa");
            remote("ssh://robot@127.0.0.1:" + ssh.server().getPort() + bare);
            String unknown = refused(ONE).getMessage();
            assertTrue(unknown.contains("known_hosts"), unknown);

            String line = "[127.0.0.1]:" + ssh.server().getPort() + " ";
            Sandbox.write(box.home.resolve(".ssh/known_hosts"),
                    line + PublicKeyEntry.toString(other.host().getPublic()) + "\n");
            String changed = refused(ONE).getMessage();
            assertTrue(changed.contains("known_hosts"), changed);

            Sandbox.write(box.home.resolve(".ssh/known_hosts"), ssh.knownHost());
            userKey(other, "id_ecdsa");
            String denied = refused(ONE).getMessage();
            assertTrue(denied.contains("none of your ssh keys"), denied);
        }
    }

    // ---- http

    private GitHttpServer http() throws Exception {
        box.git(bare, "config", "http.receivepack", "true");
        return new GitHttpServer(box.root, box.variables, "robot", "s3cret");
    }

    private Path helper(String content) throws Exception {
        Path store = folder.resolve("passwords");
        Files.writeString(store, content);
        box.git(mine, "config", "--global", "credential.helper", "store --file=" + store);
        return store;
    }

    @Test
    void httpWithThePasswordOfACredentialHelper() throws Exception {
        try (GitHttpServer http = http()) {
            Path store = helper("http://robot:s3cret@127.0.0.1%3a" + http.port() + "\n");
            remote("http://127.0.0.1:" + http.port() + "/bare.git");
            assertEquals("http://127.0.0.1:" + http.port() + "/bare.git", keep(ONE).pushedTo());
            arrived();
            assertTrue(Files.readString(store).contains("robot:s3cret"));

            Path theirs = box.clone("theirs", bare.toString());
            box.git(theirs, "commit", "-q", "--allow-empty", "-m", "theirs");
            box.git(theirs, "push", "-q");
            keep(TWO);
            arrived();
        }
    }

    @Test
    void aPasswordThatIsNotTakenIsForgottenByTheHelper() throws Exception {
        try (GitHttpServer http = http()) {
            Path store = helper("http://robot:s3cret-of-last-year@127.0.0.1%3a" + http.port() + "\n");
            remote("http://127.0.0.1:" + http.port() + "/bare.git");
            String message = refused(ONE).getMessage();
            assertTrue(message.contains("accepts no user and password"), message);
            assertEquals("", Files.readString(store).strip());
        }
    }

    @Test
    void aUserAndPasswordInTheUrlAreUsedAndNeverShown() throws Exception {
        try (GitHttpServer http = http()) {
            remote("http://robot:s3cret@127.0.0.1:" + http.port() + "/bare.git");
            assertEquals("http://127.0.0.1:" + http.port() + "/bare.git", keep(ONE).pushedTo());
            arrived();
            remote("http://robot:s3cret@127.0.0.1:" + http.port() + "/missing.git");
            assertTrue(refused(TWO).getMessage().contains("127.0.0.1"));
            remote("http://t0ken@127.0.0.1:" + http.port() + "/bare.git");
            refused(TWO);
            remote("http://robot:s3cret-of-last-year@127.0.0.1:" + http.port() + "/bare.git");
            refused(TWO);
        }
    }

    // ---- nothing there

    @Test
    void aHostThatRefusesAndOneThatIsNotKnown() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        for (String url : List.of("ssh://robot@127.0.0.1:" + closed + "/x.git", "http://robot:s3cret@127.0.0.1:" + closed
                + "/x.git", "git://127.0.0.1:" + closed + "/x.git")) {
            remote(url);
            String message = refused(ONE).getMessage();
            assertTrue(message.contains("refused"), message);
        }
        for (String url : List.of("ssh://robot@nowhere.invalid/x.git", "https://nowhere.invalid/x.git")) {
            remote(url);
            String message = refused(ONE).getMessage();
            assertTrue(message.contains("not known") && message.contains("nowhere.invalid"), message);
        }
        assertNotEquals(box.git(mine, "rev-parse", "main"), box.git(bare, "rev-parse", "main"));
    }

    @Test
    void aHostThatNeverAnswers() throws Exception {
        timeoutSeconds = 1;
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            for (String scheme : List.of("ssh", "http")) {
                remote(scheme + "://127.0.0.1:" + silent.getLocalPort() + "/x.git");
                String message = refused(ONE).getMessage();
                assertTrue(message.contains("did not answer in time"), message);
            }
        }
    }
}
