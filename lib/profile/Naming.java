package lib.profile;

import java.util.Map;

/**
 * How the frames of a profile got their names.
 *
 * @param frames frames in all, each distinct stack entry counted by its samples
 * @param named frames that have a name
 * @param by number of named frames by what named them ("perf", "pclntab", "symtab", "kallsyms", "perf map")
 * @param unknown frames that stayed without a name
 * @param transferredBytes bytes of symbol tables that were brought from the node for it
 */
public record Naming(long frames, long named, Map<String, Long> by, long unknown, long transferredBytes) {}
