import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lib.cli.Console;
import lib.cli.Exit;
import lib.cli.Failure;

/** This machine: what it must offer, what is installed on it, and what the kubelet changes about it. */
final class Machine {
    /** Program that must be there, and the Debian package that brings it. */
    private static final Map<String, String> TO_RUN = new LinkedHashMap<>();
    private static final Map<String, String> TO_BUILD = new LinkedHashMap<>();

    static {
        TO_RUN.put("containerd", "containerd");
        TO_RUN.put("runc", "runc");
        TO_RUN.put("ip", "iproute2");
        TO_RUN.put("openssl", "openssl");
        TO_RUN.put("kubectl", "kubernetes-client");
        TO_RUN.put("/usr/lib/cni/bridge", "containernetworking-plugins");
        TO_BUILD.put("etcd", "etcd-server");
        TO_BUILD.put("etcdctl", "etcd-client");
        TO_BUILD.put("go", "golang-go");
        TO_BUILD.put("dpkg-source", "dpkg-dev");
        TO_BUILD.put("debootstrap", "debootstrap");
    }

    /** Capabilities by their bit (linux/capability.h) without which neither runc nor the kubelet gets far. */
    private static final Map<Integer, String> CAPABILITIES = new TreeMap<>(Map.of(
            12, "CAP_NET_ADMIN", 18, "CAP_SYS_CHROOT", 19, "CAP_SYS_PTRACE", 21, "CAP_SYS_ADMIN", 27, "CAP_MKNOD"));

    /** What the kubelet sets for the whole machine when it starts. */
    private static final String[] SYSCTLS = {"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic",
        "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"};

    private static final long BUILD_BYTES = 8L << 30;

    private final Console console;
    private final Home home;

    Machine(Console console, Home home) {
        this.console = console;
        this.home = home;
    }

