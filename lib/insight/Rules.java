package lib.insight;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is known of a program's functions: {@code rules/TARGET.txt} beside this class.
 *
 * <p>A line in brackets begins a section, such as {@code [code authentication]}: its kind, then its name. What follows
 * are patterns: the beginning of a function's full name, where * stands for any characters. What stands before
 * "/vendor/" in a name is dropped first, so k8s.io/kubernetes/vendor/k8s.io/apiserver/... is k8s.io/apiserver/... Of all
 * patterns of a kind that fit a name the longest counts, wherever it stands. {@code include FILE} puts another file's
 * sections in its place; lines that begin with # are for readers.
 *
 * <p>Sections of the kind {@code code} are {@link Subsystems}, in the order of legends and tables; {@code [code handlers: list]}
 * is the part "list" of the family "handlers". The section {@code [colours]} says of each family, in six numbers, its
 * {@link Colour}.
 */
public final class Rules {
    /** Whose rules are taken for a program that has none. */
    private static final String USUAL = "kube-apiserver";
    private static final String COLOURS = "colours";

    /**
     * A family's colour in OKLCH (Björn Ottosson's perceptual space) on a light and on a dark page.
     *
     * @param lightness 0 to 1
     * @param chroma 0 to about 0.4
     * @param hue in degrees
     * @param darkLightness the same on a dark page
     * @param darkChroma the same on a dark page
     * @param darkHue the same on a dark page
     */
    public record Colour(double lightness, double chroma, double hue, double darkLightness, double darkChroma, double darkHue) { }

    /** Patterns by the names of their sections, in the order of the file. */
    private final Map<String, Map<String, List<String>>> kinds = new LinkedHashMap<>();
    private final Map<String, Colour> colours = new LinkedHashMap<>();
    private final Subsystems subsystems;

    private Rules(String file) {
        read(file);
        subsystems = new Subsystems(kind("code"));
    }

    /**
     * Returns the rules of a program.
     *
     * @param target its name, such as "etcd"; null or a name without rules of its own gives kube-apiserver's
     */
    public static Rules of(String target) {
        boolean known = target != null && target.matches("[a-z0-9-]+") && Rules.class.getResource("rules/" + target + ".txt") != null;
        return new Rules((known ? target : USUAL) + ".txt");
    }

    private void read(String file) {
        InputStream resource = Objects.requireNonNull(Rules.class.getResourceAsStream("rules/" + file),
            "rules/" + file + " is not on the class path beside Rules");
        List<String> section = List.of();
        boolean inColours = false;
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            for (String raw; (raw = reader.readLine()) != null;) {
                String line = raw.strip();
                if (line.isEmpty() || line.startsWith("#")) continue;
                if (line.startsWith("[")) {
                    String[] heading = line.substring(1, line.length() - 1).split(" ", 2);
                    inColours = heading[0].equals(COLOURS);
                    if (!inColours) {
                        section = kinds.computeIfAbsent(heading[0], kind -> new LinkedHashMap<>())
                            .computeIfAbsent(heading[1], name -> new ArrayList<>());
                    }
                } else if (line.startsWith("include ")) {
                    read(line.substring("include ".length()));
                } else if (inColours) {
                    addColour(line);
                } else {
                    section.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addColour(String line) {
        String[] words = line.split("\\s+");
        double[] numbers = new double[6];
        int first = words.length - numbers.length;
        for (int i = 0; i < numbers.length; i++) numbers[i] = Double.parseDouble(words[first + i]);
        colours.put(String.join(" ", List.of(words).subList(0, first)),
            new Colour(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]));
    }

    private Map<String, List<String>> kind(String kind) {
        return kinds.getOrDefault(kind, Map.of());
    }

    /** Which part of the program a function belongs to. */
    public Subsystems subsystems() {
        return subsystems;
    }

    /** The colours of the families of {@link #subsystems}, in the order of legends, "other" last. */
    public Map<String, Colour> colours() {
        return colours;
    }
}
