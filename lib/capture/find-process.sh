#!/bin/sh
# Lists the processes whose executable has a name that ends like $1, and process $2, as "… /proc/PID/exe -> PATH".
# shellcheck disable=SC2010 # find cannot tell where a link leads, in every shell's company
ls -l /proc/[0-9]*/exe 2>/dev/null | grep -F -e "/$1" -e "/proc/$2/exe "
true
