package lib.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import lib.cli.Interrupts;

/** How to wait for another command, and for whom. */
final class Waiting {
    private Waiting() {}

    /** A moment of another length each time, so that those who wait for each other do not meet again. */
    static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(50, 250));
        } catch (InterruptedException e) {
            throw Interrupts.failure(e);
        }
    }

    /** Who has this file open, as "git commit (PID 4711)", or works at this place; "another git command" where nobody can be seen. */
    static String holder(Path lock, Path place) {
        String near = null;
        for (ProcessHandle process : (Iterable<ProcessHandle>) ProcessHandle.allProcesses()::iterator) {
            if (process.pid() == ProcessHandle.current().pid()) continue;
            Path proc = Path.of("/proc", String.valueOf(process.pid()));
            String name = process.info().commandLine().map(line -> line.length() > 60 ? line.substring(0, 60) + "…" : line)
                    .orElse("a command") + " (PID " + process.pid() + ")";
            if (hasOpen(proc, lock)) return name;
            boolean git = process.info().command().map(command -> Path.of(command).endsWith("git")).orElse(false);
            if (git && pointsInto(proc.resolve("cwd"), place)) near = name;
        }
        return near == null ? "another git command" : near;
    }

    private static boolean hasOpen(Path proc, Path file) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(proc.resolve("fd"))) {
            for (Path one : open) if (pointsInto(one, file)) return true;
        } catch (IOException e) {
            // it has ended, or is another user's, or this system has no /proc
        }
        return false;
    }

    private static boolean pointsInto(Path link, Path place) {
        try {
            return Files.readSymbolicLink(link).startsWith(place);
        } catch (IOException e) {
            return false;
        }
    }
}
