package lib.insight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Patterns for functions' names, and what each stands for, as {@link Rules} says. Of equally long ones that fit a name
 * the one with more before its first * counts.
 */
final class Patterns {
    /** What {@link #find} returns where none fits. */
    static final int NONE = -1;
    private static final String VENDOR = "/vendor/";

    /** A pattern's literal pieces, the first at the beginning of the name, with anything in between. */
    private record Pattern(String[] pieces, int length, int value) {
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

    /** @param lines a list of patterns for each value from 0 on */
    Patterns(List<List<String>> lines) {
        TreeMap<String, List<Pattern>> sorted = new TreeMap<>();
        for (int value = 0; value < lines.size(); value++) {
            for (String line : lines.get(value)) {
                Pattern pattern = new Pattern(line.split("\\*", -1), line.length(), value);
                sorted.computeIfAbsent(pattern.pieces[0], head -> new ArrayList<>(1)).add(pattern);
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

    /** What the longest pattern that fits stands for, or {@link #NONE}. */
    int find(String function) {
        int vendor = function.indexOf(VENDOR);
        String name = vendor >= 0 ? function.substring(vendor + VENDOR.length())
            : function.startsWith(VENDOR.substring(1)) ? function.substring(VENDOR.length() - 1) : function;
        int place = Arrays.binarySearch(heads, name);
        // All that begin the name are in the chain of the last one that is not after it.
        int longest = 0;
        int value = NONE;
        for (int i = place >= 0 ? place : -place - 2; i >= 0; i = shorter[i]) {
            if (!name.startsWith(heads[i])) continue;
            for (Pattern pattern : patterns[i]) {
                if (pattern.length <= longest) break;
                if (pattern.fits(name)) {
                    longest = pattern.length;
                    value = pattern.value;
                    break;
                }
            }
        }
        return value;
    }
}
