package lib.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.util.RawParseUtils;

/**
 * Git itself. It is asked in words that it keeps for programs, and believed by its exit codes and by what its
 * {@code --porcelain} and {@code -z} print; what it says to people is passed on and never looked into.
 */
final class GitClient implements Client {
    /** How long git waits for another command's lock on a reference. */
    private static final String LOCK_MS = "core.filesRefLockTimeout=10000";
    private static final Pattern PROGRESS = Pattern.compile("(remote: )?[A-Z][A-Za-z ]+: .*(\\d+% \\(.*|, done\\.)|(remote: )?Total .*"
            + "|Delta compression .*|To .*|hint: .*|\\s*");
    private static final int FETCH_TRIES = 10;
    /** A local command is silent while it works; a filter or a disk may take its time. */
    private static final int LOCAL_SECONDS = 600;

    private final Map<String, String> variables;
    private final Location location;
    private final Config config;
    private final int timeoutSeconds;

    private GitClient(Map<String, String> variables, Location location, Config config, int timeoutSeconds) {
        this.variables = variables;
        this.location = location;
        this.config = config;
        this.timeoutSeconds = timeoutSeconds;
    }

    /**
     * The repository that holds this folder; null where git is not installed.
     *
     * @param timeoutSeconds for a sign of life from a remote
     * @throws Failure GIT if git finds none, or refuses to work in it
     */
    static GitClient open(Map<String, String> variables, Path folder, int timeoutSeconds) throws IOException {
        // the second fails where there is no work tree
        Program.Ran found = git(variables, folder, "rev-parse", "--git-dir", "--show-toplevel").call();
        String[] paths = found.text().split("\n");
        if (paths[0].isEmpty()) {
            // on some systems what is called git only says how to install it
            if (!git(variables, folder, "--version").call().ok()) return null;
            Location refused = Location.find(folder);
            if (refused == null) throw Client.none(folder);
            throw new Failure(Exit.GIT, "git refuses the repository of " + folder + ": " + said(found), Trust.advice(refused));
        }
        Location location = Location.of(folder.resolve(paths[0]), found.ok() ? Path.of(paths[1]) : null);
        Map<String, String> there = new HashMap<>(variables);
        if (there.containsKey("GIT_DIR")) {
            there.put("GIT_DIR", location.gitDir().toString());
            if (location.top() != null) there.put("GIT_WORK_TREE", location.top().toString());
        }
        Program.Ran listed = git(there, location.home(), "config", "--list", "--includes", "-z").call();
        if (!listed.ok()) throw new IOException(said(listed));
        return new GitClient(there, location, config(listed.text()), timeoutSeconds);
    }

    /** @param listed for each entry "section.subsection.name", a line feed, the value; no line feed stands for true */
    private static Config config(String listed) {
        Config config = new Config();
        for (String entry : listed.split("\0")) {
            int end = entry.indexOf('\n');
            String key = end < 0 ? entry : entry.substring(0, end);
            int first = key.indexOf('.');
            int last = key.lastIndexOf('.');
            if (first < 0) continue;
            String section = key.substring(0, first);
            String subsection = first == last ? null : key.substring(first + 1, last);
            String name = key.substring(last + 1);
            List<String> values = new ArrayList<>(Arrays.asList(config.getStringList(section, subsection, name)));
            values.add(end < 0 ? "true" : entry.substring(end + 1));
            config.setStringList(section, subsection, name, values);
        }
        return config;
    }

    private static Program git(Map<String, String> variables, Path folder, String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        Program git = new Program(variables, command).in(folder).silentFor(LOCAL_SECONDS)
                .variable("LC_ALL", "C").variable("LANGUAGE", null);
        // nobody is there to answer: fail instead of asking
        return System.console() != null || variables.containsKey("GIT_TERMINAL_PROMPT") ? git : git.variable("GIT_TERMINAL_PROMPT", "0");
    }

    private Program git(String... words) {
        return git(variables, location.home(), words);
    }

    private Program index(Path index, String... words) {
        return git(words).variable("GIT_INDEX_FILE", index.toString());
    }

