#!/bin/sh
# Starts the job unless one of this target runs: $1 is the job, what follows its arguments. Sent twice, it starts one. Exit
# code 75: another one runs. The files of a recording, NAME being base and name:
#
#   NAME.perf.job        who started it, the job's PID and start, when, for how long, the target's PID, the boot's id
#   NAME.plan.json       the metadata as far as it was known at the start
#   NAME.kallsyms.gz     the kernel's symbols at that time
#   NAME.perf.pid        perf's PID
#   NAME.perf.log        what perf printed
#   NAME.perf.settings   kernel settings as they were, while they are changed
#   NAME.perf.exit       perf's exit code, why it ended, begin and end (seconds since 1970), load averages, "nothing" without data
#   NAME.perf.spare      nothing, see the job
#   NAME.perf.data.part  the data until perf has ended; then NAME.perf.data
script=$1
shift
if [ -e "$1.perf.job" ]; then
  read -r owner job born _ _ _ booted <"$1.perf.job"
  [ "$owner" = "$2" ] && exit 0
  if [ ! -f "$1.perf.exit" ] && lives "$job" "$born" "$booted"; then cat "$1.perf.job"; exit 75; fi
  end "$1"
  rm -f "$1.perf.job" "$1.perf.pid" || exit 1
fi
: >>"$1.perf.log" && rm -f "$1.perf.exit" || exit 1
chmod 600 "$1.perf.log"
setsid sh -c "$script" perf-job "$@" </dev/null >/dev/null 2>&1 &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if [ -s "$1.perf.job" ]; then
    read -r owner _ <"$1.perf.job"
    [ "$owner" = "$2" ] && exit 0
    cat "$1.perf.job"
    exit 75
  fi
  sleep 0.3 2>/dev/null || sleep 1
done
echo "the job did not start in $(dirname "$1")" >&2
exit 1
