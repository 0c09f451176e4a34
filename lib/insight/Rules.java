package lib.insight;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import lib.insight.Section.Kind;
import lib.insight.Section.Question;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/**
 * What is known of a program's functions: {@code rules/TARGET.txt} beside this class.
 *
 * <p>A line in brackets begins a section, such as {@code [code authentication]}: its kind, then its name. What follows
 * are patterns: the beginning of a function's full name, where * stands for any characters, but for a receiver's as in
 * {@code (*Store)}. What stands before "/vendor/" in a name is dropped first, so
 * k8s.io/kubernetes/vendor/k8s.io/apiserver/... is k8s.io/apiserver/... Of all patterns of a kind that fit a name the longest
 * counts, wherever it stands. {@code include FILE} puts another file's sections in its place; lines that begin with # are
 * for readers.
 *
 * <p>Sections of the kind {@code code} are {@link Subsystems}, in the order of legends and tables; {@code [code handlers: list]}
 * is the part "list" of the family "handlers". Patterns of the kind {@code alone} count only where no caller is of any
 * subsystem. The section {@code [colours]} says of each family, in six numbers, its {@link Colour}.
 *
 * <p>All other kinds divide samples by their stacks, from the root on; how is said in {@link Calls}.
 * <ul>
 * <li>{@code beside}: work beside requests. {@code ; garbage} after the bracket says that it collects others' garbage.
 * <li>{@code request}: a request that has reached no handler yet.
 * <li>{@code call}: a handler. {@code requests LIST, GET /livez} after the bracket says which counted requests it served:
 * a verb or, for requests without a resource, a verb and the beginning of a path. {@code ; lasting} says that these last as
 * long as their client wants.
 * <li>{@code link}: a link of the chain before the handler.
 * <li>{@code work}: work inside a call; {@code [work etcd: decode]} is a part of the family "etcd".
 * <li>{@code sign}: something to be said where it is seen.
 * <li>{@code mark}: {@value Section#BASE} and {@value Section#ALLOCATION}.
 * <li>{@code merge}: functions that only pass a call on: a picture by call merges them into their callers.
 * <li>{@code advice}: what can be done about a work, a sign or a link of that name; its lines are the text.
 * </ul>
 * After the bracket, {@code over A, B} lets a section take the place of others of its sort, {@code over *} of all, and {@code inside A} lets it
 * count only there. A heading may come again, with other attributes, and may be of two kinds: {@code [code+work TCP]}.
 */
public final class Rules {
    /** Whose rules are taken for a program that has none. */
    private static final String USUAL = "kube-apiserver";
    /** The programs that have rules; more of them are a file and a name here each. "network" is for a whole node. */
    private static final List<String> PROGRAMS = List.of(USUAL, "etcd", "kube-scheduler", "kube-controller-manager", "kubelet", "network");
    /** So many characters of a thread's name the kernel keeps. */
    private static final int COMMAND = 15;
    private static final String COLOURS = "[colours]";
    private static final String INCLUDE = "include ";

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

    private final List<Section> sections = new ArrayList<>();
    private final Map<String, Colour> colours = new LinkedHashMap<>();
    private final Patterns patterns;
    private final Subsystems subsystems;
    /** The frames that were asked for last, mostly the next ones too, and their sections. */
    private Frames known;
    private int[][] knownSections;

    private Rules(String file) {
        read(file);
        patterns = new Patterns(sections);
        subsystems = new Subsystems(this);
    }

    /**
     * Returns the rules of a program.
     *
     * @param target its name, such as "etcd"; null or a name without rules of its own gives kube-apiserver's
     */
    public static Rules of(String target) {
        return new Rules((target != null && PROGRAMS.contains(target) ? target : USUAL) + ".txt");
    }

    /** Returns the rules of the program that most of the samples are of, by the command's name at their root. */
    public static Rules ofStacks(StackTree tree) {
        long[] samples = tree.sampleTotals();
        String command = "";
        for (int node = 1; node < samples.length; node++) {
            if (tree.parent(node) == 0 && 2 * samples[node] > samples[0]) command = tree.frames().name(tree.frame(node));
        }
        String name = command;
        return of(PROGRAMS.stream().filter(program -> name.equals(program) || name.startsWith(program + "-")
                || name.length() == COMMAND && program.startsWith(name)).findFirst().orElse(USUAL));
    }

    /** Changes when the rules of any program do. */
    public static String fingerprint() {
        int sum = 0;
        for (String program : PROGRAMS) {
            for (Section section : of(program).sections) sum = 31 * sum + section.toString().hashCode();
        }
        return Integer.toHexString(sum);
    }

    private void read(String file) {
        InputStream resource = Objects.requireNonNull(Rules.class.getResourceAsStream("rules/" + file),
                "rules/" + file + " is not on the class path beside Rules");
        List<Section> begun = List.of();
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            for (String raw; (raw = reader.readLine()) != null;) {
                String line = raw.strip();
                if (line.isEmpty() || line.startsWith("#")) continue;
                if (line.startsWith("[")) {
                    begun = line.equals(COLOURS) ? List.of() : Section.of(line);
                    sections.addAll(begun);
                } else if (line.startsWith(INCLUDE)) {
                    read(line.substring(INCLUDE.length()));
                } else if (begun.isEmpty()) {
                    addColour(line);
                } else {
                    begun.get(0).patterns().add(line);
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

    /** What can be done about a work, a sign or a link; null where nothing is known. */
    String advice(String about) {
        for (Section section : sections) {
            if (section.kind() == Kind.ADVICE && section.name().equals(about)) return String.join("\n", section.patterns());
        }
        return null;
    }

    /** All sections; a section's number is its place here. */
    List<Section> sections() {
        return sections;
    }

    /** The names of the sections of a kind, each once, in the order of the file. */
    List<String> names(Kind kind) {
        return names(section -> section.kind() == kind);
    }

    private List<String> names(Predicate<Section> which) {
        return sections.stream().filter(which).map(Section::name).distinct().toList();
    }

    /** What samples can be counted as: calls, work beside requests, requests that have reached no handler. */
    List<String> rows() {
        return names(section -> section.kind().question == Question.ROW);
    }

    /** Every name that {@link Calls#calls} can have. */
    public List<String> calls() {
        return with(rows(), Calls.OTHER, Calls.LOST, Calls.CUT_OFF);
    }

    /** Every name that {@link Calls#chain} can have. */
    public List<String> links() {
        return with(names(Kind.LINK), Calls.OTHER);
    }

    private static List<String> with(List<String> names, String... more) {
        return Stream.concat(names.stream(), Stream.of(more)).distinct().toList();
    }

    /** For each {@link Section.Question}, the number of the section that a function is in, or {@link Patterns#NONE}. */
    int[] sectionsOf(String function) {
        return patterns.find(function);
    }

    /** The same for each of the frames. */
    int[][] sectionsOf(Frames frames) {
        if (known != frames || knownSections.length != frames.size()) {
            knownSections = new int[frames.size()][];
            for (int id = 0; id < knownSections.length; id++) knownSections[id] = patterns.find(frames.name(id));
            known = frames;
        }
        return knownSections;
    }

    /** Which part of the program a function belongs to. */
    public Subsystems subsystems() {
        return subsystems;
    }

    /** The colours of the families of {@link #subsystems}, in the order of legends, "other" last. */
    public Map<String, Colour> colours() {
        return Collections.unmodifiableMap(colours);
    }
}
