/**
 * ELF files and Go's function table: from an address in a binary to the name of the function, the calls that were
 * inlined there, and the line of source. Works on a whole file or on the few ranges of it that are at hand, and
 * survives damaged and hostile files. Needs only the JDK.
 */
package lib.elf;
