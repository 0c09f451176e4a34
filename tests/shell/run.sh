#!/bin/sh
# Runs the scripts of the nodes by dash and by busybox's sh against a perf of our own, without a JVM: as they are meant, and
# beside somebody who wants to have a hand in it. As root it does so as another user too. Prints a line for each case that fails,
# and at the end how many passed, failed and were skipped; exit code 1 where one failed.
cd "$(dirname "$0")/../.." || exit 2
lib=$PWD/lib
top=$(mktemp -d) || exit 2
cp tests/shell/attacker.sh "$top/attacker" || exit 2 # where another user can read it
passed=0 failed=0 skipped=0
sysctls="protected_symlinks protected_hardlinks protected_fifos protected_regular"
for name in $sysctls; do eval "was_$name=\$(cat /proc/sys/fs/$name)"; done
end() {
  [ -n "$villain" ] && kill "$villain" 2>/dev/null
  for name in $sysctls; do eval "echo \$was_$name" >"/proc/sys/fs/$name"; done 2>/dev/null
  [ -n "$pid" ] && kill "$pid" 2>/dev/null
  rm -rf "$top"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# A perf that samples nothing: it writes some bytes once it is told to end or its time is over.
cat >"$top/perf" <<'PERF'
#!/bin/sh
# A shell cannot trap what was ignored when it began, as SIGINT is in the background; perf can.
[ -n "$AGAIN" ] || AGAIN=1 exec env --default-signal=INT "$0" "$@"
case $1 in
  record)
    while [ "$1" != -o ]; do shift; done
    file=$2
    shift 2
    trap 'kill $sleeper 2>/dev/null' INT TERM
    [ "$1" = -- ] && shift
    "$@" & sleeper=$!
    wait $sleeper
    { head -c 48 /dev/zero | tr '\0' x; printf '\1\0\0\0\0\0\0\0'; head -c 300 /dev/zero; } >"$file" ;;
  evlist) echo cpu-clock ;;
  script) echo "stacks of $*" ;;
esac
PERF
chmod 755 "$top" "$top/perf" "$top/attacker"

# A script as it goes to a node: script ROOM FILE...
script() {
  room=$1
  shift
  for file; do
    case $file in guard.sh) cat "$lib/node/$file" ;; *) cat "$lib/$room/$file" ;; esac
  done | sed "s#/proc/sys/kernel/k#$top/kernel/k#; s#/proc/sys/kernel/p#$top/kernel/p#; s#/proc/sys/kernel/\\\$#$top/kernel/\$#; s#/proc/sys/kernel/\\\${#$top/kernel/\${#"
}

# Runs a script by the shell that is tried, not longer than ten seconds: run NAME ARGUMENTS...
run() {
  case $1 in
    text | seal | put | piece) text=$(script node guard.sh "$1.sh") ;;
    try-event | restore-left) text=$(script engines/perf guard.sh kernel.sh "$1.sh") ;;
    print | space) text=$(script engines/perf guard.sh "$1.sh") ;;
    *) text=$(script engines/perf guard.sh kernel.sh recording.sh "$1.sh") ;;
  esac
  name=$1
  shift
  # shellcheck disable=SC2086 # a shell may be two words
  out=$(timeout 10 $shell -c "$text" "$name" "$@" 2>"$top/err")
  code=$?
  err=$(cat "$top/err")
}

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED [$shell] $*: exit code $code, '$out', '$err'"; }
# is CODE WORDS WHAT: the last script ended so, and its output or error has these words
is() { if [ "$code" = "$1" ] && case "$out $err" in *"$2"*) true ;; *) false ;; esac; then ok; else bad "$3"; fi; }
# same A B WHAT
same() { if [ "$1" = "$2" ]; then ok; else failed=$((failed + 1)); echo "FAILED [$shell] $3: '$1' instead of '$2'"; fi; }
skip() { skipped=$((skipped + 1)); echo "skipped: $*"; }

