#!/bin/sh
# Prints stacks from perf's data $1 of $2 bytes, with the SHA-256 $3, as text into the file $4 beside it, compressed; what
# follows is the command. Exit code 66: no data; 67: other data. A pipe would hide that perf failed. Each call has files of its
# own: the same may be sent twice.
data=$1 size=$2 sha256=$3 text=./${4##*/}
shift 4
[ -f "$data" ] || exit 66
[ "$(stat -c %s "$data")" = "$size" ] && [ "$(sha256sum <"$data")" = "$sha256  -" ] || exit 67
part=$(mktemp "$text.XXXXXX") || exit 1
trap 'rm -f "$part" "$part.err" "$part.code"' EXIT
trap 'exit 1' HUP INT TERM
{ "$@" 2>"$part.err"; echo $? >"$part.code"; } | gzip -1c >"$part"
packed=$?
read -r code <"$part.code"
[ "$code" = 0 ] && [ $packed = 0 ] && mv -f "$part" "$text" && exit 0
tail -n 1 "$part.err" >&2
exit 1
