package lib.capture;

/**
 * What runs on the node while perf records: shell scripts, for nothing else can be taken for granted there. The job is in
 * a session of its own, and what it knows lies in files:
 *
 * <pre>
 * NAME.perf.job        who started it, the job's PID and start, when, for how long, the target's PID, the boot's id
 * NAME.perf.plan.json  the metadata as far as it was known at the start
 * NAME.kallsyms.gz     the kernel's symbols at that time
 * NAME.perf.pid        perf's PID
 * NAME.perf.log        what perf printed
 * NAME.perf.settings   kernel settings as they were, while they are changed
 * NAME.perf.exit       perf's exit code, why it ended, begin and end (seconds since 1970), load averages, "nothing" without data
 * NAME.perf.spare      nothing, see the job
 * NAME.perf.data.part  the data until perf has ended; then NAME.perf.data
 * </pre>
 */
final class Job {
    /** Exit code of the start script where another recording of this target runs. */
    static final int BUSY = 75;

    /**
     * Functions: {@code lives PID TICKS BOOT} says whether a job runs; {@code end BASE} ends perf as Ctrl-C would.
     * {@code keep BASE} keeps the data of a perf that has ended. One that was killed, or had no space left, leaves a
     * header without the data's size (8 bytes at 48) and with bits for tables that it never wrote (32 bytes at 72), and
     * no perf reads a sample of that: the size of its whole records is set, and the bits are cleared. The offsets are
     * those of linux/tools/perf/Documentation/perf.data-file-format.txt. Fails where there is not one sample.
     */
    private static final String SHELL = KernelFix.SHELL + """
            lives() { [ -n "$2" ] && [ "$(ticks "$1")" = "$2" ] && [ "$3" = "$boot" ]; }
            end() {
              recorder=$(cat "$1.perf.pid" 2>/dev/null) || return 0
              case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) kill -INT "$recorder" ;; esac
            }
            header() { od -An -tu8 -j"$2" -N8 "$1" | tr -d ' '; }
            keep() {
              data=$1.perf.data.part
              [ -s "$data" ] || return 1
              if [ "$(header "$data" 48)" = 0 ]; then
                size=$(tail -c "+$(($(header "$data" 40) + 1))" "$data" | od -An -v -tu2 -w8 | awk '
                  NR == after + 1 {
                    if ($4 < 8 || $4 % 8) exit
                    if ($1 == 9 && $2 == 0) samples++
                    whole = after
                    after += $4 / 8
                  }
                  END { if (samples) printf "%.0f", 8 * (NR < after ? whole : after) }')
                [ -n "$size" ] || { rm -f "$data"; return 1; }
                bytes=
                for shift in 0 8 16 24 32 40 48 56; do bytes=$bytes$(printf '\\\\%03o' $((size >> shift & 255))); done
                printf "$bytes" | dd of="$data" bs=1 seek=48 conv=notrunc 2>/dev/null
                head -c 32 /dev/zero | dd of="$data" bs=1 seek=72 conv=notrunc 2>/dev/null
              fi
              mv -f "$data" "$1.perf.data"
            }
            """;

    /**
     * The job: $1 base of the file names, $2 token of the starter, $3 perf, $4 event, $5 frequency, $6 seconds,
     * $7 and $8 PID and start time of the target, $9 the plan, $10 kernel settings to change. Where perf fills the disk,
     * the space of the spare file is what is left for saying so.
     */
    static final String RUN = SHELL + """
            base=$1 perf=$3 event=$4 frequency=$5 seconds=$6 pid=$7 born=$8
            umask 077
            set -C
            echo "$2 $$ $(ticks $$) $(date +%s) $seconds $pid $boot" 2>/dev/null >"$base.perf.job" || exit 1
            set +C
            trap 'restore "$base.perf.settings" >/dev/null' EXIT
            stopped=
            trap 'stopped=1; end "$base"' HUP INT TERM
            rm -f "$base.perf.data.part"
            head -c 65536 /dev/zero >"$base.perf.spare"
            printf '%s' "$9" >"$base.perf.plan.json"
            begin=$(date +%s) why=complete code=1
            if relax "$base.perf.settings" ${10} 2>"$base.perf.log"; then
              gzip -1c /proc/kallsyms >"$base.kallsyms.gz" 2>/dev/null
              begin=$(date +%s)
              "$perf" record -e "$event" -F "$frequency" -g -p "$pid" -o "$base.perf.data.part" -- sleep "$seconds" \\
                >"$base.perf.log" 2>&1 &
              recorder=$!
              echo $recorder >"$base.perf.pid"
              while kill -0 $recorder 2>/dev/null; do
                if [ "$why" = complete ] && [ "$(ticks "$pid")" != "$born" ]; then
                  why="target exited"
                  kill -INT $recorder
                fi
                [ -n "$stopped" ] && kill -INT $recorder
                sleep 0.5 2>/dev/null || sleep 1
              done
              wait $recorder
              code=$?
            fi
            restore "$base.perf.settings" >/dev/null
            trap - EXIT
            end=$(date +%s)
            if [ "$why" = complete ]; then
              if [ "$(ticks "$pid")" != "$born" ] && [ $((end - begin)) -lt "$seconds" ]; then why="target exited"
              elif [ -n "$stopped" ]; then why=interrupted
              else case $code in 0) ;; 130 | 143) why=interrupted ;; *) why=failed ;; esac; fi # 128 and INT or TERM
            fi
            keep "$base" && kept=1 || kept=
            rm -f "$base.perf.pid" "$base.perf.data.part.old" "$base.perf.spare"
            {
              echo $code; echo "$why"; echo $begin; echo $end; cut -d' ' -f1-3 /proc/loadavg
              [ -n "$kept" ] || echo nothing
            } >"$base.perf.exit.part" && mv -f "$base.perf.exit.part" "$base.perf.exit"
            """;

