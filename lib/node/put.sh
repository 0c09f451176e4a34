#!/bin/sh
# Writes $2 bytes of the input to the file $1.part and prints their SHA-256.
umask 077
head -c "$2" >"$1.part" && sha256sum <"$1.part" || { rm -f "$1.part"; exit 1; }
