package lib.history;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lib.cli.Interrupts;
import lib.cli.Scratch;

/**
 * One run of a program: what it is told is set first, then it is called. It reads and writes files, so that nobody
 * has to read along, and whatever makes one of them grow is a sign of life.
 */
final class Program {
    static final int NOT_THERE = 127;
    static final int SILENT = 124;

    private static final long LOOK_MS = 100;
    private static final long END_WITHIN_MS = 2000;

    private final Map<String, String> variables;
    private final List<String> words;
    private Path directory = Path.of(".");
    private byte[] input;
    private boolean asks;
    private String traceVariable;
    private int silentSeconds;

    /** @param variables its environment; PATH there says where it is */
    Program(Map<String, String> variables, String... words) {
        this.variables = new HashMap<>(variables);
        this.words = List.of(words);
    }

    /** What a program left: {@link #NOT_THERE} where there is none, {@link #SILENT} where it had to be ended. */
    record Ran(int exitCode, byte[] out, String err) {
        boolean ok() {
            return exitCode == 0;
        }

        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }

        /** Its first line, or nothing. */
        String line() {
            return text().lines().findFirst().orElse("");
        }
    }

    Program in(Path folder) {
        directory = folder;
        return this;
    }

    /** @param value null takes the variable away */
    Program variable(String name, String value) {
        if (value == null) variables.remove(name);
        else variables.put(name, value);
        return this;
    }

    /** What it reads; without it, nothing. */
    Program input(byte[] bytes) {
        input = bytes;
        return this;
    }

    Program input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    /** It may ask the user on our own standard input, as a passphrase. */
    Program asks() {
        asks = true;
        return this;
    }

    /** Ends it when it has shown no sign of life for so long. */
    Program silentFor(int seconds) {
        silentSeconds = seconds;
        return this;
    }

    /** It writes what it does to the file that this variable names: signs of life that are not shown. */
    Program trace(String variable) {
        traceVariable = variable;
        return this;
    }

    /** Where PATH has the program: the JDK would look in the PATH that this process began with. */
    private static String located(Map<String, String> variables, String program) {
        if (program.contains(File.separator)) return program;
        for (String folder : variables.getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path found = Path.of(folder).resolve(program);
            if (Files.isExecutable(found) && !Files.isDirectory(found)) return found.toString();
        }
        return null;
    }

    /**
     * Starts it on pipes, for somebody who talks to it.
     *
     * @throws IOException if it is not there, or cannot be run
     */
    Process start() throws IOException {
        return start(new ProcessBuilder());
    }

    private Process start(ProcessBuilder builder) throws IOException {
        String program = located(variables, words.get(0));
        if (program == null) throw new IOException(words.get(0) + " is not installed");
        List<String> command = new ArrayList<>(words);
        command.set(0, program);
        builder.environment().clear();
        builder.environment().putAll(variables);
        try {
            return builder.command(command).directory(directory.toFile()).start();
        } catch (IOException e) {
            throw new IOException(program + " cannot be run: " + e.getMessage(), e);
        }
    }

    /**
     * Runs it to its end.
     *
     * @throws lib.cli.Failure INTERRUPTED after Ctrl-C; the program has ended then
     */
    Ran call() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path out = scratch.file("out");
            Path err = scratch.file("err");
            Path trace = scratch.file("trace");
            if (traceVariable != null) variables.put(traceVariable, trace.toString());
            ProcessBuilder builder = new ProcessBuilder().redirectOutput(out.toFile()).redirectError(err.toFile());
            if (input != null) builder.redirectInput(Files.write(scratch.file("in"), input).toFile());
            else builder.redirectInput(asks ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.from(new File("/dev/null")));
            Process process;
            try {
                process = start(builder);
            } catch (IOException e) {
                return new Ran(NOT_THERE, new byte[0], e.getMessage());
            }
            int exitCode = ended(process, List.of(out, err, trace)) ? process.exitValue() : SILENT;
            return new Ran(exitCode, Files.readAllBytes(out), new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
        }
    }

    /** Waits for its end; false where it has been silent for too long and was ended. */
    private boolean ended(Process process, List<Path> signs) throws IOException {
        long size = 0;
        long since = System.nanoTime();
        try {
            while (!process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                long now = 0;
                for (Path sign : signs) if (Files.exists(sign)) now += Files.size(sign);
                if (now != size) {
                    size = now;
                    since = System.nanoTime();
                } else if (silentSeconds > 0 && System.nanoTime() - since > TimeUnit.SECONDS.toNanos(silentSeconds)) {
                    end(process);
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            end(process);
            throw Interrupts.failure(e);
        }
    }

    /** Ends it and what it has started: kindly at first, so that git removes its lock files. */
    private static void end(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_WITHIN_MS);
        for (ProcessHandle one : all) {
            try {
                one.onExit().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                one.destroyForcibly();
            } catch (InterruptedException e) {
                one.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
