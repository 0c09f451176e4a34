package lib.elf;

/**
 * What stands at an address: a function, and where in the source.
 *
 * @param function the name as the symbol table spells it
 * @param file the path of the source file as the compiler wrote it, or null where the tables do not say
 * @param line the line in that file from 1, or 0 where the tables do not say
 * @param inlined whether the compiler copied this function into the next one of the list
 */
public record Location(String function, String file, int line, boolean inlined) {}
