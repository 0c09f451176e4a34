/** The model: samples as a tree of frames, and what becomes of its frames. Uses the JDK alone. */
package lib.stacks;