fresh() {
  [ -n "$pid" ] && kill "$pid" 2>/dev/null
  rm -rf "$top/work" "$top/kernel"
  mkdir -m 700 "$top/work"
  mkdir -p "$top/kernel"
  echo 2 >"$top/kernel/kptr_restrict"
  echo 2 >"$top/kernel/perf_event_paranoid"
  echo 127 >"$top/kernel/perf_event_max_stack"
  base=$top/work/apiserver
  sleep 100 & pid=$!
  born=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
}

job() { script engines/perf guard.sh kernel.sh recording.sh record.sh; }

# Starts a recording: begin TOKEN SECONDS CHANGES
begin() {
  run start "$base" "$(job)" "$1" "$2" "$pid" "$born" "{\"recording\":\"$1\"}
" "$3" "$top/perf" record -o "$base.perf.data.part" -- sleep "$2"
}

# Waits until a state is reached, 20 s at the most: until_state TOKEN STATE
until_state() {
  for _ in $(seq 100); do
    run state "$base" "$1"
    case $out in "$2"*) return 0 ;; esac
    sleep 0.2
  done
  return 1
}
until_file() { for _ in $(seq 100); do [ -s "$1" ] && return 0; sleep 0.1; done; return 1; }

as_meant() {
  fresh
  begin one 1 ""; is 0 "" "a recording starts"
  begin one 1 ""; is 0 "" "sent twice, it starts one"
  begin two 1 ""; is 75 "" "another one waits"
  until_state one ended; is 0 complete "it ends"
  same "$(head -n 1 "$base.perf.exit")$(head -n 1 "$base.perf.log")" oneone "its files have its token"
  run state "$base" two; is 0 other "another token is another recording"
  run print "$base.perf.data" "$(stat -c %s "$base.perf.data")" "$(sha256sum <"$base.perf.data" | cut -d' ' -f1)" "$base.perf.script.1.gz" "$top/perf" script -i "$base.perf.data"
  is 0 "" "its stacks are printed"
  same "$(gzip -dc "$base.perf.script.1.gz")" "stacks of script -i $base.perf.data" "and are whole"
  run print "$base.perf.data" "$(stat -c %s "$base.perf.data")" "0" "$base.perf.script.2.gz" "$top/perf" script
  is 67 "" "other data are no data of this recording"
  run forget "$base" two; is 66 "" "another's files stay"
  run forget "$base" one "$top/work/flame.svg"; is 0 "" "its files go"
  same "$(ls -A "$top/work")" "" "all of them"

  # A header that says where the data begin; two samples, of which one is as long as a stack can be, and the record of a mapped file
  limit=127
  record() { printf '%b\000\000\000\000\000%b' "$1" "$(printf '\\0%03o\\0%03o' $(($2 * 8 % 256)) $(($2 * 8 / 256)))"; head -c $(($2 * 8 - 8)) /dev/zero; }
  { head -c 40 /dev/zero; printf '\150\000\000\000\000\000\000\000'; head -c 56 /dev/zero
    record '\011' $((limit + 7)); record '\012' 200; record '\011' $((limit + 6)); } >"$base.perf.data"
  run cut-off "$base"; same "$out" "2 1
$limit" "stacks that were cut off are counted"

  fresh
  begin one 60 kptr_restrict=1
  until_file "$base.perf.pid"
  same "$(cat "$top/kernel/kptr_restrict")" 1 "settings are changed"
  run forget "$base" one; is 75 "" "the files of one that runs stay"
  run clear "$base"; is 75 apiserver "all files stay while one runs"
  run stop "$base" two
  run state "$base" one; is 0 running "another token does not end it"
  run stop "$base" one
  until_state one ended; is 0 interrupted "its own does"
  same "$(cat "$top/kernel/kptr_restrict")" 2 "settings are restored"
  run clear "$base"; is 0 "" "clearing"
  same "$(ls -A "$top/work")" "" "leaves nothing"

  fresh
  run try-event "$top/work/perf-trial" kptr_restrict=1 "$top/perf" record; is 0 cpu-clock "an event is tried"
  same "$(cat "$top/kernel/kptr_restrict")$(ls -A "$top/work")" 2 "and nothing is left of it"
}

