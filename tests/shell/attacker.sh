#!/bin/sh
# Somebody on the node who wants a hand in a recording: puts into the folder $1, again and again, whatever could be believed,
# followed or waited for under our names; links lead to $2, which is root's.
work=$1 victim=$2
boot=$(cat /proc/sys/kernel/random/boot_id)
while :; do
  for name in apiserver.perf.settings apiserver.perf.exit apiserver.perf.job apiserver.perf.pid apiserver.perf.log \
    apiserver.perf.spare apiserver.plan.json apiserver.kallsyms.gz apiserver.profile.json apiserver.perf.data flame.svg \
    flame.svg.part apiserver.perf.script.gz.part; do
    file=$work/$name
    rm -f "$file"
    case $((turn = (turn + 1) % 4)) in
      0) ln -s "$victim" "$file" ;;
      1) mkfifo "$file" ;;
      2) ln "$victim" "$file" ;;
      3) case $name in
          *.settings) printf 'one\nkptr_restrict 0 2\nkptr_restrict 0 1\n' >"$file" ;;
          *.exit) printf 'one\n0\ncomplete\n1\n2\n0 0 0\n' >"$file" ;;
          *.job) echo "one 1 1 1 1 1 $boot kptr_restrict=2" >"$file" ;;
          *) : >"$file" ;;
        esac ;;
    esac
  done 2>/dev/null
done
