//FILES lib/capture/find-process.sh=find-process.sh lib/capture/describe-process.sh=describe-process.sh lib/capture/harmless-options.txt=harmless-options.txt

/** A recording, whoever takes its samples: the target, its files on the node, how an engine is asked, and the watch. */
package lib.capture;
