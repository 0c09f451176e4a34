package lib.stacks;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Interned frames, numbered densely from 0. A frame is identified by its name and kind or, while nobody knows its
 * name, by the mapped file and its build, the address and whether that is a return address. Not safe for use by several threads.
 */
public final class Frames {

    /** Where a frame's code lives: a program or library, the kernel, code made at run time, or inlined into its caller. */
    public enum Kind { USER, KERNEL, JIT, INLINED }

    /** No record: the first use of one's hashCode takes the virtual machine a tenth of a second. */
    private static final class Key {
        final String text;
        /** The build of an unknown frame's file, or null. */
        final String build;
        final long address;
        final Object sort;
        /** What a folded file shows; it follows from the text. */
        final String name;

        Key(String text, String build, long address, Object sort, String name) {
            this.text = text;
            this.build = build;
            this.address = address;
            this.sort = sort;
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && address == key.address && sort == key.sort
                    && (text == null ? key.text == null : text.equals(key.text)) && (build == null ? key.build == null : build.equals(key.build));
        }

        @Override
        public int hashCode() {
            return 31 * ((text == null ? 0 : text.hashCode()) + 31 * Long.hashCode(address)) + (sort instanceof Unknown ? 1 : 0);
        }
    }

    /** The third part of an unknown frame's key; the third part of a named frame's is its {@link Kind}. */
    private enum Unknown { LEAF, CALLER }

    /**
     * A place in a program's source.
     *
     * @param file as the compiler wrote it
     * @param line from 1
     */
    public record Source(String file, int line) {}

    private final Map<Key, Integer> ids = new HashMap<>();
    private final Map<Integer, Source> sources = new HashMap<>();
    private Key[] keys = new Key[64];
    /** The module that was last shown, mostly the next one too, and how. */
    private String lastModule = "";
    private String lastName = "[]";

    /** No frames yet. */
    public Frames() { }

    /** A copy: a frame's number is the same there until either gets new ones. */
    public Frames(Frames other) {
        ids.putAll(other.ids);
        sources.putAll(other.sources);
        keys = other.keys.clone();
    }

    /**
     * Returns the frame of that name and kind.
     *
     * @param name the symbol, unchanged
     */
    public int intern(String name, Kind kind) {
        return id(new Key(name, null, 0, kind, name));
    }

    /** Returns the frame whose name is {@code utf8[from, to)}; bytes that are not UTF-8 become U+FFFD. */
    public int intern(byte[] utf8, int from, int to, Kind kind) {
        return intern(new String(utf8, from, to - from, StandardCharsets.UTF_8), kind);
    }

    /**
     * Returns the frame of an address that has no symbol.
     *
     * @param module the mapped file as perf printed it, or null where it is unknown
     * @param address as perf printed it: for a mapped file it may be relative to that file
     * @param returnAddress true above the leaf: the call is at a lower address
     */
    public int internUnknown(String module, long address, boolean returnAddress) {
        return internUnknown(module, null, address, returnAddress);
    }

    /**
     * As {@link #internUnknown(String, long, boolean)}, of a file whose build is known.
     *
     * @param build the file's GNU build id in hex, or null
     */
    public int internUnknown(String module, String build, long address, boolean returnAddress) {
        if (!Objects.equals(module, lastModule)) {
            lastModule = module;
            lastName = "[" + MappedFiles.baseName(module) + "]";
        }
        return id(new Key(module, build, address, returnAddress ? Unknown.CALLER : Unknown.LEAF, lastName));
    }

    /** The number of frames so far. */
    public int size() {
        return ids.size();
    }

    /** The symbol; for an unknown frame what a folded file shows, such as {@code [kube-apiserver]}. */
    public String name(int id) {
        return keys[id].name;
    }

    /** The kind; an unknown frame's follows from its module. */
    public Kind kind(int id) {
        return keys[id].sort instanceof Kind kind ? kind : MappedFiles.kind(keys[id].text);
    }

    /** Whether the frame is still an address without a name. */
    public boolean isUnknown(int id) {
        return keys[id].sort instanceof Unknown;
    }

    /** An unknown frame's mapped file, or null; null for a named frame too. */
    public String module(int id) {
        return isUnknown(id) ? keys[id].text : null;
    }

    /** The GNU build id of an unknown frame's mapped file in hex, or null where it is not known. */
    public String build(int id) {
        return keys[id].build;
    }

    /** An unknown frame's address, else 0. */
    public long address(int id) {
        return keys[id].address;
    }

    /** Whether an unknown frame's address is where a call returns to. */
    public boolean isReturnAddress(int id) {
        return keys[id].sort == Unknown.CALLER;
    }

    /** Returns the number here of a frame of {@code other}. */
    int adopt(Frames other, int id) {
        int adopted = id(other.keys[id]);
        adoptSource(adopted, other, id);
        return adopted;
    }

    /** Where most samples of that frame stood in the source, or null where it is not known. */
    public Source source(int id) {
        return sources.get(id);
    }

    /** Tells where a frame stands in the source, unless that is known already. */
    public void source(int id, Source source) {
        sources.putIfAbsent(id, source);
    }

    /** Takes the source of another's frame over, if there is one. */
    public void adoptSource(int id, Frames other, int otherId) {
        Source source = other.sources.isEmpty() ? null : other.sources.get(otherId);
        if (source != null) source(id, source);
    }

    private int id(Key key) {
        Integer known = ids.putIfAbsent(key, ids.size());
        if (known != null) return known;
        int id = ids.size() - 1;
        if (id == keys.length) keys = Arrays.copyOf(keys, 2 * id);
        keys[id] = key;
        return id;
    }
}
