package dev.gantry.runtime.seccomp;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciSeccomp;
import java.util.OptionalInt;
import java.util.Set;

/** What a profile may say, checked when it is read, so that a mistake is the caller's to see. */
final class ProfileRules {
    private static final int RULES = 20_000;
    private static final int ERRNO_MAX = 4095;
    private static final int ARGUMENTS = 6;

    private static final Set<String> ACTIONS =
            Set.of(
                    "SCMP_ACT_ALLOW",
                    "SCMP_ACT_ERRNO",
                    "SCMP_ACT_KILL",
                    "SCMP_ACT_KILL_THREAD",
                    "SCMP_ACT_KILL_PROCESS",
                    "SCMP_ACT_TRAP",
                    "SCMP_ACT_TRACE",
                    "SCMP_ACT_LOG");

    private static final Set<String> COMPARISONS =
            Set.of(
                    "SCMP_CMP_NE",
                    "SCMP_CMP_LT",
                    "SCMP_CMP_LE",
                    "SCMP_CMP_EQ",
                    "SCMP_CMP_GE",
                    "SCMP_CMP_GT",
                    "SCMP_CMP_MASKED_EQ");

    private static final Set<String> FLAGS =
            Set.of(
                    "SECCOMP_FILTER_FLAG_TSYNC",
                    "SECCOMP_FILTER_FLAG_LOG",
                    "SECCOMP_FILTER_FLAG_SPEC_ALLOW");

    private ProfileRules() {}

    static OciSeccomp check(OciSeccomp profile) {
        action(profile.defaultAction(), profile.defaultErrnoRet(), "the default");
        for (String flag : profile.flags()) {
            if (!FLAGS.contains(flag)) {
                throw Failure.invalid(
                        "seccomp flag \"%s\" is not one of %s"
                                .formatted(flag, FLAGS.stream().sorted().toList()));
            }
        }
        long rules = 0;
        for (OciSeccomp.Syscall call : profile.syscalls()) {
            String what =
                    "the rule for " + (call.names().isEmpty() ? "?" : call.names().getFirst());
            if (call.names().isEmpty()) {
                throw Failure.invalid("a seccomp rule names no system call");
            }
            action(call.action(), call.errnoRet(), what);
            call.args().forEach(argument -> argument(argument, what));
            rules += (long) call.names().size() * Math.max(1, call.args().size());
        }
        if (rules > RULES) {
            throw Failure.invalid(
                    "the seccomp profile has %d rules, which are more than %d"
                            .formatted(rules, RULES));
        }
        return profile;
    }

    private static void action(String name, OptionalInt errno, String what) {
        if (name.equals("SCMP_ACT_NOTIFY")) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "seccomp: "
                            + what
                            + " asks for SCMP_ACT_NOTIFY, but no agent that would be notified can be"
                            + " connected");
        }
        if (!ACTIONS.contains(name)) {
            throw Failure.invalid(
                    "seccomp: %s has action \"%s\", which is not known".formatted(what, name));
        }
        int number = errno.orElse(0);
        if (number < 0 || number > ERRNO_MAX) {
            throw Failure.invalid(
                    "seccomp: %s has errno %d, which is not from 0 to %d"
                            .formatted(what, number, ERRNO_MAX));
        }
    }

    private static void argument(OciSeccomp.Argument argument, String what) {
        if (argument.index() < 0 || argument.index() >= ARGUMENTS) {
            throw Failure.invalid(
                    "seccomp: %s tests argument %d; there are 0 to 5"
                            .formatted(what, argument.index()));
        }
        if (!COMPARISONS.contains(argument.op())) {
            throw Failure.invalid(
                    "seccomp: %s has comparison \"%s\", which is not known"
                            .formatted(what, argument.op()));
        }
    }
}
