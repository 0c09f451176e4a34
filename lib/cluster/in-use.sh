#!/bin/sh
# Prints which processes run in this container, PID and name each: all but its first one, what that one started, and this
# script. What a command from outside left running is no child of the first one.
here=$(readlink /proc/self/ns/mnt) || exit 1
# shellcheck disable=SC2010  # one process for all; names in /proc are numbers
pids=$(ls -l /proc/[0-9]*/ns/mnt 2>/dev/null | grep -F -e "-> $here" | sed 's|.*/proc/\([0-9]*\)/ns/mnt.*|\1|')
first='' began='' found=''
for pid in $pids; do
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
  name=${stat#*\(} name=${name%\)*}
  # shellcheck disable=SC2086  # behind the name stand numbers only
  set -- ${stat##*\) }
  parent=$2 start=${20}
  [ "$pid" = $$ ] || [ "$parent" = $$ ] && continue
  if [ -z "$first" ] || [ "$start" -lt "$began" ]; then first=$pid began=$start; fi
  found="$found$pid $parent $name
"
done
echo "$found" | while read -r pid parent name; do
  [ -z "$pid" ] || [ "$pid" = "$first" ] || [ "$parent" = "$first" ] || echo "$pid $name"
done
