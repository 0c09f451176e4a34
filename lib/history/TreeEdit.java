package lib.history;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Trees made of another tree and a few files; all else in it stays as it is, byte for byte. Names in git are bytes,
 * of no known encoding, so a path here is a string in which each char is a byte.
 */
final class TreeEdit {
    private final ObjectReader reader;
    private final Client client;

    /** @param reader keeps what it has unpacked: one for all that are near each other */
    TreeEdit(ObjectReader reader, Client client) {
        this.reader = reader;
        this.client = client;
    }

    /** A path as a string of bytes. */
    static String bytes(String path) {
        return bytes(path.getBytes(StandardCharsets.UTF_8));
    }

    static String bytes(byte[] path) {
        return new String(path, StandardCharsets.ISO_8859_1);
    }

    private record Entry(FileMode mode, ObjectId id) {}

    /**
     * The tree with these files put in, or, where the id is null, taken out.
     *
     * @param tree null for an empty one
     * @throws Failure GIT where a file would have to be a folder or the other way round
     */
    ObjectId with(ObjectId tree, Map<String, ObjectId> files) throws IOException {
        return edit(tree, "", new TreeMap<>(files));
    }

    private ObjectId edit(ObjectId tree, String where, SortedMap<String, ObjectId> files) throws IOException {
        TreeMap<String, Entry> entries = read(tree);
        Map<String, SortedMap<String, ObjectId>> folders = new TreeMap<>();
        files.forEach((path, id) -> {
            int slash = path.indexOf('/');
            if (slash >= 0) folders.computeIfAbsent(path.substring(0, slash), name -> new TreeMap<>()).put(path.substring(slash + 1), id);
        });
        for (var folder : folders.entrySet()) {
            String name = folder.getKey();
            if (entries.containsKey(name)) throw inTheWay(where + name, entries.get(name).mode());
            Entry old = entries.remove(name + "/");
            ObjectId edited = edit(old == null ? null : old.id(), where + name + "/", folder.getValue());
            if (!edited.equals(Constants.EMPTY_TREE_ID)) entries.put(name + "/", new Entry(FileMode.TREE, edited));
        }
        files.forEach((name, id) -> {
            if (name.indexOf('/') >= 0) return;
            if (entries.containsKey(name + "/")) throw inTheWay(where + name, FileMode.TREE);
            Entry old = entries.remove(name);
            boolean program = old != null && old.mode() == FileMode.EXECUTABLE_FILE;
            if (id != null) entries.put(name, new Entry(program ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE, id));
        });
        TreeFormatter made = new TreeFormatter();
        entries.forEach((name, entry) -> made.append(name(name), entry.mode(), entry.id()));
        ObjectId id = made.computeId(new ObjectInserter.Formatter());
        return id.equals(tree) ? id : client.write(Constants.OBJ_TREE, made.toByteArray());
    }

    private static byte[] name(String key) {
        return (key.endsWith("/") ? key.substring(0, key.length() - 1) : key).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Failure inTheWay(String path, FileMode mode) {
        String what = mode == FileMode.GITLINK ? "a submodule" : mode == FileMode.TREE ? "a folder" : "no folder";
        return new Failure(Exit.GIT, new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                + " is " + what + " in what is committed", "Choose another --results.");
    }

    /** A tree's entries in git's order, in which the name of a folder ends with a slash. */
    private TreeMap<String, Entry> read(ObjectId tree) throws IOException {
        TreeMap<String, Entry> entries = new TreeMap<>();
        if (tree == null) return entries;
        for (CanonicalTreeParser at = parser(tree); !at.eof(); at = at.next()) {
            FileMode mode = at.getEntryFileMode();
            entries.put(bytes(nameOf(at)) + (mode == FileMode.TREE ? "/" : ""), new Entry(mode, at.getEntryObjectId()));
        }
        return entries;
    }

    private CanonicalTreeParser parser(ObjectId tree) throws IOException {
        return new CanonicalTreeParser(null, reader, tree);
    }

    private static byte[] nameOf(CanonicalTreeParser entry) {
        byte[] name = new byte[entry.getNameLength()];
        entry.getName(name, 0);
        return name;
    }

    /** What the tree has at this path, which ends with a slash if it is a folder's; null where it has nothing. */
    ObjectId at(ObjectId tree, String path) throws IOException {
        int slash = path.indexOf('/');
        return slash < 0 || slash == path.length() - 1 ? entry(tree, path) : at(entry(tree, path.substring(0, slash + 1)), path.substring(slash + 1));
    }

    /** The files of a folder by their names; none where the tree has no such folder. An empty path is the tree's own. */
    SortedMap<String, ObjectId> files(ObjectId tree, String folder) throws IOException {
        SortedMap<String, ObjectId> files = new TreeMap<>();
        ObjectId there = folder.isEmpty() ? tree : at(tree, folder + "/");
        if (there == null) return files;
        for (CanonicalTreeParser at = parser(there); !at.eof(); at = at.next()) {
            FileMode mode = at.getEntryFileMode();
            if (mode == FileMode.REGULAR_FILE || mode == FileMode.EXECUTABLE_FILE) files.put(bytes(nameOf(at)), at.getEntryObjectId());
        }
        return files;
    }

    /** Whether two trees have the same at these paths; folders that are the same are not looked into. */
    boolean alike(ObjectId one, ObjectId other, List<String> paths) throws IOException {
        for (String path : paths) if (!alike(one, other, path)) return false;
        return true;
    }

    private boolean alike(ObjectId one, ObjectId other, String path) throws IOException {
        if (Objects.equals(one, other)) return true;
        int slash = path.indexOf('/');
        if (slash < 0) return Objects.equals(entry(one, path), entry(other, path));
        String name = path.substring(0, slash + 1);
        return alike(entry(one, name), entry(other, name), path.substring(slash + 1));
    }

    /** @param name with a slash at its end for a folder */
    private ObjectId entry(ObjectId tree, String name) throws IOException {
        if (tree == null) return null;
        boolean folder = name.endsWith("/");
        int length = name.length() - (folder ? 1 : 0);
        for (CanonicalTreeParser at = parser(tree); !at.eof(); at = at.next()) {
            boolean same = at.getNameLength() == length && folder == (at.getEntryFileMode() == FileMode.TREE);
            if (same && name.startsWith(bytes(nameOf(at)))) return at.getEntryObjectId();
        }
        return null;
    }
}
