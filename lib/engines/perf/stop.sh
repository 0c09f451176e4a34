#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Tells the job of $1 with the token $2 to end, which ends its perf, now or as soon as it has started it; or perf, where the job
# is gone.
job "$1" && [ "$owner" = "$2" ] || exit 0
over "$1" "$2" && exit 0
if lives "$job" "$born" "$booted"; then kill -TERM "$job"; else end "$1"; fi
