package lib.insight;

import lib.stacks.StackTree;

/**
 * How many samples a tree stands for. Folded stacks have one number only, their weight, and say nothing of samples; what all
 * weights are multiples of is then the period of one.
 *
 * @param weight of the whole tree
 * @param samples of the whole tree
 * @param ofTree how many samples the tree says it has
 * @param sampled whether a share's error follows from the number of samples
 */
record Counted(long weight, long samples, long ofTree, boolean sampled) {
    /** A smaller common divisor may be by chance. */
    private static final long SHORTEST_PERIOD = 1000;

    static Counted of(StackTree tree, Basis basis) {
        long weight = 0;
        long ofTree = 0;
        long period = 0;
        boolean same = true;
        for (int node = 0; node < tree.size(); node++) {
            weight += tree.self(node);
            ofTree += tree.samples(node);
            same &= tree.self(node) == tree.samples(node);
            period = gcd(period, tree.self(node));
        }
        long samples = !same ? ofTree : basis.samples() > 0 ? basis.samples() : period >= SHORTEST_PERIOD ? weight / period : ofTree;
        return new Counted(weight, samples, ofTree, Amounts.isSampled(basis.unit()));
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** So many of the tree's samples, as samples that were taken. */
    long samples(long part) {
        return samples == ofTree ? part : Math.round((double) part * samples / ofTree);
    }

    /** A part of the weight as a share of the whole, 0 to 1. */
    double share(long part) {
        return weight == 0 ? 0 : (double) part / weight;
    }

    /** The error of a share of the whole; 0 where it is not known. */
    double error(double share) {
        return sampled ? Chance.error(share, samples) : 0;
    }
}
