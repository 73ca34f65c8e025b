package dev.gantry.runtime.plan;

import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.oci.OciHooks;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns an OCI specification into a launch plan. Pure: the same input gives the same list, and
 * nothing of the machine is looked at but through {@link PlanContext}.
 *
 * <p>The order is the kernel's: control group and oom_score_adj while still privileged on the host;
 * namespaces, and a fork to be inside the new pid namespace; mounts below the new root; pivot; then
 * the process' own attributes from limits to capabilities, each before the one that would forbid
 * it.
 */
public final class PlanCompiler {
    private PlanCompiler() {}

    /**
     * The plan of a container.
     *
     * @param podShm whether the pod's shared memory goes to /dev/shm
     */
    public static List<LaunchStep> container(
            OciSpec spec, Rootfs rootfs, boolean podShm, PlanContext context) {
        return container(spec, rootfs, podShm, context, LaunchExtras.NONE);
    }

    /** The plan of a container with more than a specification. */
    public static List<LaunchStep> container(
            OciSpec spec, Rootfs rootfs, boolean podShm, PlanContext context, LaunchExtras extras) {
        check(spec, context);
        OciHooks hooks = extras.hooks().flatMap(_ -> spec.hooks()).orElse(OciHooks.NONE);
        var plan = new ArrayList<LaunchStep>();
        if (!hooks.ofLaunch().isEmpty()) {
            plan.add(new LaunchStep.HookRunner());
        }
        plan.add(new LaunchStep.JoinCgroup(context.cgroupFiles()));
        OciProcess process = spec.process();
        process.oomScoreAdj()
                .ifPresent(v -> plan.add(new LaunchStep.OomScoreAdj(v, context.clampOom())));
        plan.addAll(NamespaceSteps.enter(spec.linux(), context.podNamespaces(), extras));
        spec.linux().sysctl().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(e -> plan.add(sysctl(e.getKey(), e.getValue())));
        plan.addAll(MountSteps.of(spec, rootfs, podShm, context, extras));
        extras.hooks()
                .ifPresent(
                        state -> {
                            plan.addAll(state.steps(hooks.prestart(), "creating", false));
                            plan.addAll(state.steps(hooks.createRuntime(), "creating", false));
                            plan.addAll(state.steps(hooks.createContainer(), "creating", true));
                        });
        plan.add(new LaunchStep.Pivot());
        long spread = MountOptions.propagation(spec.linux().rootfsPropagation());
        if (spread != 0) {
            plan.add(new LaunchStep.Propagation(java.nio.file.Path.of("/"), spread));
        }
        if (process.terminal()) {
            plan.add(new LaunchStep.Terminal(0, 0, process.user().uid()));
        }
        plan.add(new LaunchStep.WorkDir(process.cwd(), true));
        if (spec.root().readonly()) {
            plan.add(new LaunchStep.RemountRoot(MountOptions.MS_RDONLY | MountOptions.MS_BIND));
        }
        plan.addAll(ProcessSteps.of(process, spec.linux().seccomp(), context));
        // By whom the container will be, right before its program.
        extras.hooks()
                .ifPresent(
                        state ->
                                plan.addAll(
                                        plan.size() - 1,
                                        state.steps(hooks.startContainer(), "created", true)));
        return List.copyOf(plan);
    }

    /**
     * The plan of a command in a running container.
     *
     * @param process the container's, with the command's arguments
     */
    public static List<LaunchStep> exec(OciSpec spec, OciProcess process, PlanContext context) {
        check(spec, context);
        int mask =
                spec.linux().namespaces().stream()
                        .mapToInt(n -> Clone.bit(n.type()))
                        .reduce(0, (a, b) -> a | b);
        var plan = new ArrayList<LaunchStep>();
        plan.add(new LaunchStep.JoinCgroup(context.cgroupFiles()));
        process.oomScoreAdj()
                .ifPresent(v -> plan.add(new LaunchStep.OomScoreAdj(v, context.clampOom())));
        if ((mask & Clone.NEWUSER) != 0) {
            plan.add(new LaunchStep.GiveStdio(OciIdMapping.outside(spec.linux().uidMappings(), 0)));
        }
        plan.add(new LaunchStep.JoinContainer(mask));
        if ((mask & Clone.NEWPID) != 0) {
            plan.add(new LaunchStep.Fork());
        }
        if (process.terminal()) {
            plan.add(new LaunchStep.Terminal(0, 0, process.user().uid()));
        }
        plan.add(new LaunchStep.WorkDir(process.cwd(), false));
        plan.addAll(ProcessSteps.of(process, spec.linux().seccomp(), context));
        return List.copyOf(plan);
    }

    /** A sysctl by its dotted name, or its path when it has slashes already. */
    static LaunchStep sysctl(String name, String value) {
        return new LaunchStep.Sysctl(name.indexOf('/') >= 0 ? name : name.replace('.', '/'), value);
    }

    private static void check(OciSpec spec, PlanContext context) {
        if (spec.process().args().isEmpty()) {
            throw Failure.invalid("the container has no command: neither image nor pod gives one");
        }
        if (!spec.process().cwd().startsWith("/")) {
            throw Failure.invalid(
                    "working directory \"%s\" is not absolute".formatted(spec.process().cwd()));
        }
        if (spec.linux().namespace(OciNamespace.Type.MOUNT).isEmpty()) {
            throw Failure.invalid("a container needs a mount namespace of its own");
        }
        if (spec.linux().intelRdt().isPresent()) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "Intel RDT is not done by the native handler; use an OCI runtime handler"
                            + " (RuntimeClass)");
        }
        if (spec.linux().inUserNamespace() && (context.podNamespaces() & Clone.NEWUSER) == 0) {
            throw Failure.invalid(
                    "a container's user namespace is that of its pod, which has none");
        }
    }
}
