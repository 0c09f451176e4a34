package tests.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One handwriting, and the rooms of lib/ in their order: what no compiler asks for. */
class HandwritingTest {
    /** A room uses only rooms that stand before it. */
    private static final List<String> ROOMS = List.of("stacks", "formats", "elf", "profile", "insight", "flame", "cli", "node", "cluster",
            "replay", "capture", "engines", "symbols", "history", "series", "etcd", "options");
    private static final int LONGEST = 150;
    /** In tests and bench. */
    private static final int LONGEST_OF_A_TEST = 200;

    private static final Pattern IMPORT = Pattern.compile("(?m)^import (static )?([\\w.*]+);$");
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "(?m)^public (?:(?:abstract|final|sealed|non-sealed) )*(?:class|interface|record|enum|@interface) (\\w+)");
    private static final Pattern ROOM = Pattern.compile("\\blib\\.([a-z]+)\\b");
    private static final Pattern DIRECTIVE = Pattern.compile("//[A-Z_]+ .*");
    /** A line that is one string: data may be as long as they are. */
    private static final Pattern ROW = Pattern.compile("\\s*\"[^\"]*\",?");
    private static final Pattern TEXT_BLOCK = Pattern.compile("(?s)\"\"\".*?\"\"\"");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?<![:\"])//[^\n]*");

    /** A body in braces that is one statement, which would have room behind its condition. */
    private static final Pattern SHORT_BODY = Pattern.compile("(?m)^( *)((?:if|for|while) \\(.*\\)) \\{\n\\1    (\\S.*;)\n\\1\\}$");
    private static final int SHORT = 120;
    private static final Pattern CONTROL = Pattern.compile("(if|for|while|do|switch|try|return;)\\b.*|.*//.*");
    private static final Pattern DECLARATION = Pattern.compile("(final |var )?[\\w<>\\[\\], .?]+ \\w+( =.*|;)");
    /** What goes on from the line before. */
    private static final Pattern GOES_ON = Pattern.compile(" *(\\.\\w|[+?:] |&& |\\|\\| ).*");

    private static List<Source> sources;

    @BeforeAll
    static void read() throws IOException {
        sources = Source.all();
    }

    /** Looks at every line that is neither part of a text block nor a directive of JBang's. */
    private static List<String> inLines(BiConsumer<String, Runnable> look) {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            int number = 0;
            for (String line : withoutTextBlocks(source).split("\n", -1)) {
                String where = source.path() + ":" + ++number + ": " + line.strip();
                if (!DIRECTIVE.matcher(line).matches()) look.accept(line, () -> found.add(where));
            }
        }
        return found;
    }

    private static String withoutTextBlocks(Source source) {
        return TEXT_BLOCK.matcher(source.text()).replaceAll(block -> "text" + "\n".repeat((int) block.group().lines().count() - 1));
    }

    private static String code(Source source) {
        return COMMENT.matcher(source.text()).replaceAll("");
    }

    @Test
    void noTabsAndNoBlanksAtTheEnd() {
        assertEquals(List.of(), inLines((line, found) -> {
            if (line.contains("\t") || line.endsWith(" ")) found.run();
        }));
    }

    @Test
    void bracesStandOnTheLineOfWhatTheyBelongTo() {
        assertEquals(List.of(), inLines((line, found) -> {
            if (line.matches("\\s*(else|do|try|finally)|.*\\b(if|for|while|switch|catch)\\(.*|.*\\)\\{")) found.run();
        }));
    }

    @Test
    void indentsAreFourBlanks() {
        assertEquals(List.of(), inLines((line, found) -> {
            if (indent(line) % 4 != 0 && !line.stripLeading().startsWith("*")) found.run();
        }));
    }

    @Test
    void whatFitsInALineStandsInIt() {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            SHORT_BODY.matcher(withoutTextBlocks(source)).results()
                    .filter(body -> body.group(1).length() + body.group(2).length() + 1 + body.group(3).length() <= SHORT)
                    .filter(body -> !CONTROL.matcher(body.group(3)).matches() && !DECLARATION.matcher(body.group(3)).matches())
                    .forEach(body -> found.add(source.path() + ": " + body.group(2)));
        }
        assertEquals(List.of(), found);
    }

    @Test
    void whatGoesOnStandsEightBlanksIn() {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            if (!source.folder().matches("lib/.*|")) continue;
            String before = "";
            for (String line : withoutTextBlocks(source).split("\n", -1)) {
                int more = indent(line) - indent(before);
                if (more == 4 && line.length() + 4 <= LONGEST && GOES_ON.matcher(line).matches() && !before.matches(" *(\\*|//|/\\*).*")) found.add(source.path() + ": " + line.strip());
                before = line;
            }
        }
        assertEquals(List.of(), found);
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }

    @Test
    void linesAreNotTooLong() {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            int longest = source.folder().matches("(tests|bench)\\b.*") ? LONGEST_OF_A_TEST : LONGEST;
            withoutTextBlocks(source).lines().filter(line -> line.length() > longest && !DIRECTIVE.matcher(line).matches()
                            && !ROW.matcher(line).matches())
                    .forEach(line -> found.add(source.path() + " has " + line.length() + ": " + line.strip()));
        }
        assertEquals(List.of(), found);
    }

    @Test
    void filesEndWithOneNewline() {
        assertEquals(List.of(), sources.stream().filter(source -> !source.text().endsWith("\n") || source.text().endsWith("\n\n")
                || source.text().contains("\r")).map(Source::path).toList());
    }

    @Test
    void importsAreSortedStaticOnesFirstAndAllUsed() {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            List<MatchResult> imports = IMPORT.matcher(source.text()).results().toList();
            List<MatchResult> sorted = new ArrayList<>(imports);
            sorted.sort(Comparator.comparing((MatchResult each) -> each.group(1) == null).thenComparing(each -> each.group(2)));
            if (!imports.equals(sorted)) found.add(source.path() + ": not in order");
            for (int i = 1; i < imports.size(); i++) {
                boolean same = (imports.get(i).group(1) == null) == (imports.get(i - 1).group(1) == null);
                if (imports.get(i).start() - imports.get(i - 1).end() != (same ? 1 : 2)) found.add(source.path() + ": " + imports.get(i).group());
            }
            String rest = IMPORT.matcher(source.text()).replaceAll("");
            for (MatchResult each : imports) {
                String name = each.group(2).substring(each.group(2).lastIndexOf('.') + 1);
                if (!Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(rest).find()) {
                    found.add(source.path() + ": " + each.group(2) + (name.equals("*") ? " says not what" : " is not used"));
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void aPathTellsThePackageAndAFileHasOnePublicType() {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            String folder = source.folder();
            String name = source.packageName();
            String room = folder.replaceFirst("^tests/", "lib/").replaceFirst("/server$", "");
            boolean inRoom = ROOMS.stream().anyMatch(each -> (room + "/").startsWith("lib/" + each + "/"));
            if ((inRoom || folder.startsWith("lib/")) && !name.equals(room.replace('/', '.'))) found.add(source.path() + " is in package " + name);
            List<MatchResult> types = PUBLIC_TYPE.matcher(source.text()).results().toList();
            String file = source.path().getFileName().toString();
            if (types.size() > 1 || types.size() == 1 && !file.equals(types.get(0).group(1) + ".java")) {
                found.add(source.path() + " has " + types.stream().map(type -> type.group(1)).toList());
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void noArrowGoesUpAndSoNoneInACircle() {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            if (!source.folder().startsWith("lib/")) continue;
            String room = source.folder().split("/")[1];
            if (!ROOMS.contains(room)) found.add(source.path() + " is in no room of the list");
            ROOM.matcher(code(source)).results().map(use -> use.group(1)).distinct()
                    .filter(used -> !ROOMS.contains(used) || ROOMS.indexOf(used) > ROOMS.indexOf(room))
                    .forEach(used -> found.add(source.path() + " uses lib." + used));
        }
        assertEquals(List.of(), found);
    }
}
