/** The metadata of a recording: what was recorded, where, how, and how it ended. Uses the JDK alone. */
package lib.profile;
