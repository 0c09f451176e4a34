package lib.insight;

import java.util.ArrayList;
import java.util.List;
import lib.insight.Section.Kind;
import lib.insight.Section.Question;
import lib.stacks.Frames;
import lib.stacks.StackTree;

/** What each node of a tree is of, for {@link Calls}: one pass from the root, with an answer for each frame at hand. */
final class Walk {
    /** The kernel's usual limit: kernel.perf_event_max_stack. */
    private static final int LIMIT = 127;
    /** So many frames of a stack at the limit may be gone: those that the walker made up, and that were dropped. */
    private static final int DROPPED = 4;
    private static final int NONE = Patterns.NONE;

    /** Names of rows (what work was done for), links, works and signs; an answer is a place among them. */
    final List<String> rows = new ArrayList<>();
    final List<String> links = new ArrayList<>();
    final List<String> works = new ArrayList<>();
    final List<String> signs;
    /** By row: what kind of section it is. */
    final Kind[] kinds;
    /** By node; -1 where there is none. */
    final int[] row;
    final int[] link;
    final int[] work;
    /** By node: a bit for each sign that was seen from the root down to it. */
    final long[] seen;
    /** By node: whether it allocates. */
    final boolean[] allocates;
    /** By node: whether its stack is as deep as the kernel allows, and without a root. */
    final boolean[] cut;
    /** By node: whether its own work begins here: it decides what a request is, or is a link of the chain before the handler. */
    final boolean[] begins;
    /** By node: whether its stack has its root. */
    final boolean[] rooted;
    /** Whether any has: an engine may record none. */
    boolean roots;

    private final List<Section> sections;
    /** By section: its place among the names of its question, whose place it may take, and below which it counts. */
    private final int[] place;
    private final long[] over;
    private final int[] inside;
    /** By work: its family's place among the families. */
    private final int[] family;
    private final int rest;

    Walk(StackTree tree, Rules rules) {
        sections = rules.sections();
        signs = rules.names(Kind.SIGN);
        rows.addAll(rules.rows());
        links.addAll(rules.names(Kind.LINK));
        works.addAll(rules.names(Kind.WORK));
        if (!works.contains(Calls.REST)) works.add(Calls.REST);
        List<String> families = new ArrayList<>();
        family = new int[works.size()];
        for (int i = 0; i < family.length; i++) {
            String name = Section.family(works.get(i));
            if (!families.contains(name)) families.add(name);
            family[i] = families.indexOf(name);
        }
        rest = families.indexOf(Calls.REST);
        kinds = new Kind[rows.size()];
        place = new int[sections.size()];
        over = new long[sections.size()];
        inside = new int[sections.size()];
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            List<String> names = switch (section.kind()) {
                case BESIDE, REQUEST, CALL -> rows;
                case LINK -> links;
                case WORK -> works;
                case SIGN -> signs;
                default -> List.of(section.name());
            };
            List<String> others = section.kind() == Kind.WORK ? families : names;
            place[i] = names.indexOf(section.name());
            inside[i] = section.inside().isEmpty() ? NONE : placeOf(section.inside(), others, section);
            for (String name : section.over()) over[i] |= name.equals(Section.ALL) ? -1 : 1L << placeOf(name, others, section);
            if (section.kind().question == Question.ROW) kinds[place[i]] = section.kind();
        }

        int size = tree.size();
        row = new int[size];
        link = new int[size];
        work = new int[size];
        seen = new long[size];
        allocates = new boolean[size];
        cut = new boolean[size];
        begins = new boolean[size];
        rooted = new boolean[size];
        walk(tree, rules.sectionsOf(tree.frames()));
    }

    /** @throws IllegalStateException if there is none of that name, or it is one of too many */
    private static int placeOf(String name, List<String> names, Section section) {
        int place = names.indexOf(name);
        if (place < 0 || place >= Long.SIZE) throw new IllegalStateException("no place for " + name + " in the rules of " + section.name());
        return place;
    }

    private void walk(StackTree tree, int[][] ofFrame) {
        Frames frames = tree.frames();
        int[] depth = new int[row.length];
        row[0] = link[0] = work[0] = NONE;
        for (int node = 1; node < row.length; node++) {
            int parent = tree.parent(node);
            int frame = tree.frame(node);
            int[] in = ofFrame[frame];
            // Below the root stands the command, then the stack.
            rooted[node] = rooted[parent] || depth[parent] <= 1 && isMark(in, Section.BASE);
            roots |= rooted[node];
            depth[node] = depth[parent] + (frames.kind(frame) == Frames.Kind.INLINED ? 0 : 1);
            cut[node] = !rooted[node] && depth[node] - 1 > LIMIT - DROPPED;
            allocates[node] = allocates[parent] || isMark(in, Section.ALLOCATION);
            enter(node, parent, in);
        }
    }

    /** The row of a node of which no function says anything. */
    String undecided(int node) {
        return !roots || rooted[node] ? Calls.OTHER : cut[node] ? Calls.CUT_OFF : Calls.LOST;
    }

    private boolean isMark(int[] in, String mark) {
        int section = in[Question.MARK.ordinal()];
        return section != NONE && sections.get(section).name().equals(mark);
    }

    private void enter(int node, int parent, int[] in) {
        row[node] = row[parent];
        link[node] = link[parent];
        work[node] = work[parent];
        seen[node] = seen[parent];
        int next = in[Question.ROW.ordinal()];
        if (next != NONE && takesRow(next, row[parent])) {
            row[node] = place[next];
            work[node] = NONE;
            begins[node] = kinds[row[node]] != Kind.BESIDE;
        }
        next = in[Question.LINK.ordinal()];
        if (next != NONE && row[node] != NONE && kinds[row[node]] == Kind.REQUEST) {
            link[node] = place[next];
            begins[node] = true;
        }
        next = in[Question.WORK.ordinal()];
        if (next != NONE && row[node] != NONE && kinds[row[node]] == Kind.CALL && takesWork(next, work[node])) work[node] = place[next];
        next = in[Question.SIGN.ordinal()];
        if (next != NONE && (inside[next] == NONE || (seen[parent] & 1L << inside[next]) != 0)) seen[node] |= 1L << place[next];
    }

    private boolean takesRow(int section, int current) {
        return current == NONE || (over[section] & 1L << current) != 0
                || sections.get(section).kind() == Kind.CALL && kinds[current] == Kind.REQUEST;
    }

    private boolean takesWork(int section, int current) {
        int now = current == NONE ? rest : family[current];
        if (inside[section] != NONE) return inside[section] == now;
        return now == rest || now == family[place[section]] || (over[section] & 1L << now) != 0;
    }
}
