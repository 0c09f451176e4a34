package lib.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lib.profile.Profile;
import org.eclipse.jgit.lib.ObjectId;

/** What commits are put on: HEAD with its work tree ({@link WorkTree}), or a branch without one ({@link ResultsBranch}). */
interface Line extends AutoCloseable {
    /** The reference that moves: HEAD, or refs/heads/profiles. */
    String ref();

    /** The branch, as refs/heads/main; null where HEAD is detached. */
    String branch() throws IOException;

    /** The folder in which a result is saved before it is committed. */
    Path folder(Path results, Profile profile) throws IOException;

    /** The path of a folder from the top, with slashes, seen from where {@link #folder} sees it; null where it is not inside. */
    String path(Path folder) throws IOException;

    /** What to call a file that is to be committed. */
    String name(Path file);

    /**
     * Keeps the content of files as objects.
     *
     * @return it by paths from the top
     * @throws lib.cli.Failure GIT if git would not take one of them, or not as it is
     */
    Map<String, ObjectId> keep(List<Path> files) throws IOException;

    /**
     * Puts files that are made from others in their places, where the user has none of the name.
     *
     * @param files contents by paths from the top
     * @return what was put there and git would take, as {@link #keep}
     */
    Map<String, ObjectId> put(Map<String, byte[]> files) throws IOException;

    Hooks hooks() throws IOException;

    /** Takes what no other command may change meanwhile. */
    Held hold() throws IOException;

    /** Where the files are after a commit that has failed, for the user. */
    Path left(List<Path> files);

    @Override
    void close() throws IOException;

    /** Index and work tree, while they are ours; changes count when they are published. */
    interface Held extends AutoCloseable {
        void add(List<String> paths) throws IOException;

        /** @throws Client.InTheWay where a change of the user's is */
        void checkout(ObjectId from, ObjectId to) throws IOException;

        void publish() throws IOException;

        @Override
        void close() throws IOException;
    }
}
