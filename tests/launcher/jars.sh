#!/bin/sh
# Makes lib/jars.sha256 anew, after a change of //DEPS or of the launcher's JBang. Look at what it changed before you
# commit that: the launcher runs what the list says. $JBANG_REPO is Maven's repository where that is not the usual one.
cd "$(dirname "$0")/../.." || exit
export JBANG_REPO="${JBANG_REPO:-$HOME/.m2/repository}"
version=$(sed -n 's/^pinned=//p' jbang)
jars=$(
  echo "$JBANG_REPO/dev/jbang/jbang-cli/$version/jbang-cli-$version-all.jar"
  sed -n 's/.*"script-ref": "\(.*\)",/\1/p' jbang-catalog.json | while read -r script; do
    ./jbang info classpath --deps-only "$script" </dev/null || kill $$
  done
)
{
  echo '# The jars that the scripts load, as "sha256sum -c" in the folder of Maven'\''s repository checks them, too;'
  echo '# ./jbang does when it builds. Made by tests/launcher/jars.sh of:'
  find . -name '*.java' -exec grep -h '^//DEPS' {} + | sort -u | sed 's/^/# /'
  (cd "$JBANG_REPO" && echo "$jars" | tr : '\n' | sed "s|^$JBANG_REPO/||" | sort -u | xargs sha256sum)
} >lib/jars.new && mv lib/jars.new lib/jars.sha256