    private static Program.Ran ok(Program git) throws IOException {
        Program.Ran ran = git.call();
        if (!ran.ok()) throw new IOException(said(ran));
        return ran;
    }

    /** Its words for people, without its progress and its hints. */
    private static String said(Program.Ran ran) {
        if (ran.exitCode() == Program.SILENT) return "the server did not answer in time";
        List<String> lines = new ArrayList<>();
        for (String line : ran.err().split("[\r\n]+")) {
            if (!PROGRESS.matcher(line).matches()) lines.add(line);
        }
        return Reasons.oneLine(String.join("\n", lines), "git ended with exit code " + ran.exitCode());
    }

    private static String withoutNewline(Program.Ran ran) {
        return ran.text().replaceFirst("\r?\n$", "");
    }

    @Override
    public Location location() {
        return location;
    }

    @Override
    public Path indexFile() {
        String named = variables.get("GIT_INDEX_FILE");
        return named == null ? Client.super.indexFile() : location.home().resolve(named);
    }

    @Override
    public Config config() {
        return config;
    }

    @Override
    public Program program(String... words) {
        return new Program(variables, words).in(location.home());
    }

    @Override
    public String path(String section, String subsection, String name) throws IOException {
        if (config.getString(section, subsection, name) == null) return null;
        String key = section + "." + (subsection == null ? "" : subsection + ".") + name;
        return withoutNewline(ok(git("config", "--path", "--get", key)));
    }

    @Override
    public PersonIdent author() throws IOException {
        return ident("GIT_AUTHOR_IDENT");
    }

    @Override
    public PersonIdent committer() throws IOException {
        return ident("GIT_COMMITTER_IDENT");
    }

    private PersonIdent ident(String which) throws IOException {
        Program.Ran ran = git("-c", "user.useConfigOnly=true", "var", which).call();
        if (!ran.ok()) throw Client.nobody();
        return RawParseUtils.parsePersonIdent(withoutNewline(ran));
    }

    @Override
    public String branch() throws IOException {
        Program.Ran ran = git("symbolic-ref", "-q", "HEAD").call();
        return ran.ok() ? ran.line() : null;
    }

    @Override
    public ObjectId tip(String ref) throws IOException {
        Program.Ran ran = git("rev-parse", "--verify", "-q", ref + "^{commit}").call();
        return ran.ok() ? ObjectId.fromString(ran.line()) : null;
    }

    @Override
    public Set<ObjectId> tips(Collection<String> prefixes) throws IOException {
        Set<ObjectId> found = new HashSet<>();
        for (String prefix : prefixes) {
            ok(git("for-each-ref", "--format=%(objectname)", prefix)).text().lines().forEach(id -> found.add(ObjectId.fromString(id)));
        }
        return found;
    }

    @Override
    public ObjectId last(String ref, List<String> paths) throws IOException {
        List<String> words = new ArrayList<>(List.of("--literal-pathspecs", "rev-list", "-1", ref, "--"));
        words.addAll(paths);
        return ObjectId.fromString(ok(git(words.toArray(String[]::new))).line());
    }

    @Override
    public String ignored(List<String> paths) throws IOException {
        Program.Ran ran = git("check-ignore", "-z", "--stdin").input(String.join("\0", paths) + "\0").call();
        if (ran.exitCode() > 1) throw new IOException(said(ran));
        return ran.ok() ? ran.text().split("\0")[0] : null;
    }

    @Override
    public List<ObjectId> blobs(List<String> paths) throws IOException {
        List<ObjectId> ids = new ArrayList<>();
        ok(git("hash-object", "-w", "--stdin-paths").input(String.join("\n", paths) + "\n")).text().lines()
                .forEach(id -> ids.add(ObjectId.fromString(id)));
        for (int i = 0; i < paths.size(); i++) {
            byte[] content = Files.readAllBytes(location.top().resolve(paths.get(i)));
            if (ids.get(i).equals(new ObjectInserter.Formatter().idFor(Constants.OBJ_BLOB, content))) continue;
            Program.Ran back = git("cat-file", "--filters", "--path=" + paths.get(i), ids.get(i).name()).call();
            if (!back.ok() || !Arrays.equals(back.out(), content)) throw Client.filtered(paths.get(i));
        }
        return ids;
    }

