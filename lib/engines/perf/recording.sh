#!/bin/sh
# Functions for scripts that come after this one; they need kernel.sh. $1 is the name of the recording.

# Ends the perf of the job of BASE as Ctrl-C would; sets $recorder to its PID: end BASE
end() {
  small "$1.perf.pid" 65536
  read -r recorder started _ 2>/dev/null <"$1.perf.pid" || return 0
  [ -n "$started" ] && [ "$(ticks "$recorder")" = "$started" ] || return 0
  case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) kill -INT "$recorder" ;; esac
}

# Whether the recording with that token has said how it ended: over BASE TOKEN
over() {
  small "$1.perf.exit" 65536
  read -r ender 2>/dev/null <"$1.perf.exit" && [ "$ender" = "$2" ]
}

# A number of 64 bits in a file: header FILE OFFSET
header() { od -An -tu8 -j"$2" -N8 "$1" | tr -d ' '; }

# Says how the recording ended: conclude BASE TOKEN CODE WHY BEGIN END KEPT, the last empty where there is no sample
conclude() {
  rm -f "$1.perf.pid" "$1.perf.data.part.old" "$1.perf.spare"
  {
    echo "$2"; echo "$3"; echo "$4"; echo "$5"; echo "$6"; cut -d' ' -f1-3 /proc/loadavg
    [ -n "$7" ] || echo nothing
  } >"$1.perf.exit.part" && mv -f "$1.perf.exit.part" "$1.perf.exit"
}

# Keeps the data of a perf that has ended: keep BASE. One that was killed, or had no space left, leaves a header without the
# data's size (8 bytes at 48) and with bits for tables that it never wrote (32 bytes at 72), and no perf reads a sample of
# that: the size of its whole records is set, and the bits are cleared. The offsets are those of
# linux/tools/perf/Documentation/perf.data-file-format.txt. Fails where there is not one sample.
keep() {
  data=$1.perf.data.part
  [ -s "$data" ] || return 1
  if [ "$(header "$data" 48)" = 0 ]; then
    size=$(tail -c "+$(($(header "$data" 40) + 1))" "$data" | od -An -v -tu2 -w8 | awk '
      NR == after + 1 {
        if ($4 < 8 || $4 % 8) exit
        if ($1 == 9 && $2 == 0) samples++
        whole = after
        after += $4 / 8
      }
      END { if (samples) printf "%.0f", 8 * (NR < after ? whole : after) }')
    [ -n "$size" ] || { rm -f "$data"; return 1; }
    bytes=
    for shift in 0 8 16 24 32 40 48 56; do bytes=$bytes$(printf '\\%03o' $((size >> shift & 255))); done
    # shellcheck disable=SC2059 # the format is the bytes
    printf "$bytes" | dd of="$data" bs=1 seek=48 conv=notrunc 2>/dev/null
    head -c 32 /dev/zero | dd of="$data" bs=1 seek=72 conv=notrunc 2>/dev/null
  fi
  mv -f "$data" "$1.perf.data"
}