# What is no plain file of ours stands under one of our names.
no_files() {
  for name in perf.job perf.exit perf.pid perf.log perf.settings perf.spare plan.json kallsyms.gz profile.json perf.data perf.data.part; do
    for what in fifo folder link sparse; do
      # A FIFO is what can block; the others are told from a plain file alike, whatever their name is.
      case $what$name in fifo* | *perf.job | *profile.json | *perf.data) ;; *) continue ;; esac
      fresh
      file=$base.$name
      case $what in
        fifo) mkfifo "$file"; words="a FIFO" ;;
        folder) mkdir "$file"; words="a folder" ;;
        link) ln -s "$top/victim" "$file"; words="a link" ;;
        sparse) truncate -s 1T "$file"; words="bytes" ;;
      esac
      for stage in start state stop salvage restore-left text seal print put; do
        case $stage in
          start) begin one 1 "" ;;
          restore-left) case $name in perf.settings) run restore-left "$top/work/apiserver" ;; *) continue ;; esac ;;
          text) run text "$file" 1000 ;;
          seal) run seal "$file" 1000000 ;;
          print) [ "$name" = perf.data ] || continue; run print "$file" 356 0 "$base.perf.script.1.gz" "$top/perf" script ;;
          put) run put "$file" 1 x </dev/null ;;
          *) run $stage "$base" one ;;
        esac
        if [ $what = sparse ]; then
          # What is not read of a file that is ours may be large: only that nothing takes longer counts.
          case $stage in text | seal) is 77 "$words" "$stage with $what at $name" ;; *) if [ $code = 124 ]; then bad "$stage with $what at $name"; else ok; fi ;; esac
        else is 77 "$words" "$stage with $what at $name"; fi
      done
      same "$(cat "$top/victim" 2>/dev/null)" "" "what a link leads to"
    done
  done
}

# Two at once, and the same twice.
at_once() {
  fresh
  head -c 300000 /dev/urandom >"$top/input"
  sum=$(sha256sum <"$top/input" | cut -d' ' -f1)
  data=$base.perf.data
  head -c 1000 /dev/zero >"$data"
  seal=$(sha256sum <"$data" | cut -d' ' -f1)
  put=$(script node guard.sh put.sh) print=$(script engines/perf guard.sh print.sh)
  for i in 1 2 3 4 5 6; do
    # shellcheck disable=SC2086
    { $shell -c "$put" put "$top/work/flame.svg" 300000 "$sum" <"$top/input" >"$top/put.$i" 2>&1; echo $? >>"$top/put.$i"; } &
    last=$!
    # shellcheck disable=SC2086
    { $shell -c "$print" print "$data" 1000 "$seal" "$base.perf.script.1.gz" "$top/perf" script x 2>"$top/print.$i"; echo $? >>"$top/print.$i"; } &
    waiting="$waiting $last $!"
  done
  # shellcheck disable=SC2086
  wait $waiting
  for i in 1 2 3 4 5 6; do
    same "$(tail -n 1 "$top/put.$i")$(tail -n 1 "$top/print.$i")" 00 "call $i of six at once"
  done
  same "$(sha256sum <"$top/work/flame.svg" | cut -d' ' -f1)" "$sum" "what six have written at once"
  same "$(gzip -dc "$base.perf.script.1.gz")" "stacks of script x" "what six have printed at once"
  # shellcheck disable=SC2012 # names of our own
  same "$(ls "$top/work" | tr '\n' ' ')" "apiserver.perf.data apiserver.perf.script.1.gz flame.svg " "nothing lies beside"
}

