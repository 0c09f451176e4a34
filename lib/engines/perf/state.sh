#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Prints how the job of $1 with the token $2 stands: how it ended, as in its exit file, or "running" and the seconds it has run;
# "lost" or "rebooted" where it was killed, "none" where there is no job, "other" where it is another's.
ended() { over "$1" "$2" && echo ended && tail -n +2 "$1.perf.exit"; }
job "$1" || { echo none; exit; }
[ "$owner" = "$2" ] || { echo other; exit; }
ended "$1" "$2" && exit
if lives "$job" "$born" "$booted"; then echo running; echo $(($(date +%s) - begin)); echo "$seconds"
elif ended "$1" "$2"; then :
elif [ "$booted" = "$(boot_id)" ]; then echo lost
else echo rebooted; fi