    /** Starts the job unless one runs: $1 is the job, what follows its arguments. Sent twice, it starts one. */
    static final String START = SHELL + """
            script=$1
            shift
            if [ -e "$1.perf.job" ]; then
              read -r owner job born begin seconds pid booted <"$1.perf.job"
              [ "$owner" = "$2" ] && exit 0
              if [ ! -f "$1.perf.exit" ] && lives "$job" "$born" "$booted"; then cat "$1.perf.job"; exit 75; fi
              end "$1"
              rm -f "$1.perf.job" "$1.perf.pid" || exit 1
            fi
            : >>"$1.perf.log" && rm -f "$1.perf.exit" || exit 1
            chmod 600 "$1.perf.log"
            setsid sh -c "$script" perf-job "$@" </dev/null >/dev/null 2>&1 &
            for i in 1 2 3 4 5 6 7 8 9 10; do
              if [ -s "$1.perf.job" ]; then
                read -r owner rest <"$1.perf.job"
                [ "$owner" = "$2" ] && exit 0
                cat "$1.perf.job"
                exit 75
              fi
              sleep 0.3 2>/dev/null || sleep 1
            done
            echo "the job did not start in $(dirname "$1")" >&2
            exit 1""";

    /** Prints how the job stands: its exit file, or "running" and the seconds it has run; "lost", or "rebooted". */
    static final String STATE = SHELL + """
            if [ -f "$1.perf.exit" ]; then echo ended; cat "$1.perf.exit"; exit; fi
            [ -f "$1.perf.job" ] || { echo none; exit; }
            read -r owner job born begin seconds pid booted <"$1.perf.job"
            if lives "$job" "$born" "$booted"; then echo running; echo $(($(date +%s) - begin)); echo "$seconds"
            elif [ -f "$1.perf.exit" ]; then echo ended; cat "$1.perf.exit"
            elif [ "$booted" = "$boot" ]; then echo lost
            else echo rebooted; fi""";

    /** Tells the job to end, which ends its perf, now or as soon as it has started it; or perf, where the job is gone. */
    static final String STOP = SHELL + """
            [ -f "$1.perf.exit" ] && exit 0
            read -r owner job born begin seconds pid booted 2>/dev/null <"$1.perf.job" || exit 0
            if [ -O "$1.perf.job" ] && lives "$job" "$born" "$booted"; then kill -TERM "$job"; else end "$1"; fi""";

    /** Ends what a job that was killed has left, as the job would have: keeps the data and says so, if there is a sample. */
    static final String SALVAGE = SHELL + """
            [ -f "$1.perf.exit" ] && exit 0
            end "$1"
            for i in 1 2 3 4 5 6 7 8 9 10; do
              case $(cat "/proc/$recorder/comm" 2>/dev/null) in perf*) sleep 0.5 2>/dev/null || sleep 1 ;; *) break ;; esac
            done
            read -r owner job born begin seconds pid booted <"$1.perf.job" && end=$(stat -c %Y "$1.perf.data.part") && keep "$1" || exit 1
            rm -f "$1.perf.pid" "$1.perf.data.part.old" "$1.perf.spare"
            {
              echo 137; echo failed; echo $begin; echo $end; cut -d' ' -f1-3 /proc/loadavg
            } >"$1.perf.exit.part" && mv -f "$1.perf.exit.part" "$1.perf.exit\"""";

    private Job() {}
}
