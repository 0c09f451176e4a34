//DEPS org.tukaani:xz:1.12

/** Every text and binary form of stacks, read into a tree of frames and written from one. */
package lib.formats;
