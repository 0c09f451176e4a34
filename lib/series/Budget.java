package lib.series;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.insight.Rules;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What a profile may cost, as a YAML file says it; docs/history.md has an example.
 *
 * @param leastSamples with fewer nothing is told
 * @param baseline what growth is measured against: words as for {@code history compare}, or {@code last N}; "previous" by default
 * @param limits in the order of the file
 */
public record Budget(long leastSamples, List<String> baseline, List<Limit> limits) {
    private static final long LEAST_SAMPLES = 1000;
    private static final Pattern NUMBER = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(.*)");
    private static final Map<String, Row.Kind> SUBJECTS = new LinkedHashMap<>();

    static {
        SUBJECTS.put("call", Row.Kind.CALL);
        SUBJECTS.put("link", Row.Kind.LINK);
        SUBJECTS.put("subsystem", Row.Kind.SUBSYSTEM);
        SUBJECTS.put("function", Row.Kind.FUNCTION);
    }

    private static String subject(Row.Kind kind) {
        return SUBJECTS.entrySet().stream().filter(one -> one.getValue() == kind).findFirst().orElseThrow().getKey();
    }

    /** How a limit is measured. */
    enum Measure {
        /** Part of the profile. */
        SHARE("%"),
        /** CPUs that are busy with it. */
        CPUS("CPUs"),
        /** CPU time of a request of it. */
        EACH("ms each"),
        /** How much the share may grow, in points. */
        SHARE_GROWTH("points"),
        /** How much the CPUs may grow, as a part of what they were. */
        CPUS_GROWTH("% of its CPUs"),
        /** How much a request may grow, as a part of what it was. */
        EACH_GROWTH("% of a request");

        private final String unit;

        Measure(String unit) {
            this.unit = unit;
        }

        boolean isGrowth() {
            return ordinal() >= SHARE_GROWTH.ordinal();
        }

        /** {@code 41.2 ± 1.3 %}: parts of 1 as hundredths, seconds as milliseconds. */
        String text(double value, double error) {
            double scale = this == CPUS ? 1 : this == EACH ? 1000 : 100;
            int decimals = this == CPUS || this == EACH ? 3 : 1;
            String number = String.format(Locale.ROOT, "%." + decimals + "f", value * scale);
            return number + (error > 0 ? String.format(Locale.ROOT, " ± %." + decimals + "f", error * scale) : "") + " " + unit;
        }
    }

    /**
     * One limit.
     *
     * @param line where the file says it, from 1
     * @param kind which division it is of; null for the whole profile
     * @param name of a row; a pattern with * where it is of functions
     * @param measure how it is measured
     * @param most what it may be: a part of 1, CPUs, or seconds
     * @param path whose commits are to be looked at where it is exceeded, or null
     */
    record Limit(int line, Row.Kind kind, String name, Measure measure, double most, String path) {
        /** {@code call list} */
        String subject() {
            if (kind == null) return "total";
            return Budget.subject(kind) + " " + name;
        }

        /** {@code at most 45.0 %} */
        String text() {
            return (measure.isGrowth() ? "grows by at most " : "at most ") + measure.text(most, 0);
        }
    }

    /**
     * Reads a budget.
     *
     * @param file what messages call it
     * @param rules of the target, which know the names that there are
     * @throws Failure INPUT if it is not YAML, or says anything that is not understood: a limit with a typing error must not pass
     */
    public static Budget read(String file, String yaml, Rules rules) {
        return new Reader(file, rules).read(yaml);
    }

    private static final class Reader {
        private final String file;
        private final Rules rules;
        private final List<Limit> limits = new ArrayList<>();

        Reader(String file, Rules rules) {
            this.file = file;
            this.rules = rules;
        }

        Budget read(String yaml) {
            Node root;
            try {
                root = new Compose(LoadSettings.builder().setLabel(file).build()).composeString(yaml).orElse(null);
            } catch (YamlEngineException e) {
                throw new Failure(Exit.INPUT, file + " is not YAML: " + e.getMessage().replaceAll("\\s+", " "), null, e);
            }
            if (root == null) throw new Failure(Exit.INPUT, file + " is empty", "docs/history.md has an example.");
            long least = LEAST_SAMPLES;
            List<String> baseline = List.of("previous");
            for (NodeTuple entry : map(root)) {
                String key = text(entry.getKeyNode());
                Node value = entry.getValueNode();
                switch (key) {
                    case "least-samples" -> least = (long) number(value, text(value), "");
                    case "baseline" -> baseline = value instanceof SequenceNode list ? list.getValue().stream().map(this::text).toList()
                            : List.of(text(value));
                    case "budgets" -> {
                        if (!(value instanceof SequenceNode list)) throw wrong(value, "budgets is a list");
                        list.getValue().forEach(this::budget);
                    }
                    default -> throw wrong(entry.getKeyNode(), "'" + key + "' is none of least-samples, baseline, budgets");
                }
            }
            if (limits.isEmpty()) throw new Failure(Exit.INPUT, file + " has no limit", "docs/history.md has an example.");
            return new Budget(least, baseline, List.copyOf(limits));
        }

