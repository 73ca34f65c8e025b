package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciLinux;
import dev.gantry.runtime.oci.OciSeccomp;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.seccomp.SeccompProfiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Capabilities, seccomp, AppArmor, SELinux and the paths that a container must not see. */
final class SpecSecurity {
    private static final long PROFILE_LIMIT = 4L * 1024 * 1024;

    private SpecSecurity() {}

    static OciSpec overlay(OciSpec spec, SpecRequest request) {
        ContainerSecurity security = request.container().security();
        OciSpec labelled = labelled(spec, request);
        if (security.privileged()) {
            return labelled;
        }
        OciSpec capable =
                labelled.withProcess(
                        labelled.process()
                                .withCapabilities(CapabilityRules.apply(security.capabilities())));
        Set<String> bounding = Set.copyOf(capable.process().capabilities().bounding());
        OciLinux linux = capable.linux().withSeccomp(seccomp(security.seccomp(), bounding));
        // kubelet gives both lists unless a pod's proc is to be unmasked, which Kubernetes allows
        // in a user namespace only; crictl gives none and must not get an open /proc for it.
        boolean unmasked =
                request.pod().security().namespaces().userNamespace().isPresent()
                        && security.maskedPaths().isEmpty()
                        && security.readonlyPaths().isEmpty();
        return capable.withLinux(
                linux.withMaskedPaths(
                                security.maskedPaths().isEmpty() && !unmasked
                                        ? linux.maskedPaths()
                                        : security.maskedPaths())
                        .withReadonlyPaths(
                                security.readonlyPaths().isEmpty() && !unmasked
                                        ? linux.readonlyPaths()
                                        : security.readonlyPaths()));
    }

    private static OciSpec labelled(OciSpec spec, SpecRequest request) {
        ContainerSecurity security = request.container().security();
        Selinux.Labels labels =
                Selinux.HOST.labels(security.selinux(), security.privileged(), request.podId());
        return spec.withProcess(
                        spec.process()
                                .withApparmorProfile(
                                        AppArmor.HOST.profile(
                                                security.apparmor(), security.privileged()))
                                .withSelinuxLabel(labels.process()))
                .withLinux(spec.linux().withMountLabel(labels.files()));
    }

    private static Optional<OciSeccomp> seccomp(SecurityProfile profile, Set<String> bounding) {
        return switch (profile.type()) {
            case UNSPECIFIED, UNCONFINED -> Optional.empty();
            case RUNTIME_DEFAULT -> Optional.of(SeccompProfiles.defaults(bounding));
            case LOCALHOST ->
                    Optional.of(SeccompProfiles.parse(read(profile.localhostRef()), bounding));
        };
    }

    /** A file of this node, as CRI has it, or the profile itself, as a person's client sends it. */
    private static byte[] read(String reference) {
        if (reference.startsWith("{")) {
            return reference.getBytes(StandardCharsets.UTF_8);
        }
        Path file = Path.of(reference);
        if (!file.isAbsolute()) {
            throw Failure.invalid("seccomp profile \"" + reference + "\" is not an absolute path");
        }
        try {
            if (!Files.isRegularFile(file)) {
                throw Failure.notFound("seccomp profile " + file + " is not a file of this node");
            }
            if (Files.size(file) > PROFILE_LIMIT) {
                throw Failure.invalid("seccomp profile " + file + " is larger than 4 MiB");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failure.of("read seccomp profile " + file, e);
        }
    }
}
