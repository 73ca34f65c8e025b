package dev.gantry.server.grpc;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.engine.config.SelinuxOptions;
import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.Capability;
import dev.gantry.proto.cri.v1.Int64Value;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.cri.v1.SELinuxOption;
import dev.gantry.proto.cri.v1.SupplementalGroupsPolicy;
import java.util.Optional;
import java.util.OptionalLong;

/** CRI's security contexts, namespaces and profiles. */
final class SecurityTranslation {
    private static final String LOCALHOST = "localhost/";

    private SecurityTranslation() {}

    static NamespaceOptions namespaces(NamespaceOption in) {
        return new NamespaceOptions(
                mode(in.getNetwork()),
                mode(in.getPid()),
                mode(in.getIpc()),
                in.getTargetId(),
                in.hasUsernsOptions()
                        ? IdMappingsTranslation.of(in.getUsernsOptions())
                        : Optional.empty());
    }

    private static Mode mode(NamespaceMode in) {
        return switch (in) {
            case POD -> Mode.POD;
            case CONTAINER -> Mode.CONTAINER;
            case NODE -> Mode.NODE;
            case TARGET -> Mode.TARGET;
            case UNRECOGNIZED -> throw Failure.invalid("a namespace mode is none that CRI names");
        };
    }

    static NamespaceOption namespaces(NamespaceOptions in) {
        return NamespaceOption.newBuilder()
                .setNetwork(mode(in.network()))
                .setPid(mode(in.pid()))
                .setIpc(mode(in.ipc()))
                .setTargetId(in.targetId())
                .setUsernsOptions(IdMappingsTranslation.userNamespace(in.userNamespace()))
                .build();
    }

    private static NamespaceMode mode(Mode in) {
        return switch (in) {
            case POD -> NamespaceMode.POD;
            case CONTAINER -> NamespaceMode.CONTAINER;
            case NODE -> NamespaceMode.NODE;
            case TARGET -> NamespaceMode.TARGET;
        };
    }

    // The deprecated fields are part of the interface as long as it carries them.
    @SuppressWarnings("deprecation")
    static ContainerSecurity container(LinuxContainerSecurityContext in) {
        return new ContainerSecurity(
                in.getPrivileged(),
                capabilities(in.getCapabilities()),
                // Absent, CRI's zero values hold: what the pod shares is shared.
                namespaces(in.getNamespaceOptions()),
                number(in.hasRunAsUser(), in.getRunAsUser()),
                number(in.hasRunAsGroup(), in.getRunAsGroup()),
                in.getRunAsUsername(),
                in.getSupplementalGroupsList(),
                in.getSupplementalGroupsPolicy() == SupplementalGroupsPolicy.Strict,
                in.getReadonlyRootfs(),
                in.getNoNewPrivs(),
                in.getMaskedPathsList(),
                in.getReadonlyPathsList(),
                in.hasSeccomp()
                        ? profile(in.getSeccomp())
                        : profile("seccomp", in.getSeccompProfilePath()),
                in.hasApparmor()
                        ? profile(in.getApparmor())
                        : profile("AppArmor", in.getApparmorProfile()),
                selinux(in.getSelinuxOptions()));
    }

    static SelinuxOptions selinux(SELinuxOption in) {
        return new SelinuxOptions(in.getUser(), in.getRole(), in.getType(), in.getLevel());
    }

    private static ContainerSecurity.Capabilities capabilities(Capability in) {
        return new ContainerSecurity.Capabilities(
                in.getAddCapabilitiesList(),
                in.getDropCapabilitiesList(),
                in.getAddAmbientCapabilitiesList());
    }

    private static OptionalLong number(boolean given, Int64Value in) {
        return given ? OptionalLong.of(in.getValue()) : OptionalLong.empty();
    }

    static SecurityProfile profile(dev.gantry.proto.cri.v1.SecurityProfile in) {
        return switch (in.getProfileType()) {
            case RuntimeDefault -> SecurityProfile.RUNTIME_DEFAULT;
            case Unconfined -> SecurityProfile.UNCONFINED;
            case Localhost ->
                    new SecurityProfile(
                            SecurityProfile.Type.LOCALHOST, local(in.getLocalhostRef()));
            case UNRECOGNIZED ->
                    throw Failure.invalid("a security profile's type is none that CRI names");
        };
    }

    // Some callers write the reference as the older text form had it.
    private static String local(String reference) {
        return reference.startsWith(LOCALHOST)
                ? reference.substring(LOCALHOST.length())
                : reference;
    }

    /** The older text form: runtime/default, unconfined, localhost/NAME, or nothing. */
    private static SecurityProfile profile(String what, String text) {
        return switch (text) {
            case "" -> SecurityProfile.UNSPECIFIED;
            case "runtime/default", "docker/default" -> SecurityProfile.RUNTIME_DEFAULT;
            case "unconfined" -> SecurityProfile.UNCONFINED;
            default -> {
                if (!text.startsWith(LOCALHOST)) {
                    throw Failure.invalid(
                            what
                                    + " profile \""
                                    + text
                                    + "\" is none of runtime/default, unconfined, localhost/NAME");
                }
                yield new SecurityProfile(SecurityProfile.Type.LOCALHOST, local(text));
            }
        };
    }
}
