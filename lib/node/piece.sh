#!/bin/sh
# Prints of the file $1 the blocks of $2 bytes from the one numbered $3 on, $4 of them, compressed. dd counts in whole blocks
# everywhere (skip_bytes is GNU's alone): what is too much is cut off at the other end. xz is a fifth less to carry for the
# connection that the measured server serves; busybox's only unpacks. The file may be a target's: who makes it a FIFO
# meanwhile does not keep us.
[ -f "$1" ] || { echo "$1 is no plain file" >&2; exit 66; }
timeout 60 dd if="$1" bs="$2" skip="$3" count="$4" 2>/dev/null |
  if xz -0c </dev/null >/dev/null 2>&1; then xz -0c; else gzip -6c; fi
