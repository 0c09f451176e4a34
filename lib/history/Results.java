package lib.history;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.cli.Json;
import lib.cli.Sha256;
import lib.profile.Profile;
import lib.profile.Schema;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/**
 * A folder of results. A result is three files of one name, which comes from the recording's start in UTC and from
 * nothing that a node could choose: {@code flame-20250131-235959.svg}, {@code .folded.gz} and {@code .json}.
 *
 * <p>The same recording keeps its name, so a picture that was drawn anew takes the place of the one before. Another
 * recording that began in the same second (of another cluster) gets the first eight digits of its data's SHA-256
 * behind its name. Every file comes into its place whole, the .json last: a name with a .json is a complete result.
 */
public final class Results {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("'flame-'yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern FILE =
            Pattern.compile("flame-\\d{8}-\\d{6}(-[0-9a-f]{8})?\\.(svg|folded\\.gz|json)");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    /** How the names of a result's files end. */
    public static final String SVG = ".svg";
    public static final String FOLDED = ".folded.gz";
    public static final String JSON = ".json";
    static final String[] ENDINGS = {SVG, FOLDED, JSON};
    private static final String UNFINISHED = ".flame-*.part";
    private static final long SPARE_BYTES = 1 << 20;
    /** The files that are made from all results. */
    public static final String TABLE = "README.md";
    public static final String PAGE = "index.html";
    private static final Set<String> MADE = Set.of(TABLE, PAGE);
    /** How they begin. */
    public static final String MADE_FROM_RESULTS = "<!-- Made from the results beside it, anew with each: changes by hand are lost. -->\n";
    private static final String ATTRIBUTES = ".gitattributes";
    /** Neither is text to git: no line ending is changed, and the log shows that they came, not how they look. */
    private static final String ATTRIBUTES_TEXT = """
            # Results are kept byte for byte.
            # git config diff.flame.textconv "/path/to/jbang -q history show"    shows in git log -p what a profile says
            flame-*.svg -text -diff
            flame-*.folded.gz -text diff=flame
            flame-*.json -text
            index.html -text -diff merge=union
            README.md -text merge=union
            """;
    /** As it was written before. */
    private static final String EARLIER_ATTRIBUTES_TEXT = """
            # Results are kept byte for byte.
            flame-*.svg -text -diff
            flame-*.folded.gz -text -diff
            flame-*.json -text
            """;
    private static final Set<ObjectId> ATTRIBUTES_IDS = Set.of(idOf(ATTRIBUTES_TEXT), idOf(EARLIER_ATTRIBUTES_TEXT));

    private final Path folder;

    /** @param folder where the results are; it is made when the first one comes */
    public Results(Path folder) {
        this.folder = folder;
    }

    /**
     * A result in its place.
     *
     * @param attributes what git is told about results, which belongs beside them; null where the user says it
     * @param already whether the same three files were there before
     */
    public record Saved(Path svg, Path folded, Path json, Path attributes, boolean already) {
        /** The three files, and what git is told about them. */
        public List<Path> files() {
            return attributes == null ? List.of(svg, folded, json) : List.of(svg, folded, json, attributes);
        }
    }

    /** The names of the results in a folder, without their endings, the earliest first. */
    public static List<String> names(Contents folder) throws IOException {
        Set<String> all = Set.copyOf(folder.names());
        return all.stream().filter(name -> isResult(name) && name.endsWith(JSON)).map(name -> name.substring(0, name.length() - JSON.length()))
                .filter(name -> all.contains(name + FOLDED)).sorted().toList();
    }

    /** Whether a file is called as a result's files are; it need not be in this folder. */
    public static boolean isResult(String fileName) {
        return FILE.matcher(fileName).matches();
    }

    /** Whether a file is called as those that are made from the results beside them. */
    static boolean isMade(String fileName) {
        return MADE.contains(fileName);
    }

    /** Whether a file was made from the results beside it: users may have written one of that name themselves. */
    public static boolean isMade(String fileName, byte[] content) {
        byte[] mark = MADE_FROM_RESULTS.getBytes(StandardCharsets.UTF_8);
        return isMade(fileName) && content.length >= mark.length && Arrays.equals(mark, 0, mark.length, content, 0, mark.length);
    }

    /** Whether a file of this name and content is what git is told about results, as it was written here. */
    static boolean isAttributes(String fileName, ObjectId content) {
        return fileName.equals(ATTRIBUTES) && content != null && ATTRIBUTES_IDS.contains(content.toObjectId());
    }

    /**
     * Brings three finished files into their places. The given ones stay where they are.
     *
     * @throws Failure INPUT if the profile says no usable start; TRANSFER if the folder cannot be written to, or the
     *     disk is full: then no file has been left half written
     */
    public Saved save(Profile profile, Path svg, Path folded, Path json) {
        List<Path> from = List.of(svg, folded, json);
        try {
            Files.createDirectories(folder);
            removeUnfinished();
            String name = free(profile);
            List<Path> to = new ArrayList<>();
            boolean already = true;
            for (int i = 0; i < ENDINGS.length; i++) {
                to.add(folder.resolve(name + ENDINGS[i]));
                already &= Files.exists(to.get(i)) && Files.mismatch(from.get(i), to.get(i)) < 0;
            }
            if (!already) {
                checkSpace(from);
                place(from, to);
            }
            return new Saved(to.get(0), to.get(1), to.get(2), attributes(), already);
        } catch (IOException e) {
            throw new Failure(Exit.TRANSFER, "cannot save the result in " + folder + ": " + Failure.reason(e),
                    "Check the folder's permissions and the disk, or choose another folder.", e);
        }
    }

    private static ObjectId idOf(String text) {
        return new ObjectInserter.Formatter().idFor(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path attributes() throws IOException {
        Path file = folder.resolve(ATTRIBUTES);
        if (!Files.exists(file) || Files.readString(file).equals(EARLIER_ATTRIBUTES_TEXT)) Files.writeString(file, ATTRIBUTES_TEXT);
        return Files.readString(file).equals(ATTRIBUTES_TEXT) ? file : null;
    }

    private String free(Profile profile) {
        String name = nameOf(profile);
        Path taken = folder.resolve(name + ".json");
        if (!Files.exists(taken)) return name;
        Profile there = read(taken);
        boolean same = there != null && identity(there).equals(identity(profile));
        return same ? name : name + "-" + identity(profile).substring(0, 8);
    }

    /** What tells two recordings apart: the hash of the recorded data, or of what else is known of them. */
    private static String identity(Profile profile) {
        String data = profile.data() == null ? null : profile.data().sha256();
        if (data != null && SHA256.matcher(data).matches()) return data;
        String known = profile.target().name() + "\n" + profile.where().node() + "\n" + profile.target().pid() + "\n" + profile.outcome().start();
        return Sha256.hex(known.getBytes(StandardCharsets.UTF_8));
    }

    /** What the recording's files are called, without their endings. */
    public static String nameOf(Profile profile) {
        try {
            Instant start = profile.startedAt();
            int year = start.atZone(ZoneOffset.UTC).getYear();
            if (year >= 1970 && year <= 9999) return NAME.format(start);
        } catch (DateTimeException | NullPointerException e) {
            // said below, with the other starts that cannot be
        }
        throw new Failure(Exit.INPUT, "the recording's metadata has no usable start: '" + profile.outcome().start() + "'",
                "Record again, or correct \"start\" in its .profile.json.");
    }

    /** The profile in a .json file; null where it holds none, or one without a usable start. */
    private static Profile read(Path file) {
        try {
            Profile profile = Json.read(Files.readString(file), Profile.class, Schema::current);
            nameOf(profile);
            return profile;
        } catch (IOException | IllegalArgumentException | Failure e) {
            return null;
        }
    }

    private void checkSpace(List<Path> files) throws IOException {
        long needed = SPARE_BYTES;
        for (Path file : files) needed += 2 * Files.size(file); // git keeps a copy
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new Failure(Exit.TRANSFER, "the disk is full: " + folder + " has " + free / 1024
                    + " KiB free, the result needs " + needed / 1024 + " KiB", "Free some space and run it again.");
        }
    }

    /** Copies all three under temporary names first, so that a full disk leaves an earlier result untouched. */
    private void place(List<Path> from, List<Path> to) throws IOException {
        List<Path> parts = new ArrayList<>();
        try {
            for (Path file : from) {
                Path part = folder.resolve(UNFINISHED.replace("*", UUID.randomUUID().toString()));
                parts.add(part);
                copy(file, part);
            }
            for (int i = 0; i < to.size(); i++) {
                Files.move(parts.get(i), to.get(i), StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            syncFolder();
        } finally {
            for (Path part : parts) Files.deleteIfExists(part);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (InputStream in = Files.newInputStream(from);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] block = new byte[1 << 16];
            for (int n; (n = in.read(block)) > 0;) {
                ByteBuffer rest = ByteBuffer.wrap(block, 0, n);
                while (rest.hasRemaining()) out.write(rest);
            }
            out.force(true);
        }
    }

    private void syncFolder() {
        try (FileChannel itself = FileChannel.open(folder, StandardOpenOption.READ)) {
            itself.force(true);
        } catch (IOException e) {
            // not every system lets a folder be opened; the files themselves are on the disk
        }
    }

    /** Removes what a killed run left behind; a younger file may belong to a run that is still at work. */
    private void removeUnfinished() throws IOException {
        Instant old = Instant.now().minus(Duration.ofHours(1));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, UNFINISHED)) {
            for (Path file : files) {
                BasicFileAttributes seen = attributes(file);
                if (seen != null && seen.lastModifiedTime().toInstant().isBefore(old)) Files.deleteIfExists(file);
            }
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null; // the other run has just put it in its place
        }
    }
}