    @Override
    public ObjectId write(int type, byte[] content) throws IOException {
        Program.Ran ran = ok(git("hash-object", "-w", "-t", Constants.typeString(type), "--stdin").input(content));
        return ObjectId.fromString(ran.line());
    }

    @Override
    public boolean advance(String ref, ObjectId from, ObjectId to, String why) throws IOException {
        String old = from == null ? ObjectId.zeroId().name() : from.name();
        Program.Ran ran = git("-c", LOCK_MS, "update-ref", "-m", why, ref, to.name(), old).call();
        if (ran.ok()) return true;
        if (Objects.equals(tip(ref), from)) throw new IOException(said(ran));
        return false;
    }

    @Override
    public void readTree(Path index, ObjectId tree) throws IOException {
        ok(index(index, "read-tree", tree.name()));
    }

    @Override
    public ObjectId writeTree(Path index) throws IOException {
        return ObjectId.fromString(ok(index(index, "write-tree")).line());
    }

    @Override
    public void add(Path index, List<String> paths) throws IOException {
        ok(index(index, "update-index", "--add", "-z", "--stdin").input(String.join("\0", paths) + "\0"));
    }

    @Override
    public void checkout(Path index, ObjectId from, ObjectId to) throws IOException {
        index(index, "update-index", "-q", "--refresh").call(); // its exit code says whether files are changed
        Program.Ran ran = index(index, "read-tree", "-m", "-u", from.name(), to.name()).call();
        if (!ran.ok()) throw new InTheWay(said(ran));
    }

    @Override
    public List<Sent> push(Target target) throws IOException {
        Program.Ran ran = remote("push", "--porcelain", "--progress", target.remote(), target.source() + ":" + target.destination());
        List<Sent> sent = new ArrayList<>();
        String url = target.remote();
        boolean refused = false;
        for (String line : ran.text().split("\n")) {
            if (line.startsWith("To ")) url = Reasons.oneLine(line.substring(3), "");
            String[] parts = line.split("\t"); // flag, refs, summary
            if (parts.length < 3) continue;
            boolean rejected = parts[0].equals("!");
            refused |= rejected;
            String told = Reasons.oneLine(parts[2], "refused") + (rejected ? remotes(ran.err()) : "");
            sent.add(new Sent(url, rejected ? told : null));
        }
        if (sent.isEmpty() || !ran.ok() && !refused) {
            String first = sent.isEmpty() ? "" : "it is at " + sent.get(0).url() + " now; then: ";
            throw new IOException(first + said(ran));
        }
        return sent;
    }

    /** What the remote's hooks have printed. */
    private static String remotes(String err) {
        String told = Reasons.oneLine(String.join("\n", err.lines().filter(line -> line.startsWith("remote: "))
                .map(line -> line.substring(8).strip()).toList()), "");
        return told.isEmpty() ? "" : " (" + told + ")";
    }

    @Override
    public ObjectId fetch(Target target) throws IOException {
        String spec = target.tracking() == null ? target.destination() : "+" + target.destination() + ":" + target.tracking();
        for (int tries = 1;; tries++) {
            Program.Ran ran = remote("fetch", "--progress", "--no-tags", "--no-recurse-submodules", target.from(), spec);
            if (ran.ok()) return tip(target.tracking() == null ? "FETCH_HEAD" : target.tracking());
            int there = remote("ls-remote", "--exit-code", target.from(), target.destination()).exitCode();
            if (there == 2) return null; // the remote answers, and has no such branch
            if (there != 0 || tries == FETCH_TRIES) throw new IOException(said(ran));
            Waiting.pause(); // another fetch has this reference's lock
        }
    }

    private Program.Ran remote(String... words) throws IOException {
        int typing = System.console() == null ? 1 : 4; // a passphrase takes a while
        return git(words).trace("GIT_TRACE_PACKET").silentFor(timeoutSeconds * typing).call();
    }

    @Override
    public void bring(ObjectId missing) throws IOException {
        ok(git("cat-file", "-e", missing.name()));
    }
}
