package lib.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeParseException;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.cli.Scratch;
import lib.node.Node;
import lib.node.Transfer;
import lib.profile.Profile;
import lib.profile.Schema;

/**
 * The files of a target's recording in the work directory of a node. They follow the target's name in this one place; those
 * of kube-apiserver have the lab's own names.
 */
public final class Recording {
    private static final String LABS_TARGET = "kube-apiserver";
    private static final String LABS_NAME = "apiserver";

    /** Bytes that the pictures, the stacks and the kernel's symbols may have; the largest seen have 3 MB. */
    public static final long MOST_DRAWN = 256 << 20;
    private static final long MOST_SYMBOLS = 16 << 20;

    private final Node node;
    private final String workDir;
    private final String name;

    /** @param target the target's name, or what its files were named instead */
    public Recording(Node node, String workDir, String target) {
        this.node = node;
        this.workDir = workDir;
        this.name = fileName(target);
    }

    private static String fileName(String target) {
        String plain = target.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.equals(LABS_TARGET) ? LABS_NAME : plain.startsWith(".") || plain.equals(LABS_NAME) ? "_" + plain : plain;
    }

    public Node node() {
        return node;
    }

    public String workDir() {
        return workDir;
    }

    /** Work directory and name: what an engine's own files begin with. */
    public String base() {
        return workDir + "/" + name;
    }

    /** The flame graph that stage 03 draws of it. */
    public String picture() {
        return workDir + "/" + drawn("flame.svg");
    }

    /** The folded stacks, compressed. */
    public String folded() {
        return workDir + "/" + drawn("flame.folded.gz");
    }

    private String drawn(String file) {
        return name.equals(LABS_NAME) ? file : name + "." + file;
    }

    /** The metadata's file. */
    public String metadata() {
        return base() + ".profile.json";
    }

    /** The kernel's symbols (/proc/kallsyms, gzip) as they were when the recording began; may be missing. */
    public String kernelSymbols() {
        return base() + ".kallsyms.gz";
    }

    /** Where what is known at the start waits for the end. */
    public String planned() {
        return base() + ".plan.json";
    }

    /**
     * What was known when the recording began, or null where none was begun.
     *
     * @throws Failure if that is not understood
     */
    public Profile plan() {
        String text = node.text(planned());
        if (text == null) return null;
        try {
            Profile plan = Json.read(text, Profile.class, Schema::current);
            if (plan.recording() == null) throw new IllegalArgumentException("it has no token");
            return plan;
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.RECORDING, "what was recorded is not known: " + e.getMessage(), "Record again.", e);
        }
    }

    /**
     * The metadata of a recording that has ended.
     *
     * @throws Failure if there is none
     */
    public Profile profile() {
        String text = node.text(metadata());
        if (text == null) {
            throw new Failure(Exit.TARGET, "no recording " + metadata() + " on node " + node.name(),
                    "Record first with 02_profile_apiserver.java.");
        }
        try {
            Profile profile = Json.read(text, Profile.class, Schema::current);
            profile.startedAt();
            return profile;
        } catch (IllegalArgumentException | NullPointerException | DateTimeParseException e) {
            throw new Failure(Exit.INPUT, metadata() + " on node " + node.name() + " is not understood: " + e.getMessage(),
                    "Record again.", e);
        }
    }

    /** Writes the metadata onto the node. */
    public void profile(Profile profile, Transfer transfer) {
        try (Scratch here = new Scratch()) {
            Path file = here.file("profile.json");
            Files.writeString(file, Json.write(profile));
            transfer.upload(file, metadata());
        } catch (IOException e) {
            throw new Failure(Exit.RECORDING, "no temporary file: " + e.getMessage(), null, e);
        }
    }

    /**
     * Brings the kernel's symbols here.
     *
     * @return whether there are any
     */
    public boolean kernelSymbols(Transfer transfer, Path to) {
        if (transfer.seal(kernelSymbols(), MOST_SYMBOLS) == null) return false;
        transfer.download(kernelSymbols(), to, MOST_SYMBOLS);
        return true;
    }
}
