#!/bin/sh
# Prints how the job of $1 stands: its exit file, or "running" and the seconds it has run; "lost", or "rebooted".
if [ -f "$1.perf.exit" ]; then echo ended; cat "$1.perf.exit"; exit; fi
[ -f "$1.perf.job" ] || { echo none; exit; }
read -r _ job born begin seconds _ booted <"$1.perf.job"
if lives "$job" "$born" "$booted"; then echo running; echo $(($(date +%s) - begin)); echo "$seconds"
elif [ -f "$1.perf.exit" ]; then echo ended; cat "$1.perf.exit"
elif [ "$booted" = "$(boot_id)" ]; then echo lost
else echo rebooted; fi
