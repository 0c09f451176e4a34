#!/bin/sh
# Records for a moment, with the kernel's settings $2 changed meanwhile; prints the event that it was. $1 is what its files'
# names begin with. What follows is the perf and its words but for where it writes. Exit code 66: nothing can be written there.
trial=$(mktemp "$1.XXXXXX") || exit 66
changes=$2
shift 2
perf=$1
trap 'restore "$trial" >/dev/null; rm -f "$trial" "$trial.old" "$trial.perf.job"' EXIT
trap 'exit 1' HUP INT TERM
claim "$trial" "$trial" 0 0 "$changes" || exit 66
# shellcheck disable=SC2086 # words
relax "$trial" "$trial" $changes || exit 1
"$@" -o "$trial" -- sleep 0.1 >/dev/null && "$perf" evlist -i "$trial"
