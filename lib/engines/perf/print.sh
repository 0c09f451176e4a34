#!/bin/sh
# Prints stacks from perf's data $1 of $2 bytes as text into $3, compressed; what follows is the command. Exit code 66: no data;
# 67: another number of bytes. A pipe would hide that perf failed.
data=$1 size=$2 text=$3
shift 3
[ -f "$data" ] || exit 66
[ "$(wc -c <"$data")" -eq "$size" ] || exit 67
umask 077
{ "$@" 2>"$text.err"; echo $? >"$text.code"; } | gzip -1c >"$text.part"
packed=$?
read -r code <"$text.code"
[ "$code" = 0 ] && [ $packed = 0 ] && mv -f "$text.part" "$text"
done=$?
[ $done = 0 ] || { tail -n 1 "$text.err" >&2; rm -f "$text.part"; }
rm -f "$text.err" "$text.code"
exit $done
