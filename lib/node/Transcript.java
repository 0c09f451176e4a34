package lib.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lib.cli.Json;

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
     * @param key of the command, see {@link #key}
     * @param command its first words, for the reader
     * @param out its standard output, which is text
     */
    record Answer(String key, String command, int exitCode, String out, String err) {}

    private Transcript() {}

    /** The same for the same command, whatever token it carries that is a new one each time. */
    static String key(String... words) {
        try {
            String text = String.join("\0", words).replaceAll(UUID, "UUID");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** A few words of a command: a script's arguments, or the command itself. */
    static String brief(String... words) {
        if (words.length < 4 || !words[0].equals("sh") || !words[1].equals("-c")) return shortened(String.join(" ", words));
        String last = words[2].strip().lines().reduce((a, b) -> b).orElse("");
        return shortened("sh -c '… " + last + "' " + Arrays.stream(words, 4, words.length).filter(word -> !word.contains("\n"))
                .collect(Collectors.joining(" ")));
    }

    private static String shortened(String text) {
        return text.length() > 160 ? text.substring(0, 160) + "…" : text;
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
