package lib.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words that a program was started with, as they may be kept: metadata go to git and to whoever reads it there. Names of
 * options stay; values stay only where the option is known to be harmless, by {@code harmless-options.txt} beside this class,
 * for what a secret may be called nobody can list.
 */
final class CommandLine {
    private static final String LEFT_OUT = "***";
    private static final Set<String> HARMLESS = read("harmless-options.txt");

    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9_./+-]{1,255}");
    private static final Pattern LONG_OPTION = Pattern.compile("--[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final Pattern SHORT_OPTION = Pattern.compile("-[A-Za-z0-9]");
    /** Sizes and switches of a Java machine have no sign between name and value. */
    private static final Pattern JAVA_OPTION = Pattern.compile("-X(m[snx]|ss)\\d+[kKmMgG]?|-XX:([+-]\\w+|\\w+=\\d+[kKmMgG]?)");
    private static final Pattern FILE_OPTION = Pattern.compile(
            ".*(file|dir|directory|path|config|kubeconfig|socket|certificate|client-key)$");
    private static final Pattern FILE = Pattern.compile("/[A-Za-z0-9_./-]{1,255}");
    private static final Pattern PLAIN = Pattern.compile("true|false|\\d{1,5}");
    private static final Pattern USER_INFO = Pattern.compile("://[^,\\s]*@");
    private static final Pattern QUERY = Pattern.compile("[?#][^,\\s]*");

    private CommandLine() {}

    private static Set<String> read(String file) {
        try (InputStream in = CommandLine.class.getResourceAsStream(file)) {
            String text = new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As many words as were given, what may be a secret in them replaced. */
    static List<String> withoutSecrets(List<String> words) {
        List<String> kept = new ArrayList<>();
        String option = null;
        for (String word : words) {
            boolean first = kept.isEmpty();
            if (first) kept.add(PROGRAM.matcher(word).matches() ? word : LEFT_OUT);
            else if (word.startsWith("-")) kept.add(option(word));
            else if (option != null) kept.add(value(option, word));
            else kept.add(PLAIN.matcher(word).matches() ? word : LEFT_OUT);
            option = !first && word.startsWith("-") && word.indexOf('=') < 0 ? word : null;
        }
        return kept;
    }

    private static String option(String word) {
        if (word.matches("--?") || JAVA_OPTION.matcher(word).matches()) return word;
        int equals = word.indexOf('=');
        String option = equals < 0 ? word : word.substring(0, equals);
        boolean named = LONG_OPTION.matcher(option).matches() || SHORT_OPTION.matcher(option).matches()
                || HARMLESS.contains(withoutDashes(option));
        // A value may follow its option's one letter without a sign between them.
        if (!named) return (option.matches("-[A-Za-z0-9].*") ? option.substring(0, 2) : "") + LEFT_OUT;
        return equals < 0 ? word : option + "=" + value(option, word.substring(equals + 1));
    }

    private static String value(String option, String value) {
        String name = withoutDashes(option);
        if (HARMLESS.contains(name)) {
            return QUERY.matcher(USER_INFO.matcher(value).replaceAll("://" + LEFT_OUT + "@")).replaceAll("?" + LEFT_OUT);
        }
        boolean file = FILE_OPTION.matcher(name).matches() && FILE.matcher(value).matches();
        return file || value.equals("true") || value.equals("false") ? value : LEFT_OUT;
    }

    private static String withoutDashes(String option) {
        return option.replaceFirst("^--?", "");
    }
}
