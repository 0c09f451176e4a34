/** Tests of {@code ./jbang}, the launcher in the root folder, and of the catalog beside it. */
package launcher;
