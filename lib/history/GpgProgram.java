package lib.history;

import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.GpgSignature;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.Signer;
import org.eclipse.jgit.transport.CredentialsProvider;

/** Signs commits as git does, with the gpg (or gpgsm) program, which asks the user's agent for the key. */
final class GpgProgram implements Signer {
    private final GitEnvironment environment;
    private final String fallback;

    /** @param program what to run where the configuration names nothing */
    GpgProgram(GitEnvironment environment, String program) {
        this.environment = environment;
        this.fallback = program;
    }

    @Override
    public GpgSignature sign(Repository repository, GpgConfig config, byte[] data, PersonIdent committer, String key,
            CredentialsProvider credentials) {
        String program = config.getProgram() == null ? fallback : config.getProgram();
        String configured = key == null ? config.getSigningKey() : key;
        String user = configured == null ? committer.getName() + " <" + committer.getEmailAddress() + ">" : configured;
        // --status-fd makes gpg say in fixed words whether it signed; -bsa: detached, sign, ASCII
        GitEnvironment.Ran ran = environment.run(data, program, "--status-fd=2", "-bsau", user);
        if (!ran.ok() || !ran.err().contains("SIG_CREATED ")) {
            String why = ran.err().lines().filter(line -> !line.startsWith("[GNUPG:]")).findFirst()
                    .orElse("no reason given");
            throw new JGitInternalException("commit.gpgsign is set, but " + program + " did not sign for '" + user
                    + "': " + why);
        }
        return new GpgSignature(ran.out());
    }

    @Override
    public boolean canLocateSigningKey(Repository repository, GpgConfig config, PersonIdent committer, String key,
            CredentialsProvider credentials) {
        return true;
    }
}
