///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//JAVA_OPTIONS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData
//SOURCES lib/stacks/*.java
//SOURCES lib/formats/*.java
//SOURCES lib/elf/*.java
//SOURCES lib/profile/*.java
//SOURCES lib/insight/*.java
//SOURCES lib/cli/*.java
//SOURCES lib/node/*.java
//SOURCES lib/cluster/*.java
//SOURCES lib/replay/*.java
//SOURCES lib/capture/*.java
//SOURCES lib/symbols/*.java
//SOURCES lib/history/*.java
//SOURCES lib/series/*.java
//SOURCES lib/options/ClusterOptions.java lib/options/KeepingOptions.java lib/options/NodeOptions.java lib/options/ResultsOptions.java lib/options/TargetOption.java lib/options/WorkDirOption.java

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lib.capture.Recording;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Interrupts;
import lib.cli.Json;
import lib.cli.Scratch;
import lib.cli.Shell;
import lib.cli.Stage;
import lib.history.Commit;
import lib.history.GitRepo;
import lib.history.Results;
import lib.node.Node;
import lib.node.Transfer;
import lib.options.KeepingOptions;
import lib.options.NodeOptions;
import lib.options.TargetOption;
import lib.profile.Drawn;
import lib.profile.Profile;
import lib.series.Index;
import lib.series.Message;
import lib.series.Result;
import lib.series.Series;
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
    private final NodeOptions place;
    @Mixin
    private final TargetOption target;
    @Mixin
    private final KeepingOptions keeping;

    @Option(names = "--dry-run", description = "Fetch and check, and only say what would be committed.")
    private boolean dryRun;

    FetchAndCommit() {
        this(new NodeOptions(), new TargetOption(), new KeepingOptions());
    }

    FetchAndCommit(NodeOptions place, TargetOption target, KeepingOptions keeping) {
        this.place = place;
        this.target = target;
        this.keeping = keeping;
    }

    public static void main(String... args) {
        main(new FetchAndCommit(), args);
    }

    @Override
    protected int run() throws Exception {
        console.step("Opening the repository");
        try (GitRepo repo = GitRepo.open(keeping.repository(), keeping.branch(), console::note)) {
            if (keeping.index()) repo.deriving(new Index(false, console::note));
            console.note(repo.top().toString());
            console.step("Opening the node");
            try (Node node = place.open(console); Scratch here = new Scratch()) {
                console.note("node " + node.name());
                Profile profile = fetch(node, here);
                save(repo, profile, here);
            }
        }
        return Exit.DONE;
    }

    private Profile fetch(Node node, Scratch here) throws IOException {
        console.step("Fetching the flame graph, its stacks and its metadata");
        Recording recording = target.recording(node, place.workDir());
        Transfer transfer = new Transfer(node, console);
        Profile profile = recording.profile();
        Drawn drawn = profile.drawn() == null ? new Drawn(null, null) : profile.drawn();
        fetch(transfer, node, recording.picture(), drawn.pictureSha256(), here.file("flame.svg"));
        fetch(transfer, node, recording.folded(), drawn.foldedSha256(), here.file("flame.folded.gz"));
        Files.writeString(here.file("profile.json"), Json.write(profile)); // as it was read, and not read once more
        return profile;
    }

    /** @param sha256 what the metadata say of it, or null */
    private void fetch(Transfer transfer, Node node, String from, String sha256, Path to) {
        console.command(node.byHand("cat", from) + " > " + to.getFileName());
        Transfer.Seal seal = transfer.download(from, to, Recording.MOST_DRAWN);
        if (!seal.sha256().equals(sha256)) {
            throw new Failure(Exit.TARGET, from + " on node " + node.name() + " was not drawn of the recording of " + target.name()
                    + " that the metadata describe: its SHA-256 is another", "Draw it with 03_flamegraph.java, with the same --target.");
        }
        console.note(to.getFileName() + "  " + seal.size() + " bytes, SHA-256 " + seal.sha256().substring(0, 12) + "…");
    }

    private void save(GitRepo repo, Profile profile, Scratch here) throws IOException {
        Path folder = repo.folder(keeping.results(), profile);
        Result result = Result.of(profile, Files.readAllBytes(here.file("flame.folded.gz")));
        String text = Message.of(result, new Series(repo.committed(folder)).previous(result), keeping.message());
        if (dryRun) {
            result(Map.of("message", text), text);
            return;
        }
        Results.Saved saved;
        Commit commit;
        console.step(keeping.branch() == null ? "Saving in " + folder : "Saving for branch " + keeping.branch());
        try (Interrupts deferred = Interrupts.defer()) { // a result is saved and committed, or neither
            saved = new Results(folder).save(profile, here.file("flame.svg"), here.file("flame.folded.gz"), here.file("profile.json"));
            console.note(repo.name(saved.svg()) + (saved.already() ? "  (there already)" : ""));

            console.step("Committing this result" + (keeping.index() ? " with the index of all" : "") + ", and nothing else");
            if (keeping.branch() == null) {
                List<Path> files = new ArrayList<>(saved.files());
                if (keeping.index()) for (String made : List.of(Results.TABLE, Results.PAGE)) files.add(folder.resolve(made));
                console.command((keeping.index() ? "./jbang history index && " : "") + "git add "
                        + Shell.join(files.stream().map(Path::toString).toList()) + " && git commit -m "
                        + Shell.quote(text.lines().findFirst().orElse("")));
            }
            commit = repo.commit(saved.files(), text);
            console.note(commit.made() ? "commit " + commit.id() + " on " + commit.branch() : "already committed as " + commit.id());
            if (deferred.count() > 0 && keeping.push()) {
                throw new Failure(Exit.INTERRUPTED, "interrupted; committed, but not pushed", "Push it: git push, or this command again.");
            }
        }
        if (keeping.push()) {
            console.step("Pushing");
            console.command(keeping.branch() == null ? "git push" : "git push origin " + Shell.quote(keeping.branch()));
            commit = repo.push(commit, keeping.pushAll());
            console.note(commit.pushedTo() != null ? "pushed to " + commit.pushedTo() : "not pushed: " + commit.notPushed());
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("files", saved.files().stream().map(repo::name).toList());
        data.put("commit", commit.id());
        data.put("branch", commit.branch());
        data.put("pushedTo", commit.pushedTo());
        data.put("notPushed", commit.notPushed());
        result(data, repo.name(saved.svg()) + "\ncommit " + commit.id() + " on " + commit.branch()
                + (commit.pushedTo() != null ? ", pushed to " + commit.pushedTo()
                : !keeping.push() ? ", not pushed" : ", not pushed: " + commit.notPushed()));
    }
}
