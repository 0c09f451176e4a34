package lib.node;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a command left behind.
 *
 * @param exitCode 0 to 255
 * @param bytes its standard output
 * @param err its standard error
 */
public record Output(int exitCode, byte[] bytes, String err) {

    public boolean ok() {
        return exitCode == 0;
    }

    /** Standard output as text, without the line feeds at its end. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
    }

    /** Standard output, line by line; none where it is empty. */
    public List<String> lines() {
        return text().isEmpty() ? List.of() : text().lines().toList();
    }

    /** The last line of standard error, or what the exit code says where there is none. */
    public String complaint() {
        String text = err.strip();
        return text.isEmpty() ? "exit code " + exitCode : text.substring(text.lastIndexOf('\n') + 1).strip();
    }
}
