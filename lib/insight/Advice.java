package lib.insight;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The one thing to do something about: the largest of what a program's rules know a way to help. */
final class Advice {
    /** Less is not worth it. */
    private static final double WORTH_IT = 0.03;

    private Advice() { }

    /** What it is, then what can be done; empty where nothing stands out. */
    static List<String> of(Calls calls, Counted counted, Rules rules) {
        Map<String, Double> shares = new TreeMap<>();
        for (Calls.Call call : calls.calls()) call.work().forEach(work -> shares.merge(work.work(), work.share(), Double::sum));
        calls.chain().forEach(link -> shares.merge(link.link(), link.share(), Double::sum));
        calls.signs().forEach((sign, samples) -> shares.put(sign, (double) samples / counted.samples()));
        return shares.entrySet().stream()
                .filter(entry -> entry.getValue() >= WORTH_IT && entry.getValue() > counted.error(entry.getValue())
                        && rules.advice(entry.getKey()) != null)
                .max(Map.Entry.comparingByValue())
                .map(entry -> {
                    String text = String.format(Locale.ROOT, "%s: %s%n%s", entry.getKey(),
                            Chance.text(entry.getValue(), counted.error(entry.getValue())), rules.advice(entry.getKey()));
                    return text.lines().toList();
                })
                .orElse(List.of());
    }
}
