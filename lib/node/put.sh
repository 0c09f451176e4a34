#!/bin/sh
# Writes $2 bytes of the input to the file $1 if their SHA-256 is $3, and prints what it is. Each call has a file of its own
# until then: the same may be sent twice.
part=$(mktemp "$1.XXXXXX") || exit 1
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM
head -c "$2" >"$part" && sum=$(sha256sum <"$part") || exit 1
[ "${sum%% *}" != "$3" ] || mv -f "$part" "$1" || exit 1
echo "$sum"
