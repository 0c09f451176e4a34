//FILES lib/symbols/find-file.sh=find-file.sh

/**
 * Names for frames that perf could not name: brings a binary's function table from the node once, keeps it by build id,
 * looks addresses up, and leaves out callers that no program has.
 */
package lib.symbols;