        private void budget(Node node) {
            Row.Kind kind = null;
            String name = null;
            String path = null;
            for (NodeTuple entry : map(node)) {
                String key = text(entry.getKeyNode());
                if (SUBJECTS.containsKey(key) || key.equals("total")) {
                    if (name != null) throw wrong(entry.getKeyNode(), "a budget is of one thing");
                    kind = SUBJECTS.get(key);
                    name = text(entry.getValueNode());
                    known(kind, name, entry.getValueNode());
                } else if (key.equals("path")) {
                    path = text(entry.getValueNode());
                }
            }
            if (name == null) throw wrong(node, "a budget is of a call, link, subsystem or function, or total: true");
            int before = limits.size();
            for (NodeTuple entry : map(node)) limit(entry, kind, name, path);
            if (limits.size() == before) throw wrong(node, "it limits nothing: share, cpus, cpu-per-request or growth");
        }

        /** A name that no sample can have is a typing error; that of a function may be one that this profile has not. */
        private void known(Row.Kind kind, String name, Node node) {
            List<String> names = kind == null ? List.of("true") : switch (kind) {
                case CALL -> rules.calls();
                case LINK -> rules.links();
                case SUBSYSTEM -> rules.subsystems().names();
                case FUNCTION -> List.of(name);
            };
            if (names.contains(name)) return;
            String which = kind == null ? "total" : subject(kind);
            throw wrong(node, "'" + name + "' is no " + which + " that is known of this target", "There are: " + String.join(", ", names));
        }

        private void limit(NodeTuple entry, Row.Kind kind, String name, String path) {
            String key = text(entry.getKeyNode());
            Node node = entry.getValueNode();
            String value = text(node);
            Measure measure;
            double most;
            switch (key) {
                case "call", "link", "subsystem", "function", "total", "path" -> {
                    return;
                }
                case "share" -> {
                    measure = Measure.SHARE;
                    most = number(node, value, "%") / 100;
                }
                case "cpus" -> {
                    measure = Measure.CPUS;
                    most = number(node, value, "");
                }
                case "cpu-per-request" -> {
                    measure = Measure.EACH;
                    most = value.endsWith("µs") || value.endsWith("us") ? number(node, value, "µs|us") / 1e6 : number(node, value, "ms") / 1e3;
                }
                case "growth" -> {
                    measure = value.endsWith("points") ? Measure.SHARE_GROWTH
                            : value.endsWith("per request") ? Measure.EACH_GROWTH : Measure.CPUS_GROWTH;
                    most = number(node, value, "points|% per request|%") / 100;
                }
                default -> throw wrong(entry.getKeyNode(), "'" + key + "' is none of call, link, subsystem, function, total, share, cpus, "
                        + "cpu-per-request, growth, path");
            }
            boolean perRequest = measure == Measure.EACH || measure == Measure.EACH_GROWTH;
            if (perRequest && kind != null && kind != Row.Kind.CALL) throw wrong(node, "only calls have requests");
            if (kind == null && (measure == Measure.SHARE || measure == Measure.SHARE_GROWTH)) throw wrong(node, "the total is all of it");
            limits.add(new Limit(line(entry.getKeyNode()), kind, name, measure, most, path));
        }

        private double number(Node node, String text, String unit) {
            Matcher number = NUMBER.matcher(text);
            if (number.matches() && number.group(2).strip().matches(unit)) return Double.parseDouble(number.group(1));
            throw wrong(node, "'" + text + "' is no number" + (unit.isEmpty() ? "" : " with " + unit.replace("|", " or ")));
        }

        private List<NodeTuple> map(Node node) {
            if (node instanceof MappingNode map) return map.getValue();
            throw wrong(node, "here is a list of names and values expected");
        }

        private String text(Node node) {
            if (node instanceof ScalarNode scalar) return scalar.getValue().strip();
            throw wrong(node, "here is one value expected");
        }

        private static int line(Node node) {
            return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        }

        private Failure wrong(Node node, String why) {
            return wrong(node, why, "docs/history.md says what a budget may have.");
        }

        private Failure wrong(Node node, String why, String hint) {
            return new Failure(Exit.INPUT, file + ":" + line(node) + ": " + why, hint);
        }
    }
}
