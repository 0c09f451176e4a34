/** Ways to take samples, a folder each. */
package lib.engines;
