/**
 * Samples in, a tree of frames out: every text and binary format of stacks, read and written.
 * Uses the JDK alone.
 */
package lib.stacks;
