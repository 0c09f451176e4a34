package lib.history;

import java.io.Console;
import org.eclipse.jgit.errors.UnsupportedCredentialItem;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;

/** Names and passwords where git, which knows the user's helpers, is not installed: asked for on a terminal, not kept. */
final class Credentials extends CredentialsProvider {
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
        Console terminal = System.console();
        if (terminal == null) return false;
        for (CredentialItem item : items) {
            String prompt = lib.cli.Console.clean(item.getPromptText());
            if (item instanceof CredentialItem.InformationalMessage) {
                terminal.printf("%s%n", prompt);
            } else if (item instanceof CredentialItem.YesNoType question) {
                question.setValue("yes".equalsIgnoreCase(terminal.readLine("%s [yes/no] ", prompt)));
            } else {
                char[] answer = item.isValueSecure() ? terminal.readPassword("%s: ", prompt) : chars(terminal.readLine("%s: ", prompt));
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