    static void requireRoot(String command) {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new Failure(Exit.USAGE, "mini-k8s needs Linux, and this is " + System.getProperty("os.name"),
                    "On other systems use kind or minikube: the scripts work with any cluster.");
        }
        if (!Run.checked("id", "-u").equals("0")) {
            throw new Failure(Exit.USAGE, "mini-k8s " + command + " has to be run as root: it starts containers",
                    "Run it again as root, or by sudo.");
        }
    }

    /** Whether a control plane can run here. */
    void require(String command) {
        requireRoot(command);
        if (!Run.exists("apt-get") || !Files.exists(Path.of("/etc/debian_version"))) {
            throw new Failure(Exit.USAGE, "mini-k8s is made from Debian's packages, and this is not Debian",
                    "On other systems use kind or minikube: the scripts work with any cluster.");
        }
        long effective = Long.parseUnsignedLong(field("/proc/self/status", "CapEff:"), 16);
        List<String> lacking = new ArrayList<>();
        CAPABILITIES.forEach((bit, name) -> {
            if ((effective >>> bit & 1) == 0) lacking.add(name);
        });
        if (!lacking.isEmpty()) {
            throw new Failure(Exit.USAGE, "root lacks " + String.join(", ", lacking) + " here; this is a container?",
                    "Run mini-k8s on the machine itself, or in a privileged container.");
        }
        if (!read("/proc/filesystems").contains("\toverlay\n") && !Run.any("modprobe", "overlay").ok()) {
            throw new Failure(Exit.USAGE, "the kernel has no overlay file system, which containers are made of", null);
        }
        if (Cgroups.ofMachine().isEmpty()) {
            throw new Failure(Exit.USAGE, "no writable cgroup file system is mounted below /sys/fs/cgroup",
                    "Run mini-k8s on the machine itself, or in a privileged container.");
        }
    }

    /** Whether there is room for a build: 8 GB where the cache is. */
    void requireRoomToBuild() {
        try {
            Files.createDirectories(home.cache());
            long free = Files.getFileStore(home.cache()).getUsableSpace();
            if (free < BUILD_BYTES) {
                throw new Failure(Exit.FAILED, "building needs 8 GB below " + home.cache() + ", and "
                        + free / (1 << 20) + " MB are free", "Make room, or set MINI_K8S_CACHE to a folder with more.");
            }
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write below " + home.cache() + ": " + why(e),
                    "Set MINI_K8S_CACHE to a folder that you can write to.", e);
        }
    }

    void installToRun() {
        install(TO_RUN);
    }

    void installToBuild() {
        install(TO_BUILD);
    }

    private void install(Map<String, String> programs) {
        List<String> packages = new ArrayList<>();
        programs.forEach((program, debian) -> {
            boolean there = program.startsWith("/") ? Files.exists(Path.of(program)) : Run.exists(program);
            if (!there) packages.add(debian);
        });
        if (packages.isEmpty()) return;
        console.step("Installing Debian packages: " + String.join(" ", packages));
        console.command("apt-get install --no-install-recommends " + String.join(" ", packages));
        Path log = home.cache().resolve("apt.log");
        Map<String, String> environment = Map.of("DEBIAN_FRONTEND", "noninteractive");
        Path policy = Path.of("/usr/sbin/policy-rc.d");
        boolean ours = !Files.exists(policy);
        try {
            if (ours) { // the programs are wanted, the system services that come with them are not
                Files.writeString(policy, "#!/bin/sh\nexit 101\n");
                Run.checked("chmod", "755", policy.toString());
            }
            Run.logged(log, environment, console::debug, "apt-get", "-q", "update");
            List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600",
                    "install", "--no-install-recommends"));
            command.addAll(packages);
            if (Run.logged(log, environment, console::debug, command.toArray(String[]::new)) != 0) {
                throw new Failure(Exit.FAILED, "apt-get could not install " + String.join(" ", packages),
                        "What it said is in " + log + ".");
            }
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write " + policy + ": " + why(e), null, e);
        } finally {
            if (ours) policy.toFile().delete();
        }
    }

    // --- What the kubelet changes ------------------------------------------------------------------------------------

    void rememberSysctls() {
        StringBuilder values = new StringBuilder();
        for (String name : SYSCTLS) {
            Path file = Path.of("/proc/sys", name);
            if (Files.exists(file)) values.append(name).append('=').append(sysctl(file)).append('\n');
        }
        write(home.state().resolve("sysctls"), values.toString());
    }

    void restoreSysctls() {
        Path saved = home.state().resolve("sysctls");
        if (!Files.exists(saved)) return;
        read(saved.toString()).lines().forEach(line -> {
            Path file = Path.of("/proc/sys", line.substring(0, line.indexOf('=')));
            String value = line.substring(line.indexOf('=') + 1);
            if (!sysctl(file).equals(value)) write(file, value + "\n");
        });
    }

    /** In one go: the kernel says a number once, and Files.readString would begin with its first byte alone. */
    private static String sysctl(Path file) {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            byte[] text = new byte[4096];
            return new String(text, 0, Math.max(0, in.read(text)), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot read " + file + ": " + why(e), null, e);
        }
    }

    /** The port if it is free on loopback, else the next one above that is; none is given twice. */
    static int freePort(int wanted, List<Integer> given) {
        for (int port = wanted; port < wanted + 1000; port++) {
            if (given.contains(port)) continue;
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true); // or a connection that has just ended counts as taken
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                given.add(port);
                return port;
            } catch (IOException e) {
                // taken: try the next one
            }
        }
        throw new Failure(Exit.FAILED, "no free port from " + wanted + " to " + (wanted + 999), null);
    }

    private static String field(String file, String name) {
        return read(file).lines().filter(line -> line.startsWith(name)).findFirst().orElseThrow()
                .substring(name.length()).strip();
    }

    /** What went wrong: the message of some exceptions is no more than the file's name. */
    static String why(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason != null ? reason : e.getClass().getSimpleName().replaceAll("Exception$", "");
    }

    static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot read " + file + ": " + why(e), null, e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "cannot write " + file + ": " + why(e), null, e);
        }
    }
}
