package dev.gantry.linux.seccomp;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.gantry.model.Failure;

/** libseccomp's functions (seccomp.h), by JNA's direct mapping; loaded at the first use. */
final class LibSeccomp {
    static {
        try {
            Native.register("libseccomp.so.2");
        } catch (UnsatisfiedLinkError e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "libseccomp is not installed, so seccomp filters cannot be made: install"
                            + " libseccomp2 (Debian, Ubuntu) or libseccomp (Fedora)",
                    e);
        }
    }

    private LibSeccomp() {}

    static native Pointer seccomp_init(int defaultAction);

    static native int seccomp_attr_set(Pointer context, int attribute, int value);

    static native void seccomp_release(Pointer context);

    static native int seccomp_arch_native();

    static native int seccomp_arch_resolve_name(String name);

    static native int seccomp_arch_add(Pointer context, int arch);

    static native int seccomp_syscall_resolve_name(String name);

    static native int seccomp_syscall_resolve_name_arch(int arch, String name);

    static native int seccomp_rule_add_array(
            Pointer context, int action, int syscall, int count, Pointer arguments);

    static native int seccomp_export_bpf(Pointer context, int fd);
}
