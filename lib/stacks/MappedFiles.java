package lib.stacks;

import lib.stacks.Frames.Kind;

/** What the name of a mapped file, as perf prints it in parentheses, says about the code in it. */
public final class MappedFiles {
    /** What perf calls the kernel, and code made at run time of which it knows no file. */
    public static final String KERNEL = "[kernel.kallsyms]";
    public static final String JIT = "[JIT]";

    private MappedFiles() { }

    /** The last part of the path; "unknown" where there is no module. */
    public static String baseName(String module) {
        return module == null ? "unknown" : module.substring(module.lastIndexOf('/') + 1);
    }

    /**
     * The kernel itself ({@code [kernel.kallsyms]}, {@code [guest.kernel.kallsyms]}, {@code vmlinux}, also with a
     * version), its modules ({@code [nf_tables]}, {@code x.ko}, {@code x.ko.xz}) and BPF programs
     * ({@code bpf_prog_…}, {@code bpf_trampoline_…}) are kernel code. Other bracketed names are areas of the process: {@code [vdso]}, {@code [heap]}.
     */
    public static Kind kind(String module) {
        if (module == null) return Kind.USER;
        if (module.startsWith("[JIT")) return Kind.JIT;
        if (module.startsWith("[")) return isProcessArea(module) ? Kind.USER : Kind.KERNEL;
        String base = baseName(module);
        if (base.startsWith("perf-") && base.endsWith(".map") || base.startsWith("jitted-") && base.endsWith(".so")) {
            return Kind.JIT;
        }
        boolean kernel = base.equals("vmlinux") || base.startsWith("vmlinux-") || base.startsWith("vmlinuz")
                || base.endsWith(".ko") || base.contains(".ko.") || base.startsWith("bpf_prog_")
                || base.startsWith("bpf_trampoline_") || base.startsWith("bpf_dispatcher_");
        return kernel ? Kind.KERNEL : Kind.USER;
    }

    private static boolean isProcessArea(String module) {
        return switch (module) {
            case "[vdso]", "[vdso32]", "[vsyscall]", "[vectors]", "[uprobes]", "[heap]", "[stack]", "[anon]", "[unknown]" -> true;
            default -> module.startsWith("[stack:") || module.startsWith("[anon:");
        };
    }
}
