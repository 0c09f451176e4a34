#!/bin/sh
# Counts what came to the audit log $2 of process $1 since it was file $3 with $4 bytes, of $5 bytes at the most.
# Prints for each user, agent, namespace, resource and verb: requests, their seconds, and these five, with tabs between.
# Lines are events of audit.k8s.io/v1, fields in Go's order of declaration. A quote inside a string has a backslash before it,
# so a name with its own quotes and a colon is a field; what a request carries comes after all fields but the times.
log=/proc/$1/root$2
new() {
    if [ "$(stat -c %i "$log")" = "$3" ]; then
        tail -c "+$(($4 + 1))" "$log"
    else # rotated meanwhile: the old file has another name
        find "${log%/*}/" -maxdepth 1 -type f -inum "$3" -exec tail -c "+$(($4 + 1))" {} \;
        cat "$log"
    fi
}
new "$@" | head -c "$5" | awk '
    function field(text, name) {
        if (!match(text, "\"" name "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
        return substr(text, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
    }
    function clock(name,    parts, n) {
        n = split($0, parts, "\"" name "\":\"")
        return substr(parts[n], 12, 2) * 3600 + substr(parts[n], 15, 2) * 60 + substr(parts[n], 18, 9)
    }
    !/^[{].*"stage":"ResponseComplete"/ { next }
    {
        object = match($0, /"objectRef":[{][^}]*/) ? substr($0, RSTART, RLENGTH) : ""
        agent = field($0, "userAgent")
        sub(/ .*/, "", agent)
        resource = field(object, "resource")
        if (object ~ /"subresource":"/) resource = resource "/" field(object, "subresource")
        key = substr(field($0, "username"), 1, 200) "\t" substr(agent, 1, 100) "\t" field(object, "namespace") "\t" \
            substr(resource, 1, 200) "\t" field($0, "verb")
        if (!(key in count) && ++keys > 5000) key = "others\t\t\t\t" field($0, "verb")
        took = clock("stageTimestamp") - clock("requestReceivedTimestamp")
        count[key]++
        seconds[key] += took < 0 ? took + 86400 : took
    }
    END { for (key in count) printf "%d\t%.3f\t%s\n", count[key], seconds[key], key }' | sort -rn
