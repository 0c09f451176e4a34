#!/bin/sh
# Prints size and SHA-256 of the file $1. Exit code 66: it is not there.
test -f "$1" || exit 66
wc -c <"$1" && sha256sum <"$1"
