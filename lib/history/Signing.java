package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lib.cli.Scratch;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.GpgSignature;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.Signer;
import org.eclipse.jgit.transport.CredentialsProvider;

/**
 * Signs commits with the program that git would call: gpg, gpgsm or ssh-keygen. They ask the user's agent, card or
 * askpass program, none of which a library knows.
 */
final class Signing implements Signer {
    private final GitEnvironment environment;

    Signing(GitEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public GpgSignature sign(Repository repository, GpgConfig config, byte[] data, PersonIdent committer, String key,
            CredentialsProvider credentials) {
        try {
            Config all = repository.getConfig();
            return new GpgSignature(switch (config.getKeyFormat()) {
                case OPENPGP -> gpg(all, "openpgp", "gpg", data, committer);
                case X509 -> gpg(all, "x509", "gpgsm", data, committer);
                case SSH -> ssh(all, data);
            });
        } catch (IOException e) {
            throw new JGitInternalException(e.getMessage(), e);
        }
    }

    @Override
    public boolean canLocateSigningKey(Repository repository, GpgConfig config, PersonIdent committer, String key,
            CredentialsProvider credentials) {
        return true;
    }

    private byte[] gpg(Config config, String format, String usual, byte[] data, PersonIdent committer) throws IOException {
        String program = program(config, format, format.equals("openpgp") ? config.getString("gpg", null, "program") : null, usual);
        String key = config.getString("user", null, "signingKey");
        String user = key == null ? committer.getName() + " <" + committer.getEmailAddress() + ">" : key;
        // --status-fd makes gpg say in fixed words whether it signed; -bsa: detached, sign, ASCII
        Program.Ran ran = environment.program(program, "--status-fd=2", "-bsau", user).input(data).call();
        if (!ran.ok() || !ran.err().contains("SIG_CREATED ")) throw refused(program, user, ran);
        return ran.out();
    }

    private byte[] ssh(Config config, byte[] data) throws IOException {
        String program = program(config, "ssh", null, "ssh-keygen");
        try (Scratch scratch = new Scratch()) {
            // a file, as standard input belongs to the user who is asked for a passphrase
            Path content = Files.write(scratch.file("commit"), data);
            String key = sshKey(config, scratch);
            Program.Ran ran = environment.program(program, "-Y", "sign", "-n", "git", "-f", key, content.toString()).asks().call();
            if (!ran.ok()) throw refused(program, key, ran);
            return Files.readAllBytes(scratch.file("commit.sig"));
        }
    }

    /** The file of the key: a private one, or a public one whose private half the agent has. */
    private String sshKey(Config config, Scratch scratch) throws IOException {
        String key = config.getString("user", null, "signingKey");
        if (key == null || key.isEmpty()) {
            String command = config.getString("gpg", "ssh", "defaultKeyCommand");
            if (command == null) throw new IOException("commit.gpgsign is set and gpg.format is ssh, but user.signingKey is not");
            Program.Ran ran = environment.program("sh", "-c", command).call();
            key = ran.line().strip();
            if (!ran.ok() || literal(key) == null) throw new IOException("gpg.ssh.defaultKeyCommand printed no key: " + why(ran));
        }
        if (literal(key) == null) return environment.expanded(key);
        return Files.writeString(scratch.file("key"), literal(key) + "\n").toString();
    }

    /** The public key that stands in the configuration itself; null where a file's name does. */
    private static String literal(String key) {
        return key.startsWith("key::") ? key.substring(5) : key.startsWith("ssh-") ? key : null;
    }

    private String program(Config config, String format, String older, String usual) {
        String configured = config.getString("gpg", format, "program");
        if (configured == null) configured = older;
        return configured == null ? usual : environment.expanded(configured);
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
