package lib.capture;

import java.util.List;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;
import lib.node.Node;
import lib.node.Output;

/**
 * Kernel settings that are changed while a recording runs. Who changes them is a process on the node: it notes the
 * former values in a file beside the recording, and puts them back when it ends, however it ends. Only SIGKILL keeps
 * it from that; then the next run finds the note. A value that somebody else has set meanwhile stays.
 */
final class KernelFix {
    /**
     * Shell functions. {@code ticks PID} prints a process's start in clock ticks: with its PID it is never another's.
     * {@code relax NOTE NAME=VALUE...} notes the settings as they are, and sets them. {@code restore NOTE} puts back
     * what is still as it was set, and prints a line for each.
     */
    static final String SHELL = """
            ticks() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
            boot=$(cat /proc/sys/kernel/random/boot_id)
            relax() {
              note=$1
              shift
              [ $# = 0 ] && return 0
              {
                echo "$$ $(ticks $$) $boot"
                for change; do echo "${change%=*} $(cat "/proc/sys/kernel/${change%=*}") ${change#*=}"; done
              } >"$note.part" && mv -f "$note.part" "$note" || return 1
              for change; do echo "${change#*=}" >"/proc/sys/kernel/${change%=*}" || return 1; done
            }
            restore() {
              [ -f "$1" ] || return 0
              left=0
              while read -r name before during; do
                case $name in kptr_restrict|perf_event_paranoid) ;; *) continue ;; esac
                case $before in [0-9]|-[0-9]) ;; *) continue ;; esac
                [ "$(cat "/proc/sys/kernel/$name")" = "$during" ] || continue
                echo "$before" >"/proc/sys/kernel/$name" && echo "$name $before" || left=1
              done <"$1"
              [ $left = 0 ] && rm -f "$1"
            }
            """;

    /** Restores what killed jobs left. Others may write into $1 too: only a file that is our own is believed. */
    private static final String RESTORE_LEFT = SHELL + """
            for note in "$1"/*.perf.settings; do
              [ -f "$note" ] && [ ! -L "$note" ] && [ -O "$note" ] || continue
              read -r job born booted rest <"$note"
              if [ "$booted" != "$boot" ]; then rm -f "$note"
              elif [ "$(ticks "$job")" != "$born" ]; then restore "$note"
              fi
            done""";

    /** Writes each setting as it is: what can be written can be changed. */
    private static final String TRY = """
            for change; do
              file=/proc/sys/kernel/${change%=*}
              value=$(cat "$file") && echo "$value" >"$file" || exit 1
            done""";

    private KernelFix() {}

    /** Puts back what a recording that was killed has left changed, and says so. */
    static void restoreLeft(Node node, String workDir, Console console) {
        Output output = node.sh(RESTORE_LEFT, workDir);
        for (String line : output.lines()) {
            String[] words = line.split(" ");
            if (words.length == 2) {
                console.warn("a recording was killed on node " + node.name() + " and left kernel." + words[0]
                        + " changed; it is " + words[1] + " again");
            }
        }
        if (!output.err().isBlank()) console.warn("kernel settings that a killed recording left changed stay so: " + output.complaint());
    }

    /**
     * Makes sure that we may change these settings; changes nothing.
     *
     * @throws Failure if we may not
     */
    static void require(Node node, List<String> changes) {
        Output output = node.sh(TRY, changes.toArray(String[]::new));
        if (output.ok()) return;
        throw new Failure(Exit.KERNEL, "kernel settings cannot be changed from here: " + output.complaint(),
                (node.kubernetes() == null ? "Become root" : "Start the pod with 01a_perf_runner.java --profile privileged")
                        + ", or on the node: sysctl -w kernel." + String.join(" kernel.", changes));
    }
}
