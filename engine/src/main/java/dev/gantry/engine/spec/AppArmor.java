package dev.gantry.engine.spec;

import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AppArmor, which this release cannot apply. A named profile is refused. kubelet asks for the
 * runtime's default one wherever the kernel has AppArmor, so that one is passed over: with a
 * warning, and with a note in the runtime's condition.
 */
public final class AppArmor {
    private static final Logger LOG = LoggerFactory.getLogger(AppArmor.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    /** "Y" where the kernel enforces AppArmor; not there without it. */
    private static final Path ENABLED = Path.of("/sys/module/apparmor/parameters/enabled");

    private AppArmor() {}

    /** Whether the kernel has AppArmor switched on. */
    public static boolean enabled() {
        return enabled(ENABLED);
    }

    static boolean enabled(Path parameter) {
        return HostFiles.read(parameter).map(String::strip).filter("Y"::equals).isPresent();
    }

    static void check(SecurityProfile profile, boolean enabled) {
        switch (profile.type()) {
            case LOCALHOST ->
                    throw enabled
                            ? new Failure(
                                    Failure.Code.UNIMPLEMENTED,
                                    "AppArmor profile %s is asked for, which gantry cannot apply yet"
                                            .formatted(profile.localhostRef()))
                            : Failure.precondition(
                                    "AppArmor profile %s is asked for, but this kernel has no AppArmor"
                                            .formatted(profile.localhostRef()));
            case RUNTIME_DEFAULT -> {
                if (enabled && TOLD.compareAndSet(false, true)) {
                    LOG.atWarn()
                            .addKeyValue("profile", "RuntimeDefault")
                            .log("containers run without an AppArmor profile in this release");
                }
            }
            case UNSPECIFIED, UNCONFINED -> {}
        }
    }
}
