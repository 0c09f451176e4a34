#!/bin/sh
# Of the samples in the first MiB of the data of $1, prints how many there are, how many have a stack as long as the kernel keeps
# one, and that length. Before the frames stand seven words: the record's header, address, thread, time, period, the number of
# frames, and a mark where the user's begin.
limit=$(cat /proc/sys/kernel/perf_event_max_stack) || exit 1
tail -c "+$(($(header "$1.perf.data" 40) + 1))" "$1.perf.data" | head -c 1048576 | od -An -v -tu2 -w8 | awk -v words=$((limit + 7)) '
  NR == after + 1 {
    if ($4 < 8 || $4 % 8) exit
    if ($1 == 9 && $2 == 0) { samples++; if ($4 / 8 >= words) cut++ }
    after += $4 / 8
  }
  END { print samples + 0, cut + 0 }'
echo "$limit"
