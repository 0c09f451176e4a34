#!/bin/sh
# Prints size and place of the file $2 that process $1 has mapped. The executable itself stays reachable under /proc even when
# its file is deleted or replaced; other files are looked up as the process sees them. When the process is gone, another one of
# the same executable will do.
same() { l=$(readlink "$1" 2>/dev/null); [ "$l" = "$2" ] || [ "$l" = "$2 (deleted)" ]; }
f=
if same "/proc/$1/exe" "$2"; then f="/proc/$1/exe"
elif [ -f "/proc/$1/root$2" ]; then f="/proc/$1/root$2"
else for e in /proc/[0-9]*/exe; do if same "$e" "$2"; then f="$e"; break; fi; done; fi
[ -n "$f" ] && stat -Lc %s "$f" && echo "$f"
