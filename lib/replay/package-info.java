/** A node that was recorded: its answers and files come again, for the demo and the tests. */
package lib.replay;
