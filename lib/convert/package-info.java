/** From stacks in any format to pictures and files in any: what stage 03 can be told, and what it does then. */
package lib.convert;
