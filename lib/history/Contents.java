package lib.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The files of a folder, wherever they are: on the disk, or in a commit. */
public interface Contents {
    /** The names of its files, in their order; none where there is no such folder. */
    List<String> names() throws IOException;

    /** All of a file. */
    byte[] read(String name) throws IOException;

    /** A folder on the disk. */
    static Contents of(Path folder) {
        return new Contents() {
            @Override
            public List<String> names() throws IOException {
                List<String> names = new ArrayList<>();
                if (!Files.isDirectory(folder)) return names;
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                    for (Path file : files) if (Files.isRegularFile(file)) names.add(file.getFileName().toString());
                }
                Collections.sort(names);
                return names;
            }

            @Override
            public byte[] read(String name) throws IOException {
                return Files.readAllBytes(folder.resolve(name));
            }
        };
    }
}
