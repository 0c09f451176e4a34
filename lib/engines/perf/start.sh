#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Starts the job of the recording $1 unless one of this target runs: $2 is the job, what follows its arguments. Sent twice, it
# starts one. Exit code 75: another one runs. The files of a recording, NAME being base and name; each has its token:
#
#   NAME.perf.job        see kernel.sh
#   NAME.plan.json       the metadata as far as it was known at the start
#   NAME.kallsyms.gz     the kernel's symbols at that time
#   NAME.perf.pid        perf's PID and start, and the token
#   NAME.perf.log        the token, and what perf printed
#   NAME.perf.settings   the token, and kernel settings as they were and as they are, while they are changed
#   NAME.perf.exit       the token, perf's exit code, why it ended, begin and end (seconds since 1970), load averages, "nothing"
#                        without data
#   NAME.perf.spare      nothing, see the job
#   NAME.perf.data.part  the data until perf has ended; then NAME.perf.data
base=$1 script=$2
shift 2
set -- "$base" "$@"
if job "$1"; then
  [ "$owner" = "$2" ] && exit 0
  if ! over "$1" "$owner" && lives "$job" "$born" "$booted"; then exit 75; fi
  end "$1"
  restore "$1" >/dev/null
fi
rm -f "$1.perf.job" "$1.perf.pid" "$1.perf.exit" && : >>"$1.perf.log" || exit 1
setsid sh -c "$script" perf-job "$@" </dev/null >/dev/null 2>&1 &
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if job "$1"; then
    [ "$owner" = "$2" ] && exit 0
    exit 75
  fi
  sleep 0.3 2>/dev/null || sleep 1
done
echo "the job did not start in $folder" >&2
exit 1
