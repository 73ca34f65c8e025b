package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciLinux;
import dev.gantry.runtime.oci.OciSeccomp;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.seccomp.SeccompProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Capabilities, seccomp, AppArmor, SELinux and the paths that a container must not see. */
final class SpecSecurity {
    private static final Logger LOG = LoggerFactory.getLogger(SpecSecurity.class);
    private static final long PROFILE_LIMIT = 4L * 1024 * 1024;

    private SpecSecurity() {}

    static OciSpec overlay(OciSpec spec, ContainerSecurity security) {
        AppArmor.check(security.apparmor(), AppArmor.enabled());
        checkSelinux(security);
        if (security.privileged()) {
            return spec;
        }
        OciSpec capable =
                spec.withProcess(
                        spec.process()
                                .withCapabilities(CapabilityRules.apply(security.capabilities())));
        Set<String> bounding = Set.copyOf(capable.process().capabilities().bounding());
        OciLinux linux = capable.linux().withSeccomp(seccomp(security.seccomp(), bounding));
        // kubelet gives both lists unless a pod's proc is to be unmasked, which Kubernetes allows
        // in a user namespace only; crictl gives none and must not get an open /proc for it.
        return capable.withLinux(
                linux.withMaskedPaths(
                                security.maskedPaths().isEmpty()
                                        ? linux.maskedPaths()
                                        : security.maskedPaths())
                        .withReadonlyPaths(
                                security.readonlyPaths().isEmpty()
                                        ? linux.readonlyPaths()
                                        : security.readonlyPaths()));
    }

    private static Optional<OciSeccomp> seccomp(SecurityProfile profile, Set<String> bounding) {
        return switch (profile.type()) {
            case UNSPECIFIED, UNCONFINED -> Optional.empty();
            case RUNTIME_DEFAULT -> Optional.of(SeccompProfiles.defaults(bounding));
            case LOCALHOST ->
                    Optional.of(SeccompProfiles.parse(read(profile.localhostRef()), bounding));
        };
    }

    private static byte[] read(String reference) {
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

    private static void checkSelinux(ContainerSecurity security) {
        if (!security.selinuxLabelled()) {
            return;
        }
        if (Files.exists(Path.of("/sys/fs/selinux/enforce"))) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "SELinux options are given, which gantry cannot apply yet");
        }
        LOG.debug("SELinux options are ignored: this kernel has no SELinux policy");
    }
}
