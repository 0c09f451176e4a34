package lib.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A script for a node's sh, which knows nothing but what POSIX and busybox have.
 *
 * @param name of the file that says what it does, without its ending
 * @param text what the shell reads
 */
public record Script(String name, String text) {
    private static final String ENDING = ".sh";
    /** Comments are for those who read the file. */
    private static final Pattern COMMENT = Pattern.compile("(?m)^[ \t]*#.*\n");

    /**
     * Reads a script from the files beside a class: those with functions that it needs, and last the one that does something.
     */
    public static Script of(Class<?> beside, String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            try (InputStream in = beside.getResourceAsStream(file)) {
                text.append(new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        String last = files[files.length - 1];
        return new Script(last.substring(0, last.length() - ENDING.length()), COMMENT.matcher(text).replaceAll(""));
    }

    /** The words that run it; the arguments are its $1, $2, … */
    String[] words(String... arguments) {
        String[] words = new String[4 + arguments.length];
        words[0] = "sh";
        words[1] = "-c";
        words[2] = text;
        words[3] = name;
        System.arraycopy(arguments, 0, words, 4, arguments.length);
        return words;
    }

    /** The words of a command without the text of the script that it runs: its name, then its arguments; else the words. */
    public static String[] named(String... words) {
        if (words.length < 4 || !words[0].equals("sh") || !words[1].equals("-c")) return words;
        return Arrays.copyOfRange(words, 3, words.length);
    }
}
