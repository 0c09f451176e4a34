#!/bin/sh
# Records for a moment, in the folder $1, with the kernel's settings $2 changed meanwhile; prints the event that it was. What
# follows is the perf and its words but for where it writes. Exit code 66: the folder cannot be written to.
umask 077
trial=$(mktemp "$1/perf-trial.XXXXXX") || exit 66
changes=$2
shift 2
perf=$1
trap 'restore "$trial.perf.settings" >/dev/null' EXIT
trap 'exit 1' HUP INT TERM
# shellcheck disable=SC2086 # words
relax "$trial.perf.settings" $changes || exit 1
"$@" -o "$trial" -- sleep 0.1 >/dev/null && "$perf" evlist -i "$trial"
code=$?
rm -f "$trial" "$trial.old"
exit $code
