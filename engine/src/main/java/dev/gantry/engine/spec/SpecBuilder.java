package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciRoot;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.OciUser;
import dev.gantry.runtime.oci.SpecDefaults;
import java.util.List;
import java.util.OptionalInt;

/** From a request to an OCI specification: the runtime's defaults, overlaid part by part. */
public final class SpecBuilder {
    private SpecBuilder() {}

    /**
     * Builds the specification. INVALID_ARGUMENT, NOT_FOUND and UNIMPLEMENTED name the field and
     * what is wrong with it.
     */
    public static OciSpec build(SpecRequest request) {
        ContainerConfig container = request.container();
        ResourceClasses.refuse(request.pod(), container);
        OciSpec spec = SpecDefaults.spec(CommandLine.of(container.run(), request.image()));
        if (container.security().privileged()) {
            if (!request.pod().security().privileged()) {
                throw Failure.invalid(
                        "container "
                                + container.name()
                                + " is privileged, but its pod was not made for privileged"
                                + " containers");
            }
            spec = SpecDefaults.privileged(spec, Capabilities.available());
        }
        spec = spec.withProcess(process(spec.process(), request));
        spec = SpecNamespaces.overlay(spec, request.pod(), container);
        spec = SpecNamespaces.join(spec, request.joined());
        spec = SpecUserNamespace.overlay(spec, request);
        spec = SpecSecurity.overlay(spec, request);
        spec = SpecDevices.overlay(spec, container);
        spec =
                spec.withLinux(
                        spec.linux()
                                .withResources(spec.linux().resources().with(request.resources())));
        OciSpec mounted = request.devices().apply(SpecMounts.overlay(spec, request));
        return mounted.withMounts(SpecMounts.ordered(mounted.mounts()))
                .withRoot(new OciRoot("rootfs", container.security().readonlyRootfs()))
                .withAnnotations(SpecAnnotations.of(request));
    }

    private static OciProcess process(OciProcess process, SpecRequest request) {
        ContainerConfig container = request.container();
        boolean terminal = container.run().tty();
        List<String> env =
                Environment.merge(
                        request.image().env(),
                        container.run().env(),
                        hostname(request.pod()),
                        request.user().home(),
                        terminal);
        UserResolver.Resolved user = request.user();
        OptionalInt oom = request.resources().oomScoreAdj();
        return process.withTerminal(terminal)
                .withEnv(env)
                .withCwd(workingDirectory(request))
                .withUser(new OciUser(user.uid(), user.gid(), OptionalInt.empty(), user.groups()))
                .withRlimits(Ulimits.over(request.rlimits(), container.extras().ulimits()))
                .withNoNewPrivileges(container.security().noNewPrivileges())
                .withOomScoreAdj(oom);
    }

    private static String workingDirectory(SpecRequest request) {
        String asked = request.container().run().workingDir();
        String directory = asked.isEmpty() ? request.image().workingDir() : asked;
        if (directory.isEmpty()) {
            return "/";
        }
        if (!directory.startsWith("/")) {
            throw Failure.invalid("working directory \"" + directory + "\" is not absolute");
        }
        return directory;
    }

    /**
     * The name that the pod's containers have: what was asked for, else the node's or the pod's.
     */
    public static String hostname(PodConfig pod) {
        if (!pod.hostname().isEmpty()) {
            return pod.hostname();
        }
        return pod.security().namespaces().network() == Mode.NODE
                ? HostFiles.hostname()
                : label(pod.name().name());
    }

    // A host name's label has at most 63 characters (RFC 1123).
    private static String label(String name) {
        return name.length() > 63 ? name.substring(0, 63) : name;
    }
}
