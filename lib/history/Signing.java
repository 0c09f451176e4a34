package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Scratch;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.GpgSignature;
import org.eclipse.jgit.lib.PersonIdent;

/**
 * Signs commits with the program that git would call: gpg, gpgsm or ssh-keygen. They ask the user's agent, card or
 * askpass program, none of which a library knows.
 */
final class Signing {
    private final Client client;

    Signing(Client client) {
        this.client = client;
    }

    /** Signs a commit, if the configuration says so. */
    void sign(CommitBuilder commit) throws IOException {
        GpgConfig config = new GpgConfig(client.config());
        if (!config.isSignCommits()) return;
        byte[] data = commit.build();
        commit.setGpgSignature(new GpgSignature(switch (config.getKeyFormat()) {
            case OPENPGP -> gpg("openpgp", "gpg", data, commit.getCommitter());
            case X509 -> gpg("x509", "gpgsm", data, commit.getCommitter());
            case SSH -> ssh(data);
        }));
    }

    private byte[] gpg(String format, String usual, byte[] data, PersonIdent committer) throws IOException {
        String program = program(format, usual);
        String key = client.config().getString("user", null, "signingKey");
        String user = key == null ? committer.getName() + " <" + committer.getEmailAddress() + ">" : key;
        // --status-fd makes gpg say in fixed words whether it signed; -bsa: detached, sign, ASCII
        Program.Ran ran = run(program, "--status-fd=2", "-bsau", user).input(data).call();
        if (!ran.ok() || !ran.err().contains("SIG_CREATED ")) throw refused(program, user, ran);
        return ran.out();
    }

    private byte[] ssh(byte[] data) throws IOException {
        String program = program("ssh", "ssh-keygen");
        try (Scratch scratch = new Scratch()) {
            // a file, as standard input belongs to the user who is asked for a passphrase
            Path content = Files.write(scratch.file("commit"), data);
            String key = sshKey(scratch);
            Program.Ran ran = run(program, "-Y", "sign", "-n", "git", "-f", key, content.toString()).asks().call();
            if (!ran.ok()) throw refused(program, key, ran);
            return Files.readAllBytes(scratch.file("commit.sig"));
        }
    }

    /** The file of the key: a private one, or a public one whose private half the agent has. */
    private String sshKey(Scratch scratch) throws IOException {
        String key = client.config().getString("user", null, "signingKey");
        if (key == null || key.isEmpty()) {
            String command = client.config().getString("gpg", "ssh", "defaultKeyCommand");
            if (command == null) throw new IOException("commit.gpgsign is set and gpg.format is ssh, but user.signingKey is not");
            Program.Ran ran = run("sh", "-c", command).call();
            key = ran.line().strip();
            if (!ran.ok() || literal(key) == null) throw new IOException("gpg.ssh.defaultKeyCommand printed no key: " + why(ran));
        }
        if (literal(key) == null) return client.path("user", null, "signingKey");
        return Files.writeString(scratch.file("key"), literal(key) + "\n").toString();
    }

    /** The public key that stands in the configuration itself; null where a file's name does. */
    private static String literal(String key) {
        return key.startsWith("key::") ? key.substring(5) : key.startsWith("ssh-") ? key : null;
    }

    private String program(String format, String usual) throws IOException {
        String configured = client.path("gpg", format, "program");
        if (configured == null && format.equals("openpgp")) configured = client.path("gpg", null, "program");
        return configured == null ? usual : configured;
    }

    /** It may ask the user, so it gets two minutes. */
    private Program run(String... words) {
        return client.program(words).silentFor(120);
    }

    private static IOException refused(String program, String key, Program.Ran ran) {
        return new IOException("commit.gpgsign is set, but " + program + " did not sign for '" + key + "': " + why(ran));
    }

    private static String why(Program.Ran ran) {
        return ran.exitCode() == Program.SILENT ? "it waited for an answer for too long"
                : ran.err().lines().filter(line -> !line.startsWith("[GNUPG:]") && !line.isBlank()).findFirst()
                        .orElse("no reason given (exit code " + ran.exitCode() + ")");
    }
}
