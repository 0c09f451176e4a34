package lib.insight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import lib.insight.Section.Question;

/** The patterns of sections for functions' names, as {@link Rules} says, found in one search for all questions. */
final class Patterns {
    /** Where no section has a pattern that fits. */
    static final int NONE = -1;
    private static final String VENDOR = "/vendor/";
    private static final int QUESTIONS = Question.values().length;

    /** A pattern's literal pieces, the first at the beginning of the name, with anything in between. */
    private record Pattern(String[] pieces, int length, int question, int section) {
        boolean fits(String name) {
            int at = pieces[0].length();
            for (int i = 1; i < pieces.length; i++) {
                int found = name.indexOf(pieces[i], at);
                if (found < 0) return false;
                at = found + pieces[i].length();
            }
            return true;
        }
    }

    /** The first pieces, sorted; of each its patterns, longest first, and the place of the longest other that begins it. */
    private final String[] heads;
    private final Pattern[][] patterns;
    private final int[] shorter;

    Patterns(List<Section> sections) {
        TreeMap<String, List<Pattern>> sorted = new TreeMap<>();
        for (int i = 0; i < sections.size(); i++) {
            if (sections.get(i).kind().question == null) continue;
            for (String line : sections.get(i).patterns()) {
                String[] pieces = line.split("\\*", -1);
                // A receiver's star is none: k8s.io/x.(*Store).Get
                List<String> joined = new ArrayList<>(pieces.length);
                for (String piece : pieces) {
                    int last = joined.size() - 1;
                    if (last >= 0 && joined.get(last).endsWith("(")) joined.set(last, joined.get(last) + "*" + piece);
                    else joined.add(piece);
                }
                Pattern pattern = new Pattern(joined.toArray(String[]::new), line.length(), sections.get(i).kind().question.ordinal(), i);
                sorted.computeIfAbsent(joined.get(0), head -> new ArrayList<>(1)).add(pattern);
            }
        }
        heads = sorted.keySet().toArray(String[]::new);
        patterns = new Pattern[heads.length][];
        shorter = new int[heads.length];
        for (int i = 0; i < heads.length; i++) {
            List<Pattern> same = sorted.get(heads[i]);
            same.sort(Comparator.comparingInt(pattern -> -pattern.length));
            patterns[i] = same.toArray(Pattern[]::new);
            int before = i - 1;
            while (before >= 0 && !heads[i].startsWith(heads[before])) before = shorter[before];
            shorter[i] = before;
        }
    }

    /** For each {@link Question}, the number of the section with the longest pattern that fits the name, or {@link #NONE}. */
    int[] find(String function) {
        int vendor = function.indexOf(VENDOR);
        String name = vendor >= 0 ? function.substring(vendor + VENDOR.length())
            : function.startsWith(VENDOR.substring(1)) ? function.substring(VENDOR.length() - 1) : function;
        int[] sections = new int[QUESTIONS];
        Arrays.fill(sections, NONE);
        int[] lengths = new int[QUESTIONS];
        int place = Arrays.binarySearch(heads, name);
        // All that begin the name are in the chain of the last one that is not after it.
        for (int i = place >= 0 ? place : -place - 2; i >= 0; i = shorter[i]) {
            if (!name.startsWith(heads[i])) continue;
            for (Pattern pattern : patterns[i]) {
                if (pattern.length > lengths[pattern.question] && pattern.fits(name)) {
                    lengths[pattern.question] = pattern.length;
                    sections[pattern.question] = pattern.section;
                }
            }
        }
        return sections;
    }
}
