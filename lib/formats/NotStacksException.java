package lib.formats;

import java.io.IOException;
import java.util.List;

/** Says that an input holds no stacks in any format that is understood. */
public final class NotStacksException extends IOException {
    private static final long serialVersionUID = 1;

    private final String input;
    private final transient List<String> firstLines;

    NotStacksException(String input, List<String> firstLines) {
        super(input + (firstLines.isEmpty() ? " is empty" : " holds no stacks; it begins with: " + String.join(" | ", firstLines)));
        this.input = input;
        this.firstLines = firstLines;
    }

    /** The name of the input. */
    public String input() {
        return input;
    }

    /** How the input begins, control characters replaced; empty where the input is. */
    public List<String> firstLines() {
        return firstLines;
    }
}
