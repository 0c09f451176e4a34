#!/bin/sh
# Prints by the perf $1 the records of lost samples in its data $2.
"$1" script --show-lost-events -F comm -G -i "$2" 2>/dev/null | grep PERF_RECORD_LOST
