#!/bin/sh
# Prints of process $1 its start in clock ticks, its executable, and its command line, a word in a line.
cd "/proc/$1" && sed 's/.*) //' stat | cut -d' ' -f20 && readlink exe && tr '\000' '\n' <cmdline
