#!/bin/sh
# Prints inode and size of the audit log $2 of process $1, if that is a plain file of root's.
log=/proc/$1/root$2
[ -f "$log" ] && [ ! -L "$log" ] && [ "$(stat -c %u "$log")" = 0 ] && stat -c '%i %s' "$log"
