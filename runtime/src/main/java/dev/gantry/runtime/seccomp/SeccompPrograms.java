package dev.gantry.runtime.seccomp;

import dev.gantry.linux.seccomp.SeccompAction;
import dev.gantry.linux.seccomp.SeccompCompiler;
import dev.gantry.linux.seccomp.SeccompFilter;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciSeccomp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Compiled filters. A profile resolved for a set of capabilities is compiled once and kept: nodes
 * have few, and compiling takes milliseconds.
 */
public final class SeccompPrograms {
    private static final int KEPT = 64;
    private static final int EPERM = 1;

    private final ReentrantLock lock = new ReentrantLock();

    /** By profile, the least recently used first. */
    private final Map<OciSeccomp, byte[]> programs = new LinkedHashMap<>(16, 0.75f, true);

    /** The BPF program of a profile; the array is shared, nobody writes to it. */
    public byte[] program(OciSeccomp profile) {
        lock.lock();
        try {
            byte[] known = programs.get(profile);
            if (known != null) {
                return known;
            }
            byte[] program = SeccompCompiler.compile(filter(profile));
            programs.put(profile, program);
            if (programs.size() > KEPT) {
                programs.remove(programs.keySet().iterator().next());
            }
            return program;
        } finally {
            lock.unlock();
        }
    }

    static SeccompFilter filter(OciSeccomp profile) {
        var rules = new ArrayList<SeccompFilter.Rule>();
        for (OciSeccomp.Syscall call : profile.syscalls()) {
            SeccompAction action = action(call.action(), call.errnoRet());
            List<SeccompFilter.Test> tests =
                    call.args().stream().map(SeccompPrograms::test).toList();
            for (String name : call.names()) {
                rules.add(new SeccompFilter.Rule(name, action, tests));
            }
        }
        List<String> architectures =
                profile.architectures().stream()
                        .map(a -> a.replaceFirst("^SCMP_ARCH_", "").toLowerCase(Locale.ROOT))
                        .toList();
        return new SeccompFilter(
                action(profile.defaultAction(), profile.defaultErrnoRet()), architectures, rules);
    }

    private static SeccompFilter.Test test(OciSeccomp.Argument argument) {
        String name = argument.op().replaceFirst("^SCMP_CMP_", "");
        for (SeccompFilter.Comparison comparison : SeccompFilter.Comparison.values()) {
            if (comparison.name().equals(name)) {
                return new SeccompFilter.Test(
                        argument.index(), comparison, argument.value(), argument.valueTwo());
            }
        }
        throw Failure.invalid("seccomp comparison \"" + argument.op() + "\" is not known");
    }

    private static SeccompAction action(String name, OptionalInt errno) {
        return switch (name) {
            case "SCMP_ACT_ALLOW" -> SeccompAction.ALLOW;
            case "SCMP_ACT_ERRNO" -> SeccompAction.errno(errno.orElse(EPERM));
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" ->
                    new SeccompAction(SeccompAction.Kind.KILL_THREAD, 0);
            case "SCMP_ACT_KILL_PROCESS" -> new SeccompAction(SeccompAction.Kind.KILL_PROCESS, 0);
            case "SCMP_ACT_TRAP" -> new SeccompAction(SeccompAction.Kind.TRAP, 0);
            case "SCMP_ACT_TRACE" ->
                    new SeccompAction(SeccompAction.Kind.TRACE, errno.orElse(EPERM));
            case "SCMP_ACT_LOG" -> new SeccompAction(SeccompAction.Kind.LOG, 0);
            default -> throw Failure.invalid("seccomp action \"" + name + "\" is not known");
        };
    }
}
