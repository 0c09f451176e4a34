package lib.formats;

import java.io.IOException;
import java.util.List;

/** Says that an input holds no stacks that can be used. */
public final class NotStacksException extends IOException {
    private static final long serialVersionUID = 1;

    private final String advice;

    /**
     * @param what it seems to be, or null
     * @param advice what to do, or null
     * @param firstLines how it begins, fit to be shown; none where it is empty or that tells nothing
     */
    NotStacksException(String input, String what, String advice, List<String> firstLines) {
        super(input + (what != null ? " seems to be " + what : firstLines.isEmpty() ? " is empty"
                : " holds no stacks; it begins: " + String.join(" | ", firstLines)));
        this.advice = advice;
    }

    private NotStacksException(String message, String advice) {
        super(message);
        this.advice = advice;
    }

    /** That an input is understood, and there is a reason why it cannot be used. */
    static NotStacksException because(String input, String reason, String advice) {
        return new NotStacksException(input + " " + reason, advice);
    }

    /** What to do. */
    public String advice() {
        return advice != null ? advice : "Known are " + Format.known() + ".";
    }
}
