package launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import launcher.Checkout.Ran;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is remembered is run, so nobody else may have a hand in it. */
class CacheTest extends InCheckout {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");

    /** A cache like that of the checkout, but that its command line says "planted". */
    private Path plantedCache() throws Exception {
        Path cache = checkout.useNewCache();
        String good = Files.readString(checkout.kept().resolve("command"));
        Files.writeString(checkout.kept(cache).resolve("command"), good.replaceFirst("\n(.*)\n", "\n$1 args planted\n"));
        assertEquals("planted\0say\0", checkout.run(SCRIPT, "say").out()); // it would be run
        Path temporary = Files.createTempDirectory(folder, "tmp");
        checkout.environment.put("TMPDIR", temporary.toString());
        Checkout.folder(checkout.kept(temporary.resolve("kube-flamegraph-" + Files.getAttribute(temporary, "unix:uid"))).resolve("busy"));
        checkout.useStandIn();
        return cache;
    }

    enum Hole {
        OTHERS_MAY_WRITE {
            @Override
            Path into(Path cache) throws IOException {
                return Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx----w-"));
            }
        },
        THE_GROUP_MAY_WRITE {
            @Override
            Path into(Path cache) throws IOException {
                return Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwx---"));
            }
        },
        OTHERS_MAY_WRITE_BELOW {
            @Override
            Path into(Path cache) throws IOException {
                return Files.setPosixFilePermissions(Files.createDirectories(cache.resolve("symbols")), PosixFilePermissions.fromString("rwxrwxrwx"));
            }
        },
        A_LINK {
            @Override
            Path into(Path cache) throws IOException {
                return Files.createSymbolicLink(cache, Files.move(cache, cache.resolveSibling("elsewhere")));
            }
        },
        A_LINK_BELOW {
            @Override
            Path into(Path cache) throws IOException {
                Path kept = cache.resolve("kept");
                return Files.createSymbolicLink(kept, Files.move(kept, cache.resolveSibling("elsewhere")));
            }
        },
        ANOTHER_OWNER {
            @Override
            Path into(Path cache) throws IOException {
                return Files.setAttribute(cache, "unix:uid", 12345);
            }
        },
        ANOTHER_OWNER_BELOW {
            @Override
            Path into(Path cache) throws IOException {
                try (Stream<Path> files = Files.walk(cache)) {
                    return Files.setAttribute(files.filter(path -> path.endsWith("command")).findFirst().orElseThrow(), "unix:uid", 12345);
                }
            }
        };

        /** Makes it in the cache, and returns where. */
        abstract Path into(Path cache) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void aCacheInWhichOthersMayHaveAHandIsNotUsed(Hole hole) throws Exception {
        assumeTrue(!hole.name().contains("OWNER") || "root".equals(System.getProperty("user.name")), "only root can give a folder away");
        Path cache = plantedCache();
        Path where = hole.into(cache);
        Ran first = checkout.run(SCRIPT, "say");
        assertEquals(new Ran("one one one\n", "jbang: does without " + cache + ": " + where
                + " is a link, or somebody else's, or others may write to it\n", 0, 1), first);
        // The other place is as good.
        assertEquals(new Ran("one one one\n", first.err(), 0, 0), checkout.run(SCRIPT, "say"));
    }

    @Test
    void itsFoldersAreOfTheOwnerOnlyWhateverIsUsual() throws Exception {
        checkout.useStandIn();
        Path cache = checkout.useNewCache();
        Checkout.delete(cache);
        Ran ran = checkout.run(checkout.root, "", List.of("sh", "-c", "umask 0; exec \"$@\"", "sh", checkout.root + "/jbang", SCRIPT, "say"));
        assertEquals(new Ran("one one one\n", "", 0, 1), ran);
        var open = new ArrayList<Path>();
        try (Stream<Path> files = Files.walk(cache)) {
            for (Path path : files.filter(Files::isDirectory).toList()) {
                if (!Files.getPosixFilePermissions(path).equals(OWNER)) open.add(path);
            }
        }
        assertEquals(List.of(), open);
        Files.createDirectories(checkout.kept(cache).resolve("busy"));
        assertKept(SCRIPT, "say");
    }

    @Test
    void theScriptHasTheUsersOwnUmask() throws Exception {
        checkout.useStandIn();
        Files.delete(checkout.kept().resolve("command"));
        Path made = folder.resolve("made");
        Ran ran = checkout.run(checkout.root, "",
                List.of("sh", "-c", "umask 027; exec \"$@\"", "sh", checkout.root + "/jbang", SCRIPT, "make", made.toString()));
        assertEquals(new Ran("", "", 0, 1), ran);
        assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    }

    @Test
    void withoutAHomeThereIsTheTemporaryFolder() throws Exception {
        checkout.useStandIn();
        Path temporary = Files.createTempDirectory(folder, "tmp");
        checkout.environment.put("HOME", "/dev/null/nobody");
        checkout.environment.put("TMPDIR", temporary.toString());
        Checkout.folder(checkout.kept(temporary.resolve("kube-flamegraph-" + Files.getAttribute(temporary, "unix:uid"))).resolve("busy"));
        assertAsked("one one one");
        assertKept(SCRIPT, "say");
    }

    @Test
    void withNoPlaceAtAllItStillWorksAndNothingLandsInTheRoot() throws Exception {
        checkout.useStandIn();
        Path bin = tools("sha256sum", "flock");
        Files.delete(bin.resolve("id"));
        Files.writeString(bin.resolve("id"), "#!/bin/sh\n[ \"$1\" = -u ] && echo 4711\n"); // no name, so no home
        bin.resolve("id").toFile().setExecutable(true);
        checkout.environment.put("PATH", folder.resolve("bin") + ":" + bin);
        checkout.environment.put("TMPDIR", "relative");
        checkout.environment.put("XDG_CACHE_HOME", "relative");
        checkout.environment.put("JBANG_DIR", "/dev/null/nothing");
        checkout.environment.put("HOME", "");
        assertAsked("one one one");
        assertAsked("one one one");
        checkout.environment.remove("XDG_CACHE_HOME");
        assertAsked("one one one");
        assertEquals(List.of("/dev/null/nothing", checkout.maven().toString()), Files.readAllLines(folder.resolve("folders")));
        assertFalse(Files.exists(Path.of("/.cache/kube-flamegraph")));
        assertFalse(Files.exists(checkout.root.resolve("relative")));

        // Nor JBang's own, where its folders cannot be used either.
        checkout.environment.remove("JBANG_DIR");
        checkout.environment.put("JBANG_REPO", "/dev/null/nothing");
        checkout.run(SCRIPT, "say");
        List<String> folders = Files.readAllLines(folder.resolve("folders"));
        assertTrue(folders.stream().allMatch(path -> path.startsWith("/dev/null/")), folders.toString());
    }
}
