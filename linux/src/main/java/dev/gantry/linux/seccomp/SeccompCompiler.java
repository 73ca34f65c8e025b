package dev.gantry.linux.seccomp;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.gantry.linux.Errno;
import dev.gantry.linux.seccomp.SeccompFilter.Rule;
import dev.gantry.linux.seccomp.SeccompFilter.Test;
import dev.gantry.model.Failure;
import java.util.List;

/** Compiles filters to BPF programs through libseccomp. */
public final class SeccompCompiler {
    private static final int ARGUMENT_SIZE = 24;
    private static final int UNKNOWN_SYSCALL = -1;

    /** SCMP_FLTATR_CTL_OPTIMIZE, and its value for a binary tree. */
    private static final int OPTIMIZE = 8;

    private static final int BINARY_TREE = 2;

    private SeccompCompiler() {}

    /**
     * The program, an array of {@code struct sock_filter}. Names that this libseccomp does not know
     * are passed over, as docker does. FAILED_PRECONDITION when libseccomp is missing.
     */
    public static byte[] compile(SeccompFilter filter) {
        Pointer context = context(filter.defaultAction());
        try {
            for (String architecture : filter.architectures()) {
                addArchitecture(context, architecture);
            }
            int largest = 0;
            for (Rule rule : filter.rules()) {
                largest = Math.max(largest, number(rule.syscall()));
                if (!rule.action().equals(filter.defaultAction())) {
                    add(context, rule);
                }
            }
            // The kernel tries every call number when it takes a filter, by a tree in half the time
            // that a chain takes. An older libseccomp refuses the attribute and makes a chain.
            LibSeccomp.seccomp_attr_set(context, OPTIMIZE, BINARY_TREE);
            byte[] program = export(context);
            return filter.defaultAction().kind() == SeccompAction.Kind.ERRNO
                    ? UnknownSyscalls.refuse(program, LibSeccomp.seccomp_arch_native(), largest)
                    : program;
        } finally {
            LibSeccomp.seccomp_release(context);
        }
    }

    private static Pointer context(SeccompAction action) {
        try {
            Pointer context = LibSeccomp.seccomp_init(action.code());
            if (Pointer.nativeValue(context) == 0) {
                throw Failure.internal("libseccomp refuses the default action " + action);
            }
            return context;
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw e;
        } catch (NoClassDefFoundError e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "libseccomp is not installed, so seccomp filters cannot be made",
                    e);
        }
    }

    private static int number(String syscall) {
        return LibSeccomp.seccomp_syscall_resolve_name_arch(
                LibSeccomp.seccomp_arch_native(), syscall);
    }

    private static void addArchitecture(Pointer context, String name) {
        int token = LibSeccomp.seccomp_arch_resolve_name(name);
        if (token == 0) {
            throw Failure.invalid(
                    "seccomp architecture \"" + name + "\" is not known to libseccomp");
        }
        int result = LibSeccomp.seccomp_arch_add(context, token);
        if (result != 0 && result != -Errno.EEXIST) {
            throw refused("architecture " + name, result);
        }
    }

    private static void add(Pointer context, Rule rule) {
        int syscall = LibSeccomp.seccomp_syscall_resolve_name(rule.syscall());
        if (syscall == UNKNOWN_SYSCALL) {
            return;
        }
        // libseccomp has no two tests of one argument in a rule; the field reads them as "or".
        boolean repeated =
                rule.tests().stream().mapToInt(Test::index).distinct().count()
                        < rule.tests().size();
        List<List<Test>> groups =
                repeated ? rule.tests().stream().map(List::of).toList() : List.of(rule.tests());
        for (List<Test> tests : groups) {
            int result = add(context, rule.action(), syscall, tests);
            if (result != 0) {
                throw refused("rule for " + rule.syscall(), result);
            }
        }
    }

    // struct scmp_arg_cmp: u32 argument, u32 comparison, u64 a, u64 b.
    private static int add(Pointer context, SeccompAction action, int syscall, List<Test> tests) {
        try (Memory array = new Memory((long) ARGUMENT_SIZE * Math.max(1, tests.size()))) {
            for (int i = 0; i < tests.size(); i++) {
                Test test = tests.get(i);
                long at = (long) i * ARGUMENT_SIZE;
                array.setInt(at, test.index());
                array.setInt(at + 4, test.comparison().number());
                array.setLong(at + 8, test.a());
                array.setLong(at + 16, test.b());
            }
            return LibSeccomp.seccomp_rule_add_array(
                    context, action.code(), syscall, tests.size(), array);
        }
    }

    private static byte[] export(Pointer context) {
        int fd = MemFd.memfd_create("seccomp", MemFd.MFD_CLOEXEC);
        if (fd < 0) {
            throw Failure.internal(
                    "make a memory file for the seccomp filter: "
                            + Errno.describe(Native.getLastError()));
        }
        try {
            int result = LibSeccomp.seccomp_export_bpf(context, fd);
            if (result != 0) {
                throw refused("the filter as a whole", result);
            }
            return MemFd.contents(fd);
        } finally {
            MemFd.close(fd);
        }
    }

    private static Failure refused(String what, int result) {
        return Failure.invalid(
                "seccomp: libseccomp refuses %s: %s".formatted(what, Errno.describe(-result)));
    }
}
