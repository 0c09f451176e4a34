/** Every text and binary form of stacks, read into a tree of frames and written from one. Uses the JDK alone. */
package lib.formats;
