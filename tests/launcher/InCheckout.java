package launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import launcher.Checkout.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests in one checkout with its caches, in which the script has been built; each leaves it as it was. */
abstract class InCheckout {
    static final String SCRIPT = "03_flamegraph.java";

    static Path folder;
    static Checkout checkout;
    private static byte[] command;
    private Map<String, String> environment;

    @BeforeAll
    static void prepare() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        assumeTrue(Files.exists(Checkout.jbangJar()),
                "needs JBang in Maven's repository, as ./jbang --version brings it: " + Checkout.jbangJar());
        if (checkout == null) {
            folder = Files.createTempDirectory("launcher").toRealPath();
            Runtime.getRuntime().addShutdownHook(new Thread(InCheckout::remove));
            checkout = new Checkout(folder);
            assertAsked("one one one");
            keepCommand();
            checkout.prepareStandIn();
        }
    }

    private static void remove() {
        try {
            Checkout.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To be called by a test after which another command line is right. */
    static void keepCommand() throws IOException {
        command = Files.readAllBytes(checkout.kept().resolve("command"));
    }

    @BeforeEach
    void remember() {
        environment = Map.copyOf(checkout.environment);
    }

    @AfterEach
    void restore() throws IOException {
        checkout.environment.clear();
        checkout.environment.putAll(environment);
        Files.write(checkout.kept().resolve("command"), command);
    }

    static void assertKept(String... arguments) throws Exception {
        assertEquals(new Ran("one one one\n", "", 0, 0), checkout.run(arguments));
    }

    static void assertAsked(String out) throws Exception {
        Ran ran = checkout.run(SCRIPT, "say");
        assertEquals(out + "\n", ran.out(), ran.err());
        assertEquals(1, ran.asked(), "starts of JBang");
    }

    /** A PATH with the tools that any system has and those that are named, and no others. */
    static Path tools(String... more) throws IOException {
        Path bin = Files.createTempDirectory(folder, "tools");
        var names = new ArrayList<>(List.of("sh", "cat", "ls", "find", "cksum", "grep", "sed", "awk", "id", "mkdir", "rm",
                "mv", "cp", "cut", "head", "sleep", "sort", "wc", "touch", "dirname", "readlink"));
        names.addAll(List.of(more));
        for (String name : names) {
            for (String path : System.getenv("PATH").split(":")) {
                if (Files.isExecutable(Path.of(path, name)) && !Files.exists(bin.resolve(name))) {
                    Files.createSymbolicLink(bin.resolve(name), Path.of(path, name));
                }
            }
        }
        return bin;
    }
}
