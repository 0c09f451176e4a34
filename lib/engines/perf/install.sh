#!/bin/sh
# Installs perf and curl, and xz for smaller transfers, by the package manager that is there.
if command -v apk >/dev/null; then
  apk add --no-cache perf curl xz
elif command -v apt-get >/dev/null; then
  # apt checks signatures as a user of its own, who may not enter the work directory that /tmp is here.
  export DEBIAN_FRONTEND=noninteractive TMPDIR=/var/tmp
  apt-get update && {
    apt-get install -y --no-install-recommends linux-perf curl ca-certificates xz-utils ||
      apt-get install -y --no-install-recommends linux-tools-generic curl ca-certificates xz-utils
  }
elif command -v dnf >/dev/null; then
  dnf install -y perf curl xz
else
  echo "no apk, apt-get or dnf in this image" >&2
  exit 5
fi
