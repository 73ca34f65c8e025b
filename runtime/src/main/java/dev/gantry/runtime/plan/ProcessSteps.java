package dev.gantry.runtime.plan;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciCapabilities;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.runtime.oci.OciSeccomp;
import dev.gantry.runtime.oci.OciUser;
import dev.gantry.runtime.oci.SpecDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last part of a plan, the same for containers and commands in them: what the process is. */
final class ProcessSteps {
    private static final Map<String, Integer> SECCOMP_FLAGS =
            Map.of(
                    "SECCOMP_FILTER_FLAG_TSYNC", 1,
                    "SECCOMP_FILTER_FLAG_LOG", 2,
                    "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4);

    private ProcessSteps() {}

    static List<LaunchStep> of(
            OciProcess process, Optional<OciSeccomp> seccomp, PlanContext context) {
        var steps = new ArrayList<LaunchStep>();
        for (OciRlimit limit : process.rlimits()) {
            steps.add(
                    new LaunchStep.Rlimit(
                            Rlimits.number(limit.type()), limit.soft(), limit.hard()));
        }
        steps.addAll(labels(process));
        steps.add(new LaunchStep.Umask(process.user().umask().orElse(0022)));
        Optional<LaunchStep> filter = seccomp.map(s -> filter(s, context));
        // Without no_new_privs a filter needs CAP_SYS_ADMIN, so it comes before that is dropped;
        // with it the filter comes last, so that it need not allow the steps in between.
        if (!process.noNewPrivileges()) {
            filter.ifPresent(steps::add);
        }
        OciCapabilities capabilities = process.capabilities();
        OciUser user = process.user();
        steps.add(new LaunchStep.Bounding(mask(capabilities.bounding(), context)));
        steps.add(new LaunchStep.Ids(user.uid(), user.gid(), user.additionalGids()));
        steps.add(
                new LaunchStep.Capabilities(
                        mask(capabilities.permitted(), context),
                        mask(capabilities.effective(), context),
                        mask(capabilities.inheritable(), context),
                        mask(capabilities.ambient(), context)));
        if (process.noNewPrivileges()) {
            steps.add(new LaunchStep.NoNewPrivileges());
            filter.ifPresent(steps::add);
        }
        steps.add(
                new LaunchStep.Exec(
                        candidates(process.args().getFirst(), process.env()),
                        process.args(),
                        process.env()));
        return steps;
    }

    /**
     * What the security module gives the program. It is said while the process still may: its own
     * files in /proc are root's once it has other ids, and a filter may forbid writing.
     */
    private static List<LaunchStep> labels(OciProcess process) {
        var steps = new ArrayList<LaunchStep>();
        String profile = process.apparmorProfile();
        if (!profile.isEmpty()) {
            steps.add(new LaunchStep.Attribute("apparmor/exec", "exec " + profile));
        }
        if (!process.selinuxLabel().isEmpty()) {
            steps.add(new LaunchStep.Attribute("exec", process.selinuxLabel()));
        }
        return steps;
    }

    private static LaunchStep filter(OciSeccomp seccomp, PlanContext context) {
        int flags = 0;
        for (String flag : seccomp.flags()) {
            flags |=
                    Optional.ofNullable(SECCOMP_FLAGS.get(flag))
                            .orElseThrow(
                                    () ->
                                            Failure.invalid(
                                                    "seccomp flag \"" + flag + "\" is not known"));
        }
        return new LaunchStep.Seccomp(flags, context.seccomp().apply(seccomp));
    }

    /** What the daemon itself lacks cannot be given; runc and containerd pass it over too. */
    private static long mask(List<String> names, PlanContext context) {
        return Capabilities.mask(names) & context.capabilities();
    }

    /** Where a command may be, as execvp(3) looks for it. */
    static List<String> candidates(String command, List<String> env) {
        if (command.indexOf('/') >= 0) {
            return List.of(command);
        }
        String path =
                env.stream()
                        .filter(e -> e.startsWith("PATH="))
                        .reduce((a, b) -> b)
                        .map(e -> e.substring("PATH=".length()))
                        .filter(p -> !p.isEmpty())
                        .orElse(SpecDefaults.PATH);
        var list = new ArrayList<String>();
        for (String directory : path.split(":", -1)) {
            if (directory.startsWith("/")) {
                list.add(directory + (directory.endsWith("/") ? "" : "/") + command);
            }
        }
        return list.isEmpty() ? List.of(command) : list;
    }
}
