package lib.history;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Why something went wrong, in one line that a user can read and that holds no password. */
final class Reasons {
    private Reasons() {}

    /** The exception's own words and those of its first cause, where that says more. */
    static String of(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        if (root instanceof UnknownHostException) return "the host " + root.getMessage() + " is not known";
        if (root instanceof NoRouteToHostException) return "no route to the host";
        if (root instanceof ConnectException || root instanceof SocketTimeoutException) {
            return root.getMessage() == null ? "no connection" : oneLine(root.getMessage(), "");
        }
        String first = oneLine(error.getMessage(), error.getClass().getSimpleName());
        String last = oneLine(root.getMessage(), root.getClass().getSimpleName());
        return first.contains(last) ? first : first + ": " + last;
    }

    static <T extends Throwable> T find(Throwable error, Class<T> type) {
        for (Throwable e = error; e != null; e = e.getCause()) if (type.isInstance(e)) return type.cast(e);
        return null;
    }

    /** The text's lines as one, without any user and password that stand in a URL; or the other one if it is empty. */
    static String oneLine(String text, String ifEmpty) {
        String line = text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
        return line.isEmpty() ? ifEmpty : withoutUserInfo(line);
    }

    static String withoutUserInfo(String text) {
        return text.replaceAll("://[^/\\s]*@", "://");
    }
}
