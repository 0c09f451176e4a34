#!/bin/bash
# Builds the four Kubernetes programs of the control plane from Debian's source package "kubernetes".
#
#   build-kubernetes.sh CACHE          bin/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet}
#   build-kubernetes.sh CACHE twins    bin/*.unstripped: the same programs, symbol tables kept
#
# Everything is below CACHE/kubernetes-1.20.2; a step that is done is not done again, so an interrupted
# build goes on where it stopped. Needs apt, dpkg-dev and Debian's golang-go; takes about 11 minutes on
# two cores, the twins about two after that (Go's build cache has all but the link steps).
set -euo pipefail

version=1.20.2
home=${1:?usage: build-kubernetes.sh CACHE [twins]}/kubernetes-$version
what=${2:-stripped}
source=$home/source
tree=$home/gopath/src/k8s.io/kubernetes   # GOPATH mode: this tree does not build in module mode
mkdir -p "$home/bin" "$source"

step() { echo "== $(date +%T) $*"; }

# apt is told of the source packages of the machine's own repositories in a private configuration:
# the same entries with deb-src for deb. Credentials, proxies and keys stay where they are.
apt_private() {
  local parts=$source/apt/sources.list.d
  rm -rf "$parts"
  mkdir -p "$parts" "$source/apt/lists/partial" "$source/apt/cache/archives/partial"
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    if [ -f "$file" ]; then
      sed -n 's/^[[:space:]]*deb[[:space:]]\(.*\)/deb-src \1/p' "$file" > "$parts/$(basename "$file")"
    fi
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    if [ -f "$file" ]; then
      sed 's/^Types:.*/Types: deb-src/' "$file" > "$parts/$(basename "$file")"
    fi
  done
  apt=(apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$parts"
       -o "Dir::State::Lists=$source/apt/lists" -o "Dir::Cache=$source/apt/cache"
       -o APT::Sandbox::User=root)   # the cache may be in a home directory that user _apt cannot enter
}

if ! ls "$source"/*.dsc > /dev/null 2>&1; then
  step "fetching the source package"
  apt_private
  "${apt[@]}" update || true         # one repository without sources must not stop the others
  # the newest 1.20.2 on offer: Debian 12 calls it 1.20.5+really1.20.2-…
  package=$("${apt[@]}" source --print-uris kubernetes | grep -o 'kubernetes_[^ ]*\.dsc' | tail -1)
  case $package in
    *"$version"-*) ;;
    *) echo "Debian's source package here is '$package', not Kubernetes $version; Debian 12 has it" >&2; exit 1 ;;
  esac
  (cd "$source" && "${apt[@]}" source --download-only kubernetes)
fi

if [ ! -e "$tree/.unpacked" ]; then
  step "unpacking"
  rm -rf "$tree"
  mkdir -p "$(dirname "$tree")"
  dpkg-source --no-check -x "$source"/*.dsc "$tree"   # apt has checked the hashes
  touch "$tree/.unpacked"
fi

export GOPATH=$home/gopath GOCACHE=$home/gocache GO111MODULE=off GOFLAGS=-buildvcs=false CGO_ENABLED=0
export HOME=${HOME:-/root}
cd "$tree"

# The one generated file that the tarball lacks: the OpenAPI description of all types marked for it.
openapi=pkg/generated/openapi/zz_generated.openapi.go
if [ ! -s "$openapi" ]; then
  step "generating $openapi"
  go build -p 2 -o "$home/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
  packages=$(grep -rl '+k8s:openapi-gen=' --include='*.go' pkg staging/src vendor/k8s.io/kube-openapi/pkg \
    | grep -v -e /code-generator/ -e /sample-apiserver/ | xargs -n1 dirname | sort -u \
    | sed -e 's,^staging/src/,vendor/,' -e 's,^,k8s.io/kubernetes/,' | paste -sd,)
  "$home/openapi-gen" --input-dirs "$packages" --output-package k8s.io/kubernetes/pkg/generated/openapi \
    --output-base "$GOPATH/src" --output-file-base zz_generated.openapi.new \
    --go-header-file vendor/k8s.io/code-generator/hack/boilerplate.go.txt \
    --report-filename "$home/openapi-violations.txt"
  mv pkg/generated/openapi/zz_generated.openapi.new.go "$openapi"
fi

# What the programs say of themselves; upstream's build sets the same variables.
stamp=
for package in component-base/version client-go/pkg/version; do
  for value in gitVersion=v$version gitMajor=1 gitMinor=20 gitTreeState=archive; do
    stamp+=" -X k8s.io/kubernetes/vendor/k8s.io/$package.$value"
  done
done

build() { # build OUTPUT LINKER-FLAGS PACKAGE: into place only when whole
  step "building $1"
  go build -p 2 -trimpath -ldflags "$2 $stamp" -o "$home/bin/.$1" "k8s.io/kubernetes/cmd/$3"
  mv "$home/bin/.$1" "$home/bin/$1"
}

for program in kube-apiserver kubelet kube-controller-manager kube-scheduler; do
  if [ "$what" = twins ]; then
    [ -x "$home/bin/$program.unstripped" ] || build $program.unstripped "" $program
  else
    [ -x "$home/bin/$program" ] || build $program "-s -w" $program   # stripped, as upstream's releases are
  fi
done
step "done: $(du -sh "$home/bin" | cut -f1) in $home/bin"