# Who has planted what, in a folder that others can write into: nothing in it is believed.
planted() {
  fresh
  chmod 1777 "$top/work"
  for stage in start state stop salvage restore-left text seal put space try-event forget clear; do
    echo "two
kptr_restrict 0 2" >"$base.perf.settings"
    case $stage in
      start) begin one 1 "" ;;
      text | seal) run $stage "$base.profile.json" 1000 ;;
      put) run put "$base.svg" 1 x </dev/null ;;
      try-event) run try-event "$base" "" "$top/perf" record ;;
      *) run $stage "$base" one ;;
    esac
    is 77 "others can write into the folder $top/work" "$stage in a folder of all"
  done
  same "$(cat "$top/kernel/kptr_restrict")" 2 "settings"

  fresh
  mv "$top/work" "$top/real" && ln -s "$top/real" "$top/work"
  run state "$base" one; is 77 "a link" "a work directory that is a link"
  rm -f "$top/work"; rm -rf "$top/real"
  run state "$base" one; is 77 "there is no folder" "a work directory that is not there"
  mkfifo "$top/work"
  run state "$base" one; is 77 "a FIFO" "a work directory that is a FIFO"
  rm -f "$top/work"
  mkdir -p "$top/shared/work"; chmod 777 "$top/shared"; chmod 700 "$top/shared/work"
  run state "$top/shared/work/apiserver" one; is 77 "replace" "a work directory that others can replace"
  rm -rf "$top/shared"
  mkdir -m 755 "$top/shared"
  run state "$top/shared/apiserver" one; is 0 none "an empty one"
  same "$(stat -c %a "$top/shared")" 700 "is closed to others"
  rm -rf "$top/shared"
  run state "$top/a/kube-flamegraph/apiserver" one; is 0 none "the lab's own"
  same "$(stat -c %a "$top/a/kube-flamegraph")" 700 "is made"
  chmod 755 "$top/a/kube-flamegraph"; : >"$top/a/kube-flamegraph/x"
  run state "$top/a/kube-flamegraph/apiserver" one
  same "$(stat -c %a "$top/a/kube-flamegraph")" 700 "and closed again"
  rm -rf "$top/a"
  mkdir -m 755 "$top/full"; : >"$top/full/file"
  run state "$top/full/apiserver" one
  same "$(stat -c %a "$top/full")" 755 "a folder with files of somebody's keeps its mode"
  rm -rf "$top/full"

  # An exit file, and a note of settings, of another recording in our own folder.
  fresh
  begin one 60 ""
  until_file "$base.perf.pid"
  printf 'two\n0\ncomplete\n1\n2\n0 0 0\n' >"$base.perf.exit"
  run state "$base" one; is 0 running "another recording's end is not this one's"
  rm -f "$base.perf.exit"
  printf 'one\nkptr_restrict 0 2\nperf_event_paranoid 1 2\n' >"$base.perf.settings"
  run stop "$base" one
  until_state one ended
  same "$(cat "$top/kernel/kptr_restrict" "$top/kernel/perf_event_paranoid")" "2
2" "no setting becomes less strict by a note"
}

# Whether a process of ours by that name runs: runs PID
runs() { case $(cat "/proc/$1/comm" 2>/dev/null) in perf) ! grep -q '^State:.Z' "/proc/$1/status" ;; *) false ;; esac; }

# The pod's own ending: what its manifest runs when it is told to stop.
ending() {
  own="" other=""
  for manifest in perf-runner perf-runner-minimal; do
    fresh
    mkfifo "$base.perf.pid"
    # Two recordings lie in the folder, which is the node's: one is this pod's, the other runs in another one's mounts.
    recordings=own
    [ "$(id -u)" != 0 ] || recordings="own other"
    for recording in $recordings; do
      apart=
      [ $recording = own ] || apart="unshare --mount"
      ( $apart "$top/perf" record -o "$top/$recording.data" -- sleep 60 >/dev/null 2>&1 & echo "$! 1 $recording" >"$top/work/$recording.perf.pid" )
      read -r perf _ <"$top/work/$recording.perf.pid"
      until runs "$perf"; do sleep 0.1; done
      eval "$recording=$perf"
    done
    ( while runs "$own"; do sleep 0.1; done; rm -f "$top/work/own.perf.pid" ) &
    text=$(awk '/^        - \|/ { on = 1; next } /^      env:/ { on = 0 } on' "manifests/$manifest.yaml")
    # shellcheck disable=SC2086
    WORK_DIR=$top/work $shell -c "$text" >/dev/null 2>&1 &
    pod=$!
    until [ -n "$(pgrep -P $pod sleep)" ]; do sleep 0.1; done
    begun=$(date +%s)
    kill -TERM $pod
    wait $pod
    same "$(($(date +%s) - begun < 5))" 1 "$manifest ends though a FIFO is there"
    same "$(runs "$own" && echo runs)" "" "$manifest ends its own recording"
    if [ "$recordings" = own ]; then skip "only root has mounts of its own"; continue; fi
    same "$(runs "$other" && echo runs)" runs "$manifest lets another pod's recording go on"
    kill -TERM "$other"
  done
}

