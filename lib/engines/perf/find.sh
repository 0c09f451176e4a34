#!/bin/sh
# Prints the first perf that runs and its version. A distribution's wrapper may refuse a kernel that it was not built for; the
# programs behind it do not. Exit code 3: there is only one that refuses; it prints the kernel and the words. 4: none.
for perf in perf /usr/bin/perf_[0-9]* /usr/lib/linux-tools*/perf /usr/lib/linux-tools/*/perf; do
  version=$("$perf" --version 2>/dev/null) && case $version in
    perf*) echo "$perf"; echo "$version"; exit 0 ;;
  esac
done
command -v perf >/dev/null && { uname -r; perf --version 2>&1 | grep -v '^ *$' | head -n 3; exit 3; }
exit 4
