#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Ends what a job of $1 with the token $2 that was killed has left, as the job would have: keeps the data and says so, if there
# is a sample.
job "$1" && [ "$owner" = "$2" ] || exit 1
over "$1" "$2" && exit 0
recorder=none
end "$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) sleep 0.5 2>/dev/null || sleep 1 ;; *) break ;; esac
done
to=$(stat -c %Y "$1.perf.data.part") && keep "$1" || exit 1
conclude "$1" "$2" 137 failed "$begin" "$to" 1
