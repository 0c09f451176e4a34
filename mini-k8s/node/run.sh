#!/bin/bash
# Starts one of the node's two daemons, detached from the terminal, and returns.
#
#   run.sh containerd STATE RUN CGROUP              in a mount namespace of its own, the node's
#   run.sh kubelet STATE RUN CGROUP COMMAND...      in the mount namespace of that containerd
#
# CGROUP is the folder of a cgroup: whatever is started from here on is in it or below, and so can be found.
# What the two mount is seen by them and their pods only and is gone when the last of these has ended, however it
# ended: nothing to unmount, no stale mounts.
set -euo pipefail

daemon=$1
state=$2
run=$3
cgroup=$4
shift 4

pid_file() { # whole or not at all
  echo $$ > "$run/$1.pid.new"
  mv "$run/$1.pid.new" "$run/$1.pid"
}

case $daemon in
  containerd)
    exec setsid --fork unshare --mount --propagation slave \
      bash "$0" containerd-inside "$state" "$run" "$cgroup" > "$state/log/containerd.log" 2>&1 < /dev/null ;;

  containerd-inside)
    echo $$ > "$cgroup/cgroup.procs"
    pid_file containerd
    mount --make-rshared /     # among the node's pods, not back to the machine
    # These places are fixed in the programs; here each is a folder of our own.
    for place in /run/containerd /var/lib/cni /var/log/pods /var/log/containers /var/lib/kubelet; do
      mkdir -p "$place" "$state/fixed$place"
      mount --bind "$state/fixed$place" "$place"
    done
    exec containerd --config "$state/containerd.toml" ;;

  kubelet)
    exec setsid --fork nsenter --mount --target "$(cat "$run/containerd.pid")" \
      bash "$0" kubelet-inside "$state" "$run" "$cgroup" "$@" > "$state/log/kubelet.log" 2>&1 < /dev/null ;;

  kubelet-inside)
    echo $$ > "$cgroup/cgroup.procs"
    pid_file kubelet
    exec "$@" ;;
esac
