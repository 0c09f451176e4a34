import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.history.GitRepo;

/**
 * A recording of a real cluster's node, in a folder of its own, and beside it a git repository for the result: stages
 * 02 to 04 run on them as they do on a cluster.
 */
final class Demo {
    /** What samples/record.sh leaves. */
    private static final List<String> FILES = List.of("transcript.json", "apiserver.perf.txt.gz", "kube-apiserver.sparse.gz");

    private final Path folder;

    private Demo(Path folder) {
        this.folder = folder;
    }

    /** @throws Failure if there is no room for it */
    static Demo unpack() {
        try {
            Demo demo = new Demo(folder());
            Files.createDirectory(demo.node());
            for (String name : FILES) {
                try (InputStream file = Demo.class.getResourceAsStream("/samples/" + name)) {
                    Files.copy(file, demo.node().resolve(name));
                }
            }
            GitRepo.create(demo.repository(), demo.folder.resolve("remote.git"));
            return demo;
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "the demo cannot be unpacked: " + e.getMessage(), "Is there room for some MB in the temporary folder?", e);
        }
    }

    /** A new folder with a name that can be read and typed. */
    private static Path folder() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        for (int i = 1;; i++) {
            try {
                return Files.createDirectory(temporary.resolve(i == 1 ? "kube-flamegraph-demo" : "kube-flamegraph-demo-" + i));
            } catch (FileAlreadyExistsException taken) {
                // by an earlier demo
            }
        }
    }

    Path node() {
        return folder.resolve("node");
    }

    Path repository() {
        return folder.resolve("repository");
    }

    /** The picture that stage 04 has committed. */
    Path picture() throws IOException {
        try (var files = Files.list(repository().resolve("results"))) {
            return files.filter(file -> file.toString().endsWith(".svg")).findFirst().orElseThrow();
        }
    }
}
