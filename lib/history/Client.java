package lib.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Shell;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;

/**
 * What is done to a repository. Where git is installed it does it ({@link GitClient}): it knows the user's transports
 * and filters and every form of an index. Where it is not, JGit does ({@link JGitClient}), or says what it cannot.
 * What is committed is composed by us in either case, and objects are read by JGit.
 */
interface Client {
    Location location();

    /** Where the index of the work tree is. */
    default Path indexFile() {
        return location().gitDir().resolve("index");
    }

    /** All that git would heed: the system's, the user's and the repository's configuration. */
    Config config();

    /** A program in the user's environment, at the top of the work tree. */
    Program program(String... words);

    /** A path that the configuration names, with ~/ as the user's home; null where it names none. */
    String path(String section, String subsection, String name) throws IOException;

    /** @throws Failure GIT where the configuration names nobody: nothing is committed as user@host */
    PersonIdent author() throws IOException;

    PersonIdent committer() throws IOException;

    /** What HEAD points to, such as refs/heads/main; null where it is detached. */
    String branch() throws IOException;

    /** The commit that a reference points to; null where there is none. */
    ObjectId tip(String ref) throws IOException;

    /** What all references below these prefixes point to. */
    Set<ObjectId> tips(Collection<String> prefixes) throws IOException;

    /** The last commit that changed one of these files, which the reference's commit has. */
    ObjectId last(String ref, List<String> paths) throws IOException;

    /** The first of these paths, from the top of the work tree, that git would not add; null where it adds them all. */
    String ignored(List<String> paths) throws IOException;

    /**
     * Keeps files of the work tree as {@code git add} does, with the filters of the user's attributes.
     *
     * @param paths from the top of the work tree
     * @throws Failure GIT if a filter would not give back what a file holds
     */
    List<ObjectId> blobs(List<String> paths) throws IOException;

    /** @param type as in {@link org.eclipse.jgit.lib.Constants} */
    ObjectId write(int type, byte[] content) throws IOException;

    /**
     * Moves a reference.
     *
     * @param from where it is; null where it is not there yet
     * @return false where it has been moved by somebody else
     */
    boolean advance(String ref, ObjectId from, ObjectId to, String why) throws IOException;

    /** Makes a new index of a tree. */
    void readTree(Path index, ObjectId tree) throws IOException;

    /** The tree of an index. */
    ObjectId writeTree(Path index) throws IOException;

    /** Adds files of the work tree to an index, whose lock the caller has. */
    void add(Path index, List<String> paths) throws IOException;

    /**
     * Brings the work tree and an index from one tree to another; what the user has changed stays.
     *
     * @throws InTheWay where a change of the user's is in the way: nothing is done then
     */
    void checkout(Path index, ObjectId from, ObjectId to) throws IOException;

    /** Reads objects, and where a partial clone has not all of them, once more when they have been brought. */
    default <T> T whole(Reading<T> reading) throws IOException {
        ObjectId brought = null;
        while (true) {
            try {
                return reading.read();
            } catch (MissingObjectException e) {
                if (e.getObjectId().equals(brought)) throw e;
                brought = e.getObjectId();
                bring(brought);
            }
        }
    }

    interface Reading<T> {
        T read() throws IOException;
    }

    static Failure none(Path folder) {
        return new Failure(Exit.GIT, "no git repository at " + folder, "Make one (git init), or name one with --repo.");
    }

    static Failure nobody() {
        return new Failure(Exit.GIT, "git does not know who commits (no user.name or no user.email)",
                "git config --global user.name 'Your Name'; git config --global user.email you@example.org");
    }

    static Failure filtered(String path) {
        return new Failure(Exit.GIT, "git's attributes would change what is in " + path + " (text, eol, ident, filter or an encoding)",
                "git check-attr -a " + Shell.quote(path) + " shows them; -text in .gitattributes or .git/info/attributes keeps it as it is.");
    }

    /** A change of the user's, and which one. */
    final class InTheWay extends IOException {
        private static final long serialVersionUID = 1L;

        InTheWay(String what) {
            super(what);
        }
    }

    /**
     * What came of a push at one URL.
     *
     * @param refused why the server refused; null where it has it now
     */
    record Sent(String url, String refused) {}

    /** Pushes; never by force. */
    List<Sent> push(Target target) throws IOException;

    /** Brings what others have pushed; returns where the remote's branch is now, or null if it has none. */
    ObjectId fetch(Target target) throws IOException;

    /** Gets an object that a partial clone has left at its remote. */
    void bring(ObjectId missing) throws IOException;
}
