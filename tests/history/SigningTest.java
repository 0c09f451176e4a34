package lib.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed commits, each verified by the real git. */
class SigningTest {
    private static final String START = "2025-01-31T23:59:59Z";

    @TempDir
    Path folder;
    private Sandbox box;
    private Path repository;

    @BeforeEach
    void sandbox() throws Exception {
        Sandbox.needs("git");
        Sandbox.needs("ssh-keygen");
        box = new Sandbox(folder);
        repository = box.repository("r");
        config("commit.gpgsign", "true");
    }

    private void config(String name, String value) throws Exception {
        box.git(repository, "config", name, value);
    }

    private void commit() throws IOException {
        List<Path> files = box.result(repository, START);
        try (GitRepo repo = box.open(repository)) {
            repo.commit(files, "Profile\n");
        }
    }

    private void signed() throws Exception {
        commit();
        assertEquals("G", box.git(repository, "log", "-1", "--format=%G?"));
        box.git(repository, "verify-commit", "HEAD");
    }

    private String refused() throws Exception {
        Failure failure = assertThrows(Failure.class, this::commit);
        assertEquals(Exit.GIT, failure.exitCode());
        assertEquals("1", box.git(repository, "rev-list", "--count", "HEAD"));
        return failure.getMessage();
    }

    /** A new key whose public half git trusts; returns the file of its private half. */
    private Path sshKey(String passphrase) throws Exception {
        Path key = box.home.resolve("key");
        box.ok(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", key.toString());
        Path signers = folder.resolve("signers");
        Files.writeString(signers, "sam@example.org " + publicHalf());
        config("gpg.format", "ssh");
        config("gpg.ssh.allowedSignersFile", signers.toString());
        return key;
    }

    private String publicHalf() throws IOException {
        return Files.readString(box.home.resolve("key.pub")).strip();
    }

    @Test
    void gpg() throws Exception {
        Sandbox.needs("gpg");
        Path keys = Files.createTempDirectory("gpg"); // the agent's socket needs a short path
        box.variables.put("GNUPGHOME", keys.toString());
        try {
            assertTrue(refused().contains("gpg did not sign"));
            box.ok(folder, "gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key",
                    "Sam Ple <sam@example.org>", "ed25519", "sign", "never");
            signed();
            assertEquals("Sam Ple <sam@example.org>", box.git(repository, "log", "-1", "--format=%GS"));
        } finally {
            new ProcessBuilder("gpgconf", "--homedir", keys.toString(), "--kill", "gpg-agent").start().waitFor();
            box.ok(folder, "rm", "-rf", keys.toString());
        }
    }

    @Test
    void anSshKeyInTheUsersHome() throws Exception {
        sshKey("");
        config("user.signingkey", "~/key");
        signed();
    }

    @Test
    void anSshKeyWhereGitIsNotInstalled() throws Exception {
        sshKey("");
        config("user.signingkey", "~/key");
        box.git = false;
        commit();
        box.git(repository, "verify-commit", "HEAD");
    }

    @Test
    void anSshKeyThatOnlyTheAgentHas() throws Exception {
        Path key = sshKey("");
        try (Sandbox.Agent ignored = box.agent(key)) {
            Files.delete(key);
            config("user.signingkey", "key::" + publicHalf());
            signed();
            box.git(repository, "reset", "-q", "--hard", "HEAD~1");
            config("user.signingkey", box.home + "/key.pub");
            signed();
        }
    }

    @Test
    void anSshKeyThatACommandNames() throws Exception {
        Path key = sshKey("");
        try (Sandbox.Agent ignored = box.agent(key)) {
            config("gpg.ssh.defaultKeyCommand", "ssh-add -L");
            signed();
        }
        box.git(repository, "reset", "-q", "--hard", "HEAD~1");
        assertTrue(refused().contains("gpg.ssh.defaultKeyCommand printed no key"));
    }

    @Test
    void anSshKeyWithAPassphraseThatAProgramAsksFor() throws Exception {
        sshKey("correct horse");
        config("user.signingkey", "~/key");
        box.variables.put("SSH_ASKPASS_REQUIRE", "force");
        box.variables.put("SSH_ASKPASS", box.script("askpass", "echo wrong").toString());
        String message = refused();
        assertTrue(message.contains("ssh-keygen did not sign for '" + box.home + "/key'"), message);
        box.script("askpass", "echo correct horse");
        signed();
    }

    @Test
    void theConfiguredSshProgram() throws Exception {
        sshKey("");
        config("user.signingkey", "~/key");
        box.script("my-keygen", "echo asked >> " + folder + "/log; exec ssh-keygen \"$@\"");
        config("gpg.ssh.program", box.home + "/my-keygen");
        signed();
        assertTrue(Files.readString(folder.resolve("log")).startsWith("asked"));
    }

    @Test
    void noSshKeyAtAll() throws Exception {
        sshKey("");
        assertTrue(refused().contains("user.signingKey is not"));
    }
}
