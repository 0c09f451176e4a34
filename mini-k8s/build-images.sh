#!/bin/bash
# Builds the images of the node, each as a docker-archive that `ctr images import` reads. No registry is asked.
#
#   build-images.sh CACHE BIN TARGET     BIN has the Kubernetes programs, TARGET gets NAME.tar for each image
#
# An image that is there is not built again. Needs debootstrap, Debian's golang-go and etcd packages.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${1:?usage: build-images.sh CACHE BIN TARGET}
bin=$2
target=$3
version=1.20.2
mkdir -p "$target" "$cache/debs"
chmod 700 "$target"
work=$(mktemp -d "$target/.work.XXXXXX")

step() { echo "== $(date +%T) $*"; }

cleanup() { # debootstrap mounts /proc in the folder that it fills, and an interrupted one leaves it there
  awk -v w="$work/" 'index($2, w) == 1 {print $2}' /proc/mounts | sort -r | while read -r at; do umount "$at"; done
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

# pack ROOT FILE NAME...: the folder ROOT as an image of one layer, known by these names, in FILE.tar
pack() {
  local root=$1 file=$2 name names='' command=sh
  if [ -e "$1/pause" ]; then command=/pause; fi
  shift 2
  for name in "$@"; do names+="${names:+,}\"$name\""; done
  mkdir "$work/$file"
  tar --numeric-owner --sort=name -C "$root" -cf "$work/$file/layer.tar" .
  cat > "$work/$file/config.json" <<JSON
{"architecture": "$(dpkg --print-architecture)", "os": "linux",
 "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["$command"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(sha256sum < "$work/$file/layer.tar" | cut -d' ' -f1)"]}}
JSON
  echo "[{\"Config\": \"config.json\", \"RepoTags\": [$names], \"Layers\": [\"layer.tar\"]}]" > "$work/$file/manifest.json"
  tar -C "$work/$file" -cf "$work/$file.tar" manifest.json config.json layer.tar
  mv "$work/$file.tar" "$target/$file.tar"
  rm -rf "${work:?}/$file" "$root"
}

missing() { [ ! -e "$target/$1.tar" ] && step "image $1"; }

# --- Images of one static program ------------------------------------------------------------------------------------

compile() { # compile NAME: images/NAME.go, static
  mkdir -p "$work/root/usr/local/bin"
  (cd "$work" && GO111MODULE=off CGO_ENABLED=0 GOCACHE=$cache/kubernetes-$version/gocache \
    go build -trimpath -ldflags '-s -w' -o "root/usr/local/bin/$1" "$here/images/$1.go")
}

for program in kube-apiserver kube-controller-manager kube-scheduler; do
  if missing $program; then
    install -D -m 755 "$bin/$program" "$work/root/usr/local/bin/$program"
    pack "$work/root" $program localhost/$program:v$version
  fi
done

if missing pause; then
  compile pause
  mv "$work/root/usr/local/bin/pause" "$work/root/pause"
  rm -r "$work/root/usr"
  pack "$work/root" pause localhost/pause:1
fi

if missing no-privileged; then
  compile no-privileged
  pack "$work/root" no-privileged localhost/no-privileged:1
fi

# --- etcd: Debian's programs and the libraries that they load ---------------------------------------------------------

if missing etcd; then
  for program in /usr/bin/etcd /usr/bin/etcdctl; do
    install -D -m 755 $program "$work/root$program"
    for library in $(ldd $program | grep -o '/[^ ]*'); do
      install -D -m 755 "$(readlink -f "$library")" "$work/root$library"
    done
  done
  pack "$work/root" etcd localhost/etcd:debian
fi

# --- Debian, with perf and without -----------------------------------------------------------------------------------

# The machine's own Debian repository and release, as apt knows them.
read -r mirror suite < <(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' 'Component: main' \
  --format '$(REPO_URI) $(RELEASE)' | grep -v -e -updates -e -security -e -backports | head -1) || true
suite=${suite:-$(. /etc/os-release && echo "$VERSION_CODENAME")}

# Proxies of apt are for debootstrap's wget too.
for scheme in http https; do
  eval "$(apt-config shell proxy Acquire::$scheme::Proxy)"
  if [ -n "${proxy:-}" ] && [ "$proxy" != DIRECT ]; then export ${scheme}_proxy="$proxy"; fi
done

debian() { # debian ROOT PACKAGES: a minimal Debian with these packages, apt's downloads removed
  debootstrap --variant=minbase --cache-dir="$cache/debs" --include="$2" "$suite" "$1" $mirror > "$work/debootstrap.log" 2>&1 \
    || { tail -20 "$work/debootstrap.log" "$1/debootstrap/debootstrap.log" 2>/dev/null; return 1; }
  rm -rf "$1"/var/cache/apt/*.bin "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* \
    "$1"/usr/share/{doc,man,info,locale} "$1"/var/log/*.log "$1"/var/cache/debconf/*-old
}

if missing perf-runner; then
  debian "$work/perf" linux-perf,ca-certificates,curl,procps,less,xz-utils
  pack "$work/perf" perf-runner localhost/perf-runner:latest localhost/debug-profiler:latest
fi

# The bare one has what apt needs to reach the repositories that this machine uses: a pod on the node's network
# can then install what it lacks. Credentials (auth.conf) are not copied.
if missing perf-runner-bare; then
  debian "$work/bare" ca-certificates
  rm -f "$work/bare"/etc/apt/sources.list
  for part in sources.list keyrings trusted.gpg trusted.gpg.d; do
    if [ -e /etc/apt/$part ]; then cp -rL /etc/apt/$part "$work/bare/etc/apt/"; fi
  done
  cp -L /etc/apt/sources.list.d/*.{list,sources} "$work/bare/etc/apt/sources.list.d/" 2>/dev/null || true
  cp -L /usr/share/keyrings/*.gpg "$work/bare/usr/share/keyrings/" 2>/dev/null || true
  apt-config dump | grep -E '^Acquire::(http|https)::' > "$work/bare/etc/apt/apt.conf.d/80machine" || true
  cp -L /etc/ssl/certs/ca-certificates.crt "$work/bare/etc/ssl/certs/"
  pack "$work/bare" perf-runner-bare localhost/perf-runner-bare:latest
fi
step "done: $(du -sh "$target" | cut -f1) in $target"
