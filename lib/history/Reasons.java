package lib.history;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;

/** Why something went wrong, in one line that a user can read and that holds no password. */
final class Reasons {
    private Reasons() {}

    /** The exception's own words and those of its first cause, where that says more. */
    static String of(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        String first = oneLine(error.getMessage(), error.getClass().getSimpleName());
        String last = oneLine(root.getMessage(), root.getClass().getSimpleName());
        String both = first.contains(last) || last.contains(first) ? first : first + ": " + last;
        if (root instanceof UnknownHostException) return "the host " + last + " is not known";
        if (both.contains("timeout") || root instanceof InterruptedIOException || root instanceof TimeoutException) {
            return "the server did not answer in time: " + first;
        }
        if (root instanceof SocketException) return last;
        if (both.contains("not authorized")) return "the server accepts no user and password that is known here: " + first;
        return both;
    }

    /** The text's lines as one, without any user and password that stand in a URL; or the other one if it is empty. */
    static String oneLine(String text, String ifEmpty) {
        String line = text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
        return line.isEmpty() ? ifEmpty : withoutUserInfo(line);
    }

    private static String withoutUserInfo(String text) {
        return text.replaceAll("://[^/\\s]*@", "://");
    }

    /** The same exceptions for a stack trace to show; JGit's own words hold the URL, and a token may stand there. */
    static Throwable withoutUserInfo(Throwable error) {
        if (error == null) return null;
        Throwable shown = new Throwable(withoutUserInfo(error.toString()), withoutUserInfo(error.getCause()));
        shown.setStackTrace(error.getStackTrace());
        return shown;
    }
}
