#!/bin/sh
# Removes the recording $1 with the token $2, and what was made of it, the files that follow. Exit code 66: what is there is
# another's, or nothing.
[ -f "$1.profile.json" ] && grep -q "\"recording\" *: *\"$2\"" "$1.profile.json" || exit 66
base=$1
shift 2
for made; do rm -f "./${made##*/}"; done
rm -f "$base.pprof.gz" "$base.profile.json"
