#!/bin/sh
# Ends what a job of $1 that was killed has left, as the job would have: keeps the data and says so, if there is a sample.
[ -f "$1.perf.exit" ] && exit 0
recorder=
end "$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) sleep 0.5 2>/dev/null || sleep 1 ;; *) break ;; esac
done
read -r _ _ _ begin _ <"$1.perf.job" && end=$(stat -c %Y "$1.perf.data.part") && keep "$1" || exit 1
conclude "$1" 137 failed "$begin" "$end" 1
