package lib.stacks;

import lib.stacks.Frames.Kind;

/**
 * Gives every frame the name under which it is shown: an unknown one its module's, and on wish the annotations of
 * stackcollapse-perf.pl. It is the last map before a tree is drawn or written, and merges frames that are shown alike.
 *
 * @param kernel mark kernel frames by {@code _[k]}
 * @param jit mark frames of code made at run time by {@code _[j]}
 * @param inlined mark inlined calls by {@code _[i]}
 * @param addresses show the address of an unknown frame: {@code [libc.so.6 <28f14>]}
 */
public record Labels(boolean kernel, boolean jit, boolean inlined, boolean addresses) implements FrameMap {
    private static final String KERNEL = "_[k]";
    /** No annotations. */
    public static final Labels PLAIN = new Labels(false, false, false, false);

    @Override
    public FrameMap begin(StackTree source, Frames target) {
        Frames frames = source.frames();
        return FrameMap.ofEach(source, id -> target.intern(label(frames, id), frames.kind(id)));
    }

    @Override
    public int[] map(StackTree source, int node, Frames target) {
        return begin(source, target).map(source, node, target);
    }

    /** Of stacks in which kernel frames are marked: the same, without the marks, of frames that are known to be the kernel's. */
    public static StackTree unmarked(StackTree tree) {
        Frames frames = tree.frames();
        return tree.map((source, node, target) -> {
            String name = frames.name(source.frame(node));
            return new int[] {name.endsWith(KERNEL) ? target.intern(name.substring(0, name.length() - KERNEL.length()), Kind.KERNEL)
                    : target.adopt(frames, source.frame(node))};
        });
    }

    /** The name under which a frame is shown. */
    public String label(Frames frames, int id) {
        String name = frames.name(id);
        if (addresses && frames.isUnknown(id)) {
            name = "[" + MappedFiles.baseName(frames.module(id)) + " <" + Long.toHexString(frames.address(id)) + ">]";
        }
        Kind kind = frames.kind(id);
        String mark = kernel && kind == Kind.KERNEL ? KERNEL
                : jit && kind == Kind.JIT ? "_[j]"
                : inlined && kind == Kind.INLINED ? "_[i]" : "";
        return name.endsWith(mark) ? name : name + mark;
    }
}
