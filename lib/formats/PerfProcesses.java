package lib.formats;

import java.util.HashMap;
import java.util.Map;

/** Threads by number, what they are called, and what their processes have mapped, as the records before a sample say it. */
final class PerfProcesses {
    /** A busy machine has some 100,000 threads and mapped files; what a file has beyond these is left out. */
    private static final int MOST_THREADS = 1 << 18;
    private static final int MOST_PARTS = 1 << 19;
    private static final int MOST_PARTS_OF_ONE = 1 << 16;

    /** A thread. */
    static final class Thread {
        final int pid;
        final int tid;
        String name;
        /** Whether that is a name, and not the number alone. */
        boolean isNamed;
        PerfMaps maps;
        /** Changes whenever the maps do: what is known of their addresses is then known no more. */
        private int[] version;
        /** The frame of the thread's name, once it is known; else -1. */
        int root = -1;

        private Thread(int pid, int tid, PerfMaps maps, int[] version) {
            this.pid = pid;
            this.tid = tid;
            this.maps = maps;
            this.version = version;
            name = ":" + tid;
        }

        int version() {
            return version[0];
        }

        private void name(String value) {
            name = value;
            isNamed = true;
            root = -1;
        }
    }

    private final Map<Integer, Thread> threads = new HashMap<>();
    private int versions;
    private int parts;
    /** Whether something was left out as there is too much. */
    boolean isFull;

    PerfProcesses() {
        thread(0, 0).name("swapper");
    }

    /** The thread of that number, new if it was not seen yet. */
    Thread thread(int pid, int tid) {
        Thread known = threads.get(tid);
        if (known != null && (known.pid >= 0 || pid < 0)) return known; // a thread's number says enough
        Thread leader = pid == tid || pid < 0 ? null : thread(pid, pid);
        Thread made = new Thread(pid, tid, leader == null ? new PerfMaps() : leader.maps, leader == null ? new int[] {++versions} : leader.version);
        return keep(made);
    }

    private Thread keep(Thread made) {
        if (threads.size() >= MOST_THREADS && !threads.containsKey(made.tid)) isFull = true;
        else threads.put(made.tid, made);
        return made;
    }

    void name(int pid, int tid, String name) {
        thread(pid, tid).name(name);
    }

    /** @param listed whether perf only lists what ran already: its files are listed, too */
    void fork(int pid, int tid, int parentPid, int parentTid, boolean listed) {
        Thread parent = thread(parentPid, parentTid);
        if (parent.pid != parentPid) {
            threads.remove(parentTid);
            parent = thread(parentPid, parentTid);
        }
        threads.remove(tid);
        Thread child = thread(pid, tid);
        if (parent.isNamed) child.name(parent.name);
        if (pid != parentPid && !listed) {
            child.maps = parent.maps.fork();
            child.version = new int[] {++versions};
        }
    }

    void map(int pid, int tid, PerfMaps.Part part) {
        Thread thread = thread(pid, tid);
        if (add(thread.maps, part)) thread.version[0] = ++versions;
    }

    /** Adds a part to maps, if there is still room. */
    boolean add(PerfMaps maps, PerfMaps.Part part) {
        if (parts >= MOST_PARTS || maps.size() >= MOST_PARTS_OF_ONE) {
            isFull = true;
            return false;
        }
        parts += maps.add(part);
        return true;
    }
}
