package lib.insight;

import lib.stacks.Frames;
import lib.stacks.StackTree;

/** Trees for tests, from folded lines; long paths of packages are written short. */
final class TestTrees {
    private static final String[][] SHORT = {
        {"H.", "k8s.io/apiserver/pkg/endpoints/handlers."}, {"F.", "k8s.io/apiserver/pkg/endpoints/filters."},
        {"SF.", "k8s.io/apiserver/pkg/server/filters."}, {"S.", "k8s.io/apiserver/pkg/server."}, {"R.", "k8s.io/apimachinery/pkg/runtime."},
        {"REG.", "k8s.io/apiserver/pkg/registry/generic/registry."}, {"CACHE.", "k8s.io/apiserver/pkg/storage/cacher."},
        {"E3.", "k8s.io/apiserver/pkg/storage/etcd3."}, {"NEXT", "net/http.HandlerFunc.ServeHTTP"},
        {"REQUEST", "k8s.io/apiserver/pkg/server/filters.(*timeoutHandler).ServeHTTP.func1"}, {"GO", "runtime.goexit.abi0"}};

    private TestTrees() { }

    /** Lines such as {@code GO;NEXT;H.ListResource.func1 5}; one sample of weight 10 per unit, below a command's name. */
    static StackTree of(String... lines) {
        StackTree tree = new StackTree(new Frames());
        for (String line : lines) {
            int space = line.lastIndexOf(' ');
            int at = tree.child(0, tree.frames().intern("kube-apiserver", Frames.Kind.USER));
            for (String name : line.substring(0, space).split(";")) at = tree.child(at, tree.frames().intern(whole(name), Frames.Kind.USER));
            long samples = Long.parseLong(line.substring(space + 1));
            tree.add(at, 10 * samples, samples);
        }
        return tree;
    }

    private static String whole(String name) {
        for (String[] pair : SHORT) {
            if (name.startsWith(pair[0]) && (pair[0].endsWith(".") || name.equals(pair[0]))) return pair[1] + name.substring(pair[0].length());
        }
        return name;
    }

    static Calls calls(String target, String... lines) {
        StackTree tree = of(lines);
        Basis basis = Basis.of("ticks");
        return Calls.of(tree, Counted.of(tree, basis), basis, Rules.of(target));
    }
}
