#!/bin/sh
# Functions for scripts that come after this one, all of which begin with guard.sh. What runs says so in BASE.perf.job, a line:
# its token, the job's PID and start, when, for how long, the target's PID, the boot's id, and the settings that it may change.

# Names the boot: a PID with its start is nobody else's only as long as the node runs.
boot_id() { cat /proc/sys/kernel/random/boot_id; }

# A process's start in clock ticks since the boot: ticks PID
ticks() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# Says that a job runs, unless another one has said so: claim BASE TOKEN SECONDS PID CHANGES
claim() (
  set -C
  echo "$2 $$ $(ticks $$) $(date +%s) $3 $4 $(boot_id) $5" 2>/dev/null >"$1.perf.job"
)

# Reads what a job said; fails where there is none: job BASE
job() {
  small "$1.perf.job" 65536
  # shellcheck disable=SC2034 # for who asks
  read -r owner job born begin seconds _ booted changes 2>/dev/null <"$1.perf.job"
}

# Whether a process runs: lives PID TICKS BOOT
lives() { [ -n "$2" ] && [ "$(ticks "$1")" = "$2" ] && [ "$3" = "$(boot_id)" ]; }

# Notes the kernel's settings as they are, and sets them: relax BASE TOKEN NAME=VALUE...
relax() {
  note=$1.perf.settings token=$2
  shift 2
  [ $# = 0 ] && return 0
  {
    echo "$token"
    for change; do echo "${change%=*} $(cat "/proc/sys/kernel/${change%=*}") ${change#*=}"; done
  } >"$note.part" && mv -f "$note.part" "$note" || return 1
  for change; do echo "${change#*=}" >"/proc/sys/kernel/${change%=*}" || return 1; done
}

# Puts back what the job noted, was allowed to change and what is still as it set it, and prints a line for each. Nothing is
# ever made less strict by it, and the note of another job is none: restore BASE
restore() {
  [ -f "$1.perf.settings" ] || return 0
  job "$1" || owner=
  small "$1.perf.settings" 65536
  left=0
  {
    read -r token
    while [ -n "$owner" ] && [ "$token" = "$owner" ] && read -r name before during; do
      case $name in kptr_restrict | perf_event_paranoid) ;; *) continue ;; esac
      case " $changes " in *" $name=$during "*) ;; *) continue ;; esac
      case $before in [0-9]) ;; *) continue ;; esac
      if [ "$(cat "/proc/sys/kernel/$name")" != "$during" ] || [ "$before" -le "$during" ]; then continue; fi
      if echo "$before" >"/proc/sys/kernel/$name"; then echo "$name $before"; else left=1; fi
    done
  } <"$1.perf.settings"
  [ $left = 0 ] && rm -f "$1.perf.settings"
}
