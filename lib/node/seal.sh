#!/bin/sh
# Prints size and SHA-256 of the file $1, of $2 bytes at the most. Exit code 66: it is not there.
[ -f "$1" ] || exit 66
small "$1" "$2"
stat -c %s "$1" && sha256sum <"$1"
