#!/bin/sh
# What every script begins with that works in the work directory: enters the folder of the path $1, if nobody else can write
# into it or put another in its place, and if what is there under that name is plain files of ours; $1 is then the name in it.
# Otherwise exit code 77, and a line that says what was found where. Nothing is opened before: a FIFO would block.

refuse() { echo "$*" >&2; exit 77; }

# What stands at a path, in words
kind() {
  if [ -L "$1" ]; then echo "a link"
  elif [ -d "$1" ]; then echo "a folder"
  elif [ -p "$1" ]; then echo "a FIFO"
  elif [ -f "$1" ]; then echo "a file of user $(stat -c %u "$1")"
  else echo "a device or a socket"; fi
}

# Refuses what is there and no plain file of ours: plain FILE...
plain() {
  for found; do
    [ -e "$found" ] || [ -L "$found" ] || continue
    if [ ! -f "$found" ] || [ -L "$found" ] || [ ! -O "$found" ]; then
      refuse "$folder/${found#./} is $(kind "$found"), no plain file of ours"
    fi
  done
}

# Refuses a file that is too large to be one of ours: small FILE BYTES
small() {
  size=$(stat -c %s "$1" 2>/dev/null) || return 0
  [ "$size" -le "$2" ] || refuse "$folder/${1#./} has $size bytes; $2 are the most that are read"
}

umask 077
folder=${1%/*}
folder=${folder:-/}
case $folder in */kube-flamegraph) [ -e "$folder" ] || [ -L "$folder" ] || mkdir -p "$folder" || refuse "$folder cannot be made" ;; esac
[ -e "$folder" ] || [ -L "$folder" ] || refuse "there is no folder $folder"
if [ ! -d "$folder" ] || [ -L "$folder" ]; then refuse "$folder is $(kind "$folder"), no folder of ours"; fi
CDPATH='' cd -P "$folder" || refuse "$folder cannot be entered"
folder=$(pwd -P)
# The folder that we are in is looked at, whatever its name leads to meanwhile; then those above, in which it could be renamed.
me=$(id -u) at=$folder
while :; do
  mode=$(stat -c '%u %A' "$at") || refuse "$at cannot be looked at"
  owner=${mode%% *} mode=${mode#* }
  others=
  case $mode in ?????w* | ????????w*) others=1 ;; esac
  if [ "$at" = "$folder" ]; then
    [ "$owner" = "$me" ] || refuse "the folder $at belongs to user $owner, not to us ($me)"
    [ -z "$others" ] || refuse "others can write into the folder $at ($mode)"
    # Ours, or one that the kubelet has just made.
    case $mode in drwx------) ;; *)
      if [ "${at##*/}" = kube-flamegraph ] || [ -z "$(ls -A .)" ]; then chmod 700 . || refuse "$at ($mode) cannot be closed to others"; fi ;;
    esac
  else
    [ "$owner" = "$me" ] || [ "$owner" = 0 ] || refuse "the folder $at belongs to user $owner, who can replace $folder"
    case $others$mode in 1?????????[!tT]) refuse "others can write into the folder $at ($mode) and replace $folder" ;; esac
  fi
  [ "$at" = / ] && break
  at=${at%/*}
  at=${at:-/}
done
name=./${1##*/}
shift
set -- "$name" "$@"
plain "$name" "$name".*
