#!/bin/sh
# The job that records, in a session of its own: $1 base of the file names, $2 token of the recording, $3 seconds, $4 and $5 PID
# and start of the target, $6 the plan, $7 kernel settings to change; then the command, which writes BASE.perf.data.part.
# What it knows lies in files, see start.sh. Where perf fills the disk, the space of the spare file is what is left for
# saying so.
base=$1 recording=$2 length=$3 pid=$4 target=$5 plan=$6 wanted=$7
shift 7
claim "$base" "$recording" "$length" "$pid" "$wanted" || exit 1
trap 'restore "$base" >/dev/null' EXIT
stopped=
trap 'stopped=1; end "$base"' HUP INT TERM
rm -f "$base.perf.data.part" "$base.kallsyms.gz"
head -c 65536 /dev/zero >"$base.perf.spare"
printf '%s' "$plan" >"$base.plan.json"
echo "$recording" >"$base.perf.log"
from=$(date +%s) why=complete code=1
# shellcheck disable=SC2086 # words
if relax "$base" "$recording" $wanted 2>>"$base.perf.log"; then
  gzip -1c /proc/kallsyms >"$base.kallsyms.gz" 2>/dev/null
  from=$(date +%s)
  "$@" >>"$base.perf.log" 2>&1 &
  recorder=$!
  echo "$recorder $(ticks $recorder) $recording" >"$base.perf.pid"
  while kill -0 $recorder 2>/dev/null; do
    if [ "$why" = complete ] && [ "$(ticks "$pid")" != "$target" ]; then
      why="target exited"
      kill -INT $recorder
    fi
    [ -n "$stopped" ] && kill -INT $recorder
    sleep 0.5 2>/dev/null || sleep 1
  done
  wait $recorder
  code=$?
fi
restore "$base" >/dev/null
trap - EXIT
to=$(date +%s)
if [ "$why" = complete ]; then
  if [ "$(ticks "$pid")" != "$target" ] && [ $((to - from)) -lt "$length" ]; then why="target exited"
  elif [ -n "$stopped" ]; then why=interrupted
  else case $code in 0) ;; 130 | 143) why=interrupted ;; *) why=failed ;; esac; fi # 128 and INT or TERM
fi
keep "$base" && kept=1 || kept=
conclude "$base" "$recording" $code "$why" "$from" "$to" "$kept"
