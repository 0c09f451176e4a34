package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.GitHttpServer;

/** Pushes over ssh and http to servers of the test's own on the loopback address, and to nothing at all. */
@ParameterizedClass(name = "git {0}")
@ValueSource(booleans = {true, false})
class TransportTest {
    private static final String ONE = "2025-01-31T23:59:59Z";
    private static final String TWO = "2025-02-01T00:00:30Z";

    @Parameter
    boolean git;
    @TempDir
    Path folder;
    private Sandbox box;
    private Path bare;
    private Path mine;

    @BeforeEach
    void clones() throws Exception {
        box = Sandbox.judgedByGit(folder, git);
        bare = box.bare("bare.git", box.repository("seed"));
        mine = box.clone("mine", bare.toString());
    }

    private Commit keep(String start) throws IOException {
        List<Path> files = box.result(mine, start);
        try (GitRepo repo = box.open(mine)) {
            return repo.push(repo.commit(files, "Profile\n"), false);
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

    @Test
    void sshWithTheDefaultKeyAndAKnownHost() throws Exception {
        try (Sshd sshd = new Sshd(box)) {
            remote(sshd.url(bare));
            assertEquals(sshd.url(bare).replace(Sshd.USER + "@", ""), keep(ONE).pushedTo());
            arrived();
        }
    }

    @Test
    void anScpLikeUrlWithTheUsersSshConfigAndARemoteThatHasMoved() throws Exception {
        try (Sshd sshd = new Sshd(box)) {
            sshd.clientConfig("Include " + box.home + "/.ssh/included\n");
            Files.writeString(box.home.resolve(".ssh/included"), "Host lab\n  HostName nowhere.invalid\n  HostKeyAlias lab-key\n  User " + Sshd.USER
                    + "\n  ProxyCommand " + Sshd.program() + " -i -f " + sshd.config() + "\n");
            Files.writeString(box.home.resolve(".ssh/known_hosts"), "lab-key " + sshd.hostKey() + "\n");
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
    void sshWithAKeyThatOnlyTheAgentHasAndWithACertificate() throws Exception {
        try (Sshd sshd = new Sshd(box)) {
            remote(sshd.url(bare));
            Path key = box.home.resolve(".ssh/id_ed25519");
            try (Sandbox.Agent ignored = box.agent(key)) {
                Files.delete(key);
                Files.delete(key.resolveSibling("id_ed25519.pub"));
                keep(ONE);
                arrived();
            }
            sshd.certify(sshd.userKey("id_ed25519"));
            keep(TWO);
            arrived();
        }
    }

    @Test
    void theCommandThatTheUserHasConfiguredForSsh() throws Exception {
        try (Sshd sshd = new Sshd(box)) {
            remote(sshd.url(bare));
            Path ssh = box.programs.resolve("ssh");
            Path own = Files.move(ssh, box.home.resolve("my-ssh"));
            Sandbox.script(ssh, "echo not this one >&2; exit 1");
            box.git(mine, "config", "core.sshCommand", own + " -o BatchMode=yes");
            keep(ONE);
            arrived();
            box.git(mine, "config", "core.sshCommand", "false");
            box.variables.put("GIT_SSH_COMMAND", own + " -o BatchMode=yes");
            keep(TWO);
            arrived();
        }
    }

    @Test
    void anUnknownHostAChangedHostKeyAndAKeyThatIsNotAccepted() throws Exception {
        assumeTrue(System.console() == null, "on a terminal the user is asked");
        try (Sshd sshd = new Sshd(box); Sshd other = Sshd.other(box)) {
            remote(sshd.url(bare));
            Path known = box.home.resolve(".ssh/known_hosts");
            Files.writeString(known, "");
            assertTrue(refused(ONE).getMessage().contains("Host key verification failed"));
            Files.writeString(known, "[127.0.0.1]:" + sshd.port() + " " + other.hostKey() + "\n");
            assertTrue(refused(ONE).getMessage().contains("REMOTE HOST IDENTIFICATION HAS CHANGED"));
            Files.writeString(known, sshd.knownHost());
            sshd.userKey("id_ed25519");
            assertTrue(refused(ONE).getMessage().contains("Permission denied (publickey)"));
            Files.delete(box.programs.resolve("ssh"));
            if (!git) {
                Files.delete(box.root.resolve("no-git/ssh"));
                String nothing = refused(ONE).getMessage();
                assertTrue(nothing.contains("ssh is not installed"), nothing);
            }
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
            if (!git) {
                assertTrue(refused(ONE).getMessage().contains("accepts no user and password"), "helpers are git's");
                return;
            }
            assertEquals("http://127.0.0.1:" + http.port() + "/bare.git", keep(ONE).pushedTo());
            arrived();
            assertTrue(Files.readString(store).contains("robot:s3cret"));

            Path theirs = box.clone("theirs", bare.toString());
            box.git(theirs, "commit", "-q", "--allow-empty", "-m", "theirs");
            box.git(theirs, "push", "-q");
            keep(TWO);
            arrived();

            Files.writeString(store, "http://robot:s3cret-of-last-year@127.0.0.1%3a" + http.port() + "\n");
            refused("2025-02-02T00:00:00Z");
            assertEquals("", Files.readString(store).strip(), "git forgets what was not taken");
        }
    }

    @Test
    void whatOnlyGitKnowsOfHttp() throws Exception {
        assumeTrue(git);
        try (GitHttpServer http = http()) {
            String url = "http://127.0.0.1:" + http.port() + "/bare.git";
            remote(url);
            Path netrc = Files.writeString(box.home.resolve(".netrc"), "machine 127.0.0.1 login robot password s3cret\n");
            keep(ONE);
            arrived();
            Files.delete(netrc);

            // as actions/checkout does it
            Path extra = Files.writeString(box.home.resolve("credentials"), "[http \"" + url + "\"]\n\textraheader = AUTHORIZATION: Basic "
                    + Base64.getEncoder().encodeToString("robot:s3cret".getBytes(StandardCharsets.UTF_8)) + "\n");
            box.git(mine, "config", "includeIf.gitdir:" + mine + "/.git.path", extra.toString());
            keep(TWO);
            arrived();

            box.git(mine, "config", "http.proxy", "http://127.0.0.1:" + http.port()); // it takes a request for any host
            remote("http://nowhere.invalid/bare.git");
            box.git(mine, "config", "http.http://nowhere.invalid/.extraheader", Files.readString(extra).split("extraheader = ")[1].strip());
            keep("2025-02-02T00:00:00Z");
            arrived();
        }
    }

    @Test
    void aRemoteHelper() throws Exception {
        assumeTrue(git);
        Sandbox.script(box.programs.resolve("git-remote-lab"), "exec git-remote-ext \"$1\" \"git %s ${2#lab://}\"");
        box.git(mine, "config", "protocol.lab.allow", "always");
        box.variables.put("PATH", box.variables.get("PATH") + ":" + box.git(mine, "--exec-path"));
        remote("lab://" + bare);
        assertEquals("lab://" + bare, keep(ONE).pushedTo());
        assertEquals(box.git(mine, "rev-parse", "main"), box.git(bare, "rev-parse", "main"));
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
        String http = "http://robot:s3cret@127.0.0.1:" + closed + "/x.git";
        for (String url : List.of("ssh://robot@127.0.0.1:" + closed + "/x.git", http, "git://127.0.0.1:" + closed + "/x.git")) {
            remote(url);
            String message = refused(ONE).getMessage();
            boolean unable = !git && url.startsWith("git:");
            assertTrue(message.contains(unable ? "git:// needs git" : url.equals(http) && git ? "Failed to connect" : "refused"), message);
        }
        for (String url : List.of("ssh://robot@nowhere.invalid/x.git", "https://nowhere.invalid/x.git")) {
            remote(url);
            String message = refused(ONE).getMessage();
            assertTrue(message.contains("nowhere.invalid"), message);
        }
        assertNotEquals(box.git(mine, "rev-parse", "main"), box.git(bare, "rev-parse", "main"));
    }

    @Test
    void aHostThatNeverAnswers() throws Exception {
        box.timeoutSeconds = 1;
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            for (String scheme : git ? List.of("ssh", "http", "git") : List.of("ssh", "http")) {
                remote(scheme + "://127.0.0.1:" + silent.getLocalPort() + "/x.git");
                String message = refused(ONE).getMessage();
                // the ssh program has a limit of its own
                assertTrue(message.contains(!git && scheme.equals("ssh") ? "timed out" : "did not answer in time"), message);
            }
        }
    }
}
