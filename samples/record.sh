#!/bin/sh
# Makes the samples anew: records kube-apiserver of the current context (mini-k8s, under load) by the stages themselves,
# with all that the node answers, and reduces its function table to what the names in the recording need.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'kill "$load" 2>/dev/null || true; rm -rf "$work"' EXIT

./jbang build samples/Reduce.java
./jbang 01a_perf_runner.java -q
./jbang mini-k8s load -d 90s &
load=$!
git init -q "$work/repository"
for stage in 02_profile_apiserver.java 03_flamegraph.java "04_fetch_and_commit.java --repo $work/repository --no-push"; do
  # Without the cache of symbols, so that what is read of the binary is brought and kept.
  # shellcheck disable=SC2086 # words
  XDG_CACHE_HOME=$work/cache ./jbang $stage --record "$work/node"
done
./jbang 01a_perf_runner.java --delete

cp "$work/node/apiserver.perf.script.TOKEN.gz" samples/apiserver.perf.txt.gz
./jbang samples/Reduce.java "$work/node/exe" samples/apiserver.perf.txt.gz samples/kube-apiserver.sparse.gz
sed -e 's/"apiserver.perf.script.TOKEN.gz"/"apiserver.perf.txt.gz"/' -e 's/"exe"/"kube-apiserver.sparse.gz"/' \
  "$work/node/transcript.json" >samples/transcript.json
ls -l samples
