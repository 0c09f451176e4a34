//FILES lib/node/guard.sh=guard.sh lib/node/text.sh=text.sh lib/node/seal.sh=seal.sh lib/node/piece.sh=piece.sh lib/node/put.sh=put.sh
//DEPS org.tukaani:xz:1.12
//DEPS org.zeroturnaround:zt-exec:1.13.0

/** A shell on a node: run, read, write, transfer; and this machine as the node. */
package lib.node;
