package tests.house;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java file of this checkout.
 *
 * @param path from the root on
 * @param text all of it
 */
record Source(Path path, String text) {
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);$");
    private static final Path ROOT = root();
    private static final List<String> FOLDERS = List.of("lib", "lab", "tests", "mini-k8s", "bench", "samples");

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("jbang-catalog.json"))) path = path.getParent();
        return path;
    }

    /** All of them, those in the root first. */
    static List<Source> all() throws IOException {
        List<Source> sources = new ArrayList<>();
        add(sources, ROOT, 1);
        for (String folder : FOLDERS) add(sources, ROOT.resolve(folder), Integer.MAX_VALUE);
        return sources;
    }

    private static void add(List<Source> sources, Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).sorted().toList()) {
                sources.add(new Source(ROOT.relativize(file), Files.readString(file)));
            }
        }
    }

    List<String> lines() {
        return text.lines().toList();
    }

    /** The folder, with slashes; empty in the root. */
    String folder() {
        return path.getParent() == null ? "" : path.getParent().toString().replace('\\', '/');
    }

    /** Empty for that of the scripts. */
    String packageName() {
        Matcher named = PACKAGE.matcher(text);
        return named.find() ? named.group(1) : "";
    }

    /** The words of a directive of JBang's: {@code //NAME word ...} */
    private List<String> directive(String name) {
        return lines().stream().filter(line -> line.startsWith("//" + name + " "))
                .flatMap(line -> Stream.of(line.substring(name.length() + 3).strip().split("\\s+"))).toList();
    }

    /** Whether it is what JBang runs, not what others take in. */
    boolean isScript() {
        return text.startsWith("///usr/bin/env jbang");
    }

    /** The dependencies of a script and of all that it takes in. */
    static Set<String> dependencies(List<Source> all, String script) {
        Set<String> dependencies = new TreeSet<>();
        takenIn(all, script).forEach(source -> dependencies.addAll(source.directive("DEPS")));
        return dependencies;
    }

    /** A script and all that it takes in. */
    static Set<Source> takenIn(List<Source> all, String script) {
        Deque<Source> left = new ArrayDeque<>(all.stream().filter(source -> source.path.equals(Path.of(script))).toList());
        Set<Source> seen = new LinkedHashSet<>();
        while (!left.isEmpty()) {
            Source source = left.remove();
            if (!seen.add(source)) continue;
            for (String glob : source.directive("SOURCES")) {
                Path named = Path.of(source.folder(), glob).normalize();
                PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + named);
                all.stream().filter(each -> matcher.matches(each.path)).forEach(left::add);
            }
        }
        return seen;
    }
}
