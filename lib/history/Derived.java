package lib.history;

import java.io.IOException;
import java.util.Map;

/** Files that follow from the results beside them, such as an index: they are made anew in every commit of a result. */
public interface Derived {
    /**
     * Makes them.
     *
     * @param folder of the results, with the files that were made before
     * @return contents by names, for the same results the same bytes; each a name and a beginning by which {@link Results#isMade}
     *     knows it
     */
    Map<String, byte[]> of(Contents folder) throws IOException;
}
