import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Json;
import lib.cli.Stage;
import lib.history.GitRepo;
import lib.node.Transfer;
import lib.profile.Data;
import lib.profile.Drawn;
import lib.profile.Ending;
import lib.profile.Naming;
import lib.profile.Outcome;
import lib.profile.Place;
import lib.profile.Profile;
import lib.profile.Program;
import lib.profile.Sampling;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stage 04 commits what the metadata describe, and nothing else. */
@SuppressWarnings("auxiliaryclass") // a file whose name begins with a digit cannot hold a public class
class FetchTest {
    @TempDir
    Path folder;
    private final StringWriter out = new StringWriter();
    private Path work;
    private Path repository;

    @BeforeEach
    void aRecordingThatWasDrawn() throws IOException {
        work = Files.createDirectory(folder.resolve("kube-flamegraph"));
        repository = folder.resolve("repository");
        GitRepo.create(repository, folder.resolve("remote.git"));
        Path picture = Files.writeString(work.resolve("busy.flame.svg"), "<svg/>");
        Path folded = work.resolve("busy.flame.folded.gz");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folded))) {
            gzip.write("busy;f 3\n".getBytes(StandardCharsets.UTF_8));
        }
        Profile plan = Profile.plan("a-token", new Program("busy", 1, "/busy", List.of("busy"), null, null), new Place("here", "k", null, null, Map.of()),
                new Sampling("perf", "cpu-clock", 99), 1);
        Profile profile = plan.recorded(plan.engine(), new Outcome("2025-01-31T23:59:59Z", 1, 3, 0, List.of(), Ending.COMPLETE), new Data(1, "0"))
                .drawn(new Naming(1, 1, Map.of(), 0, 0), new Drawn(Transfer.sealOf(picture).sha256(), Transfer.sealOf(folded).sha256()));
        Files.writeString(work.resolve("busy.profile.json"), Json.write(profile));
    }

    private int fetch(String... more) {
        List<String> words = new ArrayList<>(List.of("--local", "--work-dir", work.toString(), "--target", "busy", "--repo", repository.toString(), "--no-push"));
        words.addAll(List.of(more));
        return Stage.execute(new FetchAndCommit(), new Console(new PrintWriter(out), new PrintWriter(out), false, false), words.toArray(String[]::new));
    }

    @Test
    void whatAgreesIsCommittedAsItWasRead() throws IOException {
        assertEquals(Exit.DONE, fetch(), out.toString());
        assertEquals(-1, Files.mismatch(work.resolve("busy.profile.json"), repository.resolve("results/flame-20250131-235959.json")));
        assertEquals(-1, Files.mismatch(work.resolve("busy.flame.svg"), repository.resolve("results/flame-20250131-235959.svg")));
    }

    @Test
    void theCommitsTrailersAreWhatWasRecorded() throws Exception {
        assertEquals(Exit.DONE, fetch(), out.toString());
        Process git = new ProcessBuilder("git", "log", "-1", "--format=%s|%(trailers:key=Profile-CPUs,valueonly,separator=)").directory(repository.toFile())
                .start();
        assertEquals("Profile busy on here: 0.03 CPUs|0.03", new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    @Test
    void theIndexGoesWithItUnlessItIsNotWanted() throws IOException {
        assertEquals(Exit.DONE, fetch("--no-index"), out.toString());
        assertTrue(Files.notExists(repository.resolve("results/index.html")) && Files.notExists(repository.resolve("results/README.md")));
        Path metadata = work.resolve("busy.profile.json");
        Files.writeString(metadata, Files.readString(metadata).replace("2025-01-31", "2025-02-01"));
        assertEquals(Exit.DONE, fetch(), out.toString());
        assertTrue(Files.readString(repository.resolve("results/README.md")).contains("2 results"), "of both");
        assertTrue(Files.exists(repository.resolve("results/index.html")));
    }

    private void refused(String what) {
        assertEquals(Exit.TARGET, fetch(), out.toString());
        assertTrue(out.toString().contains(what), out.toString());
        assertTrue(Files.notExists(repository.resolve("results")), "nothing of it is kept");
    }

    @Test
    void anotherPictureIsRefused() throws IOException {
        Files.writeString(work.resolve("busy.flame.svg"), "<svg onload='x'/>");
        refused("busy.flame.svg on node ");
    }

    @Test
    void otherStacksAreRefused() throws IOException {
        Files.copy(work.resolve("busy.flame.svg"), work.resolve("busy.flame.folded.gz"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refused("busy.flame.folded.gz on node ");
    }

    @Test
    void metadataThatSayNothingOfItDescribeNothing() throws IOException {
        Path file = work.resolve("busy.profile.json");
        Files.writeString(file, Files.readString(file).replaceAll("(?s),\\s*\"drawn\".*", "}"));
        refused("was not drawn");
    }
}
