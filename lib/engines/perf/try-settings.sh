#!/bin/sh
# Writes each of the kernel's settings NAME=VALUE... as it is: what can be written can be changed.
for change; do
  file=/proc/sys/kernel/${change%=*}
  value=$(cat "$file") && echo "$value" >"$file" || exit 1
done