# Somebody else on the node, before and during all of it.
attacked() {
  for guard in 0 1; do
    for name in $sysctls; do echo $guard >"/proc/sys/fs/$name" || { skip "fs.$name cannot be set"; return; }; done
    fresh
    victim=$top/victims; rm -rf "$victim"; mkdir -m 755 "$victim"; echo root >"$victim/file"
    setpriv --reuid 65534 --regid 65534 --clear-groups sh "$top/attacker" "$top/work" "$victim/file" & villain=$!
    begin one 2 kptr_restrict=1; is 0 "" "attacked ($guard): a recording starts"
    until_state one ended; is 0 complete "attacked ($guard): it ends"
    run print "$base.perf.data" "$(stat -c %s "$base.perf.data")" "$(sha256sum <"$base.perf.data" | cut -d' ' -f1)" "$base.perf.script.1.gz" "$top/perf" script x
    is 0 "" "attacked ($guard): its stacks are printed"
    run put "$top/work/flame.svg" 300000 "$sum" <"$top/input"; is 0 "$sum" "attacked ($guard): its picture is written"
    run seal "$top/work/flame.svg" 300000; is 0 "$sum" "attacked ($guard): and read"
    same "$(find "$top/work" ! -user 0)" "" "attacked ($guard): nothing of his is in the folder"
    same "$(cat "$top/kernel/kptr_restrict" "$victim/file") $(ls "$victim")" "2
root file" "attacked ($guard): nothing of root's has changed"
    # The same in the node's /tmp of before, where he has put everything: refused, at once, and nothing changed.
    chmod 1777 "$top/work"
    rm -f "$base".*
    found= # he removes and makes: not every look finds one
    for _ in $(seq 100); do found=$(find "$top/work" -mindepth 1 -user 65534 2>/dev/null | head -n 1); [ -n "$found" ] && break; sleep 0.1; done
    same "${found:+at work}" "at work" "attacked ($guard): he is at work"
    for stage in restore-left state stop salvage text seal; do
      case $stage in text | seal) run $stage "$base.profile.json" 1000 ;; *) run $stage "$base" one ;; esac
      is 77 "others can write into the folder" "attacked ($guard): $stage in a folder of all"
    done
    same "$(cat "$top/kernel/kptr_restrict" "$victim/file") $(ls "$victim")" "2
root file" "attacked ($guard): nothing of root's has changed in a folder of all"
    # What he left stays his when the folder is closed again.
    chmod 700 "$top/work"
    kill "$villain"; wait "$villain" 2>/dev/null; villain=
    rm -f "$base.perf.exit"; : >"$base.perf.exit"; chown 65534 "$base.perf.exit" # whatever he was at just then
    run state "$base" one; is 77 "no plain file of ours" "attacked ($guard): what he has left is not read"
  done
}

for shell in dash "busybox sh"; do
  # shellcheck disable=SC2086
  if ! $shell -c : 2>/dev/null; then skip "no $shell here"; continue; fi
  as_meant
  at_once
  if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then attacked; else skip "only root can run an attacker of another user's"; fi
  planted
  ending
  no_files
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
