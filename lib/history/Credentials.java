package lib.history;

import java.io.Console;
import org.eclipse.jgit.errors.UnsupportedCredentialItem;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;

/**
 * Names and passwords for a remote. For http and https git's credential helpers are asked, and told afterwards
 * whether what they said was right; for ssh (a key's passphrase, an unknown host's key) the user is, on a terminal.
 * Nothing is kept and nothing is printed.
 */
final class Credentials extends CredentialsProvider {
    private final GitEnvironment environment;
    /** What the helper answered, in its own form, to be approved or rejected. */
    private String answered;

    Credentials(GitEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public boolean isInteractive() {
        return System.console() != null;
    }

    @Override
    public boolean supports(CredentialItem... items) {
        return true;
    }

    @Override
    public boolean get(URIish uri, CredentialItem... items) {
        boolean http = uri.getScheme() != null && uri.getScheme().startsWith("http");
        return http && items[0] instanceof CredentialItem.Username ? fill(uri, items) : ask(uri, items);
    }

    private boolean fill(URIish uri, CredentialItem... items) {
        if (!environment.hasGit()) return ask(uri, items);
        String port = uri.getPort() > 0 ? ":" + uri.getPort() : "";
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
        String question = "protocol=" + uri.getScheme() + "\nhost=" + uri.getHost() + port + "\npath=" + path + "\n"
                + (uri.getUser() == null ? "" : "username=" + uri.getUser() + "\n") + "\n";
        Program.Ran ran = environment.git(question, "credential", "fill");
        if (!ran.ok()) return false;
        answered = ran.text() + "\n";
        for (CredentialItem item : items) {
            if (item instanceof CredentialItem.Username name) name.setValue(value("username"));
            if (item instanceof CredentialItem.Password password) password.setValue(value("password").toCharArray());
        }
        return true;
    }

    private String value(String key) {
        return answered.lines().filter(line -> line.startsWith(key + "=")).findFirst().orElse(key + "=")
                .substring(key.length() + 1);
    }

    /** The server took what the helper said. */
    void approve() {
        if (answered != null) environment.git(answered, "credential", "approve");
        answered = null;
    }

    /** JGit calls this when the server did not take it. */
    @Override
    public void reset(URIish uri) {
        if (answered != null) environment.git(answered, "credential", "reject");
        answered = null;
    }

    private static boolean ask(URIish uri, CredentialItem... items) {
        Console terminal = System.console();
        if (terminal == null) return false;
        for (CredentialItem item : items) {
            if (item instanceof CredentialItem.InformationalMessage message) {
                terminal.printf("%s%n", lib.cli.Console.clean(message.getPromptText()));
            } else if (item instanceof CredentialItem.YesNoType question) {
                String answer = terminal.readLine("%s [yes/no] ", lib.cli.Console.clean(item.getPromptText()));
                question.setValue("yes".equalsIgnoreCase(answer));
            } else {
                String prompt = lib.cli.Console.clean(item.getPromptText());
                char[] answer = item.isValueSecure() ? terminal.readPassword("%s: ", prompt)
                        : chars(terminal.readLine("%s: ", prompt));
                if (answer == null) return false;
                if (item instanceof CredentialItem.CharArrayType secret) secret.setValue(answer);
                else if (item instanceof CredentialItem.StringType text) text.setValue(new String(answer));
                else throw new UnsupportedCredentialItem(uri, prompt);
            }
        }
        return true;
    }

    private static char[] chars(String text) {
        return text == null ? null : text.toCharArray();
    }
}
