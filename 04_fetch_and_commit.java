///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/stacks/*.java
//SOURCES lib/formats/*.java
//SOURCES lib/insight/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/capture/*.java
//SOURCES lib/history/*.java

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lib.capture.Recording;
import lib.capture.Target;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Scratch;
import lib.cli.Shell;
import lib.cli.Stage;
import lib.formats.ReadOptions;
import lib.formats.StackReader;
import lib.history.Commit;
import lib.history.GitRepo;
import lib.history.Results;
import lib.insight.Amounts;
import lib.insight.Report;
import lib.node.Node;
import lib.node.NodeOptions;
import lib.node.Transfer;
import lib.stacks.Profile;
import lib.stacks.Stacks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stage 04: fetch the result, commit it with its time, push. */
@Command(name = "04_fetch_and_commit", sortOptions = false,
        description = "Fetches the flame graph that stage 03 drew, commits it to git under the time of its recording, and pushes.",
        footer = {"", "Examples:", "  ./jbang 04_fetch_and_commit.java", "  ./jbang 04_fetch_and_commit.java --no-push",
            "  ./jbang 04_fetch_and_commit.java --repo ~/profiles -m 'Before the upgrade'"})
class FetchAndCommit extends Stage {
    @Mixin
    private NodeOptions connection;
    @Mixin
    private NodeOptions.Place place;

    @Option(names = "--target", paramLabel = "NAME", defaultValue = "kube-apiserver",
            description = "Whose recording it is (default: ${DEFAULT-VALUE}).")
    private String target;

    @Option(names = "--repo", paramLabel = "DIR", defaultValue = ".",
            description = "The git repository (default: the one of the current folder).")
    private Path repository;

    @Option(names = "--results", paramLabel = "DIR", description = "Folder for the results, in the repository (default: results).")
    private Path results;

    @Option(names = "--no-push", negatable = false, description = "Commit only.")
    private boolean noPush;

    @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "First line of the commit message.")
    private String message;

    @Option(names = "--dry-run", description = "Fetch and check, and only say what would be committed.")
    private boolean dryRun;

    public static void main(String... args) {
        main(new FetchAndCommit(), args);
    }

    @Override
    protected int run() throws Exception {
        console.step("Opening the repository");
        try (GitRepo repo = GitRepo.open(repository)) {
            console.note(repo.top().toString());
            console.step("Opening the node");
            try (Node node = connection.open(place, console); Scratch here = new Scratch()) {
                console.note("node " + node.name());
                Profile profile = fetch(node, here);
                save(repo, profile, here);
            }
        }
        return Exit.DONE;
    }

    private Profile fetch(Node node, Scratch here) throws IOException {
        console.step("Fetching the flame graph, its stacks and its metadata");
        String base = place.workDir() + "/" + Target.fileName(target);
        Transfer transfer = new Transfer(node, console);
        Profile profile = new Recording(node, base).profile();
        for (String name : List.of("flame.svg", "flame.folded.gz")) {
            console.command(node.byHand("cat", place.workDir() + "/" + name) + " > " + name);
            Transfer.Seal seal = transfer.download(place.workDir() + "/" + name, here.file(name));
            console.note(name + "  " + seal.size() + " bytes, SHA-256 " + seal.sha256().substring(0, 12) + "…");
        }
        transfer.download(base + ".profile.json", here.file("profile.json"));
        if (!Transfer.sealOf(here.file("flame.svg")).sha256().equals(profile.pictureSha256())) {
            throw new Failure(Exit.TARGET, "the flame graph on node " + node.name() + " was not drawn of the recording of " + target,
                    "Draw it with 03_flamegraph.java, with the same --target.");
        }
        return profile;
    }

    private void save(GitRepo repo, Profile profile, Scratch here) throws IOException {
        Path folder = repository.resolve(results == null ? Path.of("results") : results);
        Stacks stacks = StackReader.read(List.of(here.file("flame.folded.gz")), new ReadOptions());
        String text = message(profile, Report.of(stacks.tree(), Amounts.SAMPLES, 3));
        if (dryRun) {
            result(Map.of("message", text), text);
            return;
        }
        Results.Saved saved;
        Commit commit;
        console.step("Saving in " + folder);
        try (Interrupts deferred = Interrupts.defer()) { // a result is saved and committed, or neither
            saved = new Results(folder).save(profile, here.file("flame.svg"), here.file("flame.folded.gz"), here.file("profile.json"));
            console.note(saved.svg() + (saved.already() ? "  (there already)" : ""));

            console.step("Committing these three files, and nothing else");
            console.command("git add " + Shell.join(saved.files().stream().map(Path::toString).toList()) + " && git commit -m "
                    + Shell.quote(text.lines().findFirst().orElse("")));
            commit = repo.commit(saved.files(), text);
            console.note(commit.made() ? "commit " + commit.id() + " on " + commit.branch() : "already committed as " + commit.id());
            if (deferred.count() > 0 && !noPush) {
                throw new Failure(Exit.INTERRUPTED, "interrupted; committed, but not pushed", "Push it: git push, or this command again.");
            }
        }
        if (!noPush) {
            console.step("Pushing");
            console.command("git push");
            commit = repo.push(commit);
            console.note(commit.pushedTo() != null ? "pushed to " + commit.pushedTo() : "not pushed: " + commit.notPushed());
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("files", saved.files().stream().map(Path::toString).toList());
        data.put("commit", commit.id());
        data.put("branch", commit.branch());
        data.put("pushedTo", commit.pushedTo());
        data.put("notPushed", commit.notPushed());
        result(data, saved.svg() + "\ncommit " + commit.id() + " on " + commit.branch()
                + (commit.pushedTo() != null ? ", pushed to " + commit.pushedTo()
                : noPush ? ", not pushed" : ", not pushed: " + commit.notPushed()));
    }

    /** What was profiled, where, how hot. */
    private String message(Profile profile, Report report) {
        StringBuilder text = new StringBuilder(message != null ? message : String.format(Locale.ROOT,
                "Profile %s on %s, %s", word(profile.target()), word(profile.node()), profile.start()));
        double cores = profile.seconds() > 0 ? profile.samples() / profile.seconds() / Math.max(1, profile.frequency()) : 0;
        text.append(String.format(Locale.ROOT, "%n%n%,d samples in %.0f s at %d Hz (%s): about %.2f CPUs busy.%n",
                profile.samples(), profile.seconds(), profile.frequency(), word(profile.event()), cores));
        if (profile.kubernetes() != null) text.append("Kubernetes ").append(word(profile.kubernetes())).append(", ");
        text.append("kernel ").append(word(profile.kernel())).append(", ").append(word(profile.engine())).append(".\n\nHottest:\n");
        report.hottest().forEach(f -> text.append(String.format(Locale.ROOT, "%8s  %s%n", Amounts.percent(f.selfShare()), f.name().replaceFirst("_\\[[kji]]$", ""))));
        return Console.clean(text.toString().replace("\r\n", "\n"));
    }

    /** What a node said, as words of one line: it must not make lines of a commit message. */
    private static String word(String text) {
        return String.valueOf(text).replaceAll("\\s+", " ");
    }
}
