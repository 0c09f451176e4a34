#!/bin/sh
# Functions for scripts that come after this one.

# Names the boot: a PID with its start is nobody else's only as long as the node runs.
boot_id() { cat /proc/sys/kernel/random/boot_id; }

# A process's start in clock ticks since the boot: ticks PID
ticks() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Notes the kernel's settings as they are, and sets them: relax NOTE NAME=VALUE...
relax() {
  note=$1
  shift
  [ $# = 0 ] && return 0
  {
    echo "$$ $(ticks $$) $(boot_id)"
    for change; do echo "${change%=*} $(cat "/proc/sys/kernel/${change%=*}") ${change#*=}"; done
  } >"$note.part" && mv -f "$note.part" "$note" || return 1
  for change; do echo "${change#*=}" >"/proc/sys/kernel/${change%=*}" || return 1; done
}

# Puts back what is still as it was set, and prints a line for each: restore NOTE
restore() {
  [ -f "$1" ] || return 0
  left=0
  while read -r name before during; do
    case $name in kptr_restrict | perf_event_paranoid) ;; *) continue ;; esac
    case $before in [0-9] | -[0-9]) ;; *) continue ;; esac
    [ "$(cat "/proc/sys/kernel/$name")" = "$during" ] || continue
    echo "$before" >"/proc/sys/kernel/$name" && echo "$name $before" || left=1
  done <"$1"
  [ $left = 0 ] && rm -f "$1"
}
