#!/bin/sh
# Tells the job of $1 to end, which ends its perf, now or as soon as it has started it; or perf, where the job is gone.
[ -f "$1.perf.exit" ] && exit 0
{ read -r _ job born _ _ _ booted <"$1.perf.job"; } 2>/dev/null || exit 0
if [ -O "$1.perf.job" ] && lives "$job" "$born" "$booted"; then kill -TERM "$job"; else end "$1"; fi
