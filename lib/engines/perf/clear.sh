#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Removes what recordings have left in the folder of $1, whose ever they are. Exit code 75: one of them runs; it prints the name.
for file in ./*.perf.job; do
  [ -e "$file" ] || [ -L "$file" ] || continue
  plain "$file"
  base=${file%.perf.job}
  if job "$base" && ! over "$base" "$owner" && lives "$job" "$born" "$booted"; then echo "${base#./}"; exit 75; fi
done
rm -f ./*.perf.* ./*.plan.json ./*.kallsyms.gz ./*.profile.json ./*flame.svg ./*flame.folded.gz ./perf-trial.*
