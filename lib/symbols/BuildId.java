package lib.symbols;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import lib.cli.Failure;
import lib.elf.Binary;
import lib.node.Node;
import lib.node.Transfer;

/**
 * What tells one build of a binary from another. Go's linker writes an id of its own, and GNU's only if asked to.
 *
 * @param gnu the GNU build id in hex, or null
 * @param go Go's build id, or null
 */
public record BuildId(String gnu, String go) {
    /** Nothing known. */
    public static final BuildId NONE = new BuildId(null, null);

    /**
     * Reads the ids of a process's executable or of another file that it has mapped; a few KB are transferred.
     *
     * @param module the file's path as the process sees it
     * @return {@link #NONE} when the file is not there, is no ELF file, or has none
     * @throws Failure when the node cannot be asked
     */
    public static BuildId of(Node node, Transfer transfer, int pid, String module) {
        NodeFile file = NodeFile.find(node, transfer, pid, module);
        try {
            return file == null ? NONE : of(Binary.open(file));
        } catch (IOException e) {
            return NONE;
        }
    }

    static BuildId of(Binary binary) {
        return new BuildId(binary.buildId(), binary.goBuildId());
    }

    boolean isKnown() {
        return gnu != null || go != null;
    }

    /** Whether the two may be of one build: each kind of id that both have is the same. */
    boolean agrees(BuildId other) {
        return (gnu == null || other.gnu == null || same(gnu, other.gnu)) && (go == null || other.go == null || go.equals(other.go));
    }

    /** Whether some id says that the two are of one build, and none that they are not. */
    boolean confirms(BuildId other) {
        return agrees(other) && (gnu != null && other.gnu != null || go != null && other.go != null);
    }

    /** Whether two GNU build ids are the same: perf fills those with zeros that are shorter than usual. Null is no id's like. */
    static boolean same(String a, String b) {
        return a != null && b != null && a.replaceFirst("(00)+$", "").equals(b.replaceFirst("(00)+$", ""));
    }

    /** The names under which the cache has it. */
    List<String> keys() {
        return Stream.of(go == null || go.isEmpty() ? null : "go " + go, gnu == null ? null : "gnu " + gnu).filter(Objects::nonNull).toList();
    }
}
