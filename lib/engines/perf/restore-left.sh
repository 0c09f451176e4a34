#!/bin/sh
# shellcheck disable=SC2154 # kernel.sh says what a job is
# Restores the settings that jobs left changed that were killed, whatever their names are, in the folder of $1.
for note in ./*.perf.settings; do
  [ -e "$note" ] || [ -L "$note" ] || continue
  base=${note%.perf.settings}
  plain "$note" "$base.perf.job"
  if ! job "$base" || [ "$booted" != "$(boot_id)" ]; then rm -f "$note"
  elif ! lives "$job" "$born" "$booted"; then restore "$base"; fi
done
