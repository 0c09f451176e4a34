package lib.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lib.cli.Json;
import lib.node.Script;

/** What a node answered to the commands of the stages, as {@code transcript.json} in a folder keeps it. */
final class Transcript {
    private static final String FILE = "transcript.json";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /**
     * @param node the node's name
     * @param kubernetes version of its cluster's API server, or null
     * @param files where in the folder the contents of the node's files are, by their paths on the node
     * @param answers in the order in which they were given
     */
    record Kept(String node, String kubernetes, Map<String, String> files, List<Answer> answers) {}

    /**
     * One answer.
     *
     * @param question the command, see {@link #question}
     * @param out its standard output, which is text
     */
    record Answer(String question, int exitCode, String out, String err) {}

    private Transcript() {}

    /**
     * What a command asks, in a line: a script by its name and its arguments, so that a change inside of a script does not
     * make its answer another; a token that is a new one each time by a word; without texts of several lines.
     */
    static String question(String... words) {
        return withoutTokens(Arrays.stream(Script.named(words)).filter(word -> !word.contains("\n")).collect(Collectors.joining(" ")).strip());
    }

    /** A text or path with a word in place of each token. */
    static String withoutTokens(String text) {
        return text.replaceAll(UUID, "TOKEN");
    }

    /** @throws IOException if it is not there, or no transcript */
    static Kept read(Path folder) throws IOException {
        try {
            return Json.read(Files.readString(folder.resolve(FILE)), Kept.class);
        } catch (IllegalArgumentException e) {
            throw new IOException(folder.resolve(FILE) + ": " + e.getMessage(), e);
        }
    }

    /** Adds what was heard in one stage to what earlier ones left. */
    static void add(Path folder, Kept heard) throws IOException {
        Map<String, String> files = new HashMap<>(heard.files());
        List<Answer> answers = new ArrayList<>();
        if (Files.exists(folder.resolve(FILE))) {
            Kept before = read(folder);
            files.putAll(before.files());
            answers.addAll(before.answers());
        }
        heard.answers().stream().filter(answer -> !answers.contains(answer)).forEach(answers::add);
        Files.writeString(folder.resolve(FILE), Json.write(new Kept(heard.node(), heard.kubernetes(), new TreeMap<>(files), answers)));
    }
}
