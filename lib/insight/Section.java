package lib.insight;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A section of a program's {@link Rules}: what its patterns' functions are.
 *
 * @param kind what is said of them
 * @param name what they are called
 * @param over names of sections of that sort, whose place it takes where it stands below them; {@value #ALL} for all
 * @param inside where it is not empty, the section counts only below one of that name
 * @param requests which counted requests are its own: verbs or, for requests without a resource, verb and path
 * @param lasting whether a request lasts as long as its client wants: it counts when it ends, so its number says nothing of its cost
 * @param garbage whether its work is the collection of garbage, which others made
 * @param patterns as {@link Rules} says
 */
record Section(Kind kind, String name, List<String> over, String inside, List<String> requests, boolean lasting,
        boolean garbage, List<String> patterns) {

    /** What a section says of functions. */
    enum Kind {
        /** What kind of code it is. */
        CODE(Question.CODE),
        /** The same, where no caller says it. */
        ALONE(Question.ALONE),
        /** Work beside requests, by where its stack begins. */
        BESIDE(Question.ROW),
        /** A request that has reached no handler. */
        REQUEST(Question.ROW),
        /** A request's handler. */
        CALL(Question.ROW),
        /** A link of the chain that a request goes through before its handler. */
        LINK(Question.LINK),
        /** Work inside a call; of "etcd: decode" etcd is the family. */
        WORK(Question.WORK),
        /** Something to be said where it is seen. */
        SIGN(Question.SIGN),
        /** What the division itself has to know: {@link #BASE} and {@link #ALLOCATION}. */
        MARK(Question.MARK),
        /** Functions that only pass a call on: a picture by call merges them into their callers. */
        MERGE(Question.MERGE),
        /** What can be done about a work, a sign or a link: text, no patterns. */
        ADVICE(null);

        /** Null where it has no patterns. */
        final Question question;

        Kind(Question question) {
            this.question = question;
        }
    }

    /** What is asked of a function; of each it is in one section at most. */
    enum Question { CODE, ALONE, ROW, LINK, WORK, SIGN, MARK, MERGE }

    static final String ALL = "*";
    /** The mark of functions where a whole stack begins. */
    static final String BASE = "base";
    /** The mark of functions that allocate. */
    static final String ALLOCATION = "allocation";

    /**
     * The sections that a heading begins: mostly one.
     *
     * @param heading such as {@code [work etcd: client] over watch cache, rest} or {@code [code+work TCP] over *}
     */
    static List<Section> of(String heading) {
        int end = heading.indexOf(']');
        String[] words = heading.substring(1, end).split(" ", 2);
        List<String> over = List.of();
        List<String> requests = List.of();
        String inside = "";
        boolean lasting = false;
        boolean garbage = false;
        for (String attribute : heading.substring(end + 1).split(";")) {
            String[] said = attribute.strip().split(" ", 2);
            switch (said[0]) {
                case "" -> { }
                case "over" -> over = List.of(said[1].split(", "));
                case "inside" -> inside = said[1];
                case "requests" -> requests = List.of(said[1].split(", "));
                case "lasting" -> lasting = true;
                case "garbage" -> garbage = true;
                default -> throw new IllegalStateException("unknown attribute: " + heading);
            }
        }
        List<Section> sections = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        for (String kind : words[0].split("\\+")) {
            sections.add(new Section(Kind.valueOf(kind.toUpperCase(Locale.ROOT)), words[1], over, inside, requests, lasting, garbage, patterns));
        }
        return sections;
    }

    /** What stands before the colon in a name of parts, or the name. */
    static String family(String name) {
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    String family() {
        return family(name);
    }
}
