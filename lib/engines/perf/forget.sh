#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Removes what the recording $1 with the token $2 has left, and what was made of it, the files that follow. Exit code 75: it
# runs; 66: what is there is another's, or nothing.
job "$1" && [ "$owner" = "$2" ] || exit 66
if ! over "$1" "$2" && lives "$job" "$born" "$booted"; then exit 75; fi
base=$1
shift 2
for made; do rm -f "./${made##*/}"; done
rm -f "$base".perf.* "$base.plan.json" "$base.kallsyms.gz" "$base.profile.json"
