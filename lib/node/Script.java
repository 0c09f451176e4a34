package lib.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;

/**
 * A script for a node's sh, which knows nothing but what POSIX and busybox have.
 *
 * @param name of the file that says what it does, without its ending
 * @param text what the shell reads
 */
public record Script(String name, String text) {
    private static final String ENDING = ".sh";
    private static final String GUARD = "guard.sh";
    /** Exit code of a script where the work directory, or what lies in it, is not as it has to be. */
    private static final int REFUSED = 77;
    /** Comments are for those who read the file. */
    private static final Pattern COMMENT = Pattern.compile("(?m)^[ \t]*#.*\n");

    /**
     * Reads a script from the files beside a class: those with functions that it needs, and last the one that does something.
     */
    public static Script of(Class<?> beside, String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) text.append(read(beside, file));
        String last = files[files.length - 1];
        return new Script(last.substring(0, last.length() - ENDING.length()), text.toString());
    }

    /** The same for a script that works in the folder of the path $1: it begins with looking whether that is safe. */
    public static Script guarded(Class<?> beside, String... files) {
        Script script = of(beside, files);
        return new Script(script.name, read(Script.class, GUARD) + script.text);
    }

    /** Only looks, at the folder of the path $1. */
    static final Script GUARD_ALONE = new Script("guard", read(Script.class, GUARD));

    private static String read(Class<?> beside, String file) {
        try (InputStream in = beside.getResourceAsStream(file)) {
            String text = new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
            return COMMENT.matcher(text).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a script left, if it was content with what it found.
     *
     * @throws Failure if somebody else could have a hand in its work directory
     */
    static Output accepted(Node node, Output output) {
        if (output.exitCode() != REFUSED) return output;
        throw new Failure(Exit.RECORDING, "on node " + node.name() + ", " + output.complaint(),
                "What passes between the stages must be ours alone. Look at it and put it right, or name another folder with --work-dir.");
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
