package lib.series;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lib.insight.Calls;
import lib.insight.Hottest;
import lib.insight.Subsystems;

/** One side of a comparison: a result, or several runs of the same, pooled. */
final class Side {
    final List<Result> runs;
    /** By kind of row and its name: the samples of each run. */
    final Map<Row.Kind, Map<String, long[]>> samples = new EnumMap<>(Row.Kind.class);
    /** All samples of each run. */
    final long[] of;

    Side(List<Result> runs) {
        this.runs = runs;
        of = runs.stream().mapToLong(run -> run.report().samples()).toArray();
        for (Row.Kind kind : Row.Kind.values()) samples.put(kind, new HashMap<>());
        for (int run = 0; run < of.length; run++) count(run);
    }

    private void count(int run) {
        var report = runs.get(run).report();
        for (Calls.Call call : report.calls()) add(Row.Kind.CALL, call.call(), run, call.samples());
        for (Calls.Link link : report.chain()) add(Row.Kind.LINK, link.link(), run, link.samples());
        for (Subsystems.Share part : report.subsystems()) add(Row.Kind.SUBSYSTEM, part.subsystem(), run, part.samples());
        // of stacks that are weighed in time, a function's samples are its share of all that were taken
        for (Hottest.Function function : report.hottest()) add(Row.Kind.FUNCTION, function.name(), run, Math.round(function.selfShare() * of[run]));
    }

    private void add(Row.Kind kind, String name, int run, long number) {
        samples.get(kind).computeIfAbsent(name, any -> new long[of.length])[run] += number;
    }

    long[] samples(Row.Kind kind, String name) {
        return samples.get(kind).getOrDefault(name, new long[of.length]);
    }

    long all() {
        return sum(of);
    }

    /** The part of all its samples that these are, of each run so many. */
    double share(long[] samples) {
        return all() == 0 ? 0 : (double) sum(samples) / all();
    }

    /** The standard deviation of a share, if each sample were taken by itself; of none of n, as if one had been seen. */
    double deviation(double share) {
        long all = all();
        double seen = Math.min(Math.max(share, 1.0 / Math.max(1, all)), 1 - 1.0 / Math.max(2, all));
        return Math.sqrt(seen * (1 - seen) / Math.max(1, all));
    }

    static long sum(long[] numbers) {
        long sum = 0;
        for (long number : numbers) sum += number;
        return sum;
    }

    /** So many samples in so much CPU time: what one is worth in CPUs; 0 where it is not known. */
    double cpusPerSample() {
        double cpus = runs.stream().mapToDouble(run -> run.profile().cpus() * run.profile().outcome().seconds()).sum();
        return seconds() > 0 && all() > 0 ? cpus / seconds() / all() : 0;
    }

    double seconds() {
        return runs.stream().mapToDouble(run -> run.profile().outcome().seconds()).sum();
    }

    /** How many requests of that call there were; null where a run has not counted them, or they last as long as their client wants. */
    Long requests(String call) {
        long sum = 0;
        for (Result run : runs) {
            Calls.Call found = run.report().calls().stream().filter(one -> one.call().equals(call)).findFirst().orElse(null);
            if (found == null || found.cpuPerRequest() == null) return null;
            sum += found.requests();
        }
        return sum;
    }

    /** How many requests there were in all; null where a run has not counted them. */
    Long requests() {
        long sum = 0;
        for (Result run : runs) {
            Long counted = Result.requests(run.profile());
            if (counted == null) return null;
            sum += counted;
        }
        return sum;
    }
}
