package lib.history;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * OpenSSH's own server on the loopback address, with ed25519 keys, for the user who runs the tests. The client gets its
 * configuration from the sandbox: it would take its home from the system's list of users, not from HOME.
 */
final class Sshd implements AutoCloseable {
    static final String USER = System.getProperty("user.name");

    private final Sandbox box;
    private final Path folder;
    private final Process process;
    private final int port;

    /** @param box gets ~/.ssh/id_ed25519, which the server accepts, and known_hosts */
    Sshd(Sandbox box) throws Exception {
        this(box, "sshd");
        Path ssh = Files.createDirectories(box.home.resolve(".ssh"));
        userKey("id_ed25519");
        Files.copy(ssh.resolve("id_ed25519.pub"), folder.resolve("authorized_keys"));
        Files.writeString(ssh.resolve("known_hosts"), knownHost());
        clientConfig("");
    }

    private Sshd(Sandbox box, String name) throws Exception {
        Sandbox.needs("sshd");
        this.box = box;
        this.folder = Files.createDirectories(box.root.resolve(name));
        if (USER.equals("root")) Files.createDirectories(Path.of("/run/sshd")); // where it puts itself; its package makes it at the start
        box.ok(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "host");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(config(), "ListenAddress 127.0.0.1\nPort " + port + "\nHostKey " + folder + "/host\nPidFile none\n"
                + "AuthorizedKeysFile " + folder + "/authorized_keys\nTrustedUserCAKeys " + folder + "/ca.pub\nStrictModes no\nUsePAM no\n"
                + "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nAcceptEnv GIT_PROTOCOL\n");
        process = new ProcessBuilder(program(), "-D", "-e", "-f", config().toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()).start();
        while (!listens()) {
            if (!process.isAlive()) throw new IOException(Files.readString(folder.resolve("log")));
            Thread.onSpinWait();
        }
    }

    /** Another server with a key of its own, which nobody knows. */
    static Sshd other(Sandbox box) throws Exception {
        return new Sshd(box, "other-sshd");
    }

    static String program() {
        return Sandbox.located("sshd").toString();
    }

    Path config() {
        return folder.resolve("config");
    }

    int port() {
        return port;
    }

    String url(Path repository) {
        return "ssh://" + USER + "@127.0.0.1:" + port + repository;
    }

    String knownHost() throws IOException {
        return "[127.0.0.1]:" + port + " " + hostKey() + "\n";
    }

    String hostKey() throws IOException {
        return Files.readString(folder.resolve("host.pub")).strip();
    }

    /** Makes a new key of the user's. */
    Path userKey(String name) throws Exception {
        Path key = box.home.resolve(".ssh").resolve(name);
        for (Path old : List.of(key, key.resolveSibling(name + ".pub"))) Files.deleteIfExists(old);
        box.ok(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        return key;
    }

    /** Has a certificate authority, new and trusted by the server, sign the user's key. */
    void certify(Path key) throws Exception {
        box.ok(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "ca");
        box.ok(folder, "ssh-keygen", "-q", "-s", "ca", "-I", "lab", "-n", USER, key + ".pub");
    }

    /** What the user's ~/.ssh/config says, before what every test needs. */
    void clientConfig(String text) throws Exception {
        Path ssh = box.home.resolve(".ssh");
        Files.writeString(ssh.resolve("config"), text + "\nHost *\n  UserKnownHostsFile " + ssh + "/known_hosts\n  GlobalKnownHostsFile none\n"
                + "  IdentityFile " + ssh + "/id_ed25519\n");
        Sandbox.script(box.programs.resolve("ssh"), "exec " + Sandbox.located("ssh") + " -F " + ssh + "/config \"$@\"");
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        process.waitFor();
    }
}
