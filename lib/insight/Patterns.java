package lib.insight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lib.insight.Section.Question;

/** The patterns of sections for functions' names, as {@link Rules} says, found in one search for all questions. */
final class Patterns {
    /** Where no section has a pattern that fits. */
    static final int NONE = -1;
    private static final String VENDOR = "/vendor/";
    private static final int QUESTIONS = Question.values().length;

    /** Literal pieces, the first at the beginning of the name, with anything in between. */
    private static final class Pattern {
        final String head;
        final String[] rest;
        final int length;
        final int question;
        final int section;
        /** The next one of the same head. */
        Pattern next;

        Pattern(String line, int question, int section) {
            int star = star(line, 0);
            head = star < 0 ? line : line.substring(0, star);
            rest = star < 0 ? NOTHING : pieces(line, star);
            length = line.length();
            this.question = question;
            this.section = section;
        }

        /** A receiver's star is none: k8s.io/x.(*Store).Get */
        private static int star(String line, int from) {
            int star = line.indexOf('*', from);
            while (star > 0 && line.charAt(star - 1) == '(') star = line.indexOf('*', star + 1);
            return star;
        }

        private static String[] pieces(String line, int first) {
            List<String> pieces = new ArrayList<>(2);
            for (int star = first; star >= 0;) {
                int next = star(line, star + 1);
                pieces.add(line.substring(star + 1, next < 0 ? line.length() : next));
                star = next;
            }
            return pieces.toArray(NOTHING);
        }

        /** Whether a name that begins with the head fits. */
        boolean fits(String name) {
            int at = head.length();
            for (String piece : rest) {
                int found = name.indexOf(piece, at);
                if (found < 0) return false;
                at = found + piece.length();
            }
            return true;
        }
    }

    private static final String[] NOTHING = {};

    /** The first pieces, sorted; of each its patterns, and the place of the longest other that begins it. */
    private final String[] heads;
    private final Pattern[] patterns;
    private final int[] shorter;

    Patterns(List<Section> sections) {
        Map<String, Pattern> byHead = new HashMap<>(2048);
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            if (section.kind().question == null) continue;
            for (String line : section.patterns()) {
                Pattern pattern = new Pattern(line, section.kind().question.ordinal(), i);
                pattern.next = byHead.put(pattern.head, pattern);
            }
        }
        heads = byHead.keySet().toArray(NOTHING);
        Arrays.sort(heads);
        patterns = new Pattern[heads.length];
        shorter = new int[heads.length];
        for (int i = 0; i < heads.length; i++) {
            patterns[i] = byHead.get(heads[i]);
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
            for (Pattern pattern = patterns[i]; pattern != null; pattern = pattern.next) {
                if (pattern.length > lengths[pattern.question] && pattern.fits(name)) {
                    lengths[pattern.question] = pattern.length;
                    sections[pattern.question] = pattern.section;
                }
            }
        }
        return sections;
    }
}
